"""Sites whose nodes break one rule on purpose. The simulation is worth something if it finds each of them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import (
    AppendAnswered,
    ControlAction,
    Granted,
    Holding,
    LogAsked,
    Message,
    NodeId,
    OfferWithdrawn,
    Reconciled,
    Released,
    Standing,
)
from lanassist.node.services.base import Effect, Persist, Send
from lanassist.node.services.conversations.agent import AgentSide
from lanassist.node.services.conversations.core import ConversationsCore
from lanassist.node.services.conversations.lease import Lease
from lanassist.node.services.conversations.overview import Overview
from lanassist.node.services.conversations.shelf import Held, Shelf
from lanassist.node.services.conversations.work import Work
from lanassist.node.services.desk.answers import Answers
from lanassist.node.services.desk.archive import Archive
from lanassist.node.services.desk.blocks import BlockList
from lanassist.node.services.desk.book import Book, Conversation
from lanassist.node.services.desk.core import DeskCore
from lanassist.node.services.desk.floor import Agent
from lanassist.node.services.desk.handover import Handover
from lanassist.node.services.desk.owners import Owners
from lanassist.node.services.desk.windows import Windows
from lanassist.node.services.facts import Intervention
from lanassist.node.services.presence.core import PresenceCore, Surroundings, Today
from lanassist.node.trust.identity import Identity
from tests.simulation.world import World


class _Unfenced(Handover):
    def acting(self, found: Conversation, peer: Identity, epoch: int) -> bool:
        return found.record.state == "open"


class NoFence(DeskCore):
    """Acts count without being the owner's."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._handover.__class__ = _Unfenced


class _Timeless(Handover):
    def acting(self, found: Conversation, peer: Identity, epoch: int) -> bool:
        return found.record.owner == peer.node


class NoEpoch(DeskCore):
    """Acts of the owner count, whatever epoch they were done under."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._handover.__class__ = _Timeless


class SendsFirst(DeskCore):
    """Tells before it commits."""

    def _outcome(self, now: float) -> Sequence[Effect]:
        effects = super()._outcome(now)
        return sorted(effects, key=lambda effect: isinstance(effect, Persist))


class _Forgetful(Conversation):
    def has(self, act: str, *, of_client: bool = False) -> bool:
        return False


class AppliesTwice(DeskCore):
    """An act that comes again is applied again."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        place = self._book._place

        def placed(found: Conversation) -> Conversation:
            found.__class__ = _Forgetful
            return place(found)

        for found in self._book:
            found.__class__ = _Forgetful
        self._book._place = placed  # type: ignore[method-assign]


class _SameEpoch(Book):
    def hand(self, found: Conversation, owner: NodeId, state: Any, now: float) -> None:
        super().hand(found, owner, state, now)
        self._change(found, epoch=found.record.epoch - 1)


class KeepsEpoch(DeskCore):
    """Another owner under the same epoch."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._book.__class__ = _SameEpoch


class _Trusting(Owners):
    def compare(self, agent: Agent, message: Holding, now: float) -> None:
        agent.reconciled = True
        agent.doubtful = False
        load = message.load
        self._decision.send(agent.identity.node, Reconciled(boot=load.boot, number=load.number))


class NeverCompares(DeskCore):
    """Takes it for granted that agents believe what they were told once."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._owners.__class__ = _Trusting


class _LastWord(BlockList):
    def learn(self, blocks: Any, now: float) -> Any:
        return [self._put(each) for each in super().learn(blocks, now) if each.number % 2]


class SkipsBlocks(DeskCore):
    """Does not keep every other word on a client."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._blocks.__class__ = _LastWord


class _Once(Handover):
    def route(self, now: float) -> None:
        if now < 3.0:
            super().route(now)


class NeverRoutesAgain(DeskCore):
    """Assigns clients as they come, and not when there is room later."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._handover.__class__ = _Once


class _Open(Answers):
    def _readable(self, peer: Identity, conversation: str, of: str = "") -> Conversation:
        return self._book.get(conversation) or super()._readable(peer, conversation, of)


class AnswersAnybody(DeskCore):
    """Lets an agent read what is not in its hands."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._answers.__class__ = _Open


class LeavesTraces(DeskCore):
    """Commits something when somebody reads."""

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        found = self._book.get(message.conversation) if isinstance(message, LogAsked) else None
        if found is not None:
            self._book._change(found)
        return super().receive(peer, message, now)


class _Unseen(Windows):
    def open(self, supervisor: NodeId, now: float) -> None:
        self._supervisors.add(supervisor)


class TellsOnlyChanges(DeskCore):
    """Does not tell a supervisor how things stand when the link comes up."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._windows.__class__ = _Unseen


class _Hasty(Archive):
    def forget(self, now: float) -> None:
        self._book.done.update((each.record.id, each) for each in self._book)
        super().forget(now)


