"""A desk and its team: who gets whom, what moves, and what the client sees of it."""

from dataclasses import dataclass

import pytest

from lanassist.node.errors import ClientBlocked, LanassistError, UnknownConversation
from lanassist.node.protocol import codec, limits
from lanassist.node.protocol.messages import (
    Appended,
    Client,
    Granted,
    MoveRequested,
    Offer,
    RequestAnswered,
)
from lanassist.node.services.base import Persist, Send
from lanassist.node.services.command import Done
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.commands import (
    ALL,
    Assign,
    BlockClient,
    DoAct,
    Reopen,
    SetDraft,
    ToldConversation,
    Transfer,
)
from lanassist.node.services.conversations.records import ReservationRecord
from lanassist.node.services.desk import windows
from lanassist.node.services.desk.commands import (
    BLOCKED,
    CONVERSATIONS,
    ClientView,
    LeaveConversation,
    ReadConversation,
    SendAsClient,
    Sent,
    StartConversation,
    Started,
    TypeAsClient,
)
from lanassist.node.services.desk.records import ConversationRecord
from lanassist.node.services.desk.windows import AgentTypes
from lanassist.node.services.facts import Availability
from lanassist.node.trust.grants import Grant, Role
from tests.support.people import person
from tests.support.team import Member, Team, lines


@dataclass
class Asking:
    """What a supervisor asked, and the code of the answer."""

    sam: Member

    def assign(self, conversation: str, to: str) -> str:
        answer = self.sam.ask(Assign(conversation=conversation, to=to))
        return answer.code if isinstance(answer, LanassistError) else ""


def code(answer: object) -> str:
    """Of a refusal."""
    return answer.code if isinstance(answer, LanassistError) else ""


# --- routing -----------------------------------------------------------------------------------------


def test_a_client_comes_to_the_agent_who_has_room_and_both_see_each_others_words() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve", "my invoice is wrong")
    assert dana.holds() == [eve]
    team.says(dana, eve, "let me look")
    assert team.reads("Eve", eve) == ["my invoice is wrong", "let me look"]
    assert team.view("Eve", eve).agent == "Dana"


def test_the_category_decides_before_free_capacity() -> None:
    team = Team()
    dana, dave = team.agent("Dana", capacity=1, teams=("sales",)), team.agent("Dave", capacity=5)
    assert [team.client("Eve", category="billing")] == dana.holds()
    assert [team.client("Ada", category="billing")] == dave.holds()


def test_without_room_clients_wait_in_order_and_see_their_place() -> None:
    team = Team()
    eve, ada = team.client("Eve"), team.client("Ada")
    assert [team.view("Eve", eve).position, team.view("Ada", ada).position] == [1, 2]
    dana = team.agent("Dana", capacity=1)
    assert dana.holds() == [eve]
    assert team.view("Ada", ada).position == 1


def test_a_waiting_client_is_assigned_the_moment_there_is_room() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=1)
    eve, ada = team.client("Eve"), team.client("Ada")
    dana.ask(DoAct(conversation=eve, kind="complete"))
    assert dana.holds() == [ada]
    assert team.row(eve).state == "done"


def test_an_orphan_is_not_given_once_more_to_the_agent_who_died() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.leave(dana)
    asking = Asking(team.supervisor("Sam"))
    assert asking.assign(eve, dana.node) == "agent-offline"


def test_an_agent_back_from_a_break_gets_who_waited() -> None:
    team = Team()
    dana = team.agent("Dana")
    dana.observe(Availability(available=False, why="on break: lunch"))
    eve = team.client("Eve")
    assert dana.holds() == []
    dana.observe(Availability())
    assert dana.holds() == [eve]


def test_an_agent_who_does_not_answer_is_passed_over() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=5)
    dave = team.agent("Dave", capacity=1)
    dana.peers.clear()  # it hears nothing, and the desk does not know yet
    eve = team.client("Eve")
    assert team.row(eve).moving_to == dana.node
    team.later(limits.OFFER_ANSWER)
    assert dave.holds() == [eve]


# --- moving ------------------------------------------------------------------------------------------


def test_the_three_refusals_have_their_codes_and_nothing_moves() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dave, dora, dirk = team.agent("Dave"), team.agent("Dora", capacity=0), team.agent("Dirk")
    dave.observe(Availability(available=False, why="on break: lunch"))
    team.leave(dirk)
    asking = Asking(team.supervisor("Sam"))
    assert asking.assign(eve, dave.node) == "agent-absent"
    assert asking.assign(eve, dora.node) == "agent-at-capacity"
    assert asking.assign(eve, dirk.node) == "agent-offline"
    assert dana.holds() == [eve]


