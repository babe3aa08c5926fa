"""May this supervisor assist that agent now, and if not, why not? The same words on both nodes. Pure.

The agent's node asks with what is so, a supervisor's node with what it was told last.
"""

from typing import Final

from lanassist.node.errors import (
    Absent,
    BeingAssisted,
    LanassistError,
    ListenInRequired,
    NoRoutedCall,
    OutboundCall,
    SoundUnavailable,
)
from lanassist.node.protocol.messages import AssistMode, CallNow, CallTold
from lanassist.node.services.permission import forbidden
from lanassist.node.trust.grants import Grant
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy

GRANTS: Final[dict[AssistMode, Grant]] = {
    "listen": Grant.LISTEN,
    "talk": Grant.TALK,
    "takeover": Grant.TAKEOVER,
}
"""What each mode needs beside *listen*."""


def why_not(agent: str, told: CallTold, who: Identity, mode: AssistMode) -> LanassistError | None:
    """The refusal of the first thing that stands against it; None: nothing does."""
    if missing := (who.why_not_grant(Grant.LISTEN) or who.why_not_grant(GRANTS[mode])):
        return missing
    if off := forbidden("assist", Policy(assist=told.consent)):
        return off
    if refusal := _why_not_call(agent, told):
        return refusal
    if told.holder not in ("", who.node):
        return BeingAssisted(agent=agent, holder=told.holder_name)
    if told.required and not lets_listen_in(told):
        return ListenInRequired(agent=agent)
    return SoundUnavailable.worded(told.sound_error) if told.sound_error else None


def lets_listen_in(told: CallTold) -> bool:
    """Whoever asks for help lets listen in to the call that is on."""
    return told.listen_in or told.listen_in_all or told.asks_for_help


def _why_not_call(agent: str, told: CallTold) -> LanassistError | None:
    if told.call is None or not _on(told.call):
        return Absent(agent=agent, why=told.on_break) if told.on_break else NoRoutedCall(agent=agent)
    if not told.call.inbound:
        return OutboundCall(agent=agent)
    return None if told.call.routed else NoRoutedCall(agent=agent)


def _on(call: CallNow) -> bool:
    """Whether a customer is on the line, with the agent or with a supervisor who took it over."""
    return call.state != "acw" or bool(call.taken_by)
