"""A supervisor in an agent's call: what is offered, what is refused, and how it goes on and ends."""

import msgspec
import pytest

from lanassist.node.protocol.messages import (
    AssistRequest,
    AssistTold,
    CallEndAsked,
    ControlRequest,
    SessionChanged,
    SessionDeclined,
    SessionIntent,
    SessionRefused,
)
from lanassist.node.services.assist.commands import (
    ASSISTANTS,
    OFFERS,
    OWN_CALL,
    SESSIONS,
    Assistant,
    AssistOffer,
    AssistSession,
    BeginCall,
    CloseAssist,
    EndCall,
    EndTakenCall,
    ListCalls,
    ReleaseAssist,
    SetListenIn,
    ShowListenIn,
    StartAssist,
    TakeOver,
    TalkAssist,
)
from lanassist.node.services.assist.core import (
    ListenerLeft,
    MixerSaid,
    SoundFailed,
    SoundWanted,
    VoiceMissing,
)
from lanassist.node.services.base import Leaving, PeerBarred
from lanassist.node.services.facts import Availability, PolicyInForce
from lanassist.node.trust.grants import Grant
from lanassist.node.trust.policy import Policy
from tests.node.services.assist.playing import Player, Site
from tests.support.people import agent, supervisor

DANA, SAM, EVE = agent("Dana"), supervisor("Sam"), supervisor("Eve")
INBOUND = BeginCall(direction="inbound", routed=True, number="12", id="c1")


def called() -> tuple[Site, Player, Player]:
    """Dana has an inbound routed call; Sam looks on."""
    site = Site(DANA, SAM, EVE)
    site[DANA].ask(INBOUND)
    return site, site[DANA], site[SAM]


def assisting(site: Site) -> AssistSession:
    started = site[SAM].ask(StartAssist(agent="dana", reason="coaching"))
    row = site[SAM].seen(SESSIONS, started.session)
    assert isinstance(row, AssistSession)
    return row


def offer(player: Player) -> AssistOffer:
    found = player.seen(OFFERS, DANA.node)
    assert isinstance(found, AssistOffer)
    return found


def row(player: Player, session: AssistSession) -> AssistSession:
    found = player.seen(SESSIONS, session.session)
    assert isinstance(found, AssistSession)
    return found


def badge(player: Player, session: AssistSession) -> Assistant:
    found = player.seen(ASSISTANTS, session.session)
    assert isinstance(found, Assistant)
    return found


# --- before the click --------------------------------------------------------------------------------


def test_what_is_offered_says_what_a_start_would_say() -> None:
    site = Site(DANA, SAM)
    dana, sam = site[DANA], site[SAM]

    def refused(code: str, exit_code: int) -> None:
        said = sam.why_not(StartAssist(agent="dana"))
        shown = offer(sam).listen
        assert shown is not None
        assert (shown.code, shown.text) == (said.code, said.text)
        assert (said.code, said.exit_code) == (code, exit_code)

    refused("no-routed-call", 7)
    dana.observe(Availability(available=False, why="on break: lunch"))
    refused("agent-absent", 5)
    dana.observe(Availability())
    dana.ask(BeginCall(direction="outbound", routed=True, id="1"))
    refused("outbound-call", 7)
    dana.ask(EndCall())
    dana.ask(BeginCall(direction="inbound", id="2"))
    refused("no-routed-call", 7)
    dana.ask(EndCall())
    refused("no-routed-call", 7)
    dana.ask(INBOUND)
    assert offer(sam).listen is None
    dana.observe(PolicyInForce(policy=Policy(assist="off")))
    refused("policy-off", 8)
    dana.observe(PolicyInForce(policy=Policy(listen_in_required=True)))
    refused("listen-in-required", 8)
    dana.observe(PolicyInForce(policy=Policy()))
    dana.observe(SoundFailed("There is no sound server."))
    refused("sound", 10)
    dana.observe(SoundFailed(""))
    site.cut(DANA, SAM)
    refused("agent-offline", 4)


def test_an_agent_who_takes_a_break_after_this_call_can_be_assisted_in_it() -> None:
    _site, dana, sam = called()
    dana.observe(Availability(available=False, why="on break: lunch"))
    assert offer(sam).listen is None


