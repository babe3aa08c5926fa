"""Numbers for displays that stay the same while monitors come and go. Pure."""

import msgspec

from lanassist.node.desktop.base import Rectangle
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Display


class Monitor(msgspec.Struct, frozen=True, kw_only=True):
    """One monitor as the system tells it; ``name`` is its own among all."""

    name: str
    area: Rectangle
    primary: bool = False


class Numbering:
    """Gives each monitor a display number from 1, in the system's order, and remembers it by name.

    So a glance at display 2 never turns into one at another monitor because display 1 was unplugged.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def displays(self, monitors: list[Monitor], desktop: Rectangle) -> tuple[Display, ...]:
        """The displays by number, clipped to the desktop; monitors wholly outside of it are left out."""
        found = [(monitor, area) for monitor in monitors if (area := monitor.area.within(desktop))]
        here = {monitor.name for monitor, _ in found[: limits.DISPLAYS]}
        displays = [
            Display(
                number=self._number(monitor.name, here),
                x=area.x,
                y=area.y,
                width=area.width,
                height=area.height,
                primary=monitor.primary,
                name=monitor.name[: limits.NAME_LENGTH],
            )
            for monitor, area in found[: limits.DISPLAYS]
        ]
        return tuple(sorted(displays, key=lambda display: display.number))

    def _number(self, name: str, here: set[str]) -> int:
        if name not in self._numbers:
            self._numbers[name] = self._free(here)
        return self._numbers[name]

    def _free(self, here: set[str]) -> int:
        """A number never given before, or else that of a monitor that is not here now."""
        for number in range(1, limits.DISPLAYS + 1):
            if number not in self._numbers.values():
                return number
        gone = next(name for name in self._numbers if name not in here)
        return self._numbers.pop(gone)
