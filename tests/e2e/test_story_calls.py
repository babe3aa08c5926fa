"""A call from the cry for help to its end, with everything real: two nodes, a sound server with a softphone's
devices, the agent's page, and a supervisor's page in a browser with a microphone.

The customer is a tone that the softphone plays, the agent a tone at the headset's microphone, the supervisor
a tone in the browser's. Who hears whom is measured where it is heard.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lanassist.node.sound.samples import RATE, to_pcm
from lanassist.node.sound.tones import Tone
from lanassist.node.sound.waves import create_wave
from tests.support.browser import launched, until, watched_page, window
from tests.support.hearing import Ear, Mouth, tone_levels
from tests.support.nodes import LiveNode, LiveSite
from tests.support.played import heard_in, listen_to_page
from tests.support.soundserver import HEADSET, MICROPHONE, MOUTH, PulseAudio, SoundServer

pytestmark = pytest.mark.e2e

CUSTOMER, AGENT, SUPERVISOR = 440.0, 620.0, 1700.0
"""Hertz."""
SPEAKER, VIRTUAL_MICROPHONE = "lanassist_speaker", "lanassist_microphone"
INAUDIBLE = -72.0
"""dBFS."""
LONG = 60_000
"""Milliseconds that nodes and pages on a busy machine may take to hear of each other."""
UNPROCESSED = """
  if (location.protocol === "http:")
    localStorage.setItem("lanassist.call.devices", JSON.stringify({ processing: false }));
"""
"""A tone is neither speech nor an echo, and a browser would take it away."""


class Phones:
    """Dana with a softphone, Sam with a browser, and an ear at everybody's ear."""

    def __init__(self, server: SoundServer, site: LiveSite, folder: Path, stack: ExitStack) -> None:
        self.server = server
        self._chromium = stack.enter_context(with_a_voice(folder / "voice.wav"))
        self._stack = stack
        self._folder = folder
        calls = {"LANASSIST_CALLS_SOURCE": "softphone", "LANASSIST_CALLS_MICROPHONE": MICROPHONE}
        self.dana = site.node("Dana", "agent", settings={**server.environ, **calls})
        self.sam = site.node("Sam", "supervisor")
        for node in (self.dana, self.sam):
            node.launch()
        for node in (self.dana, self.sam):
            node.ready()
        self.sam.meet(self.dana)

    def page(self, node: LiveNode, path: str) -> Page:
        """A page of somebody's node, in a window of its own."""
        context = self._stack.enter_context(window(self._chromium, permissions=["microphone"]))
        context.add_init_script(UNPROCESSED)
        listen_to_page(context)
        page = self._stack.enter_context(watched_page(context))
        page.goto(node.api("node.launch", path=path)["url"])
        return page

    def ear(self, source: str) -> Ear:
        return self._stack.enter_context(Ear(self.server.environ, source, self._folder / source))

    def mouth(self, sink: str, hertz: float) -> None:
        self._stack.enter_context(Mouth(self.server.environ, sink, hertz))


@contextmanager
def with_a_voice(voice: Path) -> Iterator[Browser]:
    """A browser whose microphone hears the supervisor's tone."""
    with create_wave(voice) as file:
        file.writeframes(to_pcm(Tone(SUPERVISOR).speak(10 * RATE)))
    microphone = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={voice}")
    with launched(*microphone, "--autoplay-policy=no-user-gesture-required") as chromium:
        yield chromium


@pytest.fixture
def phones(tmp_path: Path) -> Iterator[Phones]:
    with PulseAudio() as server, LiveSite(tmp_path) as site, ExitStack() as stack:
        yield Phones(server, site, tmp_path, stack)


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Call", exact=True)


