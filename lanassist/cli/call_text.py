"""A call in a few words, for tables of agents and of calls."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rich.text import Text

from lanassist.cli.inert import inert
from lanassist.cli.render import DASH, span
from lanassist.node.services.call import Call

STATES: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "talking": ("●", "Talking", "green"),
        "held": ("◌", "On hold", "yellow"),
        "acw": ("◑", "After call work", "magenta"),
        "taken": ("→", "Taken over", "cyan"),
    }
)
"""Shape, word and colour of a call's state."""


def call_text(call: Call | None, now: float) -> Text:
    """Shape, word and time of a call's state."""
    if call is None:
        return Text(DASH)
    shape, word, colour = STATES[call.state]
    time = span(max(0.0, call.until - now)) + " left" if call.until is not None else span(now - call.since)
    taken = f" · by {inert(call.taken_by)}" if call.taken_by else ""
    return Text.assemble((f"{shape} {word}", colour), f" · {time}{taken}")
