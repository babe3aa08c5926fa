"""An agent's side: what is in hand, what is sent while the desk is away, and what comes too late."""

import pytest

from lanassist.node.errors import ConversationMoved, MissingGrant, NoAnswer, NoDesk
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    Append,
    AppendAnswered,
    Appended,
    Client,
    Granted,
    Offer,
    OfferAnswered,
    OfferWithdrawn,
    Typing,
    Watching,
)
from lanassist.node.services.base import Persist
from lanassist.node.services.command import Done
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations import mirror, viewing
from lanassist.node.services.conversations.commands import (
    DRAFTS,
    ENTRIES,
    LOAD,
    MIRROR,
    MIRRORED_ENTRIES,
    WHISPERS,
    Assign,
    BlockClient,
    ControlStarted,
    Dismiss,
    DoAct,
    DraftRow,
    FullConversation,
    ListAll,
    ListOwn,
    MirrorRow,
    OwnLoad,
    Queued,
    ReleaseControl,
    Reopen,
    SendWhisper,
    SetDraft,
    ShowOwn,
    TakeControl,
    Transfer,
    Watch,
)
from lanassist.node.services.conversations.places import RESERVATION
from lanassist.node.services.conversations.records import PendingRecord, ReservationRecord
from lanassist.node.services.desk.commands import TypeAsClient
from lanassist.node.services.facts import Availability
from lanassist.node.trust.grants import Grant, Role
from tests.support.people import person
from tests.support.team import Member, Team


def answers(member: Member) -> list[OfferAnswered]:
    return [message for _, message in member.sent if isinstance(message, OfferAnswered)]


def sent_to_watch(sam: Member) -> list[bool]:
    return [message.watching for _, message in sam.sent if isinstance(message, Watching)]


def offer(number: int = 1) -> Offer:
    client = Client(id="eve", name="Eve")
    return Offer(offer=f"offer{number}", conversation=f"c{number}", epoch=2, client=client)


def offered(team: Team, agent: Member, what: Offer) -> OfferAnswered:
    agent.sent.clear()
    agent.do(agent.core.receive(team.desk.identity, what, team.now))
    return answers(agent)[-1]


# --- places ------------------------------------------------------------------------------------------


def test_a_place_is_kept_for_an_offer_and_counts_at_once() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=1)
    assert offered(team, dana, offer(1)).accepted
    assert dana.shown(LOAD)["self"] == OwnLoad(available=True, active=1, total=1)
    refused = offered(team, dana, offer(2))
    assert (refused.accepted, refused.code) == (False, "agent-at-capacity")
    assert refused.text == "Dana is at maximum capacity (1/1)."


def test_the_same_offer_again_gets_the_same_answer() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=1)
    assert [offered(team, dana, offer()).accepted for _ in range(3)] == [True, True, True]
    assert len(dana.kept(ReservationRecord)) == 1


def test_on_a_break_the_answer_says_which() -> None:
    team = Team()
    dana = team.agent("Dana")
    dana.observe(Availability(available=False, why="on break: lunch"))
    assert offered(team, dana, offer()).text == "Dana is absent (on break: lunch)."


def test_a_place_is_given_back_when_the_offer_is_withdrawn() -> None:
    team = Team()
    dana = team.agent("Dana")
    offered(team, dana, offer())
    dana.do(dana.core.receive(team.desk.identity, OfferWithdrawn(offer="offer1"), team.now))
    assert dana.kept(ReservationRecord) == []


def test_a_place_that_no_desk_remembers_is_given_back() -> None:
    team = Team()
    dana = team.agent("Dana")
    offered(team, dana, offer())
    team.settle()  # the desk has never made such an offer, and says so
    assert dana.kept(ReservationRecord) == []


def test_a_place_is_not_kept_for_ever_for_a_desk_that_is_gone() -> None:
    team = Team()
    dana = team.agent("Dana")
    offered(team, dana, offer())
    team.mail.clear()
    team.leave(team.desk)
    team.later(RESERVATION + 1.0)
    assert dana.kept(ReservationRecord) == []


