"""What a client's page is told: entries, how things stand, who types. Ages, never clock readings."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from lanassist.node.services.conversation import Kind
from lanassist.node.services.desk.commands import ClientEntry, ClientView, ReadConversation
from lanassist.node.services.desk.records import State
from lanassist.node.services.desk.windows import AgentTypes
from lanassist.web.chat import bounds
from lanassist.web.chat.front_door import FrontDoor

Clock = Callable[[], float]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as the page shows it."""

    seq: int
    id: str
    kind: Kind
    text: str
    name: str
    age: float


class Told(msgspec.Struct, frozen=True, kw_only=True, tag_field="t"):
    """The base of every message to a page."""


class Lines(Told, frozen=True, kw_only=True, tag="lines"):
    """What was said, in order."""

    lines: tuple[Line, ...]


class View(Told, frozen=True, kw_only=True, tag="view"):
    """How things stand."""

    state: State
    position: int
    agent: str


class AgentTyping(Told, frozen=True, kw_only=True, tag="typing"):
    """The agent begins or stops typing."""

    typing: bool


class Alive(Told, frozen=True, kw_only=True, tag="alive"):
    """Nothing is new, and the line is there."""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a page that reads. ``more``: there is more after the last of these."""

    lines: tuple[Line, ...]
    view: View
    more: bool


def line_of(entry: ClientEntry, now: float) -> Line:
    """The entry for the page."""
    return Line(
        seq=entry.seq,
        id=entry.id,
        kind=entry.kind,
        text=entry.text,
        name=entry.name,
        age=max(0.0, now - entry.at),
    )


def view_of(view: ClientView) -> View:
    """How things stand, for the page."""
    return View(state=view.state, position=view.position, agent=view.agent)


class Telling:
    """Keeps one page current over one socket: first what it missed, then what happens."""

    def __init__(self, door: FrontDoor, conversation: str, client: str, after: int, clock: Clock) -> None:
        self._door = door
        self._conversation = conversation
        self._client = client
        self._after = after
        self._clock = clock

    async def missed(self) -> list[Told]:
        """Read from the desk. Raises UnknownConversation, also for one of somebody else."""
        command = ReadConversation(conversation=self._conversation, client=self._client, after=self._after)
        transcript = await self._door.call(command)
        return [*self._lines(transcript.entries), view_of(transcript.view)]

    def news(self, batch: Iterable[Any]) -> list[Told]:
        """What the desk says, but for what the page has already; of the rest only the latest counts."""
        batch = list(batch)
        told: list[Told] = self._lines([each for each in batch if isinstance(each, ClientEntry)])
        views = [each for each in batch if isinstance(each, ClientView)]
        typing = [each for each in batch if isinstance(each, AgentTypes)]
        told += [view_of(view) for view in views[-1:]]
        return told + [AgentTyping(typing=each.typing) for each in typing[-1:]]

    def _lines(self, entries: Sequence[ClientEntry]) -> list[Told]:
        new = [line_of(each, self._clock()) for each in entries if each.seq > self._after]
        if new:
            self._after = new[-1].seq
        step = bounds.ENTRIES_AT_ONCE
        return [Lines(lines=tuple(new[at : at + step])) for at in range(0, len(new), step)]
