"""The desk's shell: keeps its records, and tells the clients' pages what is for them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar, Final

import trio

from lanassist.node.protocol.messages import Message
from lanassist.node.services.base import AnyCommand, Core, Effect, Record
from lanassist.node.services.desk import connector_commands
from lanassist.node.services.desk.commands import COMMANDS, ClientEntry, ClientView
from lanassist.node.services.desk.core import MESSAGES, DeskCore
from lanassist.node.services.desk.records import RECORDS
from lanassist.node.services.desk.windows import AgentTypes, TellClient
from lanassist.node.services.service import Service

News = ClientEntry | ClientView | AgentTypes
PILE: Final = 200
"""News that wait for one page; with more it reads the conversation again."""


class Window:
    """What one page of a client has not been told yet."""

    def __init__(self) -> None:
        self._pile: list[News] = []
        self._missed = False
        self._any = trio.Event()

    def put(self, news: News) -> None:
        """Never waits: a page that does not keep up reads again instead."""
        if len(self._pile) == PILE:
            self._pile.clear()
            self._missed = True
        self._pile.append(news)
        self._any.set()

    async def batch(self) -> list[News] | None:
        """What is new, once something is; None: too much was, so read the conversation again."""
        await self._any.wait()
        self._any = trio.Event()
        pile, self._pile = self._pile, []
        missed, self._missed = self._missed, False
        return None if missed else pile


class DeskService(Service):
    """The desk on this node."""

    name: ClassVar[str] = "desk"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = (*COMMANDS, *connector_commands.COMMANDS)
    messages: ClassVar[tuple[type[Message], ...]] = MESSAGES
    records: ClassVar[tuple[type[Record], ...]] = RECORDS
    loopback: ClassVar[bool] = True

    def __init__(self, make: Callable[[Sequence[Record]], DeskCore], records: Sequence[Record]) -> None:
        super().__init__(make(records))
        self._make = make
        self._windows: dict[str, set[Window]] = {}

    def recreate(self, records: Sequence[Record]) -> Core:
        return self._make(records)

    async def perform(self, effect: Effect) -> None:
        if isinstance(effect, TellClient):
            for window in self._windows.get(effect.conversation, ()):
                window.put(effect.news)

    @contextmanager
    def window(self, conversation: str) -> Iterator[Window]:
        """What the desk tells a client, for the length of a ``with``."""
        window = Window()
        self._windows.setdefault(conversation, set()).add(window)
        try:
            yield window
        finally:
            self._windows[conversation].discard(window)
            if not self._windows[conversation]:
                del self._windows[conversation]
