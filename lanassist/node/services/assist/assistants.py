"""Who assists in this agent's calls, as the agent is shown it. Pure."""

from typing import Final

import msgspec

from lanassist.node.services.assist.commands import ASSISTANTS, Assistant, AssistState
from lanassist.node.services.decision import Decision
from lanassist.node.services.session import Ending, Past, Session

ENDED_SHOWN: Final = 8
"""Assists that are over and stay on the agent's board."""


class Assistants:
    """The one who assists now, and the last who did."""

    def __init__(self, decision: Decision) -> None:
        self._decision = decision
        self._past = Past(ENDED_SHOWN)
        self._row: Assistant | None = None

    def show(self, session: Session, state: AssistState, now: float) -> None:
        """That supervisor's assist is in this state."""
        before = self._row
        if before is not None and before.session == session.id:
            if before.state != state:
                self._publish(msgspec.structs.replace(before, state=state, since=now))
            return
        self._publish(
            Assistant(
                session=session.id,
                supervisor=session.peer.node,
                name=session.peer.name,
                state=state,
                since=now,
                began=now,
                reason=session.reason,
            )
        )

    def over(self, session: Session, why: Ending, now: float) -> bool:
        """It has ended. Whether that was the one who is shown."""
        row = self._row
        if row is None or row.session != session.id:
            return False
        self._publish(msgspec.structs.replace(row, state="ended", since=now, ended=now, end=why.shown))
        self._row = None
        for old in self._past.over(session.id):
            self._decision.publish(ASSISTANTS, old, None)
        return True

    def _publish(self, row: Assistant) -> None:
        self._row = row
        self._decision.publish(ASSISTANTS, row.session, row)
