"""A recording is looked at once a block, soon after it is whole; time and the server are the test's."""

import pytest

from lanassist.node.sound.streams.rhythm import LATER, Rhythm

PERIOD = 0.02


class Server:
    """Gives sound in pieces, each so late; a listener looks when the rhythm says."""

    def __init__(self, piece: float, late: float = 0.0, faster: float = 0.0) -> None:
        self.rhythm = Rhythm(PERIOD)
        self.now = 0.0
        self.late = late
        self.looks = 0
        self._piece = piece
        self._speed = 1 + faster
        self._taken = 0.0

    def given(self) -> float:
        """Seconds of sound."""
        pieces = int((self.now - self.late) * self._speed / self._piece + 1e-9)
        return max(0, pieces) * self._piece

    def listen(self, blocks: int) -> list[float]:
        """How many seconds after it was recorded each block was read."""
        ages = []
        for _ in range(blocks):
            while self.given() < self._taken + PERIOD - 1e-9:
                self.now += self.rhythm.pause(self.now)
                self.looks += 1
                if self.given() < self._taken + PERIOD - 1e-9:
                    self.rhythm.too_soon(self.now)
            self._taken += PERIOD
            self.rhythm.whole(self.now, self.given() - self._taken)
            ages.append(self.now - self._taken / self._speed)
        return ages


@pytest.mark.parametrize("piece", [0.005, 0.02 / 3, 0.0107, 0.0213])
@pytest.mark.parametrize("faster", [-300e-6, 0.0, 300e-6])
def test_one_look_a_block_and_no_more_wait_than_a_piece(piece: float, faster: float) -> None:
    server = Server(piece, faster=faster)
    server.listen(500)
    looked = server.looks
    ages = server.listen(1000)
    assert server.looks - looked < 1100
    assert max(ages) < piece + 2 * LATER


def test_a_server_that_was_late_is_waited_for_only_as_long_as_it_is() -> None:
    server = Server(0.005)
    server.listen(500)
    server.late = 0.05
    assert max(server.listen(200)) > 0.05
    server.late = 0.0
    server.listen(200)
    assert max(server.listen(100)) < 0.005 + 2 * LATER


def test_what_has_piled_up_is_read_at_once() -> None:
    server = Server(0.005)
    server.listen(500)
    server.now += 0.2
    began = server.now
    server.listen(9)
    assert server.now == began
    server.listen(100)
    assert max(server.listen(100)) < 0.005 + 2 * LATER


def test_a_server_that_gives_nothing_is_asked_less_often() -> None:
    rhythm, now, looks = Rhythm(PERIOD), 0.0, 0
    while now < 1.0:
        now += rhythm.pause(now)
        looks += 1
        rhythm.too_soon(now)
    assert looks < 60
