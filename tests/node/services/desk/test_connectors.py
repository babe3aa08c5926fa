"""Connectors: what an outside chat system is told, and when it counts as told."""

import pytest
from hypothesis import given, settings, strategies as st

from lanassist.node.errors import LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Client
from lanassist.node.services.base import Persist, Record, Reply
from lanassist.node.services.conversations.commands import DoAct, Transfer
from lanassist.node.services.desk.commands import (
    LeaveConversation,
    ReadConversation,
    SendAsClient,
    Sent,
    StartConversation,
    Started,
)
from lanassist.node.services.desk.connector_commands import (
    AcknowledgeNews,
    ListOpen,
    OpenConversation,
    OpenConversations,
    Taken,
    TakenEntry,
    TakeNews,
)
from lanassist.node.services.desk.records import ConversationRecord
from tests.support.team import Member, Team


class Bridge:
    """An outside chat system as its own side sees it."""

    def __init__(self, team: Team, name: str = "irc") -> None:
        self.team = team
        self.name = name
        self._said = 0

    def starts(self, nick: str, text: str = "hello", start: str = "") -> str:
        client = Client(id=f"{self.name}:{nick}", name=nick)
        command = StartConversation(id=start or f"start-{nick}", client=client, text=text, via=self.name)
        answer = self.team.desk.ask(command)
        assert isinstance(answer, Started), answer
        return answer.conversation

    def writes(self, nick: str, conversation: str, text: str) -> None:
        self._said += 1
        said = SendAsClient(
            conversation=conversation, client=f"{self.name}:{nick}", id=f"m{self._said}", text=text
        )
        assert isinstance(self.team.desk.ask(said), Sent)

    def waits(self, wait: float = 25.0, **in_hand: int) -> int:
        """Asks for what there is; the ticket of the question."""
        desk = self.team.desk
        ticket = self.team.next_ticket()
        asked = TakeNews(connector=self.name, wait=wait, in_hand=in_hand)
        desk.do(desk.core.command(ticket, asked, self.team.now))
        return ticket

    def answered(self, ticket: int) -> tuple[TakenEntry, ...] | None:
        answer = self.team.desk.answers.get(ticket)
        assert answer is None or isinstance(answer, Taken), answer
        return None if answer is None else answer.entries

    def takes(self, **in_hand: int) -> tuple[TakenEntry, ...]:
        entries = self.answered(self.waits(0.0, **in_hand))
        assert entries is not None
        return entries

    def acknowledges(self, conversation: str, seq: int) -> str:
        answer = self.team.desk.ask(AcknowledgeNews(connector=self.name, conversation=conversation, seq=seq))
        return answer.code if isinstance(answer, LanassistError) else ""

    def open(self, after: str = "") -> tuple[OpenConversation, ...]:
        answer = self.team.desk.ask(ListOpen(connector=self.name, after=after))
        assert isinstance(answer, OpenConversations)
        return answer.conversations


@pytest.fixture
def team() -> Team:
    return Team()


@pytest.fixture
def dana(team: Team) -> Member:
    return team.agent("Dana")


@pytest.fixture
def irc(team: Team) -> Bridge:
    return Bridge(team)


def kinds(entries: tuple[TakenEntry, ...]) -> list[str]:
    return [each.kind for each in entries]


def texts(entries: tuple[TakenEntry, ...]) -> list[str]:
    return [each.text for each in entries if each.kind == "say"]


# --- taking and acknowledging ------------------------------------------------------------------------


def test_a_connectors_client_is_served_like_any_other(team: Team, dana: Member, irc: Bridge) -> None:
    eve = irc.starts("eve", "my invoice is wrong")
    assert dana.holds() == [eve]
    assert team.row(eve).via == "irc"
    team.says(dana, eve, "let me look")
    joined, said = irc.takes()
    assert (joined.kind, joined.name, joined.client, joined.state) == ("joined", "Dana", "irc:eve", "open")
    assert (said.kind, said.text, said.name, said.conversation) == ("say", "let me look", "Dana", eve)
    assert joined.seq < said.seq


def test_what_is_not_acknowledged_is_told_again_and_what_is_never(
    team: Team, dana: Member, irc: Bridge
) -> None:
    eve = irc.starts("eve")
    team.says(dana, eve, "one")
    team.says(dana, eve, "two")
    joined, one, two = irc.takes()
    assert irc.takes() == (joined, one, two)
    assert irc.acknowledges(eve, one.seq) == ""
    assert irc.takes() == (two,)
    assert irc.acknowledges(eve, joined.seq) == ""  # late, and so without effect
    assert irc.takes() == (two,)
    assert irc.acknowledges(eve, two.seq) == ""
    assert irc.takes() == ()


