"""What the demo's customers say and its agents answer."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct


class Exchange(Struct, frozen=True):
    """One thing a customer says, and what an agent answers."""

    says: str
    answer: str


class Errand(Struct, frozen=True, kw_only=True):
    """Why somebody writes, and how it goes."""

    name: str
    contact: str
    category: str
    exchanges: tuple[Exchange, ...]


CATEGORIES: Final = ("General", "Billing", "Delivery = logistics", "Returns")
UNFORESEEN: Final = "Thank you, I am looking into it. One moment please."

ERRANDS: Final[tuple[Errand, ...]] = (
    Errand(
        name="Maria Lopez",
        contact="maria@customer.example",
        category="Billing",
        exchanges=(
            Exchange("Hello, I was charged twice for order 10482.", "Hello Maria, I am sorry. I look it up."),
            Exchange("Both payments are from Tuesday.", "I see both. The second one goes back to you today."),
            Exchange("Great, thank you!", "You are welcome. Anything else?"),
        ),
    ),
    Errand(
        name="Tom Becker",
        contact="+49 30 5550123",
        category="Delivery",
        exchanges=(
            Exchange("My parcel should have come yesterday :(", "Hi Tom, may I have the parcel's number?"),
            Exchange("It is LX-2209-1177.", "Found it: it left the depot at 9:40 and comes before noon."),
            Exchange("Perfect.", "Have a good day, Tom."),
        ),
    ),
    Errand(
        name="Aiko Tanaka",
        contact="aiko@customer.example",
        category="Returns",
        exchanges=(
            Exchange("The jacket is too small. Can I send it back?", "Of course. Is the label still on it?"),
            Exchange("Yes, it is.", "Then I send you a label by e-mail now."),
            Exchange("It has arrived, thanks.", "Happy to help."),
        ),
    ),
    Errand(
        name="Ben Osei",
        contact="",
        category="General",
        exchanges=(
            Exchange("Are you open on Saturday?", "Yes, from 9 to 14 o'clock."),
            Exchange("And is there parking?", "Behind the house, free for two hours."),
        ),
    ),
    Errand(
        name="Nora Lind",
        contact="nora@customer.example",
        category="Billing",
        exchanges=(
            Exchange("I need an invoice with my company's name.", "Gladly. What is the company called?"),
            Exchange("Lind & Holm Architects.", "The new invoice is in your inbox."),
        ),
    ),
)

_ANSWERS: Final = {each.says: each.answer for errand in ERRANDS for each in errand.exchanges}
_LAST: Final = frozenset(errand.exchanges[-1].answer for errand in ERRANDS)


def answer_to(says: str) -> str:
    """What an agent answers; also a visitor of the demo's chat page gets something."""
    return _ANSWERS.get(says, UNFORESEEN)


def is_last(answer: str) -> bool:
    """Whether the conversation can be completed with this answer."""
    return answer in _LAST


def as_typed(answer: str, steps: int = 8) -> Sequence[str]:
    """The drafts on the way to an answer, a few words more each time."""
    words = answer.split(" ")
    stride = max(1, -(-len(words) // steps))
    return [" ".join(words[:count]) for count in range(stride, len(words) + stride, stride)]
