"""What dashboards call an agent's status. Said the same way by the agent's node and by a supervisor's."""

from typing import Literal

from msgspec import Struct

Why = Literal["", "offline", "break", "locked", "idle"]
PLAIN = ("", "break")
"""Reasons that say no more than that it is a break."""


class Standing(Struct, frozen=True):
    """Status and what makes it so. An agent is in it since the last of the three changed."""

    status: Literal["available", "connected", "acw", "absent"]
    why: Why = ""
    reason: str = ""
    """The break's."""

    @property
    def words(self) -> str:
        """Of one who is given nobody, for a sentence: “on break: lunch”, “screen locked”, “idle”."""
        if self.status == "acw":
            return "after call work"
        match self.why:
            case "break":
                return "on break" if self.reason in PLAIN else f"on break: {self.reason}"
            case "locked":
                return "screen locked"
        return self.why


def standing(
    *,
    status: Literal["available", "break"],
    reason: str,
    locked: bool | None,
    idle: bool,
    active: int,
    total: int,
    call: Literal["", "talking", "held", "acw", "taken"] = "",
) -> Standing:
    """A break outranks a locked screen, and that an idle one; being full matters only to who is there.

    Whoever is on the telephone is not idle, however long the keyboard rests; nor in the work after a call.
    """
    if status == "break":
        return Standing("absent", "break", reason)
    if locked:
        return Standing("absent", "locked")
    if call == "acw":
        return Standing("acw")
    if idle and call not in ("talking", "held"):
        return Standing("absent", "idle")
    return Standing("connected" if 0 < total <= active else "available")
