"""A small site of assist cores on a network that a test can cut; mixers do at once what they are told."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.services.assist.core import AssistCore, MediaHere, MixerSaid, SoundWanted
from lanassist.node.services.base import (
    AnyCommand,
    Effect,
    Persist,
    Publish,
    Record,
    Refuse,
    Reply,
    Send,
    Tell,
)
from lanassist.node.services.facts import Fact
from lanassist.node.services.notices import Notify, Withdraw
from lanassist.node.services.session import Closed, Enter, Entered, Opened
from lanassist.node.trust.identity import Identity
from tests.support.entering import SIGNED

T = TypeVar("T")


class Player:
    """One node: its core, its board, what it keeps and what it has said."""

    def __init__(self, site: "Site", me: Identity, acw: float) -> None:
        self.site = site
        self.me = me
        self.board: dict[tuple[str, str], Any] = {}
        self.records: dict[tuple[type[Record], str], Record] = {}
        self.facts: dict[str, Fact] = {}
        self.notices: dict[str, str] = {}
        """What its desktop shows, by key."""
        self.notified = 0
        self.answers: dict[int, msgspec.Struct | LanassistError] = {}
        self.sound = SoundWanted("", "normal")
        self.media: set[str] = set()
        """Sessions whose sound may flow."""
        self.mixes = True
        """Whether the mixer answers."""
        self.mixed = SoundWanted("", "normal")
        """What the mixer does."""
        self.open: set[int] = set()
        """Commands of this run that have no answer yet."""
        self._acw = acw
        self._ticket = 0
        self.boot()

    def boot(self) -> None:
        """The core, from what it keeps; the board is empty again."""
        self.board.clear()
        self.media.clear()
        self.open.clear()
        self.core = AssistCore(self.me, self.site.new_id, list(self.records.values()), acw_seconds=self._acw)
        self.do(self.core.start(self.site.now))

    def do(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            match effect:
                case Enter(step):
                    self.do(self.core.observe(Entered(step, SIGNED), self.site.now))
                case Persist(put, drop):
                    self.records.update({(type(each), each.key): each for each in put})
                    for each in drop:
                        self.records.pop((type(each), each.key), None)
                case Send(to, message):
                    self.site.send(self.me.node, to, message)
                case Publish(topic, key, None):
                    self.board.pop((topic, key), None)
                case Publish(topic, key, value):
                    self.board[topic, key] = value
                case Tell(key, fact):
                    self.facts[key] = fact
                case Notify(key, summary, body):
                    self.notices[key] = f"{summary}: {body}" if body else summary
                    self.notified += 1
                case Withdraw(key):
                    del self.notices[key]
                case Reply(ticket, value):
                    self._answer(ticket, value)
                case Refuse(ticket, error):
                    self._answer(ticket, error)
                case Opened(session):
                    self.media.add(session.id)
                    if not session.asked:
                        self.site.queue.append((self, MediaHere(session)))
                case Closed(session):
                    self.media.discard(session.id)
                case SoundWanted():
                    self.sound = effect
                    if self.mixes and effect != self.mixed:
                        self._mix(effect)

    def _answer(self, ticket: int, answer: msgspec.Struct | LanassistError) -> None:
        assert ticket in self.open or ticket not in self.answers, "answered twice"
        self.open.discard(ticket)
        self.answers[ticket] = answer

    def _mix(self, wanted: SoundWanted) -> None:
        """A mode is told when it changes; a new call begins in *normal* without a word."""
        before = self.mixed.mode if self.mixed.call == wanted.call else "normal"
        self.mixed = wanted
        if wanted.mode != before:
            self.site.queue.append((self, MixerSaid(wanted.mode)))

    # --- what its user does --------------------------------------------------------------------------

    def give(self, command: AnyCommand) -> int:
        """The command's ticket; its answer may come later."""
        self._ticket += 1
        self.open.add(self._ticket)
        self.do(self.core.command(self._ticket, command, self.site.now))
        return self._ticket

    def ask(self, command: AnyCommand) -> Any:
        """The reply, once the network is quiet. Raises the refusal."""
        ticket = self.give(command)
        self.site.settle()
        answer = self.answers[ticket]
        if isinstance(answer, LanassistError):
            raise answer
        return answer

    def why_not(self, command: AnyCommand) -> LanassistError:
        """The refusal."""
        try:
            self.ask(command)
        except LanassistError as refusal:
            return refusal
        raise AssertionError(f"{command} was not refused")

    def observe(self, event: object) -> None:
        if isinstance(event, MixerSaid):
            self.mixed = SoundWanted(self.sound.call, event.mode)
        self.do(self.core.observe(event, self.site.now))
        self.site.settle()

    def seen(self, topic: str, key: str = "self") -> Any:
        return self.board.get((topic, key))


