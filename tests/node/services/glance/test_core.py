"""Glance as it is decided: who may see which displays, and what each side is shown of it."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import pytest

from lanassist.node.errors import LanassistError, UnknownDisplay
from lanassist.node.protocol.messages import (
    Display,
    GlanceRequest,
    Presence,
    SessionAccepted,
    SessionChanged,
    SessionDeclined,
    SessionEnded,
    SessionGranted,
    SessionIntent,
    SessionOpened,
    SessionRefused,
    SessionRenewed,
    SessionSettled,
)
from lanassist.node.services.base import Effect, Leaving, Publish, Refuse, Reply, Send
from lanassist.node.services.command import Refusal
from lanassist.node.services.glance.commands import (
    OFFERS,
    SESSIONS,
    WATCHERS,
    GlanceSession,
    ListDisplays,
    ListWatchers,
    Offer,
    StartedGlance,
    StartGlance,
    StopGlance,
    SwitchGlance,
    Watcher,
    WatcherList,
)
from lanassist.node.services.glance.core import GlanceCore, Screen, ViewerLeft
from lanassist.node.services.session import Altered, Closed, Opened
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity
from tests.support.entering import SureGlance
from tests.support.people import agent, person, supervisor

DANA, DAVE, SAM = agent("Dana"), agent("Dave"), supervisor("Sam")
LEFT = Display(number=1, x=0, y=0, width=1920, height=1080)
RIGHT = Display(number=2, x=1920, y=0, width=1920, height=1080, primary=True)
BOTH = (LEFT, RIGHT)
T = TypeVar("T")


def numbers() -> Iterator[str]:
    return (f"id{number}" for number in range(10**6))


def watched(screen: Screen | None = None, me: Identity = DANA) -> GlanceCore:
    ids = numbers()
    core = SureGlance(me, lambda: next(ids))
    core.observe(screen or Screen(displays=BOTH, locked=False), 0.0)
    return core


def watching(*agents: Identity, me: Identity = SAM) -> GlanceCore:
    ids = numbers()
    core = SureGlance(me, lambda: next(ids))
    for each in agents or (DANA,):
        core.peer_up(each, 0.0)
        core.receive(each, Presence(status="available", displays=BOTH), 0.0)
    return core


def only(kind: type[T], effects: Sequence[Effect]) -> T:
    (found,) = [effect for effect in effects if isinstance(effect, kind)]
    return found


def asked(core: GlanceCore, **wishes: object) -> SessionIntent:
    effects = core.command(1, StartGlance(agent="dana", **wishes), 1.0)  # type: ignore[arg-type]
    message = only(Send, effects).message
    assert isinstance(message, SessionIntent)
    return message


def refusal(effects: Sequence[Effect]) -> LanassistError:
    return only(Refuse, effects).error


def intent(*displays: int) -> SessionIntent:
    return SessionIntent(
        session="s", service="glance", request=GlanceRequest(displays=displays), reason="coaching"
    )


def granted(core: GlanceCore, session: str) -> Sequence[Effect]:
    """Dana's node grants it, and says that it runs."""
    core.receive(DANA, SessionGranted(session=session, service="glance"), 1.1)
    return core.receive(DANA, SessionOpened(session=session, service="glance", nonce="n"), 1.2)


def looks(core: GlanceCore, who: Identity, *displays: int, now: float) -> Sequence[Effect]:
    """Somebody's glance begins."""
    core.receive(who, intent(*displays), now)
    return core.receive(who, SessionAccepted(session="s", service="glance"), now)


# --- on the supervisor's node ------------------------------------------------------------------------


def test_without_a_choice_the_primary_display_is_asked_for() -> None:
    assert asked(watching()).request == GlanceRequest(displays=(2,))


