"""Masks as they are written in a node's own settings. Pure."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from lanassist.node.errors import BadSetting
from lanassist.node.trust.policy import Mask

_AREA: Final = re.compile(r"display=(\d{1,3}) +area=(\d{1,5})x(\d{1,5})\+(\d{1,5})\+(\d{1,5})")
_WINDOW: Final = re.compile(r"(?:class=(?P<window_class>.*?))?(?:(?:^| +)title=(?P<title>.*))?")
_FORMS: Final = "“class=PATTERN”, “title=PATTERN”, both in this order, or “display=1 area=400x300+0+0”"


def own_masks(texts: Iterable[str]) -> tuple[Mask, ...]:
    """The masks of the setting ``glance.masks``. Raises BadSetting."""
    return tuple(_mask(text.strip()) for text in texts)


def _mask(text: str) -> Mask:
    found: dict[str, object] = {}
    if area := _AREA.fullmatch(text):
        numbers = map(int, area.groups())
        found = dict(zip(("display", "width", "height", "x", "y"), numbers, strict=True))
    elif window := _WINDOW.fullmatch(text):
        found = {name: value.strip() for name, value in window.groupdict().items() if value}
    try:
        return msgspec.convert(found, Mask)
    except msgspec.ValidationError as error:
        raise BadSetting(
            where="glance.masks", why=f"“{text}” is not a mask ({error}): write {_FORMS}"
        ) from error
