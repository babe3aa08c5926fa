"""This agent's help request: every supervisor is told, the first to take it up has it. Pure."""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from lanassist.node.errors import HelpTaken, LanassistError, NoHelpAsked
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import HelpAction, HelpAnswered, HelpTold, NodeId, age_of
from lanassist.node.services.assist.commands import OWN_HELP, OwnHelp as Shown
from lanassist.node.services.assist.records import HelpRecord
from lanassist.node.services.base import Record
from lanassist.node.services.decision import Decision
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity

HELPED: Final = frozenset({"stopped", "closed", "navigated", "other-agent", "call-ended", "taken-call-ended"})
"""Ends of an assist after which the agent was helped. After any other, a lost link or a failed page, the
request stands open again."""


class OwnHelp:
    """Rebuilt from its record. What is told is always the whole state, so nothing is resent."""

    def __init__(
        self, me: Identity, records: Iterable[Record], decision: Decision, new_id: Callable[[], str]
    ) -> None:
        self._me = me
        self._decision = decision
        self._new_id = new_id
        self._record = next((each for each in records if isinstance(each, HelpRecord)), None)
        self._supervisors: set[NodeId] = set()
        self._published: Shown | None = None

    def start(self) -> None:
        """Whoever had taken it up has lost this node, and with it the agent."""
        if self._record is not None and self._record.by:
            self._reopen(self._record)

    @property
    def asked(self) -> bool:
        """Whether help is wanted, taken up or not."""
        return self._record is not None

    # --- supervisors ---------------------------------------------------------------------------------

    def peer_up(self, peer: Identity, now: float) -> None:
        if Role.SUPERVISOR in peer.roles:
            self._supervisors.add(peer.node)
            self._decision.send(peer.node, self._message(now))

    def peer_down(self, peer: NodeId, now: float) -> None:
        self._supervisors.discard(peer)
        if self._record is not None and self._record.by == peer:
            self._reopen(self._record)
            self._tell(now)

    def receive(self, peer: Identity, message: HelpAction, now: float) -> None:
        """Taken up, or done. Only one has it."""
        try:
            if missing := peer.why_not_role(Role.SUPERVISOR):
                raise missing
            self._act(peer, message, now)
        except LanassistError as error:
            text = error.text[: limits.REASON_LENGTH]
            self._decision.send(peer.node, HelpAnswered(id=message.id, code=error.code, text=text))
        else:
            self._decision.send(peer.node, HelpAnswered(id=message.id))

    def _act(self, peer: Identity, message: HelpAction, now: float) -> None:
        record = self._record
        if record is None or record.id != message.help:
            raise NoHelpAsked(agent=self._me.name)
        if record.by not in ("", peer.node):
            raise HelpTaken(holder=record.by_name, agent=self._me.name)
        if message.act == "finish":
            self._close(now)
        elif not record.by:
            self._accept(record, peer, now)

    # --- an assist in the call -----------------------------------------------------------------------

    def assisted(self, by: Identity, now: float) -> None:
        """A supervisor assists: that takes it up, unless another one has."""
        if self._record is not None and not self._record.by:
            self._accept(self._record, by, now)

    def assist_ended(self, by: Identity, code: str, now: float) -> None:
        """The assist is over. Was the agent helped?"""
        record = self._record
        if record is None or record.by != by.node:
            return
        if code in HELPED:
            self._close(now)
        else:
            self._reopen(record)
            self._tell(now)

    # --- the agent -----------------------------------------------------------------------------------

    def request(self, reason: str, now: float) -> tuple[str, int]:
        """Its id, and how many supervisors are told at once."""
        before = self._record
        record = (
            HelpRecord(id=self._new_id(), reason=reason, since=now)
            if before is None
            else msgspec.structs.replace(before, reason=reason or before.reason)
        )
        if record != before:
            self._put(record)
            self._tell(now)
        return record.id, len(self._supervisors)

    def cancel(self, now: float) -> None:
        """Does nothing if none is open."""
        if self._record is not None:
            self._close(now)

    # --- changes -------------------------------------------------------------------------------------

    def _accept(self, record: HelpRecord, by: Identity, now: float) -> None:
        self._put(msgspec.structs.replace(record, by=by.node, by_name=by.name))
        self._tell(now)

    def _reopen(self, record: HelpRecord) -> None:
        self._put(msgspec.structs.replace(record, by="", by_name=""))

    def _close(self, now: float) -> None:
        assert self._record is not None
        self._decision.drop(self._record)
        self._record = None
        self._tell(now)

    def _put(self, record: HelpRecord) -> None:
        self._record = record
        self._decision.put(record)

    def _tell(self, now: float) -> None:
        message = self._message(now)
        for supervisor in sorted(self._supervisors):
            self._decision.send(supervisor, message)

    def _message(self, now: float) -> HelpTold:
        record = self._record
        if record is None:
            return HelpTold()
        return HelpTold(
            id=record.id,
            state="accepted" if record.by else "asked",
            reason=record.reason,
            age=age_of(record.since, now),
            by=record.by,
            by_name=record.by_name,
        )

    def publish(self) -> None:
        """The agent's button, if it is another than before."""
        record, supervisors = self._record, len(self._supervisors)
        if record is None:
            shown = Shown(supervisors=supervisors)
        else:
            shown = Shown(
                state="accepted" if record.by else "asked",
                reason=record.reason,
                since=record.since,
                by=NodeId(record.by) if record.by else None,
                by_name=record.by_name,
                supervisors=supervisors,
            )
        if shown != self._published:
            self._published = shown
            self._decision.publish(OWN_HELP, "self", shown)
