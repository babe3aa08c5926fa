"""An agent's own state: what it comes to, what siblings hear of it, and what supervisors are told."""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from lanassist.node.errors import BadInput
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.base import Tell
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import Availability, CallState, Workload
from lanassist.node.services.presence.announcing import Announcing, State
from lanassist.node.services.presence.commands import SELF, OwnStatus
from lanassist.node.services.presence.figures import Figures
from lanassist.node.services.presence.records import ChoiceRecord
from lanassist.node.services.presence.standing import Standing, standing
from lanassist.node.services.presence.surroundings import Surroundings


class Own:
    """Rebuilt from its records. ``settle`` after each change says what follows from it."""

    def __init__(
        self,
        choice: ChoiceRecord | None,
        around: Surroundings,
        figures: Figures,
        decision: Decision,
        *,
        break_reasons: Sequence[str],
        capacity: int,
    ) -> None:
        self._chosen = choice is not None
        """Whether the agent ever said anything about itself, in this run or before."""
        self._choice = choice or ChoiceRecord(since=0.0)
        self._around = around
        self._figures = figures
        self._decision = decision
        self._break_reasons = tuple(break_reasons)
        self._capacity = capacity
        self._load = Workload(active=0, ongoing=0, waiting=0, active_at=-math.inf)
        self._calls = CallState(call=None, active_at=-math.inf)
        self._standing = self._stands()
        self._since = self._online_since = self._activity = 0.0
        self._availability: Availability | None = None
        self._published: OwnStatus | None = None
        self._announcing = Announcing(decision)

    def start(self, now: float) -> None:
        """A break goes on over a restart; being at work begins anew."""
        if not self._chosen:
            self._choice = ChoiceRecord(since=now)
        choice = self._choice
        self._online_since = now
        self._since = choice.since if self._standing.why == "break" else now
        self._activity = now if choice.set_by else choice.since
        self.settle(now)

    # --- what happens --------------------------------------------------------------------------------

    def look(self, around: Surroundings) -> None:
        self._around = around

    def work(self, load: Workload) -> None:
        self._load = load

    def speak(self, calls: CallState) -> None:
        """The agent's call, or the work after it."""
        self._calls = calls

    def new_day(self, now: float) -> None:
        """“Online today” begins anew."""
        self._online_since = now

    def choose(self, status: Literal["available", "break"], reason: str, now: float, *, by: str = "") -> None:
        """Raises BadInput for a reason that this site does not know."""
        reason = self._checked(reason) if status == "break" else ""
        before = self._choice
        changes = (status, reason) != (before.status, before.reason)
        if not by:
            self._activity = now
        elif not changes:
            return  # nothing was set
        since = now if changes else before.since
        self._choose(status=status, reason=reason, since=since, set_by=by)

    def choose_capacity(self, capacity: int) -> None:
        self._choose(capacity=capacity)

    def _choose(self, **changes: object) -> None:
        choice = msgspec.structs.replace(self._choice, **changes)
        if choice != self._choice:
            self._choice = choice
            self._decision.put(choice)

    def _checked(self, reason: str) -> str:
        allowed = self._break_reasons
        if not reason and "break" in allowed:
            return "break"
        if allowed and reason not in allowed:
            why = f"choose one of {', '.join(allowed)}"
            raise BadInput(what=f"The break reason “{reason}”", why=why)
        return reason

    # --- what it comes to ----------------------------------------------------------------------------

    @property
    def _total(self) -> int:
        chosen = self._choice.capacity
        return self._capacity if chosen is None else chosen

    def _stands(self) -> Standing:
        return standing(
            status=self._choice.status,
            reason=self._choice.reason,
            locked=self._around.locked,
            idle=self._around.idle,
            active=self._load.active,
            total=self._total,
            call=self._calls.call.state if self._calls.call else "",
        )

    def status(self) -> OwnStatus:
        """As the agent's own page and CLI show it."""
        today = self._figures.of(self._figures.today.day)
        return OwnStatus(
            status=self._choice.status,
            reason=self._choice.reason,
            since=self._since,
            idle=self._around.idle,
            available=self._gets_clients,
            call=self._calls.call,
            capacity=self._total,
            break_reasons=self._break_reasons,
            set_by=self._choice.set_by,
            completed=today.completed,
            aht=today.aht,
            locked=self._around.locked,
            displays=self._around.displays,
            screen_error=self._around.error,
        )

    def settle(self, now: float) -> None:
        """Siblings first, then this agent's page, then supervisors."""
        before, self._standing = self._standing, self._stands()
        if self._standing != before:
            self._since = now
        self._inform()
        status = self.status()
        if status != self._published:
            self._published = status
            self._decision.publish(SELF, "self", status)
        self._announcing.tell(self._state(), now, urgent=self._standing != before)

    @property
    def _gets_clients(self) -> bool:
        return self._standing.status not in ("absent", "acw")

    def _inform(self) -> None:
        gets = self._gets_clients
        why = "" if gets else self._standing.words
        availability = Availability(available=gets, why=why, capacity=self._total)
        if availability != self._availability:
            self._availability = availability
            self._decision.add(Tell("availability", availability))

    # --- supervisors ---------------------------------------------------------------------------------

    def watch(self, supervisor: NodeId, now: float) -> None:
        """Tell this one everything, now and at each change."""
        self._announcing.watch(supervisor, self._state(), now)

    def unwatch(self, supervisor: NodeId) -> None:
        self._announcing.unwatch(supervisor)

    def deadline(self) -> float | None:
        """When a change that had to wait may be told."""
        return self._announcing.due

    def _state(self) -> State:
        load, today = self._load, self._figures.of(self._figures.today.day)
        return State(
            status=self._choice.status,
            reason=self._choice.reason,
            since=self._since,
            online_since=self._online_since,
            last_activity=max(self._activity, load.active_at, self._calls.active_at),
            around=self._around,
            active=load.active,
            total=self._total,
            ongoing=load.ongoing,
            waiting=load.waiting,
            waiting_since=load.waiting_since,
            completed=today.completed,
            aht=today.aht,
            break_reasons=self._break_reasons,
            call=self._calls.call,
        )