def test_only_a_desk_hands_out_conversations() -> None:
    team = Team()
    dana = team.agent("Dana")
    mallory = person("Mallory", Role.AGENT, Role.SUPERVISOR)
    granted = Granted(offer="o", conversation="c", epoch=9, client=Client(id="e", name="E"))
    for message in (offer(), granted):
        assert not dana.core.receive(mallory, message, team.now)
    assert dana.holds() == []


def test_another_desk_cannot_take_over_a_conversation_by_its_id() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    annex = person("Annex", Role.DESK)
    granted = Granted(offer="o", conversation=eve, epoch=99, client=Client(id="e", name="E"))
    dana.do(dana.core.receive(annex, granted, team.now))
    assert dana.mine()[eve].desk == team.desk.node


# --- the outbox --------------------------------------------------------------------------------------


def test_what_is_sent_while_the_desk_is_away_waits_and_arrives_once_and_in_order() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.cut(dana, team.desk)
    assert isinstance(team.says(dana, eve, "one"), Queued)
    team.says(dana, eve, "two")
    assert [each.text for each in dana.mine()[eve].pending] == ["one", "two"]
    team.come_back(dana)  # over a restart too
    assert team.reads("Eve", eve) == ["I need help", "one", "two"]
    assert dana.mine()[eve].pending == ()


def test_an_act_is_committed_before_it_is_sent_and_a_second_click_counts_once() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    say = DoAct(conversation=eve, kind="say", text="hello", id="click")
    effects = dana.core.command(1, say, team.now)
    assert isinstance(effects[0], Persist)
    assert isinstance(effects[0].put[0], PendingRecord)
    dana.do(effects)
    dana.ask(say)
    assert team.reads("Eve", eve) == ["I need help", "hello"]


def test_what_comes_too_late_is_shown_as_not_sent_until_it_is_put_away() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.leave(dana)
    dana.ask(DoAct(conversation=eve, kind="say", text="too late", id="late"))
    dave = team.agent("Dave")
    sam = team.supervisor("Sam")
    assert sam.ask(Assign(conversation=eve, to="Dave")) == Done()
    team.come_back(dana)
    row = dana.mine()[eve]
    assert (row.state, [each.text for each in row.refused], row.pending) == ("moved", ["too late"], ())
    assert team.reads("Eve", eve) == ["I need help"]
    assert isinstance(team.says(dana, eve, "hello?"), ConversationMoved)
    dana.ask(Dismiss(conversation=eve, id="late"))
    assert dana.mine()[eve].refused == ()
    assert dave.holds() == [eve]


def test_an_agent_restored_from_an_old_copy_is_fenced() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    old = dict(dana.disk)
    dave = team.agent("Dave")
    dana.ask(Transfer(conversation=eve, to=dave.node))
    team.leave(dana)
    dana.disk = old
    dana.boot()
    team.says(dana, eve, "I still have this")
    team.come_back(dana)
    assert dana.holds() == []
    assert team.reads("Eve", eve) == ["I need help"]


def test_a_log_with_a_gap_is_not_taken_but_asked_for() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.writes("Eve", eve, "second")
    team.writes("Eve", eve, "third")
    dana.disk = {place: each for place, each in dana.disk.items() if not place[1].endswith("3")}
    dana.disk = {place: each for place, each in dana.disk.items() if not place[1].endswith("4")}
    told = next(m for to, m in reversed(team.desk.sent) if isinstance(m, Appended) and m.entries[0].seq == 4)
    team.leave(dana)
    dana.boot()
    assert len(dana.kept(EntryRecord)) == 2
    team.link(dana, team.desk)
    assert len(dana.kept(EntryRecord)) == 4
    assert told.conversation == eve


