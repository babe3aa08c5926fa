"""Control: one supervisor at a time acts as the agent, for as long as the lease holds."""

import msgspec

from lanassist.node.errors import LanassistError, PolicyOff, ReasonRequired
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Act, AppendAnswered, ControlAction, ControlAnswered
from lanassist.node.services.base import Leaving
from lanassist.node.services.command import Done
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.commands import (
    CONTROL,
    CONTROL_OFFER,
    CONTROLLER,
    ActUnderControl,
    Controller,
    ControlOffer,
    ControlRow,
    ControlStarted,
    Reclaim,
    ReleaseControl,
    RenewControl,
    TakeControl,
)
from lanassist.node.services.facts import PolicyInForce, Supervised, Wish, WishAnswered, Wishes
from lanassist.node.trust.grants import Grant
from lanassist.node.trust.policy import Policy
from tests.support.team import Member, Team


class Scene:
    """Dana with a client, Sam and Sue who may take control."""

    def __init__(self) -> None:
        self.team = Team()
        self.dana = self.team.agent("Dana")
        self.eve = self.team.client("Eve")
        self.sam = self.team.supervisor("Sam")
        self.sue = self.team.supervisor("Sue")

    def take(self, who: Member) -> str:
        answer = who.ask(TakeControl(agent="dana", reason="coaching"))
        assert isinstance(answer, ControlStarted), answer
        return answer.session

    def act(self, who: Member, session: str, **what: object) -> str:
        """The code of the refusal, or nothing."""
        wish = {"kind": "say", "text": "as Dana", **what}
        answer = who.ask(ActUnderControl(session=session, conversation=self.eve, **wish))  # type: ignore[arg-type]
        assert answer is not None
        return answer.code if isinstance(answer, LanassistError) else ""

    def holder(self) -> str:
        shown = self.dana.shown(CONTROLLER).get("self")
        return shown.name if isinstance(shown, Controller) else ""

    def end(self, who: Member, session: str) -> str:
        row = who.shown(CONTROL)[session]
        assert isinstance(row, ControlRow)
        return row.end.code if row.end else ""


def test_under_control_the_supervisor_speaks_as_the_agent_and_is_recorded_by_name() -> None:
    scene = Scene()
    session = scene.take(scene.sam)
    assert scene.holder() == "Sam"
    assert scene.act(scene.sam, session) == ""
    assert scene.team.reads("Eve", scene.eve) == ["I need help", "as Dana"]
    said = scene.dana.kept(EntryRecord)[-1]
    assert (said.name, said.actor, said.actor_name) == ("Dana", scene.sam.node, "Sam")


def test_only_one_at_a_time() -> None:
    scene = Scene()
    scene.take(scene.sam)
    refused = scene.sue.ask(TakeControl(agent="dana"))
    assert isinstance(refused, LanassistError)
    assert (refused.code, refused.text) == (
        "control-taken",
        "Dana's conversations are under the control of Sam.",
    )


def test_the_agent_takes_it_back() -> None:
    scene = Scene()
    session = scene.take(scene.sam)
    scene.dana.ask(Reclaim())
    assert scene.holder() == ""
    assert scene.end(scene.sam, session) == "reclaimed"
    assert scene.act(scene.sam, session) == "not-in-control"


def test_it_returns_by_itself_when_nobody_renews() -> None:
    scene = Scene()
    session = scene.take(scene.sam)
    for _ in range(4):
        scene.team.later(limits.LEASE_EVERY)
        assert scene.sam.ask(RenewControl(session=session)) == Done()
    assert scene.holder() == "Sam"
    scene.team.later(limits.LEASE + 0.1)
    assert scene.holder() == ""
    assert scene.end(scene.sam, session) == "lease"


def test_it_returns_by_itself_when_the_supervisor_is_gone() -> None:
    scene = Scene()
    scene.take(scene.sam)
    scene.team.leave(scene.sam)
    assert scene.holder() == ""
    assert scene.take(scene.sue)


def test_handed_back_it_is_free_for_the_next() -> None:
    scene = Scene()
    session = scene.take(scene.sam)
    assert scene.sam.ask(ReleaseControl(session=session)) == Done()
    assert scene.take(scene.sue)
    assert scene.act(scene.sam, session) == "not-in-control"


def test_an_action_with_an_old_token_is_refused_also_to_the_holder() -> None:
    scene = Scene()
    session = scene.take(scene.sam)
    for token, code in (("guess", "not-in-control"), ("", "not-in-control")):
        forged = ControlAction(
            session=session,
            service="conversations",
            token=token,
            conversation=scene.eve,
            id=f"forged{token}",
            act=Act(id="x", kind="say", text="boo"),
        )
        scene.dana.do(scene.dana.core.receive(scene.sam.identity, forged, scene.team.now))
        said = [message for _, message in scene.dana.sent if isinstance(message, ControlAnswered)][-1]
        assert said.code == code
    assert scene.team.reads("Eve", scene.eve) == ["I need help"]


def test_an_action_that_comes_twice_is_done_once() -> None:
    scene = Scene()
    session = scene.take(scene.sam)
    assert [scene.act(scene.sam, session, id="click") for _ in range(2)] == ["", ""]
    assert scene.team.reads("Eve", scene.eve) == ["I need help", "as Dana"]


def test_an_action_that_comes_again_before_the_log_has_it_is_done_once() -> None:
    scene = Scene()
    session = scene.take(scene.sam)
    scene.team.desk.peers.clear()  # it hears nothing
    scene.act(scene.sam, session, id="click")
    answer = AppendAnswered(conversation=scene.eve, accepted=("click",))
    scene.dana.do(scene.dana.core.receive(scene.team.desk.identity, answer, scene.team.now))
    action = next(message for _, message in scene.sam.sent if isinstance(message, ControlAction))
    scene.dana.sent.clear()
    scene.dana.do(scene.dana.core.receive(scene.sam.identity, action, scene.team.now))
    assert [type(message) for _, message in scene.dana.sent] == [ControlAnswered]