def test_once_granted_the_command_is_answered_and_the_session_runs() -> None:
    sam = watching()
    session = asked(sam, displays=(1,)).session
    effects = granted(sam, session)
    assert only(Opened, effects).session.nonce == "n"
    reply = only(Reply, effects).value
    assert isinstance(reply, StartedGlance)
    assert (reply.session, reply.chosen, reply.displays) == (session, (1,), BOTH)
    shown = only(Publish, effects).value
    assert isinstance(shown, GlanceSession)
    assert shown.state == "running"


def test_a_refusal_by_the_agents_node_keeps_its_words_and_its_exit_code() -> None:
    sam = watching()
    session = asked(sam).session
    no = SessionRefused(
        session=session, service="glance", code="screen-locked", text="The screen of Dana is locked."
    )
    error = refusal(sam.receive(DANA, no, 1.2))
    assert (error.code, error.exit_code, error.text) == ("screen-locked", 8, "The screen of Dana is locked.")


@pytest.mark.parametrize(
    ("presence", "code"),
    [
        (Presence(status="available", displays=BOTH, locked=True), "screen-locked"),
        (Presence(status="available", screen_error="there is no display"), "screen-unavailable"),
    ],
)
def test_the_offer_says_why_not_before_the_click_and_the_command_says_the_same(
    presence: Presence, code: str
) -> None:
    sam = watching()
    offer = only(Publish, sam.receive(DANA, presence, 2.0)).value
    assert isinstance(offer, Offer)
    assert offer.refusal is not None
    error = refusal(sam.command(1, StartGlance(agent="dana"), 3.0))
    assert (error.code, error.text) == (offer.refusal.code, offer.refusal.text)
    assert error.code == code


def test_an_offline_agent_keeps_an_offer_that_says_so() -> None:
    sam = watching()
    published = [effect for effect in sam.peer_down(DANA.node, 5.0) if isinstance(effect, Publish)]
    assert [(each.topic, each.key) for each in published] == [(OFFERS, DANA.node)]
    error = refusal(sam.command(1, StartGlance(agent="dana"), 6.0))
    assert (error.text, error.exit_code) == ("Dana is offline.", 4)
    assert refusal(sam.command(2, ListDisplays(agent="dana"), 6.0)).code == "agent-offline"


def test_a_name_may_be_short_but_not_ambiguous_or_unknown() -> None:
    sam = watching(DANA, DAVE)
    assert refusal(sam.command(1, StartGlance(agent="da"), 1.0)).code == "ambiguous-agent"
    assert refusal(sam.command(2, StartGlance(agent="zoe"), 1.0)).code == "unknown-agent"
    assert only(Send, sam.command(3, StartGlance(agent="DANA@acme.example"), 1.0)).to == DANA.node


def test_a_display_that_is_not_there_is_named_with_those_that_are() -> None:
    error = refusal(watching().command(1, StartGlance(agent="dana", displays=(3,)), 1.0))
    assert error.text == "Dana has no display 3; there is display 1 and display 2."


def test_a_certificate_without_the_grant_is_told_which_it_lacks() -> None:
    sam = watching(me=supervisor("Sam", grants=[Grant.OBSERVE]))
    error = refusal(sam.command(1, StartGlance(agent="dana"), 1.0))
    assert (error.code, error.exit_code) == ("missing-grant", 3)


def test_switch_and_stop_find_the_session_by_its_agent() -> None:
    sam = watching()
    session = asked(sam).session
    granted(sam, session)
    switched = sam.command(2, SwitchGlance(agent="dana", displays=(1, 2)), 2.0)
    assert only(Altered, switched).session.request == GlanceRequest(displays=(1, 2))
    stopped = sam.command(3, StopGlance(agent="dana"), 3.0)
    assert only(Closed, stopped).ending.text == "stopped by the supervisor"
    assert refusal(sam.command(4, StopGlance(agent="dana"), 4.0)).code == "unknown-session"


