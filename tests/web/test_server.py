"""The local page over real sockets: requirement 7 of docs/security.md, told as attempts."""

import json

import httpx
import pytest
import trio
from trio_websocket import ConnectionClosed

from lanassist.node.errors import PortInUse, ScreenLocked, SoundExtraNotInstalled
from lanassist.node.services.assist.listening import Listener
from lanassist.node.services.command import Refusal
from lanassist.node.services.glance.commands import StartedGlance, StartGlance
from lanassist.node.services.glance.service import Viewer
from lanassist.web import streams
from lanassist.web.plain_sound import PlainListener
from lanassist.web.server import serve
from tests.support.people import agent, supervisor
from tests.support.waiting import until
from tests.web.conftest import ScriptedPage


async def test_the_command_line_is_answered_in_the_commands_own_types(surface: ScriptedPage) -> None:
    surface.answer = StartedGlance(session="s", agent="n", agent_name="Dana", displays=(), chosen=(1,))  # type: ignore[arg-type]
    async with httpx.AsyncClient(headers=surface.by_token) as client:
        answer = await client.post(f"{surface.url}/api/glance.start", json={"agent": "dana", "displays": [1]})
    assert answer.status_code == 200
    assert answer.json()["agent_name"] == "Dana"
    assert surface.asked == [StartGlance(agent="dana", displays=(1,))]


async def test_a_refusal_keeps_its_code_its_sentence_and_its_status(surface: ScriptedPage) -> None:
    surface.answer = ScreenLocked(agent="Dana")
    async with httpx.AsyncClient(headers=surface.by_token) as client:
        answer = await client.post(f"{surface.url}/api/glance.start", json={"agent": "dana"})
    assert answer.status_code == 409
    assert answer.json() == {"code": "screen-locked", "text": "The screen of Dana is locked."}


@pytest.mark.parametrize(
    ("name", "body", "status", "says"),
    [
        ("glance.start", b"{}", 400, "agent"),
        ("glance.start", b'{"agent": 5}', 400, "agent"),
        ("glance.start", b'{"agent": "dana", "displays": [99]}', 400, "displays"),
        ("glance.start", b'{"agent": "dana", "sudo": true}', 400, "sudo"),
        ("glance.start", b"not json", 400, "glance.start"),
        ("glance.fly", b"{}", 404, "glance.fly"),
    ],
)
async def test_malformed_requests_are_answered_in_a_sentence(
    surface: ScriptedPage, name: str, body: bytes, status: int, says: str
) -> None:
    async with httpx.AsyncClient(headers={**surface.by_token, "Content-Type": "application/json"}) as client:
        answer = await client.post(f"{surface.url}/api/{name}", content=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "text"}
    assert says in answer.json()["text"]
    assert surface.asked == []


async def test_who_leaves_while_an_agent_is_asked_first_gives_the_command_up(surface: ScriptedPage) -> None:
    surface.silent = True
    async with httpx.AsyncClient(headers=surface.by_token) as client:
        with trio.move_on_after(0.2):
            await client.post(f"{surface.url}/api/glance.start", json={"agent": "dana"})
    await until(lambda: surface.given_up == [StartGlance(agent="dana")])


async def raw_answer(surface: ScriptedPage, request: str, headers: dict[str, str], body: str = "") -> bytes:
    """The beginning of the answer to a request as it is written here."""
    host, _, port = surface.access.authority.rpartition(":")
    fields = {"Host": surface.access.authority, **headers}
    lines = [request, *(f"{name}: {value}" for name, value in fields.items()), "", body]
    async with await trio.open_tcp_stream(host, int(port)) as stream:
        await stream.send_all("\r\n".join(lines).encode())
        return await stream.receive_some(1000)