@pytest.mark.parametrize(
    ("grants", "listen", "talk", "takeover"),
    [
        ({Grant.OBSERVE}, "missing-grant", "missing-grant", "missing-grant"),
        ({Grant.LISTEN}, "", "missing-grant", "missing-grant"),
        ({Grant.LISTEN, Grant.TALK}, "", "", "missing-grant"),
        ({Grant.LISTEN, Grant.TAKEOVER}, "", "missing-grant", ""),
    ],
)
def test_each_thing_needs_its_own_grant(grants: set[Grant], listen: str, talk: str, takeover: str) -> None:
    sam = supervisor("Sam", grants=grants)
    site = Site(DANA, sam)
    site[DANA].ask(INBOUND)
    shown = offer(site[sam])
    codes = tuple(each.code if each else "" for each in (shown.listen, shown.talk, shown.takeover))
    assert codes == (listen, talk, takeover)


def test_a_second_supervisor_sees_who_assists() -> None:
    site, _dana, sam = called()
    assisting(site)
    eve = site[EVE]
    assert offer(eve).holder_name == "Sam"
    refusal = eve.why_not(StartAssist(agent="dana"))
    assert (refusal.text, refusal.code) == ("Dana is being assisted by Sam.", "being-assisted")
    assert offer(sam).listen is None


def test_the_list_has_every_call_and_what_is_possible() -> None:
    site, _dana, sam = called()
    session = assisting(site)
    listed = sam.ask(ListCalls())
    (found,) = listed.offers
    assert (found.call.number, found.call.state, found.listen) == ("12", "talking", None)
    assert [each.session for each in listed.sessions] == [session.session]


# --- a session ---------------------------------------------------------------------------------------


def test_from_ringing_over_listening_and_talking_to_closed() -> None:
    site, dana, sam = called()
    dana.mixes = False
    session = assisting(site)
    assert (session.state, badge(dana, session).state) == ("ringing", "ringing")
    assert badge(dana, session).reason == "coaching"
    assert dana.sound == SoundWanted("c1", "listen")
    dana.observe(MixerSaid("listen"))
    assert (row(sam, session).state, badge(dana, session).state) == ("listening", "listening")
    dana.mixes = True
    sam.ask(TalkAssist(session=session.session))
    assert (row(sam, session).state, badge(dana, session).state) == ("talking", "talking")
    assert dana.sound.mode == "talk"
    sam.ask(ReleaseAssist(agent="dana"))
    assert row(sam, session).state == "listening"
    sam.ask(CloseAssist(agent="dana"))
    assert row(sam, session).state == badge(dana, session).state == "ended"
    assert dana.sound == SoundWanted("c1", "normal")
    assert dana.seen(OWN_CALL).state == "talking"
    assert not dana.media
    assert not sam.media


def test_the_voice_leaves_the_supervisors_node_only_to_be_heard() -> None:
    site, _dana, sam = called()
    session = assisting(site)
    speaks = [sam.core.assisting.lets_speak(session.session)]
    for command in (TalkAssist, ReleaseAssist, TakeOver):
        sam.ask(command(session=session.session))
        speaks.append(sam.core.assisting.lets_speak(session.session))
    assert speaks == [False, True, False, True]


def test_a_voice_that_stops_coming_is_listening_again_until_the_key_is_pressed_anew() -> None:
    site, dana, sam = called()
    session = assisting(site)
    sam.ask(TalkAssist(session=session.session))
    dana.observe(MixerSaid("listen", "silent"))
    assert (row(sam, session).state, row(sam, session).fell_back) == ("listening", True)
    assert not sam.core.assisting.lets_speak(session.session)
    sam.ask(TalkAssist(session=session.session))
    assert (row(sam, session).state, row(sam, session).fell_back) == ("talking", False)
    assert dana.sound == SoundWanted("c1", "talk")


