"""What is asked of a desk. Asking changes nothing there and leaves no trace."""

from typing import Annotated, ClassVar

from msgspec import Meta

from lanassist.node.protocol.limits import ID_LENGTH
from lanassist.node.services.command import Command
from lanassist.node.services.conversations.commands.fields import Id
from lanassist.node.services.conversations.commands.replies import Colleagues, History, Log
from lanassist.node.trust.grants import Role


class ReadLog(Command[Log], frozen=True, kw_only=True):
    """Read a conversation at its desk: any, for a supervisor with *observe*; for an agent one in hand, or an
    earlier one of the same client (``of`` names the one in hand). Leaves no trace."""

    name: ClassVar[str] = "conversations.read"
    role: ClassVar[Role | None] = None
    conversation: Id
    of: Annotated[str, Meta(max_length=ID_LENGTH)] = ""
    after: Annotated[int, Meta(ge=0)] = 0


class ShowHistory(Command[History], frozen=True, kw_only=True):
    """Earlier conversations with the client of this one."""

    name: ClassVar[str] = "conversations.history"
    role: ClassVar[Role | None] = None
    conversation: Id


class ListColleagues(Command[Colleagues], frozen=True, kw_only=True):
    """To whom a conversation in hand can be given, and to whom not and why."""

    name: ClassVar[str] = "conversations.colleagues"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
