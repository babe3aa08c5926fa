"""Help: an agent asks for it, every supervisor is told, one takes it up."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import NAME_LENGTH, REASON_LENGTH
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.command import Command, Done
from lanassist.node.trust.grants import Role

OWN_HELP = "help.own"
"""Board topic: this agent's OwnHelp under the key ``self``; always there on an agent's node."""
REQUESTS = "help.requests"
"""Board topic: a HelpRow by agent's node id, for whoever asks or is being helped (on supervisors' nodes)."""

AgentText = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
"""How a user names an agent: node id, e-mail, or the start of a name."""


class OwnHelp(Struct, frozen=True, kw_only=True):
    """This agent's help button: none is blue, asked is red, accepted is green."""

    state: Literal["none", "asked", "accepted"] = "none"
    reason: str = ""
    since: float | None = None
    """Asked since."""
    by: NodeId | None = None
    by_name: str = ""
    """Who has taken it up."""
    supervisors: int = 0
    """Supervisors that are linked now: 0 means nobody hears a request yet."""


class HelpRow(Struct, frozen=True, kw_only=True):
    """An agent who asks for help."""

    agent: NodeId
    agent_name: str
    id: str
    """Of this request: a page chimes once for each."""
    state: Literal["asked", "accepted"]
    reason: str = ""
    since: float
    by: NodeId | None = None
    by_name: str = ""
    mine: bool = False
    """Taken up by this supervisor."""
    dismissed: bool = False
    """This supervisor does not want to be told of it any more."""
    online: bool = True
    """Whether the agent's node is linked now; it stays for five minutes without."""
    untold: bool = False
    """The desktop of this machine could not show it, so a page's browser does, where it may."""


class AskedHelp(Struct, frozen=True, kw_only=True):
    id: str
    supervisors: int
    """So many are told at once; 0: no supervisor is online, and the request waits until one is."""


class RequestHelp(Command[AskedHelp], frozen=True, kw_only=True):
    """Ask every supervisor for help. Asked again while it is open: the reason is what changes."""

    name: ClassVar[str] = "help.request"
    role: ClassVar[Role | None] = Role.AGENT

    reason: Annotated[str, Meta(max_length=REASON_LENGTH)] = ""


class CancelHelp(Command[Done], frozen=True, kw_only=True):
    """No help is wanted any more, taken up or not."""

    name: ClassVar[str] = "help.cancel"
    role: ClassVar[Role | None] = Role.AGENT


class HelpList(Struct, frozen=True, kw_only=True):
    now: float
    """This node's monotonic clock at the answer."""
    requests: tuple[HelpRow, ...]
    """Those that are open, the oldest first; those taken up after them."""


class ListHelp(Command[HelpList], frozen=True, kw_only=True):
    """Who asks for help."""

    name: ClassVar[str] = "help.list"


class AcceptHelp(Command[Done], frozen=True, kw_only=True):
    """Take it up without assisting in a call: by chat, or at the agent's desk. The first one has it."""

    name: ClassVar[str] = "help.accept"

    agent: AgentText


class FinishHelp(Command[Done], frozen=True, kw_only=True):
    """The agent was helped. (An assist that took it up finishes it by its end.)"""

    name: ClassVar[str] = "help.finish"

    agent: AgentText


class DismissHelp(Command[Done], frozen=True, kw_only=True):
    """Do not show this request here any more. Others see it as before."""

    name: ClassVar[str] = "help.dismiss"

    agent: AgentText


HELP_COMMANDS = (RequestHelp, CancelHelp, ListHelp, AcceptHelp, FinishHelp, DismissHelp)
