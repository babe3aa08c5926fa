"""Whispers on the agent's page: from supervisors, for the agent alone."""

from typing import Final

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Whisper, WhisperAnswered
from lanassist.node.services.conversations.commands import WHISPERS, WhisperRow
from lanassist.node.services.decision import Decision
from lanassist.node.trust.grants import Grant
from lanassist.node.trust.identity import Identity

SHOWN: Final = 50
"""So many of the latest; nothing is kept over a restart."""


class Whispers:
    """They pass no desk, so they can reach no client."""

    def __init__(self, decision: Decision) -> None:
        self._decision = decision
        self._shown: dict[str, None] = {}

    def receive(self, peer: Identity, message: Whisper, now: float) -> None:
        """Show it, once, if the certificate allows it now; and say that it arrived."""
        refusal = peer.why_not_grant(Grant.OBSERVE)
        key = f"{peer.node}/{message.id}"
        if refusal is None and key not in self._shown:
            row = WhisperRow(
                conversation=message.conversation,
                supervisor=peer.node,
                name=peer.name,
                text=message.text,
                at=now,
            )
            self._shown[key] = None
            self._decision.publish(WHISPERS, key, row)
            if len(self._shown) > SHOWN:
                oldest = next(iter(self._shown))
                del self._shown[oldest]
                self._decision.publish(WHISPERS, oldest, None)
        answer = WhisperAnswered(
            id=message.id,
            code=refusal.code if refusal else "",
            text=refusal.text[: limits.REASON_LENGTH] if refusal else "",
        )
        self._decision.send(peer.node, answer)