def test_a_viewer_that_leaves_a_session_that_is_over_changes_nothing() -> None:
    sam = watching()
    session = asked(sam).session
    granted(sam, session)
    effects = sam.observe(ViewerLeft(only(Closed, [*sam.observe(Leaving(), 1.3)]).session.id), 2.0)
    assert effects == []


def test_the_board_keeps_only_the_last_ended_sessions() -> None:
    sam = watching()
    up: set[str] = set()
    for ticket in range(100):
        asked(sam)
        for effect in sam.command(ticket, StopGlance(agent="dana"), 2.0):
            if isinstance(effect, Publish) and effect.topic == SESSIONS:
                (up.discard if effect.value is None else up.add)(effect.key)
    assert len(up) == 32


# --- on the agent's node -----------------------------------------------------------------------------


def test_a_supervisor_with_the_grant_is_let_in_and_shown_to_the_agent() -> None:
    effects = looks(watched(), SAM, 1, now=1.0)
    assert isinstance(only(Send, effects).message, SessionOpened)
    badge = only(Publish, effects)
    assert badge.topic == WATCHERS
    assert isinstance(badge.value, Watcher)
    assert (badge.value.name, badge.value.displays, badge.value.reason) == ("Sam", (1,), "coaching")


@pytest.mark.parametrize(
    ("peer", "code"),
    [
        (DAVE, "missing-role"),
        (supervisor("Eve", grants=[Grant.OBSERVE, Grant.LISTEN]), "missing-grant"),
        (person("Desk", Role.DESK, grants=[Grant.GLANCE]), "missing-role"),
    ],
)
def test_the_agents_node_refuses_whoever_lacks_authority_whatever_they_say(peer: Identity, code: str) -> None:
    message = only(Send, watched().receive(peer, intent(1), 1.0)).message
    assert isinstance(message, SessionRefused)
    assert message.code == code


@pytest.mark.parametrize(
    ("screen", "wanted", "code"),
    [
        (Screen(displays=BOTH, locked=True), (1,), "screen-locked"),
        (Screen(error="there is no display"), (1,), "screen-unavailable"),
        (Screen(displays=BOTH), (3,), "unknown-display"),
        (Screen(displays=BOTH), (), "refused-by-policy"),
    ],
)
def test_the_agents_node_refuses_what_cannot_be_shown(
    screen: Screen, wanted: tuple[int, ...], code: str
) -> None:
    message = only(Send, watched(screen).receive(SAM, intent(*wanted), 1.0)).message
    assert isinstance(message, SessionRefused)
    assert message.code == code


def test_a_supervisors_own_machine_shows_nobody_its_screen() -> None:
    message = only(Send, watched(me=SAM).receive(supervisor("Eve"), intent(1), 1.0)).message
    assert isinstance(message, SessionRefused)
    assert message.code == "missing-role"


def test_locking_the_screen_ends_every_glance_and_takes_the_badge_down() -> None:
    dana = watched()
    looks(dana, SAM, 1, now=1.0)
    effects = dana.observe(Screen(displays=BOTH, locked=True), 2.0)
    farewell, settled = (effect.message for effect in effects if isinstance(effect, Send))
    assert isinstance(settled, SessionSettled)
    assert isinstance(farewell, SessionEnded)
    assert farewell.code == "locked"
    down = only(Publish, effects)
    assert (down.topic, down.value) == (WATCHERS, None)
    reply = only(Reply, dana.command(1, ListWatchers(), 3.0)).value
    assert isinstance(reply, WatcherList)
    assert reply.watchers[0].end == Refusal(code="locked", text="the agent's screen was locked")


def test_the_agent_can_ask_who_watches_and_who_watched() -> None:
    dana = watched()
    looks(dana, SAM, 1, now=1.0)
    dana.receive(SAM, SessionEnded(session="s", service="glance", code="hidden", text="made up"), 4.0)
    looks(dana, supervisor("Eve"), 2, now=9.0)
    reply = only(Reply, dana.command(1, ListWatchers(), 10.0)).value
    assert isinstance(reply, WatcherList)
    now, past = reply.watchers
    assert (now.name, now.end) == ("Eve", None)
    assert (past.name, past.ended) == ("Sam", 4.0)
    assert past.end is not None
    assert past.end.text == "the supervisor switched away from the page"