def test_from_the_cry_for_help_to_the_end_of_the_call(phones: Phones) -> None:
    sam, dana = phones.page(phones.sam, "/supervisor"), phones.page(phones.dana, "/agent")
    dana.get_by_role("button", name="Calls").click()
    dana.get_by_role("textbox", name="Number or name").fill("+49 30 1234")
    dana.get_by_role("button", name="Begin").click()
    own = dana.get_by_role("region", name="Your call")
    expect(own).to_contain_text("Inbound call", timeout=LONG)
    phones.mouth(SPEAKER, CUSTOMER)
    phones.mouth(MOUTH, AGENT)
    customer, agent = phones.ear(VIRTUAL_MICROPHONE), phones.ear(f"{HEADSET}.monitor")
    until(dana, lambda: customer.hears(AGENT) and agent.hears(CUSTOMER), 30)

    # Dana asks for help; Sam's page pops up, and Sam goes into the call from there.
    dana.locator(".help-button").click()
    popup = sam.locator(".help-popup")
    expect(popup).to_contain_text("Dana", timeout=LONG)
    popup.get_by_role("button", name="Assist: call").click()
    expect(bar(sam)).to_contain_text("Listening", timeout=LONG)
    expect(popup).to_have_count(0)
    expect(dana.locator(".help-button")).to_contain_text("Sam", timeout=LONG)
    expect(own.get_by_role("status")).to_contain_text("is listening")
    until(sam, lambda: heard_in(sam, CUSTOMER) and heard_in(sam, AGENT), 30)
    assert not agent.hears(SUPERVISOR)
    begin = customer.place

    # Held, Dana hears Sam, and the customer does not.
    sam.keyboard.down("Space")
    expect(bar(sam)).to_contain_text("Talking", timeout=LONG)
    until(sam, lambda: agent.hears(SUPERVISOR), 30)
    expect(own.get_by_role("status")).to_contain_text("talks to you")
    assert agent.hears(CUSTOMER)
    sam.keyboard.up("Space")
    expect(bar(sam)).to_contain_text("Listening", timeout=LONG)
    until(sam, lambda: not agent.hears(SUPERVISOR), 30)
    # A stutter of Dana's own tone has something of every tone; the story below measures with her silent.
    whispered = tone_levels(customer.heard(begin), SUPERVISOR)
    assert float(np.quantile(whispered, 0.8)) < INAUDIBLE
    assert float(np.max(whispered)) < -45

    # Taken over, the customer hears Sam and Dana hears nothing of it.
    sam.get_by_role("button", name="Take over…").click()
    sam.get_by_role("dialog").get_by_role("button", name="Take over").click()
    expect(bar(sam)).to_contain_text("You have the call", timeout=LONG)
    until(sam, lambda: customer.hears(SUPERVISOR) and not customer.hears(AGENT), 30)
    until(sam, lambda: not agent.hears(CUSTOMER), 30)
    expect(own).to_contain_text("After call work", timeout=LONG)
    expect(sam.locator("td.status").first).to_contain_text("After call work")
    until(sam, lambda: heard_in(sam, CUSTOMER), 30)

    # Closed, it is Dana's again.
    sam.get_by_role("button", name="Give back to Dana").click()
    expect(bar(sam)).to_contain_text("Assist ended", timeout=LONG)
    # Whatever cracks as Dana's tone comes back has something of every tone.
    until(sam, lambda: customer.hears(AGENT) and agent.hears(CUSTOMER) and not customer.hears(SUPERVISOR), 30)
    expect(dana.locator(".help-button")).to_have_text("?Help", timeout=LONG)


def test_the_customer_hears_nothing_of_a_page_that_dies_while_talking(phones: Phones) -> None:
    sam = phones.page(phones.sam, "/supervisor")
    phones.dana.api("call.begin", routed=True, number="+49 30 1234")
    # Dana is silent, so that whatever the customer hears comes from Sam.
    phones.mouth(SPEAKER, CUSTOMER)
    customer, agent = phones.ear(VIRTUAL_MICROPHONE), phones.ear(f"{HEADSET}.monitor")
    sam.get_by_role("button", name="Assist: call").click(timeout=LONG)
    expect(bar(sam)).to_contain_text("Listening", timeout=LONG)
    expect(sam.get_by_role("button", name="Hold to talk")).not_to_have_attribute("aria-disabled", "true")
    sam.keyboard.down("Space")
    until(sam, lambda: agent.hears(SUPERVISOR), 30)
    sam.goto("about:blank")
    until(sam, lambda: not agent.hears(SUPERVISOR), 30)
    assert agent.hears(CUSTOMER)
    assert float(np.max(tone_levels(customer.heard(), SUPERVISOR))) < INAUDIBLE
