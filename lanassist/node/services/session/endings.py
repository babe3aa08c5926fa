"""Why a session ends: the code that travels and the words for people."""

from typing import Final, Self

import msgspec

from lanassist.node.errors import LanassistError, LinkLost, said_elsewhere
from lanassist.node.protocol.messages import SessionEnded
from lanassist.node.services.command import Refusal

ENDINGS: dict[str, str] = {
    "stopped": "stopped by the supervisor",
    "closed": "the supervisor's page was closed",
    "hidden": "the supervisor switched away from the page",
    "covered": "the supervisor's page was covered by another window",
    "unattended": "nobody was at the supervisor's page for 5 minutes",
    "node-silent": "the supervisor's own node did not answer the page for 3 seconds",
    "out-of-sight": "it went out of sight on the supervisor's wall",
    "paused": "the supervisor paused the wall",
    "navigated": "the supervisor went to another view",
    "other-agent": "the supervisor switched to another agent",
    "viewer-failed": "the supervisor's page could not draw the picture",
    "lease": "the viewer did not answer for 3 seconds",
    "unsigned": "the supervisor's node did not sign any more that somebody is looking",
    "no-answer": "the agent's node did not answer",
    "link-lost": "the link between the two nodes was lost",
    "revoked": "the certificate was revoked",
    "locked": "the agent's screen was locked",
    "screen": "the agent's screen cannot be shown any more",
    "media-lost": "the picture channel was lost",
    "reclaimed": "the agent took control back",
    "taken-again": "the same supervisor took control again",
    "policy": "stopped by the site's policy",
    "privacy": "the agent paused being watched",
    "withdrawn": "the supervisor withdrew the request",
    "shutdown": "the node was shut down",
    "too-many": "the agent's node has too many sessions",
    "crashed": "the node stopped without a word",
}

OF_THE_AGENT: Final = frozenset(
    {
        "locked",
        "screen",
        "reclaimed",
        "taken-again",
        "privacy",
        "withdrawn",
        "too-many",
        "unsigned",
        "revoked",
        "crashed",
    }
)
"""Endings that only the agent's own node can know of: no supervisor's word puts them into its ledger."""
LOST: Final = frozenset({"lease", "unsigned", "no-answer", "link-lost", "revoked", "crashed"})
"""Endings of which the other end could not be told, or did not hear: the ledger says ``lost``."""


class Ending(msgspec.Struct, frozen=True):
    """Why a session ended or never began."""

    code: str
    text: str

    @classmethod
    def of(cls, error: LanassistError) -> Self:
        """That is what stands against it."""
        return cls(error.code, error.text)

    @property
    def shown(self) -> Refusal:
        """As rows on the board have it."""
        return Refusal(code=self.code, text=self.text)

    def refusal(self, agent: str) -> LanassistError:
        """What a command is refused with that waits for the session: the words, with their own exit code."""
        return LinkLost(agent=agent) if self.code == "link-lost" else said_elsewhere(self.code, self.text)


def ending(code: str, text: str = "") -> Ending:
    """The ending of that code, in the standard words unless others are given."""
    return Ending(code, text or ENDINGS[code])


def told(message: SessionEnded) -> Ending:
    """Why a supervisor's node says that it is over; of an ending known here, in the words from here."""
    code = "stopped" if message.code in OF_THE_AGENT else message.code
    return Ending(code, ENDINGS.get(code, message.text))