def test_a_supervisor_assigns_and_the_whole_conversation_moves() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dave = team.agent("Dave")
    assert Asking(team.supervisor("Sam")).assign(eve, dave.node) == ""
    assert (dana.holds(), dave.holds()) == ([], [eve])
    assert [each.text for each in dave.kept(EntryRecord) if each.kind == "client"] == ["I need help"]
    joined = [each for each in dave.kept(EntryRecord) if each.kind == "joined"][-1]
    assert (joined.name, joined.actor_name) == ("Dave", "Sam")


def test_without_the_grant_nobody_assigns() -> None:
    team = Team()
    dana, dave = team.agent("Dana"), team.agent("Dave")
    eve = team.client("Eve")
    owner = next(each for each in (dana, dave) if each.holds())
    sam = team.supervisor("Sam", grants=(Grant.OBSERVE,))
    assert Asking(sam).assign(eve, dave.node) == "missing-grant"
    assert owner.holds() == [eve]


def test_an_agent_transfers_and_the_words_before_it_come_first() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dave = team.agent("Dave")
    team.says(dana, eve, "my colleague takes over")
    assert dana.ask(Transfer(conversation=eve, to=dave.node)) == Done()
    assert [each.kind for each in dave.kept(EntryRecord)] == ["client", "joined", "say", "joined"]


def test_back_in_the_queue_it_goes_to_somebody_else_first() -> None:
    team = Team()
    dana, dave = team.agent("Dana", capacity=5), team.agent("Dave", capacity=1)
    eve = team.client("Eve")
    assert dana.holds() == [eve]
    dana.ask(Transfer(conversation=eve))
    assert dave.holds() == [eve]


def test_the_orphans_of_a_dead_agent_are_shown_and_reassigned() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    team.leave(dana)
    told = sam.shown(ALL)[eve]
    assert isinstance(told, ToldConversation)
    assert (told.orphaned, told.owner_name) == (True, "Dana")
    dave = team.agent("Dave")
    assert Asking(sam).assign(eve, dave.node) == ""
    assert dave.holds() == [eve]
    team.come_back(dana)
    assert dana.holds() == []
    assert dana.mine()[eve].state == "moved"


def test_what_was_completed_can_be_opened_again_by_the_agent() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dana.ask(DoAct(conversation=eve, kind="complete"))
    assert dana.ask(Reopen(conversation=eve)) == Done()
    assert dana.holds() == [eve]


def test_a_client_who_writes_again_waits_again() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dana.ask(DoAct(conversation=eve, kind="complete"))
    dana.observe(Availability(available=False, why="on break: lunch"))
    team.writes("Eve", eve, "one more thing")
    assert (team.row(eve).state, team.view("Eve", eve).position) == ("waiting", 1)


def test_completed_without_having_seen_the_last_words_it_is_not_done() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.cut(dana, team.desk)
    dana.ask(DoAct(conversation=eve, kind="complete"))
    team.writes("Eve", eve, "wait, one more thing")
    team.link(dana, team.desk)
    assert dana.holds() == [eve]  # through the queue, to the only one there is
    assert [each.kind for each in dana.kept(EntryRecord)][-3:] == ["complete", "queued", "joined"]


def test_a_colleague_is_named_as_people_do_and_an_unknown_one_is_offline() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.agent("Dave Low"), team.agent("Dave High")
    assert code(dana.ask(Transfer(conversation=eve, to="nobody"))) == "agent-offline"
    assert code(dana.ask(Transfer(conversation=eve, to="dave"))) == "ambiguous-agent"
    assert dana.ask(Transfer(conversation=eve, to="dave h")) == Done()


def test_nobody_but_the_owner_or_a_supervisor_moves_a_conversation() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dave = team.agent("Dave")
    stolen = MoveRequested(id="steal", conversation=eve, epoch=2, to=dave.node)
    effects = team.desk.core.receive(dave.identity, stolen, team.now)
    (answer,) = [each.message for each in effects if isinstance(each, Send)]
    assert isinstance(answer, RequestAnswered)
    assert answer.code == "conversation-moved"
    assert dana.holds() == [eve]