def test_the_same_supervisor_from_another_page_goes_on_there() -> None:
    scene = Scene()
    first = scene.take(scene.sam)
    second = scene.take(scene.sam)
    assert scene.end(scene.sam, first) == "taken-again"
    assert scene.act(scene.sam, second) == ""


def test_under_control_a_conversation_is_moved_and_completed_as_the_agent_would() -> None:
    scene = Scene()
    dave = scene.team.agent("Dave")
    session = scene.take(scene.sam)
    assert scene.act(scene.sam, session, kind="move", to="dave") == ""
    assert dave.holds() == [scene.eve]
    joined = dave.kept(EntryRecord)[-1]
    assert (joined.kind, joined.actor_name) == ("joined", "Sam")
    assert scene.act(scene.sam, session, kind="complete") == "conversation-moved"


def test_without_the_grant_there_is_no_control() -> None:
    scene = Scene()
    una = scene.team.supervisor("Una", grants=(Grant.OBSERVE,))
    refused = una.ask(TakeControl(agent="dana"))
    assert isinstance(refused, LanassistError)
    assert refused.code == "missing-grant"


def test_an_agent_that_is_offline_cannot_be_controlled() -> None:
    scene = Scene()
    scene.team.leave(scene.dana)
    refused = scene.sam.ask(TakeControl(agent="dana"))
    assert isinstance(refused, LanassistError)
    assert refused.code == "agent-offline"


def test_a_node_that_shuts_down_says_so() -> None:
    scene = Scene()
    session = scene.take(scene.sam)
    scene.dana.observe(Leaving())
    assert scene.end(scene.sam, session) == "shutdown"


# --- policy and the agent's own say ------------------------------------------------------------------


def ruled(scene: Scene, **policy: object) -> Scene:
    """The same policy everywhere."""
    for each in (scene.dana, scene.sam, scene.sue):
        each.observe(PolicyInForce(policy=Policy(**policy)))  # type: ignore[arg-type]
    return scene


def wish_of(scene: Scene) -> Wish:
    told = [fact for fact in scene.dana.facts if isinstance(fact, Wishes)]
    (wish,) = told[-1].wishes
    return wish


def answer(scene: Scene, wish: Wish, *, allowed: bool) -> None:
    other = WishAnswered(kind="glance", session=wish.session, supervisor=wish.supervisor, allowed=True)
    scene.dana.observe(other)  # the answer to another question of that name
    scene.dana.observe(msgspec.structs.replace(other, kind="control", allowed=allowed))


def test_policy_may_not_allow_it_and_says_so_before_the_click() -> None:
    scene = Scene()
    session = scene.take(scene.sam)
    ruled(scene, control="off")
    assert scene.end(scene.sam, session) == "policy"
    assert scene.holder() == ""
    offer = scene.sam.shown(CONTROL_OFFER)["self"]
    assert isinstance(offer, ControlOffer)
    assert offer.refusal is not None
    assert "does not allow taking control" in offer.refusal.text
    assert isinstance(scene.sam.ask(TakeControl(agent="dana", reason="coaching")), PolicyOff)


def test_a_reason_may_be_required() -> None:
    scene = ruled(Scene(), reason_required=True)
    assert isinstance(scene.sam.ask(TakeControl(agent="dana")), ReasonRequired)
    assert scene.take(scene.sam)


def test_what_the_supervisors_node_does_not_know_yet_the_agents_node_refuses() -> None:
    scene = Scene()
    scene.dana.observe(PolicyInForce(policy=Policy(control="off")))
    refused = scene.sam.ask(TakeControl(agent="dana", reason="coaching"))
    assert isinstance(refused, PolicyOff)


def test_the_agent_is_asked_first() -> None:
    scene = ruled(Scene(), control="ask")
    assert scene.sam.ask(TakeControl(agent="dana", reason="coaching")) is None
    (row,) = scene.sam.shown(CONTROL).values()
    assert isinstance(row, ControlRow)
    assert row.state == "asked"
    wish = wish_of(scene)
    assert (wish.name, wish.kind, wish.reason) == ("Sam", "control", "coaching")
    assert scene.holder() == ""
    answer(scene, wish, allowed=True)
    assert scene.holder() == "Sam"
    assert scene.act(scene.sam, row.session) == ""


def test_the_agent_says_no_and_the_supervisor_may_give_up_waiting() -> None:
    scene = ruled(Scene(), control="ask")
    scene.sam.ask(TakeControl(agent="dana", reason="coaching"))
    wish = wish_of(scene)
    answer(scene, wish, allowed=False)
    assert scene.end(scene.sam, wish.session) == "agent-declined"
    scene.sam.ask(TakeControl(agent="dana", reason="coaching"))
    assert scene.sam.ask(ReleaseControl(session=wish_of(scene).session)) == Done()
    assert [fact.wishes for fact in scene.dana.facts if isinstance(fact, Wishes)][-1] == ()


def test_consent_hears_who_controls_and_who_does_no_more() -> None:
    scene = Scene()
    session = scene.take(scene.sam)
    scene.sam.ask(ReleaseControl(session=session))
    told = [fact for fact in scene.dana.facts if isinstance(fact, Supervised)]
    assert [(each.name, each.kind, each.end) for each in told] == [
        ("Sam", "control", ""),
        ("Sam", "control", "stopped by the supervisor"),
    ]