def test_what_a_client_says_itself_and_what_is_the_teams_own_is_not_told(
    team: Team, dana: Member, irc: Bridge
) -> None:
    eve = irc.starts("eve")
    irc.writes("eve", eve, "are you there?")
    dana.ask(DoAct(conversation=eve, kind="note", text="seems upset"))
    dana.ask(DoAct(conversation=eve, kind="categorise", text="billing"))
    dana.ask(Transfer(conversation=eve, to=""))
    team.says(dana, eve, "I am back")
    dana.ask(DoAct(conversation=eve, kind="complete"))
    told = irc.takes()
    assert kinds(told) == ["joined", "queued", "joined", "say", "complete"]
    assert {each.state for each in told} == {"done"}


def test_who_waits_is_answered_the_moment_there_is_something(team: Team, dana: Member, irc: Bridge) -> None:
    eve = irc.starts("eve")
    assert irc.acknowledges(eve, irc.takes()[-1].seq) == ""
    first, second, other = irc.waits(), irc.waits(), Bridge(team, "xmpp").waits()
    assert irc.answered(first) is None
    team.says(dana, eve, "hello")
    assert texts(irc.answered(first) or ()) == texts(irc.answered(second) or ()) == ["hello"]
    assert irc.answered(other) is None


def test_who_waits_for_nothing_is_told_so(team: Team, irc: Bridge) -> None:
    ticket = irc.waits(10.0)
    team.later(9.9)
    assert irc.answered(ticket) is None
    team.later(0.2)
    assert irc.answered(ticket) == ()
    team.later(60.0)  # nothing is left that would want to be called


def test_one_more_who_waits_sends_the_oldest_away(team: Team, irc: Bridge) -> None:
    tickets = [irc.waits() for _ in range(limits.TAKES_WAITING + 1)]
    assert irc.answered(tickets[0]) == ()
    assert [irc.answered(each) for each in tickets[1:]] == [None] * limits.TAKES_WAITING


def test_what_a_connector_has_in_hand_is_not_told_until_it_asks_anew(
    team: Team, dana: Member, irc: Bridge
) -> None:
    eve, bob = irc.starts("eve"), irc.starts("bob")
    team.says(dana, eve, "one")
    in_hand = {each.conversation: each.seq for each in irc.takes()}
    ticket = irc.waits(25.0, **in_hand)
    assert irc.answered(ticket) is None
    team.says(dana, bob, "two")
    assert texts(irc.answered(ticket) or ()) == ["two"]
    assert len(irc.takes()) == 4


def test_an_answer_is_bounded_and_nobody_is_passed_over_for_ever(
    team: Team, dana: Member, irc: Bridge
) -> None:
    eve, bob = irc.starts("eve"), irc.starts("bob")
    for number in range(limits.TAKEN_AT_ONCE + 5):
        team.says(dana, eve, f"{number}")
    team.says(dana, bob, "and you?")
    first = irc.takes()
    assert len(first) == limits.TAKEN_AT_ONCE
    assert {each.conversation for each in first} == {eve}
    second = irc.takes()
    assert "and you?" in texts(second)
    assert [each.seq for each in second if each.conversation == eve] == [
        each.seq for each in first[: len(second) - 2]
    ]


# --- restarts ----------------------------------------------------------------------------------------


def test_a_desk_that_starts_again_goes_on_from_what_was_acknowledged(
    team: Team, dana: Member, irc: Bridge
) -> None:
    eve = irc.starts("eve")
    team.says(dana, eve, "one")
    team.says(dana, eve, "two")
    _, one, two = irc.takes()
    irc.acknowledges(eve, one.seq)
    team.come_back(team.desk)
    assert [(each.seq, each.id, each.text) for each in irc.takes()] == [(two.seq, two.id, "two")]
    assert irc.starts("eve", start="start-eve") == eve


def test_an_acknowledgement_is_committed_before_it_is_answered(team: Team, dana: Member, irc: Bridge) -> None:
    eve = irc.starts("eve")
    (joined,) = irc.takes()
    command = AcknowledgeNews(connector="irc", conversation=eve, seq=joined.seq)
    first, second = team.desk.core.command(9, command, team.now)
    assert isinstance(first, Persist)
    assert [each.told for each in first.put if isinstance(each, ConversationRecord)] == [joined.seq]
    assert isinstance(second, Reply)


