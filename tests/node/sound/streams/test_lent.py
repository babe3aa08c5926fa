"""A lent stream is its keeper's to open and close, and another thread's to use in between."""

import threading
from collections.abc import Callable

from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.lent import Lent

SECONDS = 20.0


class Card:
    """A stream that can be unplugged."""

    def __init__(self) -> None:
        self.plugged = True
        self.closed = False

    def hear(self) -> str:
        if not self.plugged:
            raise StreamLost("unplugged")
        return "sound"

    def close(self) -> None:
        self.closed = True


class Lender:
    """A keeper's thread in the middle of lending, and what came of it."""

    def __init__(self, lent: Lent[Card], card: Card) -> None:
        self.lost = False
        self._lent, self._card = lent, card
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._lent.lend(self._card)
        except StreamLost:
            self.lost = True

    def ended(self) -> bool:
        self._thread.join(SECONDS)
        return not self._thread.is_alive()


def until_used(lent: Lent[Card], what: Callable[[Card], str] = Card.hear) -> str:
    """What was said of the stream, once it is lent."""
    while (said := lent.use(what)) is None:
        pass
    return said


def test_nothing_is_used_before_it_is_lent_and_after_it_is_taken_back() -> None:
    lent = Lent[Card]()
    assert lent.use(Card.hear) is None
    lender = Lender(lent, Card())
    assert until_used(lent) == "sound"
    lent.take_back()
    assert lender.ended()
    assert not lender.lost
    assert lent.use(Card.hear) is None


def test_the_keeper_learns_of_a_loss_and_lends_another() -> None:
    lent, card = Lent[Card](), Card()
    lender = Lender(lent, card)
    until_used(lent)
    card.plugged = False
    assert lent.use(Card.hear) is None
    assert lender.ended()
    assert lender.lost
    again = Lender(lent, Card())
    assert until_used(lent) == "sound"
    lent.take_back()
    assert again.ended()


def test_one_that_is_taken_back_while_it_is_being_opened_is_not_kept() -> None:
    lent = Lent[Card]()
    lent.take_back()
    lent.lend(Card())
    assert lent.use(Card.hear) is None


def test_a_stream_is_not_given_back_to_be_closed_while_it_is_used() -> None:
    lent, card = Lent[Card](), Card()
    lender = Lender(lent, card)
    until_used(lent)

    def use(stream: Card) -> str:
        lent.take_back()
        lender._thread.join(0.05)
        assert lender._thread.is_alive()
        return stream.hear()

    assert lent.use(use) == "sound"
    assert lender.ended()
