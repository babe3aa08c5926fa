"""``lanassist chats show``: a conversation as it is now, from its desk or from the agent's own node."""

from collections.abc import Sequence

import msgspec

from lanassist.cli import plain
from lanassist.cli.board import board_of
from lanassist.cli.client import NodeClient
from lanassist.cli.finding import the_conversation
from lanassist.node.errors import MissingRole, UnknownConversation
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.commands import (
    DRAFTS,
    DraftRow,
    ListAll,
    ListOwn,
    OwnConversation,
    ReadLog,
    ShowOwn,
    ToldConversation,
)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown. Times are the node's monotonic clock, which stands at ``now``."""

    now: float
    row: ToldConversation | OwnConversation | None
    """None: an earlier conversation, of which only the log is known."""
    entries: Sequence[EntryRecord]
    draft: str = ""
    """What its agent is typing, as far as this node watches."""


def read_conversation(node: NodeClient, text: str, of: str, *, as_json: bool) -> None:
    """Print it. Raises what the node refuses with, UnknownConversation, AmbiguousName."""
    found = _reading(node, text, of)
    if as_json:
        row = None if found.row is None else plain.aged(found.row, found.now)
        entries = plain.aged(found.entries, found.now)
        plain.print_json({"conversation": row, "entries": entries, "draft": found.draft})
        return
    from lanassist.cli import log_view, render

    tables = [] if found.row is None else [log_view.heading(found.row, found.now)]
    render.print_table(*tables, log_view.entries_table(found.entries, found.now))
    if isinstance(found.row, OwnConversation):
        render.print_table(log_view.unsent_table(found.row))
    if found.draft:
        render.print_table(log_view.drafts_table({"": found.draft}))


def _reading(node: NodeClient, text: str, of: str) -> Reading:
    if of:
        return _earlier(node, text, the_conversation(node.ask(ListOwn()).conversations, of).conversation)
    try:
        told = node.ask(ListAll())
    except MissingRole:
        return _own(node, text)
    try:
        row = the_conversation(told.conversations, text)
    except UnknownConversation as unknown:
        try:
            return _earlier(node, text, "")  # one that no desk tells of any more, by its whole id
        except UnknownConversation:
            raise unknown from None
    entries, now = whole_log(node, row.conversation)
    drafts = board_of(node).rows(DRAFTS, DraftRow)
    draft = drafts.get(f"{row.owner}/{row.conversation}", DraftRow(text="")).text
    return Reading(now=now, row=row, entries=entries, draft=draft)


def _own(node: NodeClient, text: str) -> Reading:
    mine = node.ask(ListOwn())
    row = the_conversation(mine.conversations, text)
    full = node.ask(ShowOwn(conversation=row.conversation))
    return Reading(now=mine.now, row=full.conversation, entries=full.entries)


def _earlier(node: NodeClient, conversation: str, of: str) -> Reading:
    entries, now = whole_log(node, conversation, of)
    return Reading(now=now, row=None, entries=entries)


def whole_log(
    node: NodeClient, conversation: str, of: str = "", after: int = 0
) -> tuple[list[EntryRecord], float]:
    """What the desk has after that entry, and the node's clock. Raises what the node refuses with."""
    entries: list[EntryRecord] = []
    while True:
        part = node.ask(ReadLog(conversation=conversation, of=of, after=after))
        entries += part.entries
        if not part.more or not part.entries:
            return entries, part.now
        after = part.entries[-1].seq
