"""Which sessions of a ledger are wanted."""

import time
from collections.abc import Mapping
from typing import Self

import msgspec

from lanassist.cli.lengths import seconds_of
from lanassist.node.errors import FileUnreadable
from lanassist.node.ledger.copies import Copy
from lanassist.node.ledger.record import read_record
from lanassist.node.ledger.sessions import ToldSession, told_sessions
from lanassist.node.ledger.statements import Unreadable
from lanassist.node.trust.identity import Identity


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """By who, whom and when; nothing given: all."""

    agent: str = ""
    supervisor: str = ""
    since: float = 0.0
    """Wall clock, seconds since 1970."""
    mine: bool = False

    @classmethod
    def of(cls, *, agent: str, supervisor: str, since: str, mine: bool) -> Self:
        """As it was typed. Raises BadInput."""
        length = seconds_of(since)
        begin = 0.0 if length is None else time.time() - length
        return cls(agent=agent, supervisor=supervisor, since=begin, mine=mine)

    def sessions(self, copy: Copy, people: Mapping[str, Identity]) -> list[ToldSession]:
        """Those that are wanted, the oldest first. Raises FileUnreadable."""
        try:
            found = [
                told
                for chain in copy.chains.values()
                for told in told_sessions(read_record(entry.body) for entry in chain)
            ]
        except Unreadable as error:
            raise FileUnreadable(
                path="The ledger", why=f"{error}; `lanassist audit verify` says where"
            ) from error
        wanted = [each for each in found if self._wants(each, copy, people)]
        return sorted(wanted, key=lambda each: each.began)

    def _wants(self, told: ToldSession, copy: Copy, people: Mapping[str, Identity]) -> bool:
        return (
            told.began >= self.since * 1000
            and (not self.mine or told.agent == copy.title.owner)
            and (not self.agent or _is(self.agent, told.agent, people))
            and (not self.supervisor or _is(self.supervisor, told.supervisor, people))
        )


def _is(wanted: str, node: str, people: Mapping[str, Identity]) -> bool:
    """Node id, e-mail, or the start of a name."""
    text, who = wanted.casefold(), people.get(node)
    if text == node:
        return True
    return who is not None and (text == who.email.casefold() or who.name.casefold().startswith(text))
