"""A keeper opens a stream, moves blocks, says how far it has come, and opens it again when it is lost."""

import queue
import threading

import pytest

from lanassist.node.errors import SoundDeviceLost, SoundUnavailable
from lanassist.node.sound.base import Event, Fault
from lanassist.node.sound.streams import keeper
from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.keeper import FILLED, FLOWING, Keeper

SECONDS = 20.0


class Card:
    """A device whose stream takes a block whenever the story gives it one, or None to be unplugged."""

    def __init__(self) -> None:
        self.blocks: queue.Queue[str | None] = queue.Queue()
        self.played: list[str] = []
        self.there = True
        self.opened = 0
        self.closed = threading.Event()
        self.told: queue.Queue[Event] = queue.Queue()

    def open(self) -> "Card":
        if not self.there:
            raise SoundDeviceLost(kind="output", name="headset")
        self.opened += 1
        return self

    def move(self, card: "Card") -> None:
        block = self.blocks.get(timeout=SECONDS)
        if block is None:
            raise StreamLost("unplugged")
        self.played.append(block)

    def close(self) -> None:
        self.closed.set()

    def give(self, count: int) -> None:
        for _ in range(count):
            self.blocks.put("sound")


@pytest.fixture
def card() -> Card:
    return Card()


def kept(card: Card) -> Keeper[Card]:
    kept = Keeper(("output", "headset"), card.open, card.move, card.told.put, lambda: card.give(1))
    kept.start()
    return kept


def test_how_far_it_has_come_is_waited_for(card: Card) -> None:
    stream = kept(card)
    card.give(FILLED)
    assert stream.fills()
    card.give(FLOWING - FILLED)
    assert stream.flows()
    stream.stop()
    assert card.closed.is_set()
    assert card.opened == 1


def test_a_device_that_takes_nothing_neither_fills_nor_flows(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "SOON", 0.0)
    stream = kept(card)
    assert not stream.fills()
    assert not stream.flows()
    stream.stop()


def test_a_device_that_is_not_there_is_refused_at_the_start(card: Card) -> None:
    card.there = False
    with pytest.raises(SoundUnavailable, match="headset"):
        kept(card)


def test_what_is_unplugged_is_told_and_used_again_when_it_is_back(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "AGAIN", 0.001)
    stream = kept(card)
    card.there = False
    card.blocks.put(None)
    gone = card.told.get(timeout=SECONDS)
    assert isinstance(gone, Fault)
    assert "headset" in gone.text
    card.there = True
    back = card.told.get(timeout=SECONDS)
    assert isinstance(back, Fault)
    assert back.over
    assert card.opened == 2
    stream.stop()
    assert card.told.empty()


def test_it_ends_by_itself_after_so_many_blocks(card: Card) -> None:
    stream = kept(card)
    stream.finish(3)
    card.give(5)
    assert card.closed.wait(SECONDS)
    assert len(card.played) <= 4
