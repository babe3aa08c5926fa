"""Requests to other nodes that one answer ends: sent again until it comes, given up when it is late."""

from collections.abc import Callable

import msgspec

from lanassist.node.errors import LanassistError, NoReply
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.decision import Decision

Alarm = tuple[str, str]
Settle = Callable[[LanassistError | None], None]
"""Called once, with the refusal or None."""
Tell = Callable[[Message], None]
"""Called instead, with the answer to a question."""


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    to: NodeId
    who: str
    """Named if there is no answer."""
    about: str
    """The session that it belongs to; empty: none."""
    message: Message
    until: float
    settle: Settle
    answer: type[Message] | None
    tell: Tell | None
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
        about: str = "",
        answer: type[Message] | None = None,
        tell: Tell | None = None,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        """Send it as soon as it is ready, and again until it is answered. Both who ask the same are told.

        A question is answered by a message of the kind ``answer``, which ``tell`` gets.
        """
        if (earlier := self._waiting.get(request)) is not None:
            settle = _both(earlier.settle, settle)
        self._waiting[request] = _Request(
            to=to,
            who=who,
            about=about,
            message=message,
            until=now + limits.REQUEST_ANSWER,
            settle=settle,
            answer=answer,
            tell=tell,
            ready=ready,
        )
        self.again(request, now)

    def again(self, request: str, now: float) -> None:
        """Its time has come: say it again, or give it up."""
        waiting = self._waiting.get(request)
        if waiting is None:
            return
        if now >= waiting.until:
            self._end(request).settle(NoReply(who=waiting.who))
            return
        if waiting.ready():
            self._decision.send(waiting.to, waiting.message)
        self._alarms.set(("request", request), min(now + limits.RESEND, waiting.until))
        return

    def answered(self, request: str, by: NodeId, refusal: LanassistError | None) -> None:
        """The answer, if it is from whoever was asked."""
        waiting = self._waiting.get(request)
        if waiting is not None and waiting.to == by:
            self._end(request).settle(refusal)

    def told(self, request: str, by: NodeId, message: Message) -> None:
        """What was asked for, if it is from whoever was asked."""
        waiting = self._waiting.get(request)
        if waiting is None or waiting.to != by or waiting.tell is None or waiting.answer is not type(message):
            return
        self._end(request)
        waiting.tell(message)

    def give_up(self, about: str, refusal: LanassistError) -> None:
        """The session that they belong to is over."""
        for request, waiting in list(self._waiting.items()):
            if waiting.about == about:
                self._end(request).settle(refusal)

    def _end(self, request: str) -> _Request:
        self._alarms.cancel(("request", request))
        return self._waiting.pop(request)


def _both(one: Settle, other: Settle) -> Settle:
    def settle(refusal: LanassistError | None) -> None:
        one(refusal)
        other(refusal)

    return settle
