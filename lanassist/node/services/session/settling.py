"""How a session that is over is settled: each end signs and writes its end, and keeps the other's word."""

from typing import Final

from lanassist.node.protocol.messages import NodeId, SessionId, SessionSettled
from lanassist.node.services.base import Send
from lanassist.node.services.session.endings import Ending
from lanassist.node.services.session.session import Enter, Entered, NotEntered, Outcome, Session, Step

UNSETTLED: Final = 64
"""Sessions that are over and of whose end the other node has not signed yet; the oldest are given up."""


class Settling:
    """The ends of one service's sessions, on one side."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._over: dict[tuple[NodeId, SessionId], Session] = {}

    def over(self, session: Session, why: Ending) -> Outcome:
        """This end's word, to be written and told."""
        self._over[session.peer.node, session.id] = session
        if len(self._over) > UNSETTLED:
            del self._over[next(iter(self._over))]
        return [Enter(Step(kind="end", service=self.service, session=session, ending=why))]

    def told(self, outcome: Entered | NotEntered) -> Outcome:
        """It is written: tell it. What could not be written is not said to have been."""
        if isinstance(outcome, NotEntered):
            return []
        session = outcome.step.session
        message = SessionSettled(session=session.id, service=self.service, signed=outcome.signed)
        return [Send(session.peer.node, message)]

    def settled(self, peer: NodeId, message: SessionSettled) -> Outcome:
        """The other end's word. It counts once."""
        session = self._over.pop((peer, SessionId(message.session)), None)
        if session is None:
            return []
        step = Step(kind="settled", service=self.service, session=session, theirs=message.signed)
        return [Enter(step)]