async def test_pictures_are_not_compressed_a_second_time(surface: ScriptedPage) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    upgrade |= {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", **surface.by_token}
    upgrade |= {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    answer = await raw_answer(surface, "GET /api/events HTTP/1.1", upgrade)
    assert b" 101 " in answer
    assert b"sec-websocket-extensions" not in answer.lower()


async def test_a_request_that_announces_too_much_is_not_read(surface: ScriptedPage) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": "2000000", **surface.by_token}
    assert b" 413 " in await raw_answer(surface, "POST /api/glance.start HTTP/1.1", headers, "{")


async def test_a_browser_is_signed_in_once_by_a_one_time_address(surface: ScriptedPage) -> None:
    address = surface.access.launch("/supervisor/agents?agent=abc")
    async with httpx.AsyncClient() as client:
        first = await client.get(address)
        assert first.status_code == 303
        assert first.headers["location"] == "/supervisor/agents?agent=abc"
        cookie = first.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        again = await client.get(address)
    assert again.status_code == 401
    assert "lanassist open" in again.text


async def test_pages_need_signing_in_and_say_how(surface: ScriptedPage) -> None:
    async with httpx.AsyncClient() as client:
        stranger = await client.get(f"{surface.url}/supervisor")
    assert stranger.status_code == 401
    assert "<code>lanassist open</code>" in stranger.text
    async with surface.browser() as browser:
        assert (await browser.get("/supervisor")).status_code == 200


async def test_an_agents_certificate_gets_403_naming_the_missing_role() -> None:
    async with ScriptedPage(agent("Dana")).running() as surface, surface.browser() as browser:
        answer = await browser.get("/supervisor")
    assert answer.status_code == 403
    assert "supervisor" in answer.text
    assert "Dana" in answer.text


async def test_a_supervisors_certificate_opens_no_agents_page(surface: ScriptedPage) -> None:
    async with surface.browser() as browser:
        answer = await browser.get("/agent")
    assert answer.status_code == 403
    assert "the role “agent”" in answer.text
    assert "Sam" in answer.text


async def test_every_answer_carries_a_strict_policy(surface: ScriptedPage) -> None:
    async with surface.browser() as browser:
        answers = [
            await browser.get("/supervisor"),
            await browser.post("/api/glance.fly"),
            await browser.get("/x"),
        ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("origin", ["null", "http://evil.example", None])
async def test_a_page_of_another_origin_can_neither_act_nor_listen(
    surface: ScriptedPage, origin: str | None
) -> None:
    async with surface.browser() as browser:
        del browser.headers["Origin"]
        headers = {} if origin is None else {"Origin": origin}
        answer = await browser.post("/api/glance.start", json={"agent": "dana"}, headers=headers)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign-origin"
    assert surface.asked == []
    for path in ("/api/events", "/api/media/s"):
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        upgrade |= {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Cookie": cookie, **headers}
        assert b" 403 " in await raw_answer(surface, f"GET {path} HTTP/1.1", upgrade)


async def test_another_host_name_for_loopback_is_refused(surface: ScriptedPage) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{surface.url}/supervisor", headers={"Host": "evil.example"})
    assert answer.status_code == 403


async def test_a_page_that_asks_whether_its_node_is_there_is_answered_at_once(surface: ScriptedPage) -> None:
    async with surface.websocket("/api/events") as events:
        await events.get_message()
        await events.send_message("?")
        answer = json.loads(await events.get_message())
        assert (answer["snapshot"], answer["changes"]) == (False, [])
        await events.send_message("anything else")
        with pytest.raises(ConnectionClosed):
            await events.get_message()


async def test_events_bring_the_whole_board_and_then_what_changes(surface: ScriptedPage) -> None:
    surface.board.put("notes", "a", Refusal(code="one", text=""))
    async with surface.websocket("/api/events") as events:
        first = json.loads(await events.get_message())
        assert first["snapshot"] is True
        assert first["changes"] == [{"topic": "notes", "key": "a", "value": {"code": "one", "text": ""}}]
        surface.board.put("notes", "a", None)
        second = json.loads(await events.get_message())
    assert second["snapshot"] is False
    assert second["changes"] == [{"topic": "notes", "key": "a", "value": None}]


async def test_revocation_hangs_up_the_browsers_sockets(surface: ScriptedPage) -> None:
    async with surface.browser() as browser:
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    async with surface.websocket("/api/events", Cookie=cookie, Origin=surface.url) as events:
        await events.get_message()
        surface.access.sign_everybody_out()
        with trio.fail_after(2), pytest.raises(ConnectionClosed):
            await events.get_message()


class _Loop:
    """A picture channel that gives back what the viewer says was drawn."""

    def __init__(self) -> None:
        self.put, self.get = trio.open_memory_channel[bytes](8)

    async def send(self, data: bytes) -> None:
        await self.put.send(data)

    async def receive(self) -> bytes:
        return await self.get.receive()

    async def aclose(self) -> None: ...


async def test_pictures_pass_untouched_and_renewals_stay_here(surface: ScriptedPage) -> None:
    renewed: list[bool] = []

    async def renew() -> None:
        renewed.append(True)

    loop = _Loop()
    surface.viewer = Viewer(loop, renew)
    await loop.put.send(b"\x01\x01" + bytes(60_000))
    async with surface.websocket("/api/media/s") as media:
        assert await media.get_message() == b"\x01\x01" + bytes(60_000)
        await media.send_message(b"\x03")
        await media.send_message(b"\x02drawn")
        assert await media.get_message() == b"\x02drawn"
    assert renewed == [True]


async def test_a_page_that_wants_plain_sound_is_told_what_is_not_installed(
    surface: ScriptedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_opus(listener: Listener) -> PlainListener:
        raise SoundExtraNotInstalled(missing="Opus")

    async def renew() -> None: ...

    monkeypatch.setattr(streams, "PlainListener", no_opus)
    surface.viewer = Listener(_Loop(), renew, lambda: True)
    async with surface.websocket("/api/media/s?sound=pcm") as media:
        with pytest.raises(ConnectionClosed) as closed:
            await media.get_message()
    why = closed.value.reason
    assert why is not None
    assert why.code == 1011
    assert "Sound needs the extra “sound”; its Opus is missing. Install lanassist again" in (why.reason or "")


async def test_a_port_that_is_taken_is_named_with_the_setting(surface: ScriptedPage) -> None:
    port = int(surface.access.authority.rpartition(":")[2])
    other = ScriptedPage(supervisor("Sam"))
    with pytest.raises(PortInUse, match=f"Port {port} on 127.0.0.1 is in use.*LANASSIST_PAGE_PORT"):
        await serve(None, other.access, port)  # type: ignore[arg-type]


async def test_the_openapi_page_lists_every_command(surface: ScriptedPage) -> None:
    async with httpx.AsyncClient(headers=surface.by_token) as client:
        described = (await client.get(f"{surface.url}/api/openapi.json")).json()
    assert {"/api/glance.start", "/api/presence.agents", "/api/site.install"} <= set(described["paths"])