def test_an_answer_about_nothing_changes_nothing() -> None:
    team = Team()
    dana = team.agent("Dana")
    assert not dana.core.receive(team.desk.identity, AppendAnswered(conversation="c"), team.now)


def test_acts_without_an_answer_are_sent_again() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.desk.peers.clear()  # deaf
    team.says(dana, eve, "hello")
    team.later(5.0)
    assert len([message for _, message in dana.sent if isinstance(message, Append)]) >= 3


# --- commands ----------------------------------------------------------------------------------------


def test_moving_needs_the_desk_and_says_so() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.cut(dana, team.desk)
    assert isinstance(dana.ask(Transfer(conversation=eve)), NoDesk)


def test_a_desk_that_does_not_answer_is_not_waited_for_for_ever() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.desk.peers.clear()
    assert dana.ask(Transfer(conversation=eve)) is None
    team.later(12.0)
    assert any(isinstance(answer, NoAnswer) for answer in dana.answers.values())


def test_an_empty_text_and_a_full_agent_are_refused() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=1)
    eve = team.client("Eve")
    empty = dana.ask(DoAct(conversation=eve, kind="say"))
    assert getattr(empty, "code", "") == "bad-input"
    dana.ask(DoAct(conversation=eve, kind="complete"))
    team.client("Ada")
    assert getattr(dana.ask(Reopen(conversation=eve)), "code", "") == "agent-at-capacity"


def test_the_agent_lists_and_reads_its_conversations() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    listed = dana.ask(ListOwn())
    assert [each.conversation for each in listed.conversations] == [eve]  # type: ignore[union-attr]
    full = dana.ask(ShowOwn(conversation=eve))
    assert isinstance(full, FullConversation)
    assert [each.kind for each in full.entries] == ["client", "joined"]


def test_the_board_has_the_logs_in_hand_and_after_a_restart_the_latest_history() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=1)
    eve = team.client("Eve")
    assert len(dana.shown(ENTRIES)) == 2
    dana.ask(DoAct(conversation=eve, kind="complete"))
    assert (dana.shown(ENTRIES), dana.mine()[eve].state) == ({}, "done")
    team.come_back(dana)
    assert dana.mine()[eve].state == "done"


# --- supervisors look on -----------------------------------------------------------------------------


def test_a_supervisor_who_watches_sees_the_log_and_the_draft_and_leaves_no_trace() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    dana.sent.clear()
    before = dict(dana.disk)
    sam.ask(Watch(agent="dana"))
    dana.ask(SetDraft(conversation=eve, text="I am sorr"))
    assert sam.shown(DRAFTS)[f"{dana.node}/{eve}"] == DraftRow(text="I am sorr")
    assert len(sam.shown(MIRRORED_ENTRIES)) == 2
    assert list(sam.shown(MIRROR)) == [f"{dana.node}/{eve}"]
    assert dana.disk == before
    team.says(dana, eve, "I am sorry")
    assert f"{dana.node}/{eve}" not in sam.shown(DRAFTS)
    sam.ask(Watch(agent="dana", watching=False))
    dana.ask(SetDraft(conversation=eve, text="private again"))
    assert f"{dana.node}/{eve}" not in sam.shown(DRAFTS)


def test_a_mirror_stays_until_the_last_viewer_is_gone_and_leaves_nothing() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    for viewer in ("page", "other page"):
        sam.ask(Watch(agent="dana", viewer=viewer))
    assert sent_to_watch(sam) == [True]
    sam.ask(Watch(agent="dana", viewer="page", watching=False))
    dana.ask(SetDraft(conversation=eve, text="still shown"))
    assert sam.shown(DRAFTS)[f"{dana.node}/{eve}"] == DraftRow(text="still shown")
    sam.ask(Watch(agent="dana", viewer="other page", watching=False))
    assert sent_to_watch(sam) == [True, False]
    assert [sam.shown(topic) for topic in (MIRROR, MIRRORED_ENTRIES, DRAFTS)] == [{}, {}, {}]


