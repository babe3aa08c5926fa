"""What one end of a service's sessions writes into its ledger and says to the other end."""

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import SessionMessage, SessionRefused, Signed
from lanassist.node.services.base import Send
from lanassist.node.services.session.endings import Ending
from lanassist.node.services.session.session import UNSIGNED, Enter, Session, Step, StepKind
from lanassist.node.trust.identity import Identity


class Saying:
    """In the name of one service."""

    def __init__(self, service: str) -> None:
        self._service = service

    def enter(
        self, kind: StepKind, session: Session, theirs: Signed = UNSIGNED, why: Ending | None = None
    ) -> Enter:
        """A step to be signed or written. ``theirs``: what the other end has signed of it."""
        step = Step(kind=kind, service=self._service, session=session, theirs=theirs, ending=why)
        return Enter(step)

    def send(self, kind: type[SessionMessage], session: Session, **fields: object) -> Send:
        """Words about a session, to its other end."""
        return Send(session.peer.node, kind(session=session.id, service=self._service, **fields))

    def refuse(self, peer: Identity, session: str, why: Ending) -> Send:
        """It is not to be, or not to become more than it is."""
        text = why.text[: limits.REASON_LENGTH]
        return Send(
            peer.node, SessionRefused(session=session, service=self._service, code=why.code, text=text)
        )
