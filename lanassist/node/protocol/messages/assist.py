"""Calls, help requests and assist: what agents' and supervisors' nodes tell each other."""

from typing import Literal

from msgspec import Struct

from lanassist.node.protocol.messages.base import Age, Message, Name, Short, Text
from lanassist.node.protocol.messages.session import AssistMode, SessionMessage


class CallNow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A call as its agent's node has it."""

    id: Short
    state: Literal["talking", "held", "acw", "taken"]
    """``acw``: after call work; ``taken``: a supervisor has taken it over, and the agent is free again."""
    inbound: bool = True
    routed: bool = False
    """It came from the site's queue to this agent."""
    number: Name = ""
    category: Name = ""
    taken_by: Name = ""
    """The supervisor who has taken it over, for as long as the customer is on the line."""
    began_age: Age = 0.0
    state_age: Age = 0.0
    left: Age | None = None
    """Of after call work: the seconds until it ends by itself; None: only the agent ends it."""


class CallTold(Message, frozen=True, kw_only=True, tag="assist.call", omit_defaults=True):
    """Agent to supervisors with the grant *observe* or *listen*: all that decides whether they may assist."""

    call: CallNow | None = None
    on_break: Text = ""
    """“on break: lunch”; empty: not on break."""
    listen_in: bool = False
    """The agent lets listen in to the call that is on."""
    listen_in_all: bool = False
    """The agent lets listen in to all calls."""
    asks_for_help: bool = False
    """The agent has asked for help, which lets listen in to the call that is on."""
    required: bool = False
    """The site's policy: nobody listens unless the agent lets."""
    consent: Literal["notify", "ask", "off"] = "notify"
    """The site's policy for assist."""
    sound_error: Text = ""
    """Why this agent's machine has no sound to give, in one sentence; empty: it has."""
    holder: Short = ""
    """Node of the supervisor who assists; empty: nobody."""
    holder_name: Name = ""


class AssistTold(SessionMessage, frozen=True, kw_only=True, tag="assist.told"):
    """Agent to the supervisor who assists: what the mixer does from now on, asked for or not."""

    mode: AssistMode
    why: Short = ""
    """Of a change that nobody asked for: ``silent``, the supervisor's voice did not come any more."""


class CallEndAsked(SessionMessage, frozen=True, kw_only=True, tag="assist.end-call"):
    """Supervisor to agent: end the call that I have taken over. Answered by the session's end."""


class HelpTold(Message, frozen=True, kw_only=True, tag="help.told", omit_defaults=True):
    """Agent to every supervisor, in full at each change and when a link comes up. No id: none is wanted."""

    id: Short = ""
    state: Literal["none", "asked", "accepted"] = "none"
    reason: Text = ""
    age: Age = 0.0
    """Since it was asked for."""
    by: Short = ""
    """Of an accepted one: the supervisor's node."""
    by_name: Name = ""


class HelpAction(Message, frozen=True, kw_only=True, tag="help.action"):
    """Supervisor to agent: I take it up, or it is done. Answered, never resent: the link's end answers it."""

    id: Short
    help: Short
    """The request's own id, so that a late word about an older one does nothing."""
    act: Literal["accept", "finish"]


class HelpAnswered(Message, frozen=True, kw_only=True, tag="help.answered"):
    """Agent to supervisor: done (no code), or why not."""

    id: Short
    code: Short = ""
    text: Text = ""