def test_no_agents_node_opens_the_supervisors_microphone() -> None:
    site, _dana, sam = called()
    session = assisting(site)
    fell_back = AssistTold(session=session.session, service="assist", mode="talk", why="silent")
    sam.do(sam.core.receive(DANA, fell_back, site.now))
    assert not sam.core.assisting.lets_speak(session.session)
    sam.ask(TalkAssist(session=session.session))
    sam.give(ReleaseAssist(session=session.session))
    declined = SessionDeclined(
        session=session.session,
        service="assist",
        request=AssistRequest(mode="listen"),
        kept=AssistRequest(mode="talk"),
        code="x",
        text="x",
    )
    sam.do(sam.core.receive(DANA, declined, site.now))
    assert not sam.core.assisting.lets_speak(session.session)


def test_no_renewal_ends_it_on_both_sides_and_the_call_goes_on() -> None:
    site, dana, sam = called()
    session = assisting(site)
    site.wait(10, renewing=[SAM])
    assert row(sam, session).state == "listening"
    site.wait(4)
    assert row(sam, session).state == badge(dana, session).state == "ended"
    assert dana.sound == SoundWanted("c1", "normal")
    assert offer(site[EVE]).listen is None


def test_a_lost_link_ends_it_and_the_call_goes_on() -> None:
    site, dana, sam = called()
    session = assisting(site)
    site.cut(DANA, SAM)
    assert row(sam, session).end.code == badge(dana, session).end.code == "link-lost"  # type: ignore[union-attr]
    assert dana.sound == SoundWanted("c1", "normal")


def test_the_calls_end_ends_it() -> None:
    site, dana, sam = called()
    session = assisting(site)
    dana.ask(EndCall())
    end = row(sam, session).end
    assert end is not None
    assert (end.code, end.text) == ("call-ended", "the call ended")
    assert dana.sound.call == ""


def test_a_call_that_ends_while_it_rings_refuses_the_start() -> None:
    site, dana, sam = called()
    ticket = sam.give(StartAssist(agent="dana"))
    dana.give(EndCall())
    site.settle()
    refusal = sam.answers[ticket]
    assert getattr(refusal, "code", "") == "no-routed-call"


@pytest.mark.parametrize("event", [PeerBarred(SAM.node), Leaving()])
def test_a_revoked_certificate_and_a_node_that_goes_end_it(event: msgspec.Struct) -> None:
    site, dana, _sam = called()
    session = assisting(site)
    dana.observe(event)
    assert badge(dana, session).state == "ended"
    assert dana.sound == SoundWanted("c1", "normal")
    assert dana.seen(OWN_CALL).state == "talking"


def test_taking_listen_in_back_ends_an_assist_that_needs_it() -> None:
    site, dana, sam = called()
    dana.observe(PolicyInForce(policy=Policy(listen_in_required=True)))
    dana.ask(SetListenIn(on=True, this_call=True))
    session = assisting(site)
    dana.ask(SetListenIn(on=False, this_call=True))
    assert row(sam, session).end.code == "listen-in-required"  # type: ignore[union-attr]


def test_a_listener_that_leaves_ends_it() -> None:
    site, dana, sam = called()
    session = assisting(site)
    sam.observe(ListenerLeft(session.session))
    assert badge(dana, session).end.text == "the supervisor's page was closed"  # type: ignore[union-attr]


def test_the_same_supervisor_may_begin_again_from_another_page() -> None:
    site, dana, sam = called()
    first = assisting(site)
    second = assisting(site)
    assert row(sam, first).end.code == "assisted-again"  # type: ignore[union-attr]
    assert row(sam, second).state == "listening"
    assert dana.sound.mode == "listen"


def test_sound_that_fails_ends_it_with_the_sentence() -> None:
    site, dana, sam = called()
    session = assisting(site)
    dana.observe(SoundFailed("The sound server of this machine has stopped."))
    assert row(sam, session).end.text == "The sound server of this machine has stopped."  # type: ignore[union-attr]


def test_an_engine_that_began_anew_is_listened_to_again() -> None:
    site, dana, sam = called()
    session = assisting(site)
    sam.ask(TakeOver(session=session.session))
    dana.observe(MixerSaid("normal", "restarted"))
    assert dana.seen(OWN_CALL).state == "talking"
    assert dana.sound.mode == "listen"
    assert row(sam, session).state == "listening"


