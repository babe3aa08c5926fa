"""Pixels of this machine's screen; the only importer of mss.

The pointer is left out on purpose: a saved picture equals the display's pixels, and a pointer that moves over
text would make the text change.
"""

import numpy as np
from mss import MSS
from mss.exception import ScreenShotError

from lanassist.node.desktop.base import Pixels, Rectangle
from lanassist.node.desktop.layout import Monitor
from lanassist.node.errors import ScreenUnavailable


class Grabber:
    """An open way to the screen. Blocks; one thread at a time. Raises ScreenUnavailable throughout."""

    def __init__(self, display: str | None = None) -> None:
        """``display``: the X display; None where there is no such thing."""
        try:
            self._mss = MSS() if display is None else MSS(display=display)
        except (ScreenShotError, OSError) as error:
            raise refused(error) from error

    def grab(self, area: Rectangle) -> Pixels:
        """Shape (area.height, area.width, 4); the caller's own."""
        box = {"left": area.x, "top": area.y, "width": area.width, "height": area.height}
        try:
            shot = self._mss.grab(box)
        except (ScreenShotError, OSError) as error:
            raise refused(error) from error
        if (shot.width, shot.height) != (area.width, area.height):
            raise ScreenUnavailable(why=f"the system gave {shot.width}×{shot.height} pixels of another size")
        return np.frombuffer(shot.raw, np.uint8).reshape(area.height, area.width, 4)

    def monitors(self) -> list[Monitor]:
        """All monitors, in the system's order."""
        try:
            found = self._mss.monitors[1:]
        except (ScreenShotError, OSError) as error:
            raise refused(error) from error
        return [
            Monitor(
                name=str(monitor.get("unique_id") or monitor.get("name") or f"display {index}"),
                area=Rectangle(monitor["left"], monitor["top"], monitor["width"], monitor["height"]),
                primary=bool(monitor.get("is_primary")),
            )
            for index, monitor in enumerate(found, 1)
        ]

    def close(self) -> None:
        """Give back what was taken; harmless when the screen is gone."""
        self._mss.close()


def refused(error: Exception) -> ScreenUnavailable:
    """What the system said, in a sentence that says what to look at."""
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return ScreenUnavailable(why=f"the system did not give its pixels ({said.rstrip('.')})")
