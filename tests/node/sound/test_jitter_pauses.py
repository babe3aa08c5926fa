"""What came too late is made up for where nobody speaks: there a packet can go and nobody hears it."""

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings, strategies as st

from lanassist.node.sound.jitter import EXCESS, PAUSE_EXCESS, QUIET, JitterBuffer
from lanassist.node.sound.lateness import FRAME
from lanassist.node.sound.packet import SAMPLES, Packet, pack
from lanassist.node.sound.samples import BLOCK, BLOCK_SECONDS, RATE, Samples

STEP = 1e-4
BENT = 40
"""Samples that a packet may have less where the two clocks are brought together."""


class Marked:
    """A decoder: a spoken packet's samples are its number, and loud; a pause's are nearly nothing."""

    def decode(self, data: bytes) -> Samples:
        number = int(data)
        return np.full(SAMPLES, 0.1 + number * STEP if number >= 0 else QUIET / 3, dtype=np.float32)

    def recover(self, following: bytes) -> Samples:
        return np.zeros(SAMPLES, dtype=np.float32)

    def conceal(self) -> Samples:
        return np.zeros(SAMPLES, dtype=np.float32)


class Ear:
    """Somebody speaks, with pauses, and the listener's machine stands still once."""

    def __init__(self, spoken: list[bool]) -> None:
        self.buffer = JitterBuffer(Marked)
        self._spoken = spoken
        self._sent = 0
        self.now = 0.0
        self._heard: list[Samples] = []
        self._starts: list[float] = []

    def _receive(self) -> None:
        while self._sent < len(self._spoken) and (self._sent + 1) * FRAME <= self.now + 1e-9:
            mark = self._sent if self._spoken[self._sent] else -1
            packet = Packet(sequence=self._sent, timestamp=0, opus=str(mark).encode())
            self.buffer.put(pack(packet), self.now)
            self._sent += 1

    def stand_still(self, seconds: float) -> None:
        for _ in range(round(seconds / BLOCK_SECONDS)):
            self.now += BLOCK_SECONDS
            self._receive()

    def listen(self, seconds: float) -> None:
        for _ in range(round(seconds / BLOCK_SECONDS)):
            self.now += BLOCK_SECONDS
            self._receive()
            self._heard.append(self.buffer.take(self.now))
            self._starts.append(self.now)

    def whole(self, number: int) -> bool:
        """Whether all of a spoken packet was heard, as it was."""
        return self._samples(number).size >= SAMPLES - BENT

    def _samples(self, number: int) -> npt.NDArray[np.intp]:
        self._heard = [np.concatenate(self._heard)]
        return np.flatnonzero(np.abs(self._heard[0] - (0.1 + number * STEP)) < STEP / 10)

    def age(self, number: int) -> float:
        """Seconds from when a spoken packet came to when it was heard."""
        place = int(self._samples(number)[0])
        return self._starts[place // BLOCK] + place % BLOCK / RATE - (number + 1) * FRAME


def speech(*stretches: tuple[bool, int]) -> list[bool]:
    return [spoken for spoken, count in stretches for _ in range(count)]


def test_a_delay_is_made_up_for_in_the_first_pause() -> None:
    ear = Ear(speech((True, 150), (False, 50), (True, 50)))
    ear.listen(1.5)
    before = ear.age(60)
    ear.stand_still(0.06)
    ear.listen(1.3)
    assert ear.buffer.heard.skipped == 0
    ear.listen(2.0)
    assert ear.buffer.heard.skipped > 0
    assert ear.age(210) < before + PAUSE_EXCESS + 0.01
    assert all(ear.whole(number) for number in (*range(80, 150), *range(200, 240)))


def test_while_somebody_speaks_nothing_is_left_out_for_a_small_delay() -> None:
    ear = Ear(speech((True, 200)))
    ear.listen(1.5)
    ear.stand_still(0.06)
    ear.listen(2.0)
    assert ear.buffer.heard.skipped == 0


def test_a_delay_beyond_bearing_is_made_up_for_at_once() -> None:
    ear = Ear(speech((True, 300)))
    ear.listen(1.5)
    ear.stand_still(0.2)
    ear.listen(2.0)
    assert ear.buffer.heard.skipped > 0
    assert ear.age(160) < EXCESS + 0.08


@settings(max_examples=40, deadline=None)
@given(
    stretches=st.lists(st.integers(3, 40), min_size=6, max_size=12),
    begins_spoken=st.booleans(),
    stood_still=st.integers(2, 6),
)
def test_no_word_is_cut_for_a_small_delay(
    stretches: list[int], begins_spoken: bool, stood_still: int
) -> None:
    """However speech and pauses follow each other, and wherever the delay comes in them."""
    spoken = speech(*((begins_spoken == (place % 2 == 0), count) for place, count in enumerate(stretches)))
    ear = Ear([True] * 50 + spoken)
    ear.listen(0.8)
    ear.stand_still(stood_still * BLOCK_SECONDS)
    ear.listen(len(spoken) * FRAME + 1.0)
    played = [number for number, loud in enumerate(spoken, 50) if loud]
    assert [number for number in played if not ear.whole(number)] == []
