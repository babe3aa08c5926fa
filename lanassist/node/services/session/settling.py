"""How a session that is over is settled: each end signs and writes its end, and keeps the other's word."""

from typing import Final

from lanassist.node.protocol.messages import NodeId, SessionId, SessionSettled
from lanassist.node.services.session.endings import Ending
from lanassist.node.services.session.saying import Saying
from lanassist.node.services.session.session import Entered, Key, NotEntered, Outcome, Session, key_of

UNSETTLED: Final = 64
"""Sessions that are over and of whose end the other node has not signed yet; the oldest are given up."""


class Settling:
    """The ends of one service's sessions, on one side."""

    def __init__(self, saying: Saying) -> None:
        self._saying = saying
        self._over: dict[Key, Session] = {}

    def over(self, session: Session, why: Ending) -> Outcome:
        """This end's word, to be written and told."""
        self._over[key_of(session)] = session
        if len(self._over) > UNSETTLED:
            del self._over[next(iter(self._over))]
        return [self._saying.enter("end", session, why=why)]

    def told(self, outcome: Entered | NotEntered) -> Outcome:
        """It is written: tell it. What could not be written is not said to have been."""
        if isinstance(outcome, NotEntered):
            return []
        session = outcome.step.session
        return [self._saying.send(SessionSettled, session, signed=outcome.signed)]

    def settled(self, peer: NodeId, message: SessionSettled) -> Outcome:
        """The other end's word. It counts once."""
        session = self._over.pop((peer, SessionId(message.session)), None)
        if session is None:
            return []
        return [self._saying.enter("settled", session, message.signed)]
