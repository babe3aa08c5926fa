"""Text from certificates, peers and files, made harmless for a terminal.

A name may carry escape sequences that retitle or rewrite the terminal (C0, C1, OSC 8 and 52), carriage
returns that overwrite a line, or marks that reverse what follows. All of them are shown, none obeyed.
"""

import unicodedata
from typing import Final

_JOINERS: Final = frozenset("\u200c\u200d")
"""Invisible, harmless, and needed to write Persian, Indic names and many emoji."""


def inert(text: str) -> str:
    """``text`` on one line, with every character that acts on a terminal written as its escape."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode("ascii")