def test_a_supervisor_cannot_ask_in_somebody_elses_name() -> None:
    team = Team()
    team.agent("Dana")
    eve = team.client("Eve")
    dave = team.agent("Dave")
    sam = team.supervisor("Sam")
    forged = MoveRequested(id="m", conversation=eve, to=dave.node, actor="node-sue", actor_name="Sue")
    team.desk.do(team.desk.core.receive(sam.identity, forged, team.now))
    team.settle()
    joined = [each for each in dave.kept(EntryRecord) if each.kind == "joined"][-1]
    assert (joined.actor, joined.actor_name) == (sam.node, "Sam")


def test_while_it_is_being_moved_another_request_is_refused() -> None:
    team = Team()
    team.agent("Dana")
    eve = team.client("Eve")
    dave = team.agent("Dave")
    dave.peers.clear()  # it will not answer
    sam, sue = team.supervisor("Sam"), team.supervisor("Sue")
    assert sam.ask(Assign(conversation=eve, to=dave.node)) is None
    assert code(sue.ask(Assign(conversation=eve, to=dave.node))) == "being-moved"
    team.later(limits.OFFER_ANSWER)
    assert [code(answer) for answer in sam.answers.values()] == ["no-answer"]
    assert team.row(eve).owner_name == "Dana"


def test_a_move_ends_with_the_link_or_the_conversation() -> None:
    team = Team()
    team.agent("Dana")
    eve = team.client("Eve")
    dave = team.agent("Dave")
    dave.peers.clear()
    sam = team.supervisor("Sam")
    sam.ask(Assign(conversation=eve, to=dave.node))
    team.cut(team.desk, dave)
    team.link(team.desk, dave)
    dave.peers.clear()
    sam.ask(Assign(conversation=eve, to=dave.node))
    team.desk.ask(LeaveConversation(conversation=eve, client="eve", id="bye"))
    assert [code(answer) for answer in sam.answers.values()] == ["agent-offline", "conversation-moved"]
    dave.peers.add(team.desk.node)
    team.later(limits.RESEND)
    assert dave.kept(ReservationRecord) == []


def test_what_stays_where_it_is_needs_no_move() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=1)
    eve, ada = team.client("Eve"), team.client("Ada")
    sam = team.supervisor("Sam")
    assert sam.ask(Assign(conversation=eve, to=dana.node)) == Done()
    assert sam.ask(Assign(conversation=ada)) == Done()
    assert dana.holds() == [eve]
    assert code(sam.ask(Assign(conversation=ada, to=dana.node))) == "agent-at-capacity"


def test_a_blocked_client_is_given_to_nobody() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    sam.ask(BlockClient(client="eve"))
    assert code(sam.ask(Assign(conversation=eve, to=dana.node))) == "client-blocked"


def test_desks_tell_each_other_who_is_blocked_also_one_that_was_off() -> None:
    team = Team()
    annex = team.join(person("Annex", Role.DESK))
    sam = team.supervisor("Sam")
    team.cut(annex, sam)
    sam.ask(BlockClient(client="eve", reason="insults"))
    assert annex.shown(BLOCKED) == {}
    team.link(annex, team.desk)
    assert "eve" in annex.shown(BLOCKED)
    sam.ask(BlockClient(client="eve", blocked=False))
    assert annex.shown(BLOCKED) == {}
    team.later(limits.HOLDING_EVERY)  # they compare, and agree


def test_a_conversation_that_the_desk_does_not_know_is_nobodys() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.desk.disk.clear()
    team.leave(team.desk)
    team.says(dana, eve, "hello?")
    team.come_back(team.desk)
    row = dana.mine()[eve]
    assert (row.state, [each.text for each in row.refused]) == ("moved", ["hello?"])


def test_clocks_that_were_decades_off_stop_no_conversation() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.leave(team.desk)
    team.desk.disk = {place: record.shifted(-2e9, team.now) for place, record in team.desk.disk.items()}
    dana.disk.clear()
    team.come_back(dana)
    team.come_back(team.desk)
    for _, message in team.desk.sent:
        assert codec.decode(codec.encode(message)) == message
    assert dana.holds() == [eve]


# --- clients -----------------------------------------------------------------------------------------


def test_a_message_that_is_sent_twice_is_said_once() -> None:
    team = Team()
    eve = team.client("Eve")
    twice = SendAsClient(conversation=eve, client="eve", id="m1", text="hello?")
    assert [team.desk.ask(twice), team.desk.ask(twice)] == [Sent(seq=2), Sent(seq=2)]
    assert team.reads("Eve", eve) == ["I need help", "hello?"]
    assert team.client("Eve") == eve


