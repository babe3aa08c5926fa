"""All that an agent's node does about calls, help and those who assist; told to whoever may know. Pure."""

from collections.abc import Callable, Sequence

import msgspec

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import CallTold, HelpAction, Message, NodeId, SessionMessage
from lanassist.node.services.assist.assisted import Assisted
from lanassist.node.services.assist.calls import Calls
from lanassist.node.services.assist.commands import (
    OWN_CALL,
    AskedHelp,
    BeginCall,
    BegunCall,
    CancelHelp,
    EndAcw,
    EndCall,
    HoldCall,
    OwnCalls,
    RequestHelp,
    ResumeCall,
    SetListenIn,
    ShowCalls,
    ShowListenIn,
)
from lanassist.node.services.assist.listen_in import OwnListenIn
from lanassist.node.services.assist.modes import Mixed
from lanassist.node.services.assist.own_help import OwnHelp
from lanassist.node.services.base import AnyCommand, Done, Effect, Record, Ticket
from lanassist.node.services.call import Call
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import Availability
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy

ON_BREAK = "on break"
"""How presence begins the words for a break."""


class SoundWanted(Effect, frozen=True):
    """What this machine's mixer is to do from now on: for which call (empty: none), and in which mode."""

    call: str
    mode: Mixed


class AgentSide:
    """``settle`` after each change says what follows from it."""

    def __init__(
        self,
        me: Identity,
        new_id: Callable[[], str],
        records: Sequence[Record],
        decision: Decision,
        *,
        acw_seconds: float,
        sound_error: str = "",
    ) -> None:
        self._decision = decision
        self._now = 0.0
        self._on_break = ""
        self._sound_error = sound_error
        self._watchers: set[NodeId] = set()
        self._published: Call | None = None
        self._told: tuple[Call | None, CallTold] | None = None
        self._sound = SoundWanted("", "normal")
        self.calls = Calls(records, decision, new_id, acw_seconds)
        self.help = OwnHelp(me, records, decision, new_id)
        self.listen_in = OwnListenIn(records, decision)
        self.assisted = Assisted(me, decision, new_id, self._stance, self.calls, self.help)

    def start(self, now: float) -> None:
        self._now = now
        self.calls.start(now)
        self.help.start()

    # --- what happens --------------------------------------------------------------------------------

    def available(self, event: Availability) -> None:
        """The agent's status has changed."""
        self._on_break = event.why if event.why.startswith(ON_BREAK) else ""

    def rule(self, policy: Policy, now: float) -> None:
        """The site's policy has changed."""
        self.listen_in.policy = policy
        self.assisted.rule(policy, now)

    def sounds(self, failure: str, now: float) -> None:
        """Why this machine has no sound of calls; empty: it has."""
        self._sound_error = failure
        if failure:
            self.assisted.failed(failure, now)

    def peer_up(self, peer: Identity, now: float) -> None:
        self.help.peer_up(peer, now)
        if Role.SUPERVISOR in peer.roles and peer.grants & {Grant.OBSERVE, Grant.LISTEN}:
            self._watchers.add(peer.node)
            self._now = now
            self._decision.send(peer.node, self._stance())

    def peer_down(self, peer: NodeId, now: float) -> None:
        self._watchers.discard(peer)
        self.assisted.peer_down(peer, now)
        self.help.peer_down(peer, now)

    def receive(self, peer: Identity, message: Message, now: float) -> None:
        self._now = now
        match message:
            case HelpAction():
                self.help.receive(peer, message, now)
            case SessionMessage():
                self.assisted.receive(peer, message, now)

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> None:
        """Raises the LanassistError that refuses it."""
        calls = self.calls
        match command:
            case BeginCall():
                begun = BegunCall(call=calls.begin(command, now), sound_error=self._sound_error)
                self._decision.reply(ticket, begun)
                return
            case ShowCalls():
                self._decision.reply(ticket, OwnCalls(now=now, call=calls.call, past=calls.past.list()))
                return
            case ShowListenIn():
                self._decision.reply(ticket, self.listen_in.shown(calls.line))
                return
            case RequestHelp():
                name, supervisors = self.help.request(command.reason, now)
                self._decision.reply(ticket, AskedHelp(id=name, supervisors=supervisors))
                return
            case CancelHelp():
                self.help.cancel(now)
            case HoldCall():
                calls.hold(now)
            case ResumeCall():
                calls.resume(now)
            case EndCall():
                calls.end(command, now)
            case EndAcw():
                calls.end_acw(now)
            case SetListenIn():
                self.listen_in.set(command, calls.line)
        self._decision.reply(ticket, Done())

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        times = (self.calls.deadline(), self.assisted.attendance.deadline())
        return min([each for each in times if each is not None], default=None)

    def on_deadline(self, now: float) -> None:
        self.calls.on_deadline(now)
        self.assisted.told(self.assisted.attendance.on_deadline(now), now)

    # --- what follows --------------------------------------------------------------------------------

    def _stance(self) -> CallTold:
        """All that decides whether somebody may assist."""
        call, line, policy = self.calls.call, self.calls.line, self.listen_in.policy
        holder = self.assisted.holder
        return CallTold(
            call=None if call is None else call.told(self._now),
            on_break=self._on_break,
            listen_in=self.listen_in.lets(line),
            listen_in_all=self.listen_in.all_calls,
            asks_for_help=self.help.asked,
            required=policy.listen_in_required,
            consent=policy.assist,
            sound_error=self._sound_error[: limits.REASON_LENGTH],
            holder=holder.peer.node if holder else "",
            holder_name=holder.peer.name if holder else "",
        )

    def settle(self, now: float) -> None:
        """The mixer first, then siblings, this agent's page, and supervisors."""
        self._now = now
        self.assisted.settle(now)
        wanted = SoundWanted(self.calls.line, self.assisted.wanted if self.calls.line else "normal")
        if wanted != self._sound:
            self._sound = wanted
            self._decision.add(wanted)
        self.calls.tell()
        call = self.calls.call
        if call != self._published:
            self._published = call
            self._decision.publish(OWN_CALL, "self", call)
        self.listen_in.publish(self.calls.line)
        self.help.publish()
        self._tell()

    def _tell(self) -> None:
        told = self._stance()
        state = (self.calls.call, msgspec.structs.replace(told, call=None))
        if state != self._told:
            self._told = state
            for supervisor in sorted(self._watchers):
                self._decision.send(supervisor, told)
