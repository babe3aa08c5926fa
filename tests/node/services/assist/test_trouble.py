"""Calls, assists and help requests on a network that cuts, with nodes that die: a hypothesis machine.

At every moment: at most one supervisor is in a call; nobody is in a call that is not on; a voice leaves a
supervisor's node only for a mode that was asked for. Once the network has healed and time has passed, both
ends agree, and the customer is with the agent or with a supervisor who is there.
"""

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lanassist.node.services.assist.commands import (
    ASSISTANTS,
    OFFERS,
    OWN_HELP,
    REQUESTS,
    SESSIONS,
    AcceptHelp,
    BeginCall,
    CancelHelp,
    CloseAssist,
    DismissHelp,
    EndAcw,
    EndCall,
    EndTakenCall,
    FinishHelp,
    HoldCall,
    ReleaseAssist,
    RequestHelp,
    ResumeCall,
    SetListenIn,
    StartAssist,
    TakeOver,
    TalkAssist,
)
from lanassist.node.services.assist.core import MixerSaid
from lanassist.node.services.base import AnyCommand
from lanassist.node.services.facts import PolicyInForce
from lanassist.node.trust.policy import Policy
from tests.node.services.assist.playing import Site
from tests.support.people import agent, supervisor

DANA, SAM, EVE = agent("Dana"), supervisor("Sam"), supervisor("Eve")
AGENTS_COMMANDS: tuple[AnyCommand, ...] = (
    BeginCall(direction="inbound", routed=True),
    BeginCall(direction="outbound"),
    HoldCall(),
    ResumeCall(),
    EndCall(),
    EndAcw(),
    RequestHelp(reason="please"),
    CancelHelp(),
    SetListenIn(on=True),
    SetListenIn(on=False),
)
SUPERVISORS_COMMANDS: tuple[AnyCommand, ...] = (
    StartAssist(agent="dana"),
    TalkAssist(agent="dana"),
    ReleaseAssist(agent="dana"),
    TakeOver(agent="dana"),
    EndTakenCall(agent="dana"),
    CloseAssist(agent="dana"),
    AcceptHelp(agent="dana"),
    FinishHelp(agent="dana"),
    DismissHelp(agent="dana"),
)
supervisors = st.sampled_from([SAM, EVE])


class Trouble(RuleBasedStateMachine):
    """One agent, two supervisors."""

    @initialize()
    def begin(self) -> None:
        self.site = Site(DANA, SAM, EVE)
        self.dana = self.site[DANA]
        self.dana.ask(BeginCall(direction="inbound", routed=True))

    # --- what people do ------------------------------------------------------------------------------

    @rule(command=st.sampled_from(AGENTS_COMMANDS))
    def agent_does(self, command: AnyCommand) -> None:
        self.dana.give(command)

    @rule(who=supervisors, command=st.sampled_from(SUPERVISORS_COMMANDS), at_once=st.booleans())
    def supervisor_does(self, who: object, command: AnyCommand, at_once: bool) -> None:
        self.site[who].give(command)  # type: ignore[index]
        if at_once:
            self.site.settle()

    @rule(who=supervisors, mode=st.sampled_from([TalkAssist, TakeOver]), helped=st.booleans())
    def supervisor_is_in_the_call(self, who: object, mode: type[AnyCommand], helped: bool) -> None:
        """A story that goes well, so that trouble has something to come into."""
        if self.dana.seen("call.own") is None:
            self.dana.give(BeginCall(direction="inbound", routed=True))
        if helped:
            self.dana.give(RequestHelp())
        self.site.settle()
        for command in (StartAssist(agent="dana"), mode(agent="dana")):
            self.site[who].give(command)  # type: ignore[index]
            self.site.settle()

    @rule(required=st.booleans(), consent=st.sampled_from(["notify", "off"]))
    def admin_rules(self, required: bool, consent: str) -> None:
        policy = Policy(listen_in_required=required, assist=consent)  # type: ignore[arg-type]
        self.dana.do(self.dana.core.observe(PolicyInForce(policy=policy), self.site.now))

    # --- what the world does -------------------------------------------------------------------------

    @rule(messages=st.integers(1, 6))
    def network_delivers(self, messages: int) -> None:
        for _ in range(messages):
            self.site.step()

    @rule(who=supervisors)
    def link_is_cut(self, who: object) -> None:
        self.site.cut(DANA, who)  # type: ignore[arg-type]

    @rule(who=supervisors)
    def link_comes_up(self, who: object) -> None:
        self.site.link(DANA, who)  # type: ignore[arg-type]

    @rule(who=st.sampled_from([DANA, SAM, EVE]))
    def node_dies_and_starts(self, who: object) -> None:
        self.site.restart(who)  # type: ignore[arg-type]

    @rule(seconds=st.sampled_from([0.5, 2.0, 4.0, 70.0]), renewing=st.booleans())
    def time_passes(self, seconds: float, renewing: bool) -> None:
        self.site.wait(seconds, renewing=[SAM, EVE] if renewing else [])

    @rule(mode=st.sampled_from(["listen", "normal"]))
    def mixer_falls_back(self, mode: str) -> None:
        if self.dana.mixed.mode not in ("normal", mode):
            self.dana.observe(MixerSaid(mode, "silent" if mode == "listen" else "restarted"))  # type: ignore[arg-type]

    # --- what holds ----------------------------------------------------------------------------------

    @invariant()
    def at_most_one_is_in_the_call(self) -> None:
        if not hasattr(self, "site"):
            return
        assert len(self.dana.media) <= 1
        if self.dana.media:
            assert self.dana.sound.call, "nobody is in a call that is not on"
        else:
            assert self.dana.sound.mode == "normal"

    @invariant()
    def what_a_page_shows_of_an_end_is_true(self) -> None:
        if not hasattr(self, "site"):
            return
        for player in (self.site[SAM], self.site[EVE]):
            for (topic, key), row in player.board.items():
                if topic == SESSIONS and row.state == "ended":
                    assert key not in player.media

    def teardown(self) -> None:
        if not hasattr(self, "site"):
            return
        site, dana = self.site, self.dana
        for who in (SAM, EVE):
            site.link(DANA, who)
        site.settle()
        site.wait(5)  # nobody renews: every assist is over
        assert not dana.media
        assert dana.sound.mode == "normal"
        assert dana.core.deadline() is None or dana.seen("call.own") is not None
        call = dana.seen("call.own")
        assert call is None or not call.taken_by, "the customer is the agent's again"
        assert all(row.state == "ended" for (topic, _), row in dana.board.items() if topic == ASSISTANTS)
        asked = dana.seen(OWN_HELP)
        for who in (SAM, EVE):
            player = site[who]
            row = player.seen(REQUESTS, DANA.node)
            assert (row.state if row else "none") == asked.state
            offer = player.seen(OFFERS, DANA.node)
            assert offer.holder is None
            assert (offer.call and offer.call.id) == (call and call.id)
            assert not player.open, "every command is answered"


TestTrouble = Trouble.TestCase
TestTrouble.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
