"""What every message is made of: bounded fields, and ages instead of clock readings."""

from typing import Annotated, NewType

from msgspec import Meta, Struct

from lanassist.node.protocol import limits

NodeId = NewType("NodeId", str)
SessionId = NewType("SessionId", str)

Short = Annotated[str, Meta(max_length=limits.ID_LENGTH)]
Name = Annotated[str, Meta(max_length=limits.NAME_LENGTH)]
Text = Annotated[str, Meta(max_length=limits.REASON_LENGTH)]
Age = Annotated[float, Meta(ge=0.0, le=limits.LONGEST_AGE)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Pixels = Annotated[int, Meta(ge=-limits.DISPLAY_SIDE * 2, le=limits.DISPLAY_SIDE * 2)]
Side = Annotated[int, Meta(ge=1, le=limits.DISPLAY_SIDE)]
DisplayNumber = Annotated[int, Meta(ge=1, le=limits.DISPLAYS)]
DisplayNumbers = Annotated[tuple[DisplayNumber, ...], Meta(max_length=limits.DISPLAYS)]
VideoCodecs = Annotated[tuple[Short, ...], Meta(max_length=limits.VIDEO_CODECS)]


def age_of(at: float, now: float) -> float:
    """How long ago, as it may travel. A clock that was decades off can say anything."""
    return min(max(0.0, now - at), limits.LONGEST_AGE)


class Message(Struct, frozen=True, kw_only=True, tag_field="t"):
    """The base of everything on a wire."""


def tag_of(kind: type[Message]) -> str:
    """The tag by which a message class travels."""
    tag = kind.__struct_config__.tag
    if not isinstance(tag, str):
        raise TypeError(f"{kind.__name__} has no tag of its own")
    return tag
