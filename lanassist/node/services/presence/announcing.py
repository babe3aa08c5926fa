"""An agent's state as supervisors' nodes are told it: a change of status at once, other things soon. Pure."""

import math
from typing import Literal

import msgspec

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import NodeId, Presence, age_of
from lanassist.node.services.call import Call
from lanassist.node.services.decision import Decision
from lanassist.node.services.presence.surroundings import Surroundings


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All that a supervisor's dashboard shows of this agent. Times are the monotonic clock."""

    status: Literal["available", "break"]
    reason: str
    since: float
    online_since: float
    last_activity: float
    around: Surroundings
    active: int
    total: int
    ongoing: int
    waiting: int
    waiting_since: float | None
    completed: int
    aht: float | None
    break_reasons: tuple[str, ...]
    call: Call | None


class Announcing:
    """To everybody who watches, and to all of them the same."""

    def __init__(self, decision: Decision) -> None:
        self._decision = decision
        self._watchers: set[NodeId] = set()
        self._told: State | None = None
        self._told_at = -math.inf
        self.due: float | None = None
        """When a change that had to wait may be told."""

    def watch(self, supervisor: NodeId, state: State, now: float) -> None:
        """Tell this one everything, now and at each change."""
        self._watchers.add(supervisor)
        if state == self._told:
            self._decision.send(supervisor, _message(state, now))
        else:  # or this one would know more than the others, and not hear of a change back
            self.tell(state, now, urgent=True)

    def unwatch(self, supervisor: NodeId) -> None:
        self._watchers.discard(supervisor)

    def tell(self, state: State, now: float, *, urgent: bool) -> None:
        """``urgent``: at once; anything else at once or soon; nothing if all is as it was told."""
        if state == self._told:
            self.due = None
        elif urgent or now >= self._told_at + limits.PRESENCE_EVERY:
            self._told, self._told_at, self.due = state, now, None
            message = _message(state, now)
            for supervisor in sorted(self._watchers):
                self._decision.send(supervisor, message)
        else:
            self.due = self._told_at + limits.PRESENCE_EVERY


def _message(state: State, now: float) -> Presence:
    around, waits = state.around, state.waiting_since
    return Presence(
        status=state.status,
        reason=state.reason,
        status_age=age_of(state.since, now),
        online_age=age_of(state.online_since, now),
        activity_age=age_of(state.last_activity, now),
        locked=around.locked,
        displays=around.displays,
        screen_error=around.error,
        unmaskable=around.unmaskable,
        idle=around.idle,
        active=state.active,
        total=state.total,
        ongoing=state.ongoing,
        waiting=state.waiting,
        waiting_age=None if waits is None else age_of(waits, now),
        completed=state.completed,
        aht=state.aht,
        break_reasons=state.break_reasons,
        call=None if state.call is None else state.call.told(now),
    )