@given(st.lists(st.sampled_from(["say", "take", "ack", "desk dies", "bridge dies", "write"]), max_size=40))
@settings(max_examples=80, deadline=None)
def test_whatever_dies_each_line_is_delivered_in_order_and_doubled_only_unacknowledged(
    story: list[str],
) -> None:
    team = Team()
    dana = team.agent("Dana")
    irc = Bridge(team)
    eve = irc.starts("eve")
    said = 0
    hand: list[TakenEntry] = []
    done: list[str] = []
    for step in [*story, "say", *["take", "ack"] * 60]:
        match step:
            case "say":
                said += 1
                team.says(dana, eve, f"{said}")
            case "write":
                irc.writes("eve", eve, "and?")
            case "take":
                in_hand = {eve: hand[-1].seq} if hand else {}
                hand += irc.takes(**in_hand)
            case "ack" if hand:
                entry = hand.pop(0)
                assert irc.acknowledges(eve, entry.seq) == ""
                done += texts((entry,))
            case "desk dies":
                team.come_back(team.desk)
            case "bridge dies":
                hand = []
    assert done == [f"{number}" for number in range(1, said + 1)]


# --- whose clients -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("client", "via"), [("irc:eve", ""), ("eve", "irc"), ("irc:", "irc"), ("xmpp:eve", "irc"), (":eve", "")]
)
def test_each_connector_and_the_chat_page_have_their_own_clients(team: Team, client: str, via: str) -> None:
    start = StartConversation(id="s", client=Client(id=client, name="Eve"), text="hello", via=via)
    answer = team.desk.ask(start)
    assert isinstance(answer, LanassistError)
    assert answer.code == "bad-input"
    assert client in answer.text


def test_a_connector_reaches_no_conversation_but_its_own(team: Team, dana: Member, irc: Bridge) -> None:
    eve, bob = irc.starts("eve"), team.client("Bob")
    xmpp = Bridge(team, "xmpp")
    assert xmpp.acknowledges(eve, 1) == irc.acknowledges(bob, 1) == "unknown-conversation"
    assert xmpp.takes() == ()
    assert {each.conversation for each in irc.takes()} == {eve}
    assert [each.conversation for each in irc.open()] == [eve]
    for client in ("eve", "xmpp:eve", "bob"):
        answer = team.desk.ask(ReadConversation(conversation=eve, client=client))
        assert isinstance(answer, LanassistError)
        assert answer.code == "unknown-conversation"


def test_what_was_never_told_cannot_be_acknowledged(team: Team, dana: Member, irc: Bridge) -> None:
    eve = irc.starts("eve")
    assert irc.acknowledges(eve, 3) == "bad-input"
    assert len(irc.takes()) == 1


# --- what is open ------------------------------------------------------------------------------------


def test_open_conversations_are_listed_with_who_has_them_and_who_waits(team: Team, irc: Bridge) -> None:
    dana = team.agent("Dana", capacity=1)
    eve, bob, cat = irc.starts("eve"), irc.starts("bob"), irc.starts("cat")
    irc.acknowledges(eve, irc.takes()[0].seq)
    team.desk.ask(LeaveConversation(conversation=cat, client="irc:cat", id="bye"))
    rows = {each.conversation: each for each in irc.open()}
    assert list(rows) == sorted([eve, bob])
    assert (rows[eve].agent, rows[eve].state, rows[eve].acknowledged) == (dana.identity.name, "open", 2)
    assert (rows[bob].agent, rows[bob].state, rows[bob].position) == ("", "waiting", 1)


def test_more_than_fit_one_answer_are_listed_one_answer_after_the_other(
    team: Team, irc: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CONNECTORS_LISTED", 2)
    mine = [irc.starts(f"n{number}") for number in range(5)]
    seen: list[str] = []
    while page := irc.open(seen[-1] if seen else ""):
        assert len(page) <= 2
        seen += [each.conversation for each in page]
    assert seen == sorted(mine)


def test_nothing_is_kept_for_who_does_not_listen(team: Team, dana: Member, irc: Bridge) -> None:
    eve = irc.starts("eve")
    before = {type(record) for record in team.desk.disk.values()}
    for number in range(50):
        team.says(dana, eve, f"{number}")
    after: set[type[Record]] = {type(record) for record in team.desk.disk.values()}
    assert after == before
    assert len(texts(irc.takes())) == limits.TAKEN_AT_ONCE - 1