class Site:
    """Time, links, and everybody's core."""

    def __init__(self, *people: Identity, acw: float = 60.0) -> None:
        self.now = 1000.0
        self.queue: list[tuple[Player, object]] = []
        self._ids = 0
        self._links: set[frozenset[NodeId]] = set()
        self.players = {each.node: Player(self, each, acw) for each in people}
        for one in people:
            for other in people:
                if one.node < other.node:
                    self.link(one, other)

    def __getitem__(self, who: Identity) -> Player:
        return self.players[who.node]

    def new_id(self) -> str:
        self._ids += 1
        return f"id{self._ids}"

    # --- the network ---------------------------------------------------------------------------------

    def send(self, sender: NodeId, to: NodeId, message: Message) -> None:
        if frozenset((sender, to)) in self._links:
            self.queue.append((self.players[to], (sender, message)))

    def linked(self, one: Identity, other: Identity) -> bool:
        return frozenset((one.node, other.node)) in self._links

    def link(self, one: Identity, other: Identity) -> None:
        if self.linked(one, other):
            return
        self._links.add(frozenset((one.node, other.node)))
        for a, b in ((one, other), (other, one)):
            player = self[a]
            player.do(player.core.peer_up(b, self.now))
        self.settle()

    def cut(self, one: Identity, other: Identity) -> None:
        """What was under way is lost."""
        if not self.linked(one, other):
            return
        self._links.discard(frozenset((one.node, other.node)))
        both = {one.node, other.node}
        self.queue = [
            (player, what)
            for player, what in self.queue
            if not (isinstance(what, tuple) and {player.me.node, what[0]} == both)
        ]
        for a, b in ((one, other), (other, one)):
            player = self[a]
            player.do(player.core.peer_down(b.node, self.now))
        self.settle()

    def restart(self, who: Identity) -> None:
        """The node is killed and starts again from what it kept."""
        others = [each.me for each in self.players.values() if self.linked(who, each.me)]
        for other in others:
            self._links.discard(frozenset((who.node, other.node)))
        self.queue = [each for each in self.queue if each[0].me != who]
        for other in others:
            player = self[other]
            player.do(player.core.peer_down(who.node, self.now))
        self[who].boot()
        for other in others:
            self.link(who, other)
        self.settle()

    def step(self) -> bool:
        """Deliver the oldest; whether there was one."""
        if not self.queue:
            return False
        player, what = self.queue.pop(0)
        if isinstance(what, tuple):
            sender, message = what
            player.do(player.core.receive(self.players[sender].me, message, self.now))
        else:
            player.do(player.core.observe(what, self.now))
        return True

    def settle(self) -> None:
        """Until nothing is under way."""
        while self.step():
            pass

    # --- time ----------------------------------------------------------------------------------------

    def wait(self, seconds: float, *, renewing: Sequence[Identity] = ()) -> None:
        """Let time pass; the listeners of these supervisors renew each second."""
        from lanassist.node.services.assist.core import ListenerRenewed

        until = self.now + seconds
        tick = self.now + 1.0
        while self.now < until:
            times = [at for each in self.players.values() if (at := each.core.deadline()) is not None]
            self.now = min([until, tick, *(max(at, self.now) for at in times)])
            for player in self.players.values():
                at = player.core.deadline()
                if at is not None and at <= self.now:
                    player.do(player.core.on_deadline(self.now))
            if self.now >= tick:
                tick += 1.0
                for who in renewing:
                    for session in list(self[who].media):
                        self[who].do(self[who].core.observe(ListenerRenewed(session), self.now))  # type: ignore[arg-type]
            self.settle()
