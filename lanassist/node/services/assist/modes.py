"""What both ends of an assist go by: its modes, how they are shown, and the ends that only it has. Pure."""

from types import MappingProxyType
from typing import Final, Literal

from lanassist.node.protocol.messages import AssistMode, AssistRequest
from lanassist.node.services.assist.commands import AssistState
from lanassist.node.services.session import Ending, Session

SERVICE: Final = "assist"
Mixed = Literal["normal", "listen", "talk", "takeover"]
"""What the mixer does, as sound/base.py has it."""
STATES: Final = MappingProxyType[AssistMode, AssistState](
    {"listen": "listening", "talk": "talking", "takeover": "taken-over"}
)
ENDINGS: Final = MappingProxyType(
    {
        "call-ended": "the call ended",
        "taken-call-ended": "the supervisor ended the call",
        "sound-lost": "the sound channel was lost",
        "assisted-again": "the same supervisor began to assist again",
    }
)
"""Beside those of every session."""


def mode_of(session: Session) -> AssistMode:
    """What an assist asks for; a session that asks for anything else is refused before it begins."""
    assert isinstance(session.request, AssistRequest)
    return session.request.mode


def over(code: str) -> Ending:
    """One of ENDINGS."""
    return Ending(code, ENDINGS[code])
