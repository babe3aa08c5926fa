"""Calls of any program on this desktop, through virtual devices of the sound server (house.py).

The server's loopbacks carry the normal call; we add the supervisor's streams. A stream to the customer
exists in take over and at no other time.
"""

import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

from lanassist.node.errors import NoSoundServer, SoundDeviceLost, SoundUnavailable, UnknownSoundDevice
from lanassist.node.sound.base import HEARS, Mode, Party, Softphone, fault
from lanassist.node.sound.bridge import Bridge
from lanassist.node.sound.packet import SAMPLES
from lanassist.node.sound.samples import BLOCK
from lanassist.node.sound.sources.base import Tell
from lanassist.node.sound.sources.exchange import HEADSET_QUEUED, Exchange
from lanassist.node.sound.sources.house import CUSTOMER, VOICE, House
from lanassist.node.sound.sources.watcher import Watcher
from lanassist.node.sound.streams.keeper import Keeper
from lanassist.node.sound.streams.lent import Lent
from lanassist.node.sound.streams.libpulse import NoSuchDevice
from lanassist.node.sound.streams.pulse import connected
from lanassist.node.sound.streams.pulsestreams import QUEUED, PulsePlayback, PulseRecording

TITLE: Final = "call assist"
PACKET_BLOCKS: Final = SAMPLES // BLOCK
"""Blocks that are recorded at a time: half the work, and a packet needs as many anyhow."""
OVERLAP: Final = 0.02
"""Seconds that the supervisor's voice is given to get through the stream's queue before the agent's goes."""
FADE: Final = 6
"""Blocks that a stream to the customer is given for falling silent before it is closed."""


