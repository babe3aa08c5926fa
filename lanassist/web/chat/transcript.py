"""A conversation as a text file for its client. Pure.

Nothing in it acts on a terminal, and nobody can write a line that looks as if another had said it:
what follows the first line of somebody's words is indented.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from lanassist.web.chat.told import Line

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS: Final = frozenset("\u200c\u200d")
_WORDS: Final = {
    "joined": "{name} joined.",
    "queued": "Waiting in line.",
    "complete": "The conversation was completed.",
    "left": "{name} left.",
}


def transcript(title: str, lines: Iterable[Line], now: datetime) -> str:
    """The whole text. ``now`` is the time at which the ages of the lines count; it carries its zone."""
    head = f"{_plain(title)}\nTranscript of {now:%Y-%m-%d %H:%M %Z}\n\n"
    return head + "".join(f"{_said(line, now)}\n" for line in lines)


def file_name(now: datetime) -> str:
    """What a browser saves it as."""
    return f"chat-{now:%Y-%m-%d-%H%M}.txt"


def _said(line: Line, now: datetime) -> str:
    at = datetime.fromtimestamp(now.timestamp() - line.age, now.tzinfo)
    stamp = f"[{at:%Y-%m-%d %H:%M}] "
    name = _plain(line.name)
    if line.kind in _WORDS:
        return f"{stamp}* {_WORDS[line.kind].format(name=name or 'Somebody')}"
    indent = "\n" + " " * len(stamp)
    return f"{stamp}{name}: " + indent.join(_plain(each) for each in line.text.split("\n"))


def _plain(text: str) -> str:
    """One line in which every character that acts instead of being read is written as its escape."""
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN or character in _JOINERS:
        return character
    return " " if character == "\t" else character.encode("unicode_escape").decode("ascii")