def test_a_viewer_who_does_not_say_so_again_is_forgotten() -> None:
    team = Team()
    team.agent("Dana")
    sam = team.supervisor("Sam")
    sam.ask(Watch(agent="dana", viewer="page"))
    for _ in range(4):
        team.later(limits.WATCH_AGAIN)
        sam.ask(Watch(agent="dana", viewer="page"))
    assert sent_to_watch(sam) == [True]
    team.later(limits.WATCH + 1)
    assert sent_to_watch(sam) == [True, False]


def test_an_agent_who_comes_back_is_mirrored_anew() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    sam.ask(Watch(agent="dana"))
    team.leave(dana)
    assert list(sam.shown(MIRROR)) == [f"{dana.node}/{eve}"], "what was told last is still to be read"
    team.agent("Lee")
    sam.ask(Assign(conversation=eve, to="lee"))
    team.come_back(dana)
    assert sam.shown(MIRROR) == {}


def test_what_was_completed_is_mirrored_without_its_log() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dana.ask(DoAct(conversation=eve, kind="complete"))
    sam = team.supervisor("Sam")
    sam.ask(Watch(agent="dana"))
    (row,) = sam.shown(MIRROR).values()
    assert isinstance(row, MirrorRow)
    assert (row.state, sam.shown(MIRRORED_ENTRIES)) == ("done", {})


def test_acting_takes_control_first() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    sam.ask(Watch(agent="dana"))

    def why_not() -> str:
        row = sam.shown(MIRROR)[f"{dana.node}/{eve}"]
        assert isinstance(row, MirrorRow)
        return row.act.text if row.act else ""

    assert why_not() == "Take control of Dana first."
    started = sam.ask(TakeControl(agent="dana"))
    assert isinstance(started, ControlStarted)
    assert why_not() == ""
    team.says(dana, eve, "hello")
    assert why_not() == ""
    sam.ask(ReleaseControl(session=started.session))
    assert why_not() == "Take control of Dana first."


def test_without_the_grant_nothing_is_shown() -> None:
    team = Team()
    dana = team.agent("Dana")
    team.client("Eve")
    sam = team.supervisor("Sam", grants=(Grant.CONTROL,))
    for command in (Watch(agent="dana"), SendWhisper(agent="dana", text="psst")):
        assert isinstance(sam.ask(command), MissingGrant)
    assert sam.shown(MIRROR) == {}
    assert dana.shown(WHISPERS) == {}


def test_a_whisper_reaches_the_agent_and_no_client() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    sam.ask(SendWhisper(agent="dana", conversation=eve, text="offer a refund"))
    (row,) = dana.shown(WHISPERS).values()
    assert (row.name, row.text) == ("Sam", "offer a refund")  # type: ignore[attr-defined]
    assert team.reads("Eve", eve) == ["I need help"]


def test_the_supervisor_lists_all_conversations_and_needs_a_desk_to_change_them() -> None:
    team = Team()
    team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    listed = sam.ask(ListAll())
    assert [each.conversation for each in listed.conversations] == [eve]  # type: ignore[union-attr]
    team.cut(sam, team.desk)
    assert isinstance(sam.ask(Assign(conversation=eve, to="dana")), NoDesk)
    assert isinstance(sam.ask(BlockClient(client="eve")), NoDesk)
    unknown = sam.ask(Assign(conversation="nothing", to="dana"))
    assert getattr(unknown, "code", "") == "unknown-conversation"


# --- who waits for whom ------------------------------------------------------------------------------


def mirrored(member: Member) -> MirrorRow:
    (row,) = member.shown(MIRROR).values()
    assert isinstance(row, MirrorRow)
    return row