def test_a_page_that_comes_back_reads_what_it_missed() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.says(dana, eve, "are you there?")
    missed = team.desk.ask(ReadConversation(conversation=eve, client="eve", after=2))
    assert [each.text for each in missed.entries] == ["are you there?"]  # type: ignore[union-attr]
    assert lines(team.desk.told) == ["I need help", "are you there?"]


def test_notes_categories_and_who_holds_control_never_reach_the_client() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dana.ask(DoAct(conversation=eve, kind="note", text="is rude"))
    dana.ask(DoAct(conversation=eve, kind="categorise", text="billing"))
    assert team.reads("Eve", eve) == lines(team.desk.told) == ["I need help"]
    assert team.row(eve).category == dana.mine()[eve].category == "billing"


def test_nobody_reads_or_writes_in_somebody_elses_conversation() -> None:
    team = Team()
    eve = team.client("Eve")
    for wrong in (
        ReadConversation(conversation=eve, client="ada"),
        SendAsClient(conversation=eve, client="ada", id="m1", text="hi"),
        ReadConversation(conversation="nothing", client="eve"),
    ):
        assert isinstance(team.desk.ask(wrong), UnknownConversation)


def test_typing_is_seen_on_both_sides() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.desk.ask(TypeAsClient(conversation=eve, client="eve", typing=True))
    assert dana.mine()[eve].typing
    dana.ask(SetDraft(conversation=eve, text="I"))
    assert AgentTypes(True) in [each.news for each in team.desk.told]


def test_a_client_who_leaves_frees_the_agent() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=1)
    eve, ada = team.client("Eve"), team.client("Ada")
    team.desk.ask(LeaveConversation(conversation=eve, client="eve", id="bye"))
    assert dana.holds() == [ada]
    assert team.row(eve).state == "done"


def test_of_what_is_done_only_the_latest_stays_on_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "DONE_SHOWN", 1)
    team = Team()
    eve, ada = team.client("Eve"), team.client("Ada")
    team.desk.ask(LeaveConversation(conversation=eve, client="eve", id="bye"))
    assert set(team.desk.shown(CONVERSATIONS)) == {eve, ada}
    team.desk.ask(LeaveConversation(conversation=ada, client="ada", id="bye"))
    assert set(team.desk.shown(CONVERSATIONS)) == {ada}
    assert isinstance(team.writes("Eve", eve, "still there?"), Sent)


# --- blocking ----------------------------------------------------------------------------------------


def test_blocking_ends_what_is_open_and_refuses_the_client_until_unblocked() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    assert sam.ask(BlockClient(client="eve", reason="insults")) == Done()
    assert (dana.holds(), team.row(eve).state) == ([], "done")
    assert isinstance(team.writes("Eve", eve, "let me in"), ClientBlocked)
    assert "eve" in team.desk.shown(BLOCKED)
    assert sam.ask(BlockClient(client="eve", blocked=False)) == Done()
    assert isinstance(team.writes("Eve", eve, "thank you"), Sent)
    assert dana.holds() == [eve]


def test_a_block_ends_by_itself_and_outlives_a_restart() -> None:
    team = Team()
    sam = team.supervisor("Sam")
    sam.ask(BlockClient(client="eve", seconds=60.0))
    team.come_back(team.desk)
    start = StartConversation(id="s", client=team_client("Eve"), text="hi")
    assert isinstance(team.desk.ask(start), ClientBlocked)
    team.later(60.0)
    assert isinstance(team.desk.ask(start), Started)


def team_client(name: str) -> Client:
    return Client(id=name.lower(), name=name)


# --- what is promised to the disk --------------------------------------------------------------------


def test_the_desk_restarts_with_everything() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=1)
    eve, ada = team.client("Eve"), team.client("Ada")
    team.come_back(team.desk)
    assert (team.row(eve).owner, team.row(ada).state) == (dana.node, "waiting")
    team.says(dana, eve, "still here")
    assert team.reads("Eve", eve) == ["I need help", "still here"]


def test_owner_and_epoch_are_committed_before_anybody_hears_of_them() -> None:
    team = Team()
    dana = team.agent("Dana")
    team.mail.clear()
    answer = StartConversation(id="s", client=team_client("Eve"), text="hi")
    effects = team.desk.core.command(1, answer, team.now)
    assert isinstance(effects[0], Persist)
    sent = [each.message for each in effects if isinstance(each, Send)]
    offer = next(each for each in sent if isinstance(each, Offer))
    dana.do(dana.core.receive(team.desk.identity, offer, team.now))
    (_, _, accepted), *_ = [each for each in team.mail if each[1] == team.desk.node]
    effects = team.desk.core.receive(dana.identity, accepted, team.now)
    assert isinstance(effects[0], Persist)
    header = next(each for each in effects[0].put if isinstance(each, ConversationRecord))
    sent = [each.message for each in effects if isinstance(each, Send)]
    granted = next(each for each in sent if isinstance(each, Granted))
    assert (header.owner, header.epoch) == (dana.node, granted.epoch)


