"""Which conversation or client a user means: by the beginning of an id, or by the client's name."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol, TypeVar

from lanassist.node.errors import AmbiguousName, NoSuchClient, NoSuchConversation
from lanassist.node.protocol.messages import Client

SHORT: Final = 8
"""Characters of an id that are shown, unless more are needed to tell two apart."""
CANDIDATES: Final = 8
"""Named in an error at most."""


class Conversation(Protocol):
    """A row of any list of conversations."""

    @property
    def conversation(self) -> str: ...
    @property
    def client(self) -> Client: ...
    @property
    def state(self) -> str: ...


RowT = TypeVar("RowT", bound=Conversation)


def the_conversation(rows: Iterable[RowT], text: str) -> RowT:
    """The one conversation of that id, whose id begins so, or whose client is called so.

    Of a client's several conversations the one that is still in hand is meant. Raises NoSuchConversation,
    AmbiguousName.
    """
    known = list(rows)
    found = _named(known, text)
    if len(found) > 1:
        found = [row for row in found if row.state not in ("done", "moved")] or found
    if not found:
        raise NoSuchConversation(name=text)
    if len(found) > 1:
        raise AmbiguousName(name=text, candidates=_listed([_described(row) for row in found]))
    return found[0]


def _named(rows: Sequence[RowT], text: str) -> list[RowT]:
    wanted = text.casefold()
    names = [(row, row.client.name.casefold()) for row in rows]
    return (
        [row for row in rows if row.conversation == text]
        or [row for row in rows if row.conversation.casefold().startswith(wanted)]
        or [row for row, name in names if name == wanted]
        or [row for row, name in names if name.startswith(wanted)]
    )


def the_client(rows: Iterable[Conversation], clients: Iterable[Client], text: str) -> Client:
    """The one client of that id or name, or whose conversation is called so; ``clients`` are more of them.

    Raises NoSuchClient, AmbiguousName.
    """
    known = list(rows)
    everyone = {row.client.id: row.client for row in known} | {client.id: client for client in clients}
    if text in everyone:
        return everyone[text]
    wanted = text.casefold()
    people = list(everyone.values())
    found = (
        [client for client in people if client.id.casefold().startswith(wanted)]
        or [client for client in people if client.name.casefold() == wanted]
        or list({row.client.id: row.client for row in _named(known, text)}.values())
        or [client for client in people if client.name.casefold().startswith(wanted)]
    )
    if not found:
        raise NoSuchClient(name=text)
    if len(found) > 1:
        told = [f"{client.id[:SHORT]} {client.name}" for client in found]
        raise AmbiguousName(name=text, candidates=_listed(told))
    return found[0]


def shortened(ids: Iterable[str]) -> dict[str, str]:
    """Each id's shortest beginning that no other of them has, of SHORT characters or more."""
    everything = sorted(set(ids))
    told: dict[str, str] = {}
    for at, text in enumerate(everything):
        beside = everything[max(0, at - 1) : at] + everything[at + 1 : at + 2]
        length = max([SHORT, *(_shared(text, other) + 1 for other in beside)])
        told[text] = text[:length]
    return told


def _shared(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _described(row: Conversation) -> str:
    return f"{row.conversation[:SHORT]} {row.client.name}, {row.state}"


def _listed(told: Sequence[str]) -> str:
    more = f"; and {len(told) - CANDIDATES} more" if len(told) > CANDIDATES else ""
    return "; ".join(told[:CANDIDATES]) + more