# --- taking over -------------------------------------------------------------------------------------


def test_taking_over_frees_the_agent_at_once_and_close_gives_the_call_back() -> None:
    site, dana, sam = called()
    session = assisting(site)
    sam.ask(TakeOver(session=session.session))
    call = dana.seen(OWN_CALL)
    assert (call.state, call.taken_by, row(sam, session).state) == ("acw", "Sam", "taken-over")
    site.wait(70, renewing=[SAM])
    assert dana.seen(OWN_CALL).state == "taken"
    assert dana.why_not(INBOUND.__class__(id="c2")).code == "call-ongoing"
    sam.ask(CloseAssist(session=session.session))
    assert dana.seen(OWN_CALL).state == "talking"
    assert dana.sound == SoundWanted("c1", "normal")
    dana.ask(EndCall())
    site.wait(61)
    assert len(dana.records) == 2, "the agent handled it twice"


def test_the_supervisor_ends_the_call_that_was_taken_over() -> None:
    site, dana, sam = called()
    session = assisting(site)
    assert sam.why_not(EndTakenCall(agent="dana")).code == "not-assisting"
    sam.ask(TakeOver(agent="dana"))
    site.wait(5, renewing=[SAM])
    sam.ask(EndTakenCall(agent="dana"))
    assert row(sam, session).end.code == "taken-call-ended"  # type: ignore[union-attr]
    assert dana.seen(OWN_CALL).state == "acw"
    assert dana.seen(OWN_CALL).taken_by == ""
    assert dana.sound == SoundWanted("", "normal")
    site.wait(56)
    assert dana.seen(OWN_CALL) is None


def test_a_supervisor_who_is_lost_leaves_the_customer_with_the_agent() -> None:
    site, dana, sam = called()
    session = assisting(site)
    sam.ask(TakeOver(session=session.session))
    site.cut(DANA, SAM)
    assert dana.seen(OWN_CALL).state == "talking"
    assert dana.sound == SoundWanted("c1", "normal")


def test_a_customer_who_hears_nobody_is_given_back() -> None:
    site, dana, sam = called()
    session = assisting(site)
    sam.ask(TakeOver(session=session.session))
    dana.observe(VoiceMissing())
    assert dana.seen(OWN_CALL).state == "talking"
    assert row(sam, session).state == "listening"


def test_a_call_that_was_taken_over_is_the_agents_after_a_restart() -> None:
    site, dana, sam = called()
    session = assisting(site)
    sam.ask(TakeOver(session=session.session))
    site.restart(DANA)
    assert dana.seen(OWN_CALL).state == "talking"
    assert row(sam, session).end.code == "link-lost"  # type: ignore[union-attr]


# --- a supervisor's node that was tampered with ------------------------------------------------------


@pytest.mark.parametrize("mode", ["talk", "takeover"])
def test_the_agents_node_checks_the_grant_of_every_change(mode: str) -> None:
    sam = supervisor("Sam", grants=[Grant.LISTEN])
    site = Site(DANA, sam)
    dana = site[DANA]
    dana.ask(INBOUND)
    session = site[sam].ask(StartAssist(agent="dana")).session
    request = AssistRequest(mode=mode)  # type: ignore[arg-type]
    dana.do(
        dana.core.receive(sam, SessionChanged(session=session, service="assist", request=request), site.now)
    )
    site.settle()
    assert dana.sound.mode == "listen"
    assert dana.seen(OWN_CALL).state == "talking"


@pytest.mark.parametrize("mode", ["listen", "talk", "takeover"])
def test_the_agents_node_checks_the_grant_of_every_intent(mode: str) -> None:
    sam = supervisor("Sam", grants=[Grant.OBSERVE, Grant.GLANCE])
    site = Site(DANA, sam)
    dana = site[DANA]
    dana.ask(INBOUND)
    request = AssistRequest(mode=mode)  # type: ignore[arg-type]
    intent = SessionIntent(session="s", service="assist", request=request)
    effects = dana.core.receive(sam, intent, site.now)
    (message,) = [each.message for each in effects]  # type: ignore[attr-defined]
    assert isinstance(message, SessionRefused)
    assert message.code == "missing-grant"


