"""The start and end of any stretch of supervision."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages.base import Age, DisplayNumbers, Message, Short, Text, VideoCodecs


class GlanceRequest(Struct, frozen=True, kw_only=True, tag="glance"):
    """Which displays to see. ``lossless``: no JPEG at all, for saving pictures.

    ``scale``: of each side, below 1 for one tile of a wall of many agents. ``video``: the codecs that the
    viewer decodes, as ``vp8``; others than those known here are passed over.
    """

    displays: DisplayNumbers
    lossless: bool = False
    scale: Annotated[float, Meta(ge=0.05, le=1.0)] = 1.0
    video: VideoCodecs = ()

    @property
    def wall(self) -> bool:
        """Whether it is so small that it is one tile of a wall; else it is a glance in full."""
        return self.scale <= 0.5


class ControlRequest(Struct, frozen=True, kw_only=True, tag="control"):
    """To act as the agent, in all of the agent's conversations."""


AssistMode = Literal["listen", "talk", "takeover"]
"""What the supervisor's side of a call is: hear it, whisper to the agent, be the customer's partner."""


class AssistRequest(Struct, frozen=True, kw_only=True, tag="assist"):
    """To hear the call that is on, and more. ``mode`` is changed within the session."""

    mode: AssistMode = "listen"


Request = GlanceRequest | ControlRequest | AssistRequest


class Signed(Struct, frozen=True, kw_only=True):
    """What one end signed about a session, for both ledgers (docs/ledger.md): the very bytes, and Ed25519."""

    statement: Annotated[bytes, Meta(max_length=limits.STATEMENT_BYTES)] = b""
    signature: Annotated[bytes, Meta(max_length=64)] = b""


class SessionMessage(Message, frozen=True, kw_only=True):
    """The base of what the two ends of a session say; ``service`` names who it is for."""

    session: Short
    service: Short


class SessionIntent(SessionMessage, frozen=True, kw_only=True, tag="session.intent"):
    """Supervisor to agent: may I?"""

    request: Request
    reason: Text = ""
    signed: Signed = Signed()


class SessionAsked(SessionMessage, frozen=True, kw_only=True, tag="session.asked"):
    """Agent's node to supervisor: the agent is being asked, and has so many seconds to say yes."""

    within: Age


class SessionGranted(SessionMessage, frozen=True, kw_only=True, tag="session.granted"):
    """Agent to supervisor: yes, and it is in my ledger; put it in yours."""

    signed: Signed = Signed()


class SessionAccepted(SessionMessage, frozen=True, kw_only=True, tag="session.accepted"):
    """Supervisor to agent: it is in my ledger too."""

    signed: Signed = Signed()


class SessionOpened(SessionMessage, frozen=True, kw_only=True, tag="session.opened"):
    """Agent to supervisor: it runs; open the media channel with this nonce."""

    nonce: Short


class SessionRefused(SessionMessage, frozen=True, kw_only=True, tag="session.refused"):
    """Agent to supervisor: no, because."""

    code: Short
    text: Text


class SessionChanged(SessionMessage, frozen=True, kw_only=True, tag="session.changed"):
    """Supervisor to agent: the same session, another request (other displays)."""

    request: Request
    signed: Signed = Signed()


class SessionDeclined(SessionMessage, frozen=True, kw_only=True, tag="session.declined"):
    """Agent to supervisor: not that request, because; the session goes on with the one that is kept."""

    request: Request
    kept: Request
    code: Short
    text: Text


class SessionRenewed(SessionMessage, frozen=True, kw_only=True, omit_defaults=True, tag="session.renewed"):
    """Supervisor to agent, each LEASE_EVERY: somebody is still looking. Signed each SIGN_EVERY."""

    signed: Signed = Signed()


class SessionEnded(SessionMessage, frozen=True, kw_only=True, tag="session.ended"):
    """Either to the other: over, because."""

    code: Short
    text: Text


class SessionSettled(SessionMessage, frozen=True, kw_only=True, tag="session.settled"):
    """Either to the other, once its end is in the sender's ledger: this is what I have signed of it."""

    signed: Signed = Signed()
