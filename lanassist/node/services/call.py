"""A call as everybody on this node sees it, and on its way between nodes. Times are the monotonic clock."""

from typing import Final, Literal

import msgspec
from msgspec import Struct

from lanassist.node.protocol.messages import CallNow, age_of


class Call(Struct, frozen=True, kw_only=True):
    """The one call of an agent: on, held, taken over, or the work after it."""

    id: str
    state: Literal["talking", "held", "acw", "taken"]
    """``acw``: after call work; ``taken``: a supervisor has taken it over, and the agent is free again."""
    inbound: bool = True
    routed: bool = False
    """It came from the site's queue to this agent."""
    number: str = ""
    category: str = ""
    taken_by: str = ""
    """The supervisor who has taken it over, for as long as the customer is on the line."""
    began: float
    since: float
    """In this state since."""
    until: float | None = None
    """When after call work ends by itself; None: only the agent ends it."""

    @property
    def on(self) -> bool:
        """Whether the agent speaks with the customer, or lets the customer wait."""
        return self.state in ("talking", "held")

    def told(self, now: float) -> CallNow:
        """As it travels."""
        return CallNow(
            id=self.id,
            state=self.state,
            inbound=self.inbound,
            routed=self.routed,
            number=self.number,
            category=self.category,
            taken_by=self.taken_by,
            began_age=age_of(self.began, now),
            state_age=age_of(self.since, now),
            left=None if self.until is None else age_of(now, self.until),
        )


LATENCY: Final = 1.0
"""Seconds: a time that is told anew and differs by less is the same; the rest is the network's."""


def heard(told: CallNow | None, now: float) -> Call | None:
    """As a peer tells it."""
    if told is None:
        return None
    return Call(
        id=told.id,
        state=told.state,
        inbound=told.inbound,
        routed=told.routed,
        number=told.number,
        category=told.category,
        taken_by=told.taken_by,
        began=now - told.began_age,
        since=now - told.state_age,
        until=None if told.left is None else now + told.left,
    )


def steady(before: Call | None, call: Call | None) -> Call | None:
    """With the times of before, where the new ones say the same but for the way that they took."""
    if before is None or call is None or before.id != call.id:
        return call
    times = ("began", "since", "until") if before.state == call.state else ("began",)
    pairs = [(name, getattr(before, name), getattr(call, name)) for name in times]
    return msgspec.structs.replace(call, **{name: old for name, old, new in pairs if _same(old, new)})


def _same(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) < LATENCY
