"""Lengths of time as people type them: 30s, 10m, 2h, 30d."""

import re
from typing import Final

from lanassist.node.errors import BadInput

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_LENGTH: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)([smhdw])")


def seconds_of(text: str) -> float | None:
    """The seconds of ``2h``, ``1.5d``, ``1h30m``; None for an empty text. Raises BadInput."""
    parts = _LENGTH.findall(text)
    if "".join(number + unit for number, unit in parts) != text:
        raise BadInput(what=f"The length “{text}”", why="write it like 30s, 10m, 2h, 1h30m or 30d")
    total = sum(float(number) * SECONDS[unit] for number, unit in parts)
    if text and total <= 0:
        raise BadInput(what=f"The length “{text}”", why="it is no time at all")
    return total or None