class ForgetsWhatIsOpen(DeskCore):
    """Forgets by age alone."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._archive.__class__ = _Hasty


class _NoToken(Lease):
    def why_not_act(self, peer: Identity, message: ControlAction) -> LanassistError | None:
        return None


class IgnoresTokens(ConversationsCore):
    """Lets a supervisor act whose control is over."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._lease.__class__ = _NoToken


class SharesControl(ConversationsCore):
    """Gives control to two at once."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        for sessions in (self._lease._attendance, self._lease._attendance.pending):
            sessions._why_not = lambda peer, request: None
        self._lease._end_others = lambda opened: None  # type: ignore[method-assign]


class _AnyGrant(AgentSide):
    def _granted(self, desk: NodeId, message: Granted, now: float) -> str | None:
        self._shelf.own(desk, message, now)
        return super()._granted(desk, message, now)


class TakesOldGrants(ConversationsCore):
    """Takes a grant that has been overtaken."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._agent.__class__ = _AnyGrant


class _Careless(Shelf):
    def answered(self, held: Held, accepted: Any, refused: Any) -> None:
        super().answered(held, [*accepted, *refused], ())


class LosesRefused(ConversationsCore):
    """Takes every answer for a yes."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._shelf.__class__ = _Careless


class KeepsPlaces(ConversationsCore):
    """Does not hear that an offer was withdrawn, and never gives a place back by itself."""

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        if isinstance(message, OfferWithdrawn):
            return []
        for conversation, record in list(self._shelf.reservations.items()):
            self._shelf.reservations[conversation] = record.__class__(
                **{name: getattr(record, name) for name in record.__struct_fields__ if name != "since"},
                since=now,
            )
        return super().receive(peer, message, now)


class NeverLetsGo(ConversationsCore):
    """Goes on owning what was taken from it."""

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        return [] if isinstance(message, Released) else super().receive(peer, message, now)


class DeafToAnswers(ConversationsCore):
    """Never takes an act for answered."""

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        return [] if isinstance(message, AppendAnswered) else super().receive(peer, message, now)


class _Untidy(Shelf):
    def forget(self, before: float, rows: int) -> tuple[list[str], bool]:
        for held in self:
            held.refused.clear()
        return super().forget(before, rows)


class ForgetsUnsent(ConversationsCore):
    """Forgets a conversation although something in it was not sent."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._shelf.__class__ = _Untidy


class _ToldOnce(Work):
    def start(self, now: float) -> None:
        pass


class TellsCompletionsOnce(ConversationsCore):
    """Does not tell a completion again after a crash."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._work.__class__ = _ToldOnce


class _Stubborn(Overview):
    def standing(self, desk: NodeId, message: Standing, now: float) -> None:
        super().standing(desk, msgspec.structs.replace(message, conversations=()), now)


class HearsOnlyTheEnd(ConversationsCore):
    """Does not take in what a desk says that stands."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._supervisor.overview.__class__ = _Stubborn


class CountsAgain(PresenceCore):
    """Counts what it is told again."""

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        if isinstance(event, Intervention):
            event = msgspec.structs.replace(event, id=f"{event.id}+{now}")
        return super().observe(event, now)


class CountsUncommitted(PresenceCore):
    """Shows what it counts without committing it."""

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        return [each for each in super().observe(event, now) if not isinstance(each, Persist)]


class StaysAvailable(PresenceCore):
    """Goes on being there when nobody is at the desk."""

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        return [] if isinstance(event, Surroundings) else super().observe(event, now)


class ForgetsToTell(PresenceCore):
    """Never tells what had to wait a moment."""

    def on_deadline(self, now: float) -> Sequence[Effect]:
        return [each for each in super().on_deadline(now) if not isinstance(each, Send)]


class NoMidnight(PresenceCore):
    """Goes on with yesterday's figures."""

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        return [] if isinstance(event, Today) else super().observe(event, now)


DESKS: tuple[type[DeskCore], ...] = (
    NoFence,
    NoEpoch,
    SendsFirst,
    AppliesTwice,
    KeepsEpoch,
    NeverCompares,
    SkipsBlocks,
    NeverRoutesAgain,
    AnswersAnybody,
    LeavesTraces,
    TellsOnlyChanges,
    ForgetsWhatIsOpen,
)
OTHERS: tuple[type[ConversationsCore], ...] = (
    IgnoresTokens,
    SharesControl,
    TakesOldGrants,
    LosesRefused,
    KeepsPlaces,
    NeverLetsGo,
    DeafToAnswers,
    ForgetsUnsent,
    TellsCompletionsOnce,
    HearsOnlyTheEnd,
)
PRESENCES: tuple[type[PresenceCore], ...] = (
    CountsAgain,
    CountsUncommitted,
    StaysAvailable,
    ForgetsToTell,
    NoMidnight,
)


def world_with(core: type[DeskCore] | type[ConversationsCore] | type[PresenceCore]) -> type[World]:
    """A world in which the nodes run this core."""
    if issubclass(core, PresenceCore):
        name = "presence_core"
    else:
        name = "desk_core" if issubclass(core, DeskCore) else "conversations_core"
    return type(core.__name__, (World,), {name: core})