def test_what_the_owner_has_not_confirmed_is_said_again_and_then_no_more() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.desk.peers.clear()  # it hears nothing
    team.desk.sent.clear()
    team.writes("Eve", eve, "hello?")
    team.later(limits.RESEND * 2)
    assert len([message for _, message in team.desk.sent if isinstance(message, Appended)]) == 3
    team.desk.peers.add(dana.node)
    team.later(limits.RESEND)
    team.desk.sent.clear()
    team.later(limits.RESEND * 2)
    assert not [message for _, message in team.desk.sent if isinstance(message, Appended)]


@pytest.mark.parametrize("entries", [limits.ENTRIES_PER_MESSAGE * 2 + 1])
def test_a_long_log_moves_in_pieces_and_arrives_whole(entries: int) -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    for number in range(entries):
        team.writes("Eve", eve, f"{number}")
    dave = team.agent("Dave")
    dana.ask(Transfer(conversation=eve, to=dave.node))
    words = [each.text for each in sorted(dave.kept(EntryRecord), key=lambda each: each.seq) if each.text]
    assert words == ["I need help", *map(str, range(entries))]


def test_a_conversation_has_an_end_to_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOG_ENTRIES", 3)
    team = Team()
    eve = team.client("Eve")
    team.writes("Eve", eve, "two")
    team.writes("Eve", eve, "three")
    refusal = team.writes("Eve", eve, "four")
    assert isinstance(refusal, LanassistError)
    assert "start another" in refusal.text


def test_a_client_of_the_page_has_few_conversations_open_at_once() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=9)
    eve = Client(id="eve", name="Eve")
    starts = [
        StartConversation(id=f"start-{n}", client=eve, text="help") for n in range(limits.OPEN_PER_CLIENT + 1)
    ]
    answers = [code(team.desk.ask(start)) for start in starts]
    assert answers == [""] * limits.OPEN_PER_CLIENT + ["too-many-conversations"]
    dana.ask(DoAct(conversation=dana.holds()[0], kind="complete"))
    assert isinstance(team.desk.ask(starts[-1]), Started)
    assert isinstance(team.desk.ask(starts[-1]), Started)  # said twice, it is the same


# --- categories --------------------------------------------------------------------------------------


def test_a_client_asks_about_what_the_desk_offers_or_leaves_it_open() -> None:
    team = Team()
    start = StartConversation(id="s", client=team_client("Eve"), category="poetry", text="hi")
    answer = team.desk.ask(start)
    assert isinstance(answer, LanassistError)
    assert (answer.code, answer.text) == (
        "bad-input",
        "The category “poetry” is not usable: there is billing, other.",
    )
    assert team.row(team.client("Ada")).category == ""


def test_a_category_that_the_desk_does_not_have_is_never_taken_in() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    poetry = DoAct(conversation=eve, kind="categorise", text="poetry")
    assert code(dana.ask(poetry)) == "bad-input"
    team.cut(dana, team.desk)
    dana.ask(poetry)  # what there is, is not known here now
    team.says(dana, eve, "hello")
    team.link(dana, team.desk)
    assert [each.text for each in dana.mine()[eve].refused] == ["poetry"]
    assert (team.row(eve).category, team.reads("Eve", eve)[1:]) == ("", ["hello"])


@pytest.mark.parametrize("end", ["complete", "leave", "block"])
def test_a_client_is_told_when_it_is_done(end: str) -> None:
    team = Team()
    dana, sam = team.agent("Dana"), team.supervisor("Sam")
    eve = team.client("Eve")
    match end:
        case "complete":
            team.says(dana, eve, "done")
            dana.ask(DoAct(conversation=eve, kind="complete"))
        case "leave":
            team.desk.ask(LeaveConversation(conversation=eve, client="eve", id="bye"))
        case _:
            sam.ask(BlockClient(client="eve", reason="rude"))
    views = [each.news for each in team.desk.told if isinstance(each.news, ClientView)]
    assert views[-1].state == "done"
