"""Packets that arrive early, late, twice or never become an even stream of blocks. Pure; time is an argument.

How much is held back follows how late packets come (lateness.py). Too much or too little is put right by
playing a little faster or slower (drift.py), which also corrects the two machines' clocks. What is missing
is recovered from the next packet, or concealed.
"""

from collections import Counter
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from lanassist.node.sound.drift import Pace, Resampler
from lanassist.node.sound.lateness import FRAME, Lateness
from lanassist.node.sound.opus import BadOpus, SoundDecoder
from lanassist.node.sound.packet import SAMPLES, MalformedPacket, Packet, Window, ahead, unpack
from lanassist.node.sound.samples import BLOCK, RATE, Samples, silence

HIDDEN: Final = 5
"""Packets in a row (100 ms) that are concealed; then there is silence until sound comes again."""
EXCESS: Final = 0.080
"""Seconds above the target from which whole packets are left out rather than played faster."""
PAUSE_EXCESS: Final = 0.020
"""The same while nobody speaks: there it is not heard, and speech has a pause every few seconds."""
QUIET: Final = 0.003
"""Amplitude (-50 dBFS) below which nobody speaks."""
FAR: Final = 0.4
"""Seconds above the target from which it begins anew: the listener's device stood still for a while."""
BUFFERED: Final = 64
"""Packets that are kept at most."""
_RISING: Final = np.linspace(0.0, 1.0, SAMPLES, dtype=np.float32)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one stream."""

    received: int = 0
    malformed: int = 0
    repeated: int = 0
    """Old or repeated, and dropped."""
    late: int = 0
    """New, but their time had passed."""
    recovered: int = 0
    concealed: int = 0
    skipped: int = 0
    """Left out to catch up."""


class JitterBuffer:
    """One stream of packets from ``put`` to ``take``. Not for two threads at once."""

    def __init__(self, decoder: Callable[[], SoundDecoder]) -> None:
        self._make_decoder = decoder
        self._counts: Counter[str] = Counter()
        self.last: float | None = None
        """When a good packet last came."""
        self._window = Window()
        self._reset()

    def _reset(self) -> None:
        """A new stretch of sound: nothing of the old one matters."""
        self._decoder = self._make_decoder()
        self._resampler = Resampler()
        self._pace = Pace()
        self._packets: dict[int, bytes] = {}
        self._next = 0
        self._base: int | None = None
        self._lateness = Lateness()
        self._hidden = 0
        self._playing = False
        self._newest: Samples | None = None
        """What was decoded last."""

    @property
    def heard(self) -> Heard:
        """Counted so far."""
        return Heard(**self._counts)

    # --- in ------------------------------------------------------------------------------------------

    def put(self, data: bytes, now: float) -> bool:
        """A packet as it came, whatever it is. False if it was dropped."""
        try:
            packet = unpack(data)
        except MalformedPacket:
            return self._drop("malformed")
        leapt_from = self._window.newest
        if not self._window.admits(packet):
            return self._drop("repeated")
        self._count("received")
        self.last = now
        if packet.first or self._is_other(leapt_from, packet):
            self._reset()
        return self._keep(packet, now)

    def _is_other(self, newest: int | None, packet: Packet) -> bool:
        return newest is not None and abs(ahead(packet.sequence, newest)) > BUFFERED

    def _keep(self, packet: Packet, now: float) -> bool:
        if self._base is None:
            self._base = packet.sequence
            self._next = 0
        place = ahead(packet.sequence, self._base)
        self._lateness.observe(now - place * FRAME, now)
        if place < self._next:
            return self._drop("late")
        self._packets[place] = packet.opus
        while len(self._packets) > BUFFERED:
            del self._packets[min(self._packets)]
        return True

    def rest(self) -> None:
        """Nobody listens for now: when somebody does again, it begins with what is due then."""
        self._playing, self._hidden = False, 0
        self._resampler.reset()

    # --- out -----------------------------------------------------------------------------------------

    @property
    def delay(self) -> float:
        """Seconds that a packet of the earliest kind is held back."""
        return self._lateness.delay

    @property
    def ratio_learnt(self) -> float:
        """How much faster the sender's clock runs than the listener's, as learnt so far."""
        return self._pace.lasting

    def take(self, now: float, count: int = BLOCK) -> Samples:
        """What is to be heard next; silence before the first sound and where nothing could be made up."""
        if self._playing and self._surplus(now) > FAR:
            self._count("skipped")
            self.rest()
        if not self._playing and not self._may_begin(now):
            return silence(count)
        surplus = self._surplus(now) - (count - BLOCK) / RATE
        ratio = self._pace.ratio(surplus, count / RATE)
        excess = self._pace.surplus or 0.0
        if excess > EXCESS or (excess > PAUSE_EXCESS and self._pausing):
            self._catch_up(spoken_too=excess > EXCESS)
        while not self._resampler.holds(count, ratio):
            if not self._fill():
                return silence(count)
        return self._resampler.pull(count, ratio)

    def _may_begin(self, now: float) -> bool:
        """Begin with what is due now; older packets would only be behind the talk."""
        due = self._lateness.due(now) / FRAME if self._packets else -1.0
        places = [place for place in self._packets if place <= due]
        if not places:
            return False
        self._next = max(places)
        for place in places:
            if place < self._next:
                del self._packets[place]
                self._count("late")
        self._playing, self._hidden = True, 0
        self._pace.surplus = None
        return True

    @property
    def _pausing(self) -> bool:
        """Whether nobody speaks at the moment; looked into only where it matters."""
        return self._newest is not None and _is_quiet(self._newest)

    def _surplus(self, now: float) -> float:
        """How many seconds more than meant the sound played now has been held back."""
        played = self._next * FRAME - self._resampler.held / RATE + self._hidden * FRAME
        return self._lateness.due(now) - played

    def _fill(self) -> bool:
        """Put the next 20 ms into the resampler. False: there has been nothing for too long."""
        data = self._packets.pop(self._next, None)
        if data is not None:
            self._push(data)
        elif not self._packets:
            return self._hide()
        elif self._hidden:
            self._hidden -= 1  # it was concealed while it was not known yet whether it would come
        elif (following := self._packets.get(self._next + 1)) is not None:
            self._count("recovered")
            self._resampler.push(self._decoder.recover(following))
        else:
            self._count("concealed")
            self._resampler.push(self._decoder.conceal())
        self._next += 1
        return True

    def _push(self, data: bytes) -> None:
        self._newest = self._decode(data)
        self._resampler.push(self._newest)
        self._hidden = 0

    def _hide(self) -> bool:
        """Nothing has come yet: late or lost, nobody knows."""
        if self._hidden >= HIDDEN:
            self._playing = False
            self._resampler.reset()
            self._next += self._hidden
            self._hidden = 0
            return False
        self._hidden += 1
        self._count("concealed")
        self._resampler.push(self._decoder.conceal())
        return True

    def _catch_up(self, spoken_too: bool) -> None:
        """Two packets become one, faded over: 20 ms less. What is spoken is left whole if it may."""
        first, second = (self._packets.pop(self._next + ahead_by, None) for ahead_by in (0, 1))
        if first is None or second is None:
            for ahead_by, data in enumerate((first, second)):
                if data is not None:
                    self._packets[self._next + ahead_by] = data
            return
        one, other = self._decode(first), self._decode(second)
        self._next += 2
        self._newest = other
        if not spoken_too and not (_is_quiet(one) and _is_quiet(other)):
            self._resampler.push(np.concatenate((one, other)))
            return
        self._resampler.push(one * (1 - _RISING) + other * _RISING)
        self._pace.jump(FRAME)
        self._count("skipped")

    def _decode(self, data: bytes) -> Samples:
        try:
            return self._decoder.decode(data)
        except BadOpus:
            self._count("malformed")
            return self._decoder.conceal()

    def _drop(self, what: str) -> bool:
        self._count(what)
        return False

    def _count(self, what: str) -> None:
        self._counts[what] += 1


def _is_quiet(samples: Samples) -> bool:
    return bool(samples.max() < QUIET and samples.min() > -QUIET)
