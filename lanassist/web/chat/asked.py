"""Requests as the chat page takes them: bounded before anything is decided, and every field checked."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

import msgspec
import trio
from msgspec import Meta, Struct

from lanassist.node.protocol.limits import ENTRY_LENGTH
from lanassist.web.chat import bounds, words
from lanassist.web.chat.words import Declined

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ID: Final = r"\A[A-Za-z0-9_-]{1,64}\Z"
_ID: Final = re.compile(ID)
_NUMBER: Final = re.compile(r"[0-9]{1,9}")

Id = Annotated[str, Meta(pattern=ID)]
Text = Annotated[str, Meta(max_length=ENTRY_LENGTH)]


class Start(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A conversation begins. ``id`` is the page's own, so that a repeated start begins nothing again."""

    id: Id
    name: Annotated[str, Meta(max_length=bounds.NAME_LENGTH)]
    contact: Annotated[str, Meta(max_length=bounds.CONTACT_LENGTH)] = ""
    category: Annotated[str, Meta(max_length=200)] = ""
    text: Text


class Say(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words in a conversation; ``id`` as in Start."""

    conversation: Id
    id: Id
    text: Text


class Typing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The client begins or stops typing."""

    conversation: Id
    typing: bool


class Leave(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The client ends it; ``id`` as in Start."""

    conversation: Id
    id: Id


class Asked(Struct, frozen=True, kw_only=True):
    """One request: who, and what with."""

    address: str
    client: str
    """Empty: the browser showed no secret."""
    body: bytes = b""
    query: dict[str, str] = {}

    @property
    def known_client(self) -> str:
        """The client. Raises Declined if the browser showed no secret."""
        if not self.client:
            raise Declined(words.NO_COOKIE)
        return self.client

    @property
    def conversation(self) -> str:
        """Which one the query names."""
        named = self.query.get("conversation", "")
        if not _ID.fullmatch(named):
            raise Declined(words.MALFORMED)
        return named

    @property
    def after(self) -> int:
        """The last entry that the page has; 0: none."""
        number = self.query.get("after", "0")
        if not _NUMBER.fullmatch(number):
            raise Declined(words.MALFORMED)
        return int(number)


StructT = Start | Say | Typing | Leave


def headers_of(scope: Scope, name: bytes) -> tuple[str, ...]:
    """Every value of a header, in lower case by its name."""
    return tuple(value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name)


def address_of(scope: Scope) -> str:
    """Where the request comes from."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def query_of(scope: Scope) -> dict[str, str]:
    """The fields of the query. Raises Declined on a repeated one, or on far too many."""
    try:
        pairs = parse_qsl(scope["query_string"].decode("ascii"), max_num_fields=8, errors="strict")
    except ValueError:
        raise Declined(words.MALFORMED) from None
    if len(query := dict(pairs)) != len(pairs):
        raise Declined(words.MALFORMED)
    return query


async def body_of(receive: Receive, largest: int) -> bytes:
    """The whole body. Raises Declined if it is larger or comes too slowly."""
    body = bytearray()
    with trio.move_on_after(bounds.BODY_SECONDS):
        while True:
            event = await receive()
            if event["type"] != "http.request":
                raise Declined(words.MALFORMED)
            body += event.get("body", b"")
            if len(body) > largest:
                raise Declined(words.TOO_LARGE)
            if not event.get("more_body", False):
                return bytes(body)
    raise Declined(words.TOO_SLOW)


def decoded(body: bytes, kind: type[Any]) -> Any:
    """The struct in a body. Raises Declined."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Declined(words.MALFORMED) from None