class SoftphoneCall:
    """One softphone; its calls follow each other."""

    elsewhere: Mapping[Party, Collection[Party]] = {"customer": {"agent"}, "agent": {"customer"}}

    def __init__(self, source: Softphone, tell: Tell) -> None:
        self._tell = tell
        self._house = House(source)
        self._watcher = Watcher(self._house, tell)
        self._bridge: Bridge | None = None
        self._exchange: Exchange | None = None
        self._streams: dict[str, Keeper[Any]] = {}

    # --- the source's own ----------------------------------------------------------------------------

    def prepare(self) -> None:
        """Raises SoundNotInstalled, NoSoundServer, or UnknownSoundDevice for the agent's own devices."""
        missing = self._watcher.settle()
        if missing:
            raise missing[0]

    def begin(self, bridge: Bridge) -> None:
        """The loopbacks carry the call already."""
        with suppress(NoSoundServer):  # told as a fault; the mode that needs it says so too
            self._watcher.be_ready()
        self._bridge, self._exchange = bridge, Exchange(bridge)

    def end(self) -> None:
        """Give everything back."""
        if self._bridge is not None:
            self._give_back()
        self._bridge = self._exchange = None

    def _give_back(self) -> None:
        assert self._bridge is not None
        self._bridge.turn_to("normal")
        with suppress(NoSoundServer):  # the watcher gives the call back when there is one again
            self._take_over(False)
        for name in tuple(self._streams):
            self._close(name)

    def close(self) -> None:
        """The devices stay while a program uses them, for its call goes on."""
        self.end()
        self._watcher.stop()
        try:
            with connected("farewell") as pulse:
                if not self._house.in_use(pulse):
                    self._house.remove(pulse)
        except NoSoundServer:
            return

    # --- modes ---------------------------------------------------------------------------------------

    def turn_to(self, mode: Mode) -> None:
        """First open what is needed, then switch, then close what is not needed any more.

        What cannot be done leaves all as it was.
        """
        assert self._bridge is not None
        before = self._bridge.mode
        wanted = _streams_of(mode, self._streams)
        opened = [name for name in wanted if name not in self._streams]
        try:
            for name in opened:
                self._open_if_needed(name)
            self._switch(mode)
        except BaseException:
            if self._bridge.mode != before:
                self._bridge.turn_to(before)
            for name in opened:
                self._close(name)
            raise
        for name in set(self._streams) - wanted:
            self._close(name, fade=name == "voice")

    def _switch(self, mode: Mode) -> None:
        """The customer is never left without anybody: the new voice comes before the old one goes."""
        assert self._bridge is not None
        taken = "agent" not in HEARS[mode]["customer"]
        if taken:
            self._speak_to_customer(mode)
            self._take_over(True)
        else:
            self._take_over(False)
            self._bridge.turn_to(mode)

    def _speak_to_customer(self, mode: Mode) -> None:
        """The supervisor's voice begins right behind the silence that the stream took first.

        So it is there as soon as the server plays; that it does is waited for while the agent is still heard.
        """
        assert self._bridge is not None
        voice = self._streams["voice"]
        if voice.fills():
            self._bridge.turn_to(mode)
        if not voice.flows():
            raise SoundUnavailable(why="the sound server does not play to the customer")
        time.sleep(OVERLAP)

    def _take_over(self, taken: bool) -> None:
        self._watcher.take_over(taken)

    # --- streams -------------------------------------------------------------------------------------

    def _open_if_needed(self, name: str) -> None:
        """Without the agent's voice there is still the customer's."""
        try:
            self._open(name)
        except SoundUnavailable as error:
            if name != "agent":
                raise
            self._tell(fault(error))

    def _open(self, name: str) -> None:
        keeper = self._keeper(name)
        keeper.start()
        self._streams[name] = keeper

    def _keeper(self, name: str) -> Keeper[Any]:
        bridge, exchange, house, tell = self._bridge, self._exchange, self._house, self._tell
        assert bridge is not None
        assert exchange is not None
        if name == "customer":
            return Keeper(("virtual device", CUSTOMER), lambda: _record(CUSTOMER), exchange.turn, tell)
        if name == "agent":
            exchange.agent = agent = Lent[PulseRecording]()
            what = ("microphone", house.microphone)
            return Keeper(what, lambda: _record(house.microphone), agent.lend, tell, agent.take_back)
        if name == "headset":
            exchange.headset = headset = Lent[PulsePlayback]()
            what, queued = ("output", house.headset), HEADSET_QUEUED
            return Keeper(what, lambda: _play(house.headset, queued), headset.lend, tell, headset.take_back)
        return Keeper(
            ("virtual device", VOICE),
            lambda: _play(VOICE),
            lambda to: to.write(bridge.for_ear("customer", {})),
            tell,
        )

    def _close(self, name: str, fade: bool = False) -> None:
        keeper = self._streams.pop(name, None)
        if self._exchange is not None:
            self._exchange.forget(name)
        if keeper is not None and fade:
            keeper.finish(FADE)
        elif keeper is not None:
            keeper.stop()


def _streams_of(mode: Mode, open_now: Collection[str]) -> set[str]:
    """What the table needs: ``customer`` and ``agent`` are recorded, ``headset`` and ``voice`` played to.

    The agent's headset, once open, stays so while the supervisor listens: the next press is faster.
    """
    heard = HEARS[mode]
    names: set[str] = set(heard["supervisor"])
    if "supervisor" in heard["agent"] or (mode == "listen" and "headset" in open_now):
        names.add("headset")
    if "supervisor" in heard["customer"]:
        names.add("voice")
    return names


def _record(name: str) -> PulseRecording:
    try:
        return PulseRecording(_present("microphone", name), TITLE, PACKET_BLOCKS)
    except NoSuchDevice:
        raise SoundDeviceLost(kind="microphone", name=name) from None


def _play(name: str, queued: int = QUEUED) -> PulsePlayback:
    try:
        return PulsePlayback(_present("output", name), TITLE, queued)
    except NoSuchDevice:
        raise SoundDeviceLost(kind="output", name=name) from None


def _present(kind: str, name: str) -> str:
    """An empty name would be the default, which may be anything."""
    if not name:
        raise UnknownSoundDevice(kind=kind, name="default", available="none that could be used")
    return name