def test_a_certificate_that_was_renewed_with_fewer_grants_is_declined_and_goes_on() -> None:
    site, dana, sam = called()
    session = assisting(site)
    sam.me = supervisor("Sam", grants=[Grant.LISTEN])  # as Dana's node knows it by now
    refusal = sam.why_not(TakeOver(session=session.session))
    assert (refusal.code, refusal.exit_code) == ("missing-grant", 3)
    assert row(sam, session).state == "listening"
    assert dana.sound.mode == "listen"


def test_without_the_grant_the_supervisors_own_node_says_so() -> None:
    sam = supervisor("Sam", grants=[Grant.LISTEN])
    site = Site(DANA, sam)
    site[DANA].ask(INBOUND)
    session = site[sam].ask(StartAssist(agent="dana")).session
    for command in (TalkAssist(session=session), TakeOver(session=session)):
        assert site[sam].why_not(command).code == "missing-grant"


def test_whoever_lost_the_grant_cannot_end_the_call_that_was_taken_over() -> None:
    site, dana, sam = called()
    session = assisting(site)
    sam.ask(TakeOver(session=session.session))
    sam.me = supervisor("Sam", grants=[Grant.LISTEN])
    assert sam.why_not(EndTakenCall(session=session.session)).code == "missing-grant"
    assert dana.seen(OWN_CALL).state == "talking"
    assert row(sam, session).state == "ended"


def test_nobody_ends_a_call_that_was_not_taken_over() -> None:
    site, dana, sam = called()
    session = assisting(site)
    message = CallEndAsked(session=session.session, service="assist")
    dana.do(dana.core.receive(SAM, message, site.now))
    assert dana.seen(OWN_CALL).state == "talking"
    assert row(sam, session).state == "listening"


def test_another_wish_takes_the_place_of_one_that_waits() -> None:
    site, dana, sam = called()
    session = assisting(site)
    dana.mixes = False
    waiting = sam.give(TakeOver(session=session.session))
    sam.ask(ReleaseAssist(session=session.session))
    assert getattr(sam.answers[waiting], "text", "") == "Something else was wanted meanwhile."


def test_sessions_that_are_not_there_and_names_that_fit_two() -> None:
    dave = agent("Dave")
    site = Site(DANA, dave, SAM)
    sam = site[SAM]
    assert sam.why_not(CloseAssist(session="nothing")).code == "not-assisting"
    assert sam.why_not(CloseAssist(agent="dana")).code == "not-assisting"
    assert sam.why_not(StartAssist(agent="da")).code == "ambiguous-agent"
    assert sam.why_not(StartAssist(agent="zoe")).code == "unknown-agent"


def test_a_supervisors_node_that_goes_says_so() -> None:
    site, dana, sam = called()
    session = assisting(site)
    sam.observe(Leaving())
    assert badge(dana, session).end.code == "shutdown"  # type: ignore[union-attr]


def test_the_board_keeps_only_the_last_that_ended() -> None:
    site, dana, sam = called()
    for _ in range(40):
        sam.ask(CloseAssist(session=assisting(site).session))
    assert len([key for topic, key in sam.board if topic == SESSIONS]) == 32
    assert len([key for topic, key in dana.board if topic == ASSISTANTS]) == 8


def test_an_intent_for_anything_else_is_refused() -> None:
    site, dana, _sam = called()
    intent = SessionIntent(session="s", service="assist", request=ControlRequest())
    (effect,) = dana.core.receive(SAM, intent, site.now)
    assert effect.message.code == "bad-input"  # type: ignore[attr-defined]


def test_listen_in_to_this_call_needs_one() -> None:
    site = Site(DANA, SAM)
    dana = site[DANA]
    assert dana.why_not(SetListenIn(on=True, this_call=True)).code == "no-call"
    dana.ask(SetListenIn(on=True))
    assert dana.ask(ShowListenIn()).all_calls
    site.restart(DANA)
    assert dana.ask(ShowListenIn()).all_calls
