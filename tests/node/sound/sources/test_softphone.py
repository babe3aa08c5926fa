"""A softphone's call whose sound server does not do what a mode needs: all stays as it was."""

import threading
from collections.abc import Iterator
from typing import Final

import pytest

from lanassist.node.errors import NoSoundServer, SoundUnavailable
from lanassist.node.sound.base import Event, Softphone
from lanassist.node.sound.bridge import Bridge
from lanassist.node.sound.inbox import Inbox
from lanassist.node.sound.samples import Samples
from lanassist.node.sound.sources import softphone
from lanassist.node.sound.sources.softphone import SoftphoneCall
from lanassist.node.sound.sources.watcher import Watcher
from lanassist.node.sound.streams import keeper
from lanassist.node.sound.streams.base import StreamLost

PLENTY: Final = 20
"""Blocks; the server plays."""


class Server:
    """Its devices take ``blocks`` blocks each, and then nothing until the story is over."""

    def __init__(self) -> None:
        self.blocks = PLENTY
        self.over = threading.Event()
        self.muted: list[bool] = []
        self.running = True

    def open(self, name: str, queued: int = 0) -> "Device":
        return Device(self)

    def take_over(self, watcher: Watcher, taken: bool) -> None:
        if not self.running:
            raise NoSoundServer
        self.muted.append(taken)


class Device:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._left = server.blocks

    def write(self, block: Samples) -> None:
        self._left -= 1
        if self._left < 0:
            self.read()

    def read(self) -> Samples:
        self._server.over.wait()
        raise StreamLost

    def close(self) -> None: ...


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    for name in ("_record", "_play"):
        monkeypatch.setattr(softphone, name, server.open)
    monkeypatch.setattr(Watcher, "take_over", lambda watcher, taken: server.take_over(watcher, taken))
    monkeypatch.setattr(Watcher, "be_ready", lambda watcher: None)
    monkeypatch.setattr(keeper, "JOIN", 0.0)
    yield server
    server.over.set()


@pytest.fixture
def bridge() -> Bridge:
    return Bridge(lambda packet: None, SoftphoneCall.elsewhere, Inbox())


def assisted(bridge: Bridge) -> SoftphoneCall:
    """A call to which a supervisor listens."""

    def tell(event: Event) -> None: ...

    call = SoftphoneCall(Softphone(), tell)
    call.begin(bridge)
    call.turn_to("listen")
    return call


def test_a_take_over_mutes_the_agent_once_the_supervisor_is_played(server: Server, bridge: Bridge) -> None:
    call = assisted(bridge)
    call.turn_to("takeover")
    assert bridge.mode == "takeover"
    assert server.muted[-1]


@pytest.mark.parametrize("blocks", [0, keeper.FILLED, keeper.FLOWING - 1])
def test_a_server_that_does_not_play_leaves_the_customer_with_the_agent(
    server: Server, bridge: Bridge, blocks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = assisted(bridge)
    monkeypatch.setattr(keeper, "SOON", 0.2)
    server.blocks = blocks
    with pytest.raises(SoundUnavailable, match="does not play to the customer"):
        call.turn_to("takeover")
    assert bridge.mode == "listen"
    assert not any(server.muted)


def test_a_server_that_goes_before_the_agent_is_muted_leaves_it_too(server: Server, bridge: Bridge) -> None:
    call = assisted(bridge)
    server.running = False
    with pytest.raises(NoSoundServer):
        call.turn_to("takeover")
    assert bridge.mode == "listen"
