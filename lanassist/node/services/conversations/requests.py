"""Requests to other nodes that one answer ends: sent again until it comes, given up when it is late."""

from collections.abc import Callable

import msgspec

from lanassist.node.errors import LanassistError, NoAnswer
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.decision import Decision

Alarm = tuple[str, str]
Settle = Callable[[LanassistError | None], None]
"""Called once, with the refusal or None."""


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    to: NodeId
    who: str
    """Named if there is no answer."""
    message: Message
    until: float
    settle: Settle
    ready: Callable[[], bool]


class Requests:
    """What this node waits for, by the id of the request. Kept in memory: after a crash nobody waits."""

    def __init__(self, decision: Decision, alarms: Alarms[Alarm]) -> None:
        self._decision = decision
        self._alarms = alarms
        self._waiting: dict[str, _Request] = {}

    def __contains__(self, request: str) -> bool:
        return request in self._waiting

    def send(
        self,
        request: str,
        to: NodeId,
        message: Message,
        settle: Settle,
        now: float,
        *,
        who: str,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        """Send it as soon as it is ready, and again until it is answered."""
        self._waiting[request] = _Request(
            to=to, who=who, message=message, until=now + limits.REQUEST_ANSWER, settle=settle, ready=ready
        )
        self.again(request, now)

    def again(self, request: str, now: float) -> None:
        """Its time has come: say it again, or give it up."""
        waiting = self._waiting.get(request)
        if waiting is None:
            return
        if now >= waiting.until:
            self._end(request, NoAnswer(agent=waiting.who))
            return
        if waiting.ready():
            self._decision.send(waiting.to, waiting.message)
        self._alarms.set(("request", request), min(now + limits.RESEND, waiting.until))
        return

    def answered(self, request: str, by: NodeId, refusal: LanassistError | None) -> None:
        """The answer, if it is from whoever was asked."""
        waiting = self._waiting.get(request)
        if waiting is not None and waiting.to == by:
            self._end(request, refusal)

    def give_up(self, to: NodeId, refusal: LanassistError) -> None:
        """Whoever was asked is gone."""
        for request, waiting in list(self._waiting.items()):
            if waiting.to == to:
                self._end(request, refusal)

    def _end(self, request: str, refusal: LanassistError | None) -> None:
        waiting = self._waiting.pop(request)
        self._alarms.cancel(("request", request))
        waiting.settle(refusal)
