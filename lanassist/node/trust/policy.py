"""The site's policy: what supervision may do to agents, whatever any certificate grants.

Struct only. ``policy_document`` signs and opens it, ``policy_file`` reads what the admin writes.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, to_builtins

from lanassist.node.protocol.limits import DISPLAY_SIDE, DISPLAYS, NAME_LENGTH

MASKS = 64
"""Of one policy."""
LONGEST_PAUSE = 8 * 60.0
"""Minutes."""

Consent = Literal["notify", "ask", "off"]
"""``notify``: the agent is told; ``ask``: the agent is asked first and must say yes; ``off``: never."""

_Pattern = Annotated[str, Meta(max_length=NAME_LENGTH)]
_Pixel = Annotated[int, Meta(ge=0, le=DISPLAY_SIDE)]


class Mask(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is black in every picture that leaves an agent's machine.

    Either windows, by patterns with ``*`` that ignore case (both must fit if both are given), or a
    rectangle of one display, in its pixels from its top left corner.
    """

    title: _Pattern = ""
    window_class: _Pattern = ""
    display: Annotated[int, Meta(ge=0, le=DISPLAYS)] = 0
    """The display's number, from 1; 0: this is a mask of windows."""
    x: _Pixel = 0
    y: _Pixel = 0
    width: _Pixel = 0
    height: _Pixel = 0

    def __post_init__(self) -> None:
        area = (self.display, self.width, self.height)
        if self.of_windows and any((*area, self.x, self.y)):
            raise ValueError("a mask is of windows (title, window_class) or of a display's area, not both")
        if not self.of_windows and not all(area):
            raise ValueError("a mask needs title or window_class, or else display, width and height")

    @property
    def words(self) -> str:
        """The mask in a few words, for a person."""
        if not self.of_windows:
            return f"{self.width} × {self.height} pixels of display {self.display} at {self.x}, {self.y}"
        called = [f"called “{self.title}”"] if self.title else []
        return " ".join(["windows", *([f"of “{self.window_class}”"] if self.window_class else []), *called])

    @property
    def of_windows(self) -> bool:
        """Whether windows are to be found by their title or class."""
        return bool(self.title or self.window_class)


class Policy(Struct, frozen=True, kw_only=True):
    """What the admin has laid down for the whole site. ``Policy()`` holds where nothing is laid down."""

    glance: Consent = "notify"
    """Looking at an agent's screen."""
    control: Consent = "notify"
    """Acting as an agent in the agent's conversations."""
    assist: Consent = "notify"
    """Listening to an agent's call, whispering into it, taking it over."""
    reason_required: bool = False
    """Whether a supervisor must say why, before each of the three."""
    listen_in_required: bool = False
    """Whether a call may be listened to only if its agent lets listen in."""
    privacy_pause: Annotated[float, Meta(ge=0, le=LONGEST_PAUSE)] = 0
    """Minutes for which an agent may pause being watched; 0: not at all."""
    idle_limit: Annotated[float, Meta(ge=0, le=86400)] | None = None
    """Seconds without key or mouse that make an agent absent; 0: never; None: each node's own setting."""
    masks: Annotated[tuple[Mask, ...], Meta(max_length=MASKS)] = ()

    def as_written(self) -> dict[str, Any]:
        """The policy in the words of its file, as plain values."""
        written: dict[str, Any] = to_builtins(self)
        return {key: value for key, value in written.items() if value is not None}