def test_a_client_waits_from_the_first_word_that_has_no_answer() -> None:
    team = Team()
    dana = team.agent("Dana")
    sam = team.supervisor("Sam")
    sam.ask(Watch(agent="dana"))
    eve = team.client("Eve")
    began = team.now
    team.later(5.0)
    team.writes("Eve", eve, "hello?")
    assert dana.mine()[eve].waiting_since == mirrored(sam).waiting_since == began
    team.says(dana, eve, "hello")
    assert dana.mine()[eve].waiting_since is mirrored(sam).waiting_since is None
    team.writes("Eve", eve, "thanks")
    dana.ask(DoAct(conversation=eve, kind="complete"))
    dana.ask(Reopen(conversation=eve))
    assert dana.mine()[eve].waiting_since is None, "completed in full knowledge of it"


def test_who_was_completed_unread_has_waited_all_along() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.says(dana, eve, "done, I think")
    team.cut(dana, team.desk)
    dana.ask(DoAct(conversation=eve, kind="complete"))
    team.writes("Eve", eve, "no!")
    wrote = team.now
    team.later(3.0)
    team.link(dana, team.desk)
    assert dana.mine()[eve].waiting_since == wrote


def test_a_mirror_says_how_long_the_log_is_and_that_the_agent_is_gone() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    sam.ask(Watch(agent="dana"))
    team.desk.ask(TypeAsClient(conversation=eve, client="eve", typing=True))
    dana.ask(SetDraft(conversation=eve, text="I am"))
    assert (mirrored(sam).entries, mirrored(sam).typing) == (2, True)
    team.leave(dana)
    row = mirrored(sam)
    assert (row.agent_online, row.typing, sam.shown(DRAFTS)) == (False, False, {})
    assert row.act is not None
    assert row.act.code == "agent-offline"


def test_of_what_is_past_only_the_latest_is_mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewing, "PAST_SHOWN", 1)
    team = Team()
    dana = team.agent("Dana")
    sam = team.supervisor("Sam")
    sam.ask(Watch(agent="dana"))
    eve, ada = team.client("Eve"), team.client("Ada")
    for each in (ada, eve):
        dana.ask(DoAct(conversation=each, kind="complete"))
    assert mirrored(sam).conversation == eve
    assert sam.shown(MIRRORED_ENTRIES) == {}
    dana.ask(Reopen(conversation=eve))
    assert len(sam.shown(MIRRORED_ENTRIES)) == len(dana.shown(ENTRIES)) == 4


def test_on_the_board_only_the_latest_of_what_is_past_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "HISTORY_SHOWN", 1)
    team = Team()
    dana = team.agent("Dana")
    eve, ada = team.client("Eve"), team.client("Ada")
    for each in (eve, ada):
        dana.ask(DoAct(conversation=each, kind="complete"))
    assert list(dana.mine()) == [ada]
    dana.ask(Reopen(conversation=eve))
    assert dana.holds() == [eve]


def test_a_client_who_stops_typing_without_a_word_types_no_more() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    typing = TypeAsClient(conversation=eve, client="eve", typing=True)
    team.desk.ask(typing)
    team.later(limits.TYPING_AGAIN)
    team.desk.ask(typing)
    team.later(limits.TYPING - 1.0)
    assert dana.mine()[eve].typing
    team.later(1.0)
    assert not dana.mine()[eve].typing
    team.desk.ask(typing)
    team.writes("Eve", eve, "there")
    assert not dana.mine()[eve].typing


def test_the_client_is_told_now_and_then_that_the_agent_types_not_for_each_key() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")

    def told() -> list[bool]:
        return [message.typing for _, message in dana.sent if isinstance(message, Typing)]

    for text in ("h", "he", "hel"):
        dana.ask(SetDraft(conversation=eve, text=text))
    assert told() == [True]
    team.later(limits.TYPING_AGAIN)
    dana.ask(SetDraft(conversation=eve, text="hello"))
    team.says(dana, eve, "hello")
    dana.ask(SetDraft(conversation=eve, text=""))
    assert told() == [True, True, False]