def test_a_display_that_is_unplugged_as_it_is_chosen_is_declined_and_the_glance_goes_on() -> None:
    dana = watched()
    looks(dana, SAM, 1, now=1.0)
    dana.observe(Screen(displays=(LEFT,), locked=False), 2.0)
    wanted = GlanceRequest(displays=(2,))
    changed = SessionChanged(session="s", service="glance", request=wanted)
    declined = only(Send, dana.receive(SAM, changed, 3.0)).message
    assert isinstance(declined, SessionDeclined)
    assert (declined.request, declined.kept) == (wanted, GlanceRequest(displays=(1,)))
    assert len(dana.attendance.sessions) == 1


def test_the_supervisor_is_shown_why_a_change_was_declined() -> None:
    sam = watching()
    session = asked(sam, displays=(1,)).session
    granted(sam, session)
    sam.command(2, SwitchGlance(session=session, displays=(2,)), 2.0)
    why = UnknownDisplay(agent="Dana", display=2, available="display 1")
    declined = SessionDeclined(
        session=session,
        service="glance",
        request=GlanceRequest(displays=(2,)),
        kept=GlanceRequest(displays=(1,)),
        code=why.code,
        text=why.text,
    )
    shown = [each.value for each in sam.receive(DANA, declined, 3.0) if isinstance(each, Publish)][-1]
    assert isinstance(shown, GlanceSession)
    assert (shown.displays, shown.state) == ((1,), "running")
    assert shown.declined == Refusal(code="unknown-display", text=why.text)


def test_a_tile_of_a_wall_is_told_to_the_agent() -> None:
    dana = watched()
    wish = asked(watching(), scale=0.25)
    dana.receive(SAM, wish, 1.0)
    accepted = SessionAccepted(session=wish.session, service="glance")
    shown = only(Publish, dana.receive(SAM, accepted, 1.0)).value
    assert isinstance(shown, Watcher)
    assert shown.wall


@pytest.mark.parametrize("instead", [{"scale": 0.25}, {"lossless": True}, {"video": ("vp8",)}])
def test_only_its_displays_can_be_changed_so_that_the_badge_stays_true(instead: dict[str, Any]) -> None:
    dana = watched()
    looks(dana, SAM, 1, now=1.0)
    wanted = SessionChanged(session="s", service="glance", request=GlanceRequest(displays=(1, 2), **instead))
    declined = only(Send, dana.receive(SAM, wanted, 2.0)).message
    assert isinstance(declined, SessionDeclined)
    assert declined.kept == GlanceRequest(displays=(1,))


def test_who_looks_stays_on_the_badge_when_another_of_that_name_stops() -> None:
    dana, shown = watched(), {}
    eve = supervisor("Eve")
    for effect in (*looks(dana, SAM, 1, now=1.0), *looks(dana, eve, 1, now=2.0)):
        if isinstance(effect, Publish):
            shown[effect.key] = effect.value
    assert {each.name for each in shown.values() if isinstance(each, Watcher)} == {"Sam", "Eve"}
    gone = only(
        Publish, dana.receive(eve, SessionEnded(session="s", service="glance", code="closed", text=""), 3.0)
    )
    del shown[gone.key]
    assert [each.name for each in shown.values() if isinstance(each, Watcher)] == ["Sam"]


def test_a_display_that_is_unplugged_ends_nothing() -> None:
    dana = watched()
    looks(dana, SAM, 1, 2, now=1.0)
    assert dana.observe(Screen(displays=(LEFT,), locked=False), 2.0) == []
    assert dana.receive(SAM, SessionRenewed(session="s", service="glance"), 3.0) == []
    assert len(dana.attendance.sessions) == 1
