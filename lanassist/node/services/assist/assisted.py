"""The agent's half of assist: who is in this agent's call, and what the mixer is to do and does. Pure."""

from collections.abc import Callable

from lanassist.node.errors import BadInput, LanassistError
from lanassist.node.protocol.messages import (
    AssistMode,
    AssistRequest,
    AssistTold,
    CallEndAsked,
    CallTold,
    Message,
    NodeId,
    Request,
    SessionId,
)
from lanassist.node.services.assist.assistants import Assistants
from lanassist.node.services.assist.calls import Calls
from lanassist.node.services.assist.modes import SERVICE, STATES, Mixed, mode_of, over
from lanassist.node.services.assist.own_help import OwnHelp
from lanassist.node.services.assist.rules import why_not
from lanassist.node.services.base import Effect
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import WishAnswered
from lanassist.node.services.permission import Permission
from lanassist.node.services.session import (
    Altered,
    Attendance,
    Closed,
    Ending,
    Opened,
    Outcome,
    Session,
    ending,
)
from lanassist.node.services.telling import Telling
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy


class HangUp(Effect, frozen=True):
    """A supervisor has ended the call that was taken over: the softphone is to hang up."""

    call: str


class _AssistPermission(Permission):
    """Whoever asks for help is not asked whether it may come."""

    def __init__(self, agent: str, own_help: OwnHelp) -> None:
        super().__init__("assist", agent)
        self._help = own_help

    @property
    def asks(self) -> bool:
        return super().asks and not self._help.asked


