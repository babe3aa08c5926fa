"""The engine's calls: one source, one call at a time, its mode, and who watches over it."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from lanassist.node.errors import LanassistError, NoCallSound, UnknownSoundDevice
from lanassist.node.sound.base import (
    Mode,
    ModeChanged,
    Source,
    SupervisorSilent,
    Synthetic,
    fault,
)
from lanassist.node.sound.bridge import PATIENCE, Bridge
from lanassist.node.sound.inbox import Inbox
from lanassist.node.sound.sources.base import CallSource, Tell
from lanassist.node.sound.sources.synthetic import SyntheticCall

SHORTEST: Final = 0.02
"""Seconds between two looks whether the supervisor, who should speak, still does."""
LONG_SILENCE: Final = 2.0
"""Seconds without the supervisor in a call that was taken over, after which it is told; again after each."""


def make_source(source: Source, tell: Tell) -> CallSource:
    """The living source. Raises SoundUnavailable or one of its kinds."""
    if isinstance(source, Synthetic):
        return SyntheticCall(source, tell)
    from lanassist.node.sound.sources.softphone import SoftphoneCall

    return SoftphoneCall(source, tell)


class Calls:
    """All that an engine does for calls. Its methods come from the pipe's thread; ``close`` from any."""

    def __init__(self, tell: Tell, send: Callable[[bytes], None], inbox: Inbox) -> None:
        """``inbox``: what the supervisor says."""
        self._tell = tell
        self._send = send
        self._inbox = inbox
        self._lock = threading.Lock()
        self._wanted: Source | None = None
        self._source: CallSource | None = None
        self._bridge: Bridge | None = None
        self._told_silence = 0.0
        self._expected = threading.Event()
        self._closed = False
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    # --- what the node says --------------------------------------------------------------------------

    def prepare(self, source: Source) -> None:
        """Raises SoundUnavailable or one of its kinds."""
        with self._lock:
            self._choose(source).prepare()

    def begin(self, source: Source, sequence: int) -> None:
        """Raises SoundUnavailable or one of its kinds."""
        with self._lock:
            self._end()
            live = self._choose(source)
            with suppress(UnknownSoundDevice):  # told as a fault, and it may be plugged in again
                live.prepare()
            self._inbox.take()  # was for another call
            bridge = Bridge(self._send, live.elsewhere, self._inbox, sequence, show=self._tell)
            live.begin(bridge)
            self._bridge = bridge

    def set_mode(self, mode: Mode) -> None:
        """Raises SoundUnavailable or one of its kinds, or NoCallSound."""
        with self._lock:
            self._turn_to(mode)
        self._tell(ModeChanged(mode=mode))

    def end(self) -> None:
        """The call is over."""
        with self._lock:
            was_on = self._end()
        if was_on:
            self._tell(ModeChanged(mode="normal", why="ended"))

    def close(self) -> None:
        """The engine ends: the call is left to its two parties."""
        with self._lock:
            self._closed = True
            self._expected.set()
            if self._source is not None:
                self._source.close()
                self._source = None
            self._bridge = None

    # --- what follows --------------------------------------------------------------------------------

    def _choose(self, wanted: Source) -> CallSource:
        if self._source is None or wanted != self._wanted:
            if self._source is not None:
                self._end()
                self._source.close()
            self._source, self._wanted = make_source(wanted, self._tell), wanted
        return self._source

    def _turn_to(self, mode: Mode) -> None:
        if self._bridge is None or self._source is None:
            raise NoCallSound
        self._source.turn_to(mode)
        self._told_silence = 0.0
        if self._bridge.awaits_supervisor:
            self._expected.set()
        else:
            self._expected.clear()

    def _end(self) -> bool:
        bridge, self._bridge = self._bridge, None
        self._expected.clear()
        if self._source is not None and bridge is not None:
            self._source.end()
        return bridge is not None

    # --- who watches ---------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Asleep while nobody expects a word from the supervisor, and then until it would be missed."""
        pause = threading.Event()
        while not self._closed:
            self._expected.wait()
            with self._lock:
                patience = self._look(self._bridge) if self._bridge is not None else PATIENCE
            pause.wait(patience)

    def _look(self, bridge: Bridge) -> float:
        """Seconds until the next look."""
        silent = bridge.silent_for()
        if bridge.mode == "talk" and silent > PATIENCE:
            self._fall_back()
        elif bridge.mode == "takeover" and silent > self._told_silence + LONG_SILENCE:
            self._told_silence += LONG_SILENCE
            self._tell(SupervisorSilent(seconds=round(silent, 1)))
        return max(SHORTEST, PATIENCE - silent) if silent <= PATIENCE else PATIENCE

    def _fall_back(self) -> None:
        try:
            self._turn_to("listen")
        except LanassistError as error:
            self._tell(fault(error))
            return
        self._tell(ModeChanged(mode="listen", why="silent"))
