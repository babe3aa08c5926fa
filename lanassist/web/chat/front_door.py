"""What the chat page needs of the desk: its five commands, and what it tells one conversation's client."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from lanassist.node.services.command import Command, ReplyT
from lanassist.node.services.desk.commands import ClientEntry, ClientView
from lanassist.node.services.desk.windows import AgentTypes

News = ClientEntry | ClientView | AgentTypes


class Call(Protocol):
    """Carries out a command of the desk; raises the LanassistError that refuses it."""

    async def __call__(self, command: Command[ReplyT], /) -> ReplyT: ...


class Window(Protocol):
    """What is new for one page."""

    async def batch(self) -> list[News] | None:
        """Once there is something; None: too much piled up, so read the conversation again."""


class FrontDoor(msgspec.Struct, frozen=True, kw_only=True):
    """The desk as the chat page sees it."""

    call: Call
    window: Callable[[str], AbstractContextManager[Window]]
    """By conversation."""