class Assisted:
    """At most one supervisor is in the call. What is shown is what the mixer has said that it does."""

    def __init__(
        self,
        me: Identity,
        decision: Decision,
        new_nonce: Callable[[], str],
        stance: Callable[[], CallTold],
        calls: Calls,
        own_help: OwnHelp,
    ) -> None:
        """``stance``: all that decides whether somebody may assist, as it is."""
        self._me = me
        self._decision = decision
        self._stance = stance
        self._calls = calls
        self._help = own_help
        self._in_force: Mixed = "normal"
        self._assistants = Assistants(decision)
        self._sounds: SessionId | None = None
        """The session whose channel is there."""
        self.wanted: Mixed = "normal"
        """What the mixer is to do."""
        self._permission = _AssistPermission(me.name, own_help)
        self.attendance = Attendance(SERVICE, self._why_not, new_nonce, self._permission)
        self._telling = Telling("assist", self.attendance)

    @property
    def holder(self) -> Session | None:
        """Who assists; of two sessions of the same supervisor's the newer one."""
        return next(reversed(self.attendance.sessions.values()), None)

    def _why_not(self, peer: Identity, request: Request | None) -> LanassistError | None:
        if missing := self._me.why_not_role(Role.AGENT):
            return missing
        if request is not None and not isinstance(request, AssistRequest):
            return BadInput(what="The request", why="it is not about a call")
        return why_not(self._me.name, self._stance(), peer, request.mode if request else "listen")

    # --- what supervisors say ------------------------------------------------------------------------

    def receive(self, peer: Identity, message: Message, now: float) -> None:
        """Grants, policy and the call itself are checked on every message that asks for something."""
        if isinstance(message, CallEndAsked):
            self._end_call(peer, SessionId(message.session), now)
        else:
            self.told(self.attendance.receive(peer, message, now), now)

    def _end_call(self, peer: Identity, name: SessionId, now: float) -> None:
        session = self.attendance.sessions.get((peer.node, name))
        if session is None or self._in_force != "takeover":
            return  # whoever asks hears of the call, or of the session's end
        if refusal := self._why_not(peer, AssistRequest(mode="takeover")):
            self.told(self.attendance.end(session, Ending.of(refusal)), now)
            return
        self._decision.add(HangUp(self._calls.line))
        self._calls.over(now)
        self.told(self.attendance.end(session, over("taken-call-ended")), now)

    def peer_down(self, peer: NodeId, now: float) -> None:
        self.told(self.attendance.peer_down(peer), now)

    def end_all(self, why: Ending, now: float) -> None:
        self.told(self.attendance.end_all(why), now)

    def rule(self, policy: Policy, now: float) -> None:
        """Another policy: what it does not allow ends now."""
        if self._permission.rule(policy) is not None:
            self.end_all(ending("policy"), now)

    def answered(self, answer: WishAnswered, now: float) -> None:
        """The agent was asked, and has said yes or no."""
        outcome = self.attendance.answered(answer.supervisor, answer.session, answer.allowed, now)
        self.told(outcome, now)

    def settle(self, now: float) -> None:
        """End an assist against which something stands by now: the call is over, listen-in was taken back."""
        session = self.holder
        if session is None:
            return
        if not self._calls.line:
            self.end_all(over("call-ended"), now)
        elif refusal := self._why_not(session.peer, None):
            self.end_all(Ending.of(refusal), now)

    # --- what the mixer says -------------------------------------------------------------------------

    def in_force(self, mode: Mixed, why: str, now: float) -> None:
        """The mixer does this from now on; ``why`` as ModeChanged has it."""
        before, self._in_force = self._in_force, mode
        session = self.holder
        if session is None or why == "ended":  # that was the call before
            return
        if mode == "takeover":
            self._calls.taken(session.peer.name, now)
        elif before == "takeover":
            self._calls.given_back(now)
        if mode == "normal":  # it began anew: what is safe is to listen
            self.wanted = "listen"
            return
        if why == "silent":
            self.wanted = mode
        self._say(session, mode, now, why="silent" if why == "silent" else "")

    def _say(self, session: Session, mode: AssistMode, now: float, why: str = "") -> None:
        """Tell the supervisor, and show the agent, what the mixer does."""
        told = AssistTold(session=session.id, service=SERVICE, mode=mode, why=why)
        self._decision.send(session.peer.node, told)
        self._assistants.show(session, STATES[mode], now)

    def failed(self, text: str, now: float) -> None:
        """Sound does not work on this machine; the call goes on without us."""
        self.end_all(Ending("sound", text), now)

    def voice_missing(self, now: float) -> None:
        """The call was taken over and the customer hears nobody: the agent has it again."""
        if self.holder is not None and self.wanted == "takeover":
            self.wanted = "listen"

    # --- what becomes of it --------------------------------------------------------------------------

    def told(self, outcome: Outcome, now: float) -> None:
        """Carry an outcome of the sessions on, with what follows from it here."""
        for effect in outcome:
            match effect:
                case Opened(session):
                    self._end_others(session, now)
                    self._decision.add(effect)
                    self._assistants.show(session, "ringing", now)
                    self._help.assisted(session.peer, now)
                case Altered(session):
                    if session.id == self._sounds:
                        self.wanted = mode_of(session)
                    self._decision.add(effect)
                case Closed(session, why):
                    self._decision.add(effect)
                    self._over(session, why, now)
                case _:
                    self._decision.add(effect)
        self._decision.add(*self._telling.of(outcome))

    def begins(self, session: Session, now: float) -> None:
        """The channel is there: its sound may begin."""
        found = self.attendance.sessions.get((session.peer.node, session.id))
        if found is None:
            return
        self._sounds = found.id
        self.wanted = mode_of(found)
        if self._in_force == self.wanted:  # the mixer has nothing new to say then
            self._say(found, self.wanted, now)

    def _end_others(self, opened: Session, now: float) -> None:
        """The same supervisor from another page: the newer one counts."""
        older = [each for each in self.attendance.sessions.values() if each.id != opened.id]
        for session in older:
            self.told(self.attendance.end(session, over("assisted-again")), now)

    def _over(self, session: Session, why: Ending, now: float) -> None:
        if self._assistants.over(session, why, now):
            self._help.assist_ended(session.peer, why.code, now)
        if self.holder is None:
            self.wanted = "normal"
            self._calls.given_back(now)
