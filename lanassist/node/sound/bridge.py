"""The middle of one call: what its source hears goes in, what each ear is given comes out.

A source's threads call it, each by its own device's clock; one lock keeps them apart for the fraction of a
millisecond that a block takes. Nothing here opens a device, and nothing outlasts the mode it belongs to.
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from typing import Final

import numpy as np

from lanassist.node.sound.base import HEARS, PARTIES, Levels, Mode, Party
from lanassist.node.sound.inbox import Inbox
from lanassist.node.sound.jitter import Heard, JitterBuffer
from lanassist.node.sound.level import WINDOW, Meter
from lanassist.node.sound.mixer import Ear
from lanassist.node.sound.opus import OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import FIRST, SAMPLES, Packet, pack
from lanassist.node.sound.samples import BLOCK, Samples

PATIENCE: Final = 0.2
"""Seconds without a packet from the supervisor after which nobody is talking any more."""
FIRST_WORD: Final = 1.0
"""Seconds that the first packet may take after the key was pressed: a microphone may have to be opened."""


class Bridge:
    """Raises SoundNotInstalled if there is no Opus."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        elsewhere: Mapping[Party, Collection[Party]],
        inbox: Inbox,
        sequence: int = 0,
        clock: Callable[[], float] = time.monotonic,
        show: Callable[[Levels], None] = lambda levels: None,
    ) -> None:
        """``send``: takes the packets for the supervisor. ``elsewhere``: as in Ear, for each.

        ``inbox``: gives what the supervisor says, whatever it is; it is looked into when a turn needs it.

        ``show``: takes the levels, ten times a second of the call while somebody assists.
        """
        self.mode: Mode = "normal"
        self.awaits_supervisor = False
        """Whether anybody hears the supervisor in this mode."""
        self._send = send
        self._show = show
        self._clock = clock
        self._lock = threading.Lock()
        self._ears = {party: Ear(party, elsewhere.get(party, ())) for party in PARTIES}
        self._meters: dict[Party, Meter] = {party: Meter() for party in PARTIES}
        self._supervisor = JitterBuffer(OpusDecoder)
        self._encoder = OpusEncoder()
        self._sequence = sequence
        self._first = True
        self._half: Samples | None = None
        self._unread = 0
        """Samples since the levels were last read."""
        self._inbox = inbox
        self._since = clock()
        self.turn_to("normal")

    # --- what is decided -----------------------------------------------------------------------------

    def turn_to(self, mode: Mode) -> None:
        """In force from the next block on."""
        with self._lock:
            self.mode, self._since = mode, self._clock()
            self.awaits_supervisor = any("supervisor" in heard for heard in HEARS[mode].values())
            for ear in self._ears.values():
                ear.turn_to(mode)
            if mode == "normal":
                self._first, self._half, self._unread = True, None, 0
            if not self.awaits_supervisor:
                self._supervisor.rest()

    def silent_for(self) -> float:
        """Seconds without a word from the supervisor, who should speak now; 0 if nobody expects one."""
        with self._lock:
            if not self.awaits_supervisor:
                return 0.0
            self._sort_in()
            now, last = self._clock(), self._supervisor.last
            if last is None or last < self._since:
                return max(0.0, now - self._since - FIRST_WORD)
            return now - last

    # --- the supervisor ------------------------------------------------------------------------------

    def _sort_in(self) -> None:
        for heard in self._inbox.take():
            self._supervisor.put(heard.packet, heard.came)

    @property
    def heard(self) -> Heard:
        """Counts of what came from the supervisor."""
        with self._lock:
            self._sort_in()
            return self._supervisor.heard

    def _speak(self, count: int) -> Samples:
        spoken = self._supervisor.take(self._clock(), count)
        self._meters["supervisor"].hear(spoken)
        return spoken

    # --- the call ------------------------------------------------------------------------------------

    def tell_supervisor(self, voices: Mapping[Party, Samples]) -> None:
        """10 or 20 ms of what was said in the call; 20 ms make a packet."""
        count = next((block.size for block in voices.values()), BLOCK)
        with self._lock:
            if not self.awaits_supervisor:
                self._sort_in()  # else whoever hears it does
            for party, block in voices.items():
                self._meters[party].hear(block)
            mixed = self._ears["supervisor"].mix(voices, count)
            if self.mode == "normal":
                return
            if self._half is not None:
                mixed = np.concatenate((self._half, mixed))[-SAMPLES:]
            self._half = mixed if mixed.size < SAMPLES else None
            if self._half is None:
                self._pack(mixed)
            self._unread += count
        if self._unread >= WINDOW:
            self._unread = 0
            self._show(self.levels())

    def _pack(self, samples: Samples) -> None:
        opus = self._encoder.encode(samples)
        flags, self._first = FIRST if self._first else 0, False
        timestamp = self._sequence * SAMPLES
        self._send(pack(Packet(sequence=self._sequence, timestamp=timestamp, flags=flags, opus=opus)))
        self._sequence += 1

    def for_ear(self, party: Party, voices: Mapping[Party, Samples], count: int = BLOCK) -> Samples:
        """What the customer's or the agent's ear is given; the supervisor's voice is added here."""
        return self.for_ears((party,), voices, count)[party]

    def for_ears(
        self, parties: Collection[Party], voices: Mapping[Party, Samples], count: int = BLOCK
    ) -> dict[Party, Samples]:
        """The same moment for several ears."""
        with self._lock:
            ears = [self._ears[party] for party in parties]
            if any("supervisor" in ear.hears for ear in ears):
                self._sort_in()
                voices = {**voices, "supervisor": self._speak(count)}
            return {ear.party: ear.mix(voices, count) for ear in ears}

    def levels(self) -> Levels:
        """Since the last time."""
        with self._lock:
            return Levels(**{party: meter.read() for party, meter in self._meters.items()})
