"""This machine as presence must know it. Pure."""

import msgspec

from lanassist.node.protocol.messages import Displays


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What presence needs to know of this machine's desktop."""

    displays: Displays = ()
    locked: bool | None = None
    error: str = ""
    unmaskable: bool = False
    """Whether the error is that masks cannot be kept."""
    idle: bool = False
    """No key or mouse for longer than the limit."""
