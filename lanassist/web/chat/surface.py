"""Everything that a customer can ask for, in one table: start, say, type, read, leave, keep a transcript."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

import msgspec

from lanassist.node.config.sections import DeskSettings, teams_of
from lanassist.node.protocol.limits import ENTRY_LENGTH
from lanassist.node.protocol.messages import Client
from lanassist.node.services.command import Command, ReplyT
from lanassist.node.services.desk.commands import (
    LeaveConversation,
    ReadConversation,
    SendAsClient,
    StartConversation,
    TypeAsClient,
)
from lanassist.web.chat import bounds, words
from lanassist.web.chat.asked import Asked, Leave, Say, Start, Typing, decoded
from lanassist.web.chat.bounds import Rate
from lanassist.web.chat.files import About, files
from lanassist.web.chat.front_door import FrontDoor
from lanassist.web.chat.rates import Buckets
from lanassist.web.chat.told import Clock, Read, line_of, view_of
from lanassist.web.chat.transcript import file_name, transcript
from lanassist.web.chat.visitor import Cookie
from lanassist.web.chat.words import Declined

JSON: Final = b"application/json"
TEXT: Final = b"text/plain; charset=utf-8"
LIVE: Final = "/chat/live"
"""The one WebSocket."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP answer."""

    status: int = 200
    kind: bytes = JSON
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()


Handler = Callable[[Asked], Awaitable[Answer]]


class Surface:
    """The routes, and what stands behind each."""

    def __init__(
        self,
        door: FrontDoor,
        settings: DeskSettings,
        cookie: Cookie,
        clock: Clock,
        zone: Callable[[], datetime],
    ) -> None:
        self._door = door
        self._title = settings.title
        self._categories = tuple(name for name in teams_of(settings.categories) if name)
        self._cookie = cookie
        self._clock = clock
        self._zone = zone
        starts = Rate(settings.starts, bounds.STARTS_WITHIN / settings.starts)
        self._starts = Buckets(starts)
        self._words = Buckets(bounds.WORDS)
        self._words_of_address = Buckets(bounds.WORDS_PER_ADDRESS)
        self._typing = Buckets(bounds.TYPING)
        self._reads = Buckets(bounds.READS)
        self._transcripts = Buckets(bounds.TRANSCRIPTS)
        self.routes = self._routes()

    def _routes(self) -> dict[tuple[str, str], Handler]:
        about = About(
            title=self._title,
            categories=self._categories,
            name_length=bounds.NAME_LENGTH,
            contact_length=bounds.CONTACT_LENGTH,
            text_length=ENTRY_LENGTH,
        )
        fixed = {
            ("GET", path): _fixed(Answer(kind=file.kind, body=file.content))
            for path, file in files(about).items()
        }
        return {
            **fixed,
            ("GET", "/"): _fixed(Answer(status=303, headers=((b"location", b"/chat"),))),
            ("POST", "/chat/start"): self._start,
            ("POST", "/chat/say"): self._say,
            ("POST", "/chat/typing"): self._type,
            ("POST", "/chat/leave"): self._leave,
            ("GET", "/chat/read"): self._read,
            ("GET", "/chat/transcript"): self._transcript,
        }

    # --- what customers do ---------------------------------------------------------------------------

    async def _start(self, asked: Asked) -> Answer:
        start: Start = decoded(asked.body, Start)
        name, text = words.line(start.name), words.message(start.text)
        if not name:
            raise Declined(words.NAMELESS)
        if not text:
            raise Declined(words.EMPTY)
        if start.category not in (self._categories or ("",)):
            raise Declined(words.NO_CATEGORY)
        if not asked.client:
            return self._new_secret()
        self._within(self._words, asked.client)
        if wait := self._starts.wait(asked.address, self._clock()):
            raise Declined(words.too_many_starts(wait))
        client = Client(id=asked.client, name=name, contact=words.line(start.contact))
        started = await self._call(
            StartConversation(id=start.id, client=client, category=start.category, text=text)
        )
        return _json(started)

    def _new_secret(self) -> Answer:
        """Only a browser that keeps it may begin: else a start whose answer is lost would begin twice."""
        said = words.NO_COOKIE
        setting = self._cookie.setting(secrets.token_urlsafe(32)).encode()
        return Answer(status=said.status, body=msgspec.json.encode(said), headers=((b"set-cookie", setting),))

    async def _say(self, asked: Asked) -> Answer:
        client = asked.known_client
        say: Say = decoded(asked.body, Say)
        if not (text := words.message(say.text)):
            raise Declined(words.EMPTY)
        self._within(self._words, client)
        self._within(self._words_of_address, asked.address)
        command = SendAsClient(conversation=say.conversation, client=client, id=say.id, text=text)
        return _json(await self._call(command))

    async def _type(self, asked: Asked) -> Answer:
        client = asked.known_client
        typing: Typing = decoded(asked.body, Typing)
        if not self._typing.wait(client, self._clock()):
            command = TypeAsClient(conversation=typing.conversation, client=client, typing=typing.typing)
            await self._call(command)
        return Answer(status=204)

    async def _leave(self, asked: Asked) -> Answer:
        client = asked.known_client
        leave: Leave = decoded(asked.body, Leave)
        self._within(self._words, client)
        await self._call(LeaveConversation(conversation=leave.conversation, client=client, id=leave.id))
        return Answer(status=204)

    async def _read(self, asked: Asked) -> Answer:
        client = asked.known_client
        self._within(self._reads, client)
        command = ReadConversation(conversation=asked.conversation, client=client, after=asked.after)
        found = await self._call(command)
        entries = found.entries[: bounds.ENTRIES_AT_ONCE]
        now = self._clock()
        more = len(entries) < len(found.entries)
        lines = tuple(line_of(each, now) for each in entries)
        return _json(Read(lines=lines, view=view_of(found.view), more=more))

    async def _transcript(self, asked: Asked) -> Answer:
        client = asked.known_client
        self._within(self._transcripts, client)
        found = await self._call(ReadConversation(conversation=asked.conversation, client=client))
        now, zone = self._clock(), self._zone()
        text = transcript(self._title, [line_of(each, now) for each in found.entries], zone)
        saved = f'attachment; filename="{file_name(zone)}"'.encode()
        return Answer(kind=TEXT, body=text.encode(), headers=((b"content-disposition", saved),))

    # --- rules ---------------------------------------------------------------------------------------

    def may_follow(self, client: str) -> None:
        """Whether a page may open its socket now. Raises Declined."""
        self._within(self._reads, client)

    def _within(self, rate: Buckets, key: str) -> None:
        if wait := rate.wait(key, self._clock()):
            raise Declined(words.too_fast(wait))

    async def _call(self, command: Command[ReplyT]) -> ReplyT:
        return await self._door.call(command)


def _fixed(answer: Answer) -> Handler:
    async def show(_: Asked) -> Answer:
        return answer

    return show


def _json(value: Any) -> Answer:
    return Answer(body=msgspec.json.encode(value))
