"""Customers at a real desk: real TLS, a real browser that trusts the site's pages, a real agent behind it."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.axe import violations
from tests.support.browser import NARROW, launched, watched_page, window
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.web.chat.hostile import ACTING, TEXTS

pytestmark = pytest.mark.e2e
TITLE = "Acme <b>help</b> & more"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Desk:
    """A desk with its chat page, and Dana who answers."""

    def __init__(self, site: LiveSite) -> None:
        self.port = free_port()
        self.url = f"https://desk.localhost:{self.port}/chat"
        settings = {
            "LANASSIST_DESK_ENABLED": "true",
            "LANASSIST_DESK_PORT": str(self.port),
            "LANASSIST_DESK_BIND": "127.0.0.1",
            "LANASSIST_DESK_TITLE": TITLE,
            "LANASSIST_DESK_CATEGORIES": "Billing, Delivery, Something else",
            "LANASSIST_DESK_STARTS": "1000",
            "LANASSIST_PRESENCE_CAPACITY": "50",
        }
        self.node = site.node("Desk", "desk", settings=settings)
        hosts = ("--host", "desk.localhost", "--host", "127.0.0.1")
        site.ca("page-certificate", site.authority, *hosts, "--out", self.node.home / "chat.pem")
        self.node.start()
        self.dana = site.node("Dana", "agent", settings=settings | {"LANASSIST_DESK_ENABLED": "false"})
        self.dana_comes()

    def dana_comes(self) -> None:
        """Dana comes online, and has room."""
        self.dana.start()
        self.node.meet(self.dana)

    def held(self, page: Page) -> str:
        """The page's conversation, once Dana has it."""
        conversation = str(page.evaluate("JSON.parse(localStorage.getItem('lanassist-chat')).conversation"))
        eventually(lambda: conversation in [each["conversation"] for each in self.rows()])
        return conversation

    def rows(self) -> list[Any]:
        rows: list[Any] = self.dana.api("conversations.mine")["conversations"]
        return rows

    def says(self, conversation: str, text: str) -> None:
        done = self.dana.api("conversations.act", conversation=conversation, kind="say", text=text)
        assert "id" in done, done

    def log_of(self, conversation: str) -> list[str]:
        """What was said, as Dana's node has it."""
        log = self.dana.api("conversations.show", conversation=conversation)["entries"]
        return [each["text"] for each in log if each["kind"] in ("client", "say")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with LiveSite(tmp_path_factory.mktemp("chat")) as site:
        yield Desk(site)


@pytest.fixture(scope="module")
def chromium(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose user trusts the pages of the site, as docs/chat.md says."""
    home = tmp_path_factory.mktemp("browser")
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    authority = desk.node.home.parent / "authority" / "page-ca.pem"
    for words in (["-N", "--empty-password"], ["-A", "-n", "pages", "-t", "C,,", "-i", str(authority)]):
        subprocess.run(["certutil", *words, "-d", f"sql:{store}"], check=True)
    with launched(home=home) as browser:
        yield browser


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with window(chromium, NARROW) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, desk: Desk) -> Iterator[Page]:
    with watched_page(context) as page:
        page.goto(desk.url)
        yield page


def begin(page: Page, text: str = "My invoice is wrong", name: str = "Eve Adams") -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Billing").check()
    page.get_by_label("How can we help?").fill(text)
    page.get_by_role("button", name="Start the chat").click()
    expect(page.get_by_role("textbox", name="Your message")).to_be_visible()


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your message").fill(text)
    page.get_by_role("button", name="Send").click()


def bubbles(page: Page) -> list[str]:
    return page.locator(".said .bubble").all_inner_texts()


def test_a_customer_waits_talks_reloads_and_loses_nothing_though_the_desk_dies(
    page: Page, desk: Desk
) -> None:
    desk.dana.stop()
    begin(page)
    expect(page.get_by_text("You are number 1 in line").first).to_be_visible()
    desk.dana_comes()
    expect(page.get_by_text("Dana joined")).to_be_visible()
    talk = desk.held(page)
    desk.says(talk, "Let me look")
    expect(page.get_by_text("Let me look")).to_be_visible()
    desk.dana.api("conversations.draft", conversation=talk, text="I f")
    expect(page.get_by_text("Dana is typing")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Talking with Dana")).to_be_visible()
    write(page, "Number 2026-0314")
    expect(page.get_by_text("Sending…")).to_have_count(0)

    desk.node.kill()
    expect(page.get_by_text("Connection lost, trying again…")).to_be_visible()
    write(page, "Are you")
    write(page, "still there?")
    expect(page.get_by_text("Sending…")).to_have_count(2)
    page.evaluate("window.before = true")
    desk.node.start()
    expect(page.get_by_text("Connection lost, trying again…")).to_have_count(0, timeout=20_000)
    expect(page.get_by_text("Sending…")).to_have_count(0, timeout=20_000)
    eventually(lambda: [each["desk_online"] for each in desk.rows()], lambda online: online == [True])
    desk.says(talk, "Yes. Found it")
    expect(page.get_by_text("Yes. Found it")).to_be_visible()
    said = [
        "My invoice is wrong",
        "Let me look",
        "Number 2026-0314",
        "Are you",
        "still there?",
        "Yes. Found it",
    ]
    assert bubbles(page) == said
    page.reload()
    expect(page.get_by_text("Yes. Found it")).to_be_visible()
    assert bubbles(page) == said
    assert desk.log_of(talk) == said

    with page.expect_download() as download:
        page.get_by_role("link", name="Transcript").click()
    assert download.value.suggested_filename.endswith(".txt")
    text = download.value.path().read_text()
    assert [line for line in said if line in text] == said

    page.get_by_role("button", name="Leave").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    expect(page.get_by_text("This conversation is completed.")).to_be_visible()
    write(page, "One more thing")
    expect(page.get_by_text("Talking with Dana")).to_be_visible()
    page.get_by_role("button", name="Leave").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    page.get_by_role("button", name="Start a new conversation").click()
    expect(page.get_by_label("Your name")).to_have_value("Eve Adams")


LOSING = """
const real = window.fetch;
window.fetch = async (...asked) => {
  const answer = await real(...asked);
  if (!window.lost && answer.ok && asked[0] === "/chat/start") {
    window.lost = true;
    throw new TypeError("the line was cut");
  }
  return answer;
};
"""


def test_a_start_whose_answer_is_lost_begins_once(page: Page, desk: Desk) -> None:
    page.add_init_script(LOSING)
    page.reload()
    begin(page, "Say it once", name="Once Only")
    talk = desk.held(page)
    assert page.evaluate("window.lost")
    assert [row["conversation"] for row in desk.rows() if row["client"]["name"] == "Once Only"] == [talk]


def test_two_tabs_are_one_client(page: Page, context: BrowserContext, desk: Desk) -> None:
    begin(page, "From the first tab")
    talk = desk.held(page)
    other = context.new_page()
    other.goto(desk.url)
    expect(other.get_by_text("From the first tab")).to_be_visible()
    write(other, "From the second")
    expect(page.get_by_text("From the second")).to_be_visible()
    desk.says(talk, "Hello both")
    for each in (page, other):
        expect(each.get_by_text("Hello both")).to_be_visible()
        assert bubbles(each) == ["From the first tab", "From the second", "Hello both"]


def test_another_browser_cannot_look_in(page: Page, chromium: Browser, desk: Desk) -> None:
    begin(page, "A secret")
    talk = desk.held(page)
    cookies = page.context.cookies()
    assert [(each["httpOnly"], each["secure"], each["sameSite"]) for each in cookies] == [
        (True, True, "Strict")
    ]
    assert page.evaluate("document.cookie") == ""
    stranger = chromium.new_context().new_page()
    stranger.goto(desk.url)
    begin(stranger, "hello")
    stranger.evaluate(
        "talk => localStorage.setItem('lanassist-chat', JSON.stringify({conversation: talk}))",
        talk,
    )
    stranger.reload()
    expect(stranger.get_by_role("alert")).to_contain_text("not kept any more")
    assert "A secret" not in stranger.content()
    stranger.context.close()


def test_hostile_text_is_only_text_in_page_transcript_and_log(page: Page, desk: Desk, tmp_path: Path) -> None:
    assert page.title() == TITLE
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    begin(page, "begin", name="<img src=x onerror=\"document.title='owned'\">\u202e")
    talk = desk.held(page)
    for text in TEXTS:
        write(page, text)
        desk.says(talk, text)
    readable = [text for text in TEXTS if any(each.isprintable() and not each.isspace() for each in text)]
    expect(page.locator(".theirs .bubble")).to_have_count(len(TEXTS))
    expect(page.get_by_text("Sending…")).to_have_count(0)
    page.reload()
    expect(page.locator(".theirs .bubble")).to_have_count(len(TEXTS))
    assert page.title() == TITLE
    for tag in ("img", "script:not([src='/static/chat/chat.js'])", "svg", ".said a", "b", "iframe"):
        assert page.locator(tag).count() == 0, tag
    shown = "\n".join(bubbles(page))
    assert all(text in shown for text in readable if text.isascii() and text.isprintable())

    with page.expect_download() as download:
        page.get_by_role("link", name="Transcript").click()
    transcript = download.value.path().read_text()
    assert not ACTING & set(transcript)
    assert "\n[2026-11-22 10:42] Dana: I owe you" not in transcript
    for log in (desk.node.log, desk.dana.log):
        assert all(line.isascii() and line.isprintable() for line in log.splitlines())
        assert "onerror" not in log


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(page: Page, desk: Desk, scheme: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    assert violations(page) == []
    begin(page)
    talk = desk.held(page)
    desk.says(talk, "Let me look")
    desk.says(talk, "One moment")
    write(page, "Thank you")
    expect(page.get_by_text("One moment")).to_be_visible()
    desk.dana.api("conversations.draft", conversation=talk, text="I f")
    expect(page.get_by_text("Dana is typing")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Leave").click()
    assert violations(page) == []
    page.get_by_role("button", name="Leave", exact=True).last.click()
    expect(page.get_by_text("This conversation is completed.")).to_be_visible()
    assert violations(page) == []


def test_the_keyboard_is_enough(page: Page, desk: Desk) -> None:
    page.keyboard.press("Tab")
    page.keyboard.type("Kim")
    page.keyboard.press("Tab")
    page.keyboard.type("kim@acme.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Where is my parcel?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="Your message")
    box.focus()
    page.keyboard.type("It was blue")
    page.keyboard.press("Enter")
    expect(page.locator(".said .bubble")).to_have_count(2)
    expect(box).to_be_focused()
    expect(box).to_have_value("")


def run_once(node: LiveNode) -> tuple[int, str]:
    """``node run`` that is to be refused."""
    done = node.cli("node", "run")
    return done.returncode, done.stderr


def test_a_desk_is_refused_in_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    with LiveSite(tmp_path) as site:
        settings = {"LANASSIST_DESK_ENABLED": "true", "LANASSIST_DESK_PORT": "0"}
        agent = site.node("Dana", "agent", settings=settings)
        code, said = run_once(agent)
        assert code == 3
        assert "desk.enabled is on, but the certificate of Dana does not carry the role “desk”" in said
        desk = site.node("Desk", "desk", settings=settings)
        code, said = run_once(desk)
        assert code == 3
        assert "chat.pem is not there. Make one with `lanassist-ca page-certificate`" in said
        words = ("page-certificate", site.authority, "--host", "desk.lan", "--out", desk.home / "chat.pem")
        site.ca(*words)
        (desk.home / "chat.key").chmod(0o640)
        code, said = run_once(desk)
        assert code == 3
        assert "chmod 600" in said
