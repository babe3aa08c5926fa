"""Words from customers, cleaned; and what a customer is told when something cannot be.

A customer reads none of the sentences that are made for the team: those name agents, reasons of blocks,
files. What is said here says what the customer can do.
"""

import unicodedata
from types import MappingProxyType
from typing import Final

import msgspec

from lanassist.node.errors import LanassistError

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Not those that are unassigned: emoji newer than this Python's tables are among them."""
_JOINERS: Final = frozenset("\u200c\u200d")
"""Needed to write Persian and Indic names, and many emoji."""
_BIDI_MARKS: Final = frozenset("\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\u202b\u202c")
"""Needed in texts that mix directions; the two overrides, which reverse what is read, are not."""


class Saying(msgspec.Struct, frozen=True):
    """A sentence for a customer, with its HTTP status and code."""

    status: int
    code: str
    text: str
    wait: float = 0.0
    """Seconds after which it may be tried again; 0: not by itself."""


class Declined(Exception):
    """A request that is answered with a sentence."""

    def __init__(self, saying: Saying) -> None:
        super().__init__(saying.text)
        self.saying = saying


def line(text: str) -> str:
    """A name or the like: one line, nothing hidden, spaces only between words."""
    shown = (each if unicodedata.category(each) not in _HIDDEN or each in _JOINERS else " " for each in text)
    return " ".join("".join(shown).split())


def message(text: str) -> str:
    """What somebody writes: lines stay, characters that act instead of being read do not."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(filter(_readable, text)).strip()


def _readable(character: str) -> bool:
    if character in "\n\t" or character in _JOINERS or character in _BIDI_MARKS:
        return True
    return unicodedata.category(character) not in _HIDDEN


NOT_SERVED: Final = Saying(404, "not-found", "There is nothing here. The chat is at /chat.")
MALFORMED: Final = Saying(400, "malformed", "That could not be read. Please reload the page.")
TOO_LARGE: Final = Saying(413, "too-large", "That is too long to be sent at once.")
TOO_SLOW: Final = Saying(408, "too-slow", "The connection is too slow. Please try again.")
EMPTY: Final = Saying(400, "empty", "Please write a message first.")
NAMELESS: Final = Saying(400, "nameless", "Please tell us your name first.")
NO_CATEGORY: Final = Saying(400, "no-category", "Please choose what it is about.")
FOREIGN: Final = Saying(403, "foreign-origin", "This can be done from the chat page only.")
MISDIRECTED: Final = Saying(421, "wrong-host", "The chat is not served under this name.")
NO_COOKIE: Final = Saying(
    401,
    "no-cookie",
    "Your browser keeps no cookie for this page, and without one nobody could tell you from others. "
    "Please allow it and try again.",
)
CLOSED: Final = Saying(
    503, "unavailable", "We cannot take this in at the moment. It is kept here and sent by itself.", 5.0
)

_SAID: Final = MappingProxyType(
    {
        each.code: each
        for each in (
            Saying(
                403,
                "client-blocked",
                "This chat is not open to you at the moment. Please reach us in another way.",
            ),
            Saying(
                404, "unknown-conversation", "This conversation is not kept any more. Please start a new one."
            ),
            Saying(
                409,
                "too-many-conversations",
                "You have several conversations open already. Please leave one of them first.",
            ),
            Saying(409, "bad-input", "This cannot go on here. Please start a new conversation."),
        )
    }
)


def said_of(error: LanassistError) -> Saying:
    """The customer's side of a refusal; what concerns the team alone is a plain “not now”."""
    return _SAID.get(error.code, CLOSED)


def too_fast(wait: float) -> Saying:
    """Said with the time after which there is room again."""
    return Saying(
        429, "too-fast", "That is more than we can take in at once. It is sent by itself in a moment.", wait
    )


def too_many_starts(wait: float) -> Saying:
    """Of one address."""
    minutes = max(1, round(wait / 60))
    span = "a minute" if minutes == 1 else f"{minutes} minutes"
    text = f"Many conversations were started from here just now. Please try again in {span}."
    return Saying(429, "too-many-starts", text, wait)
