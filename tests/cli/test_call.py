"""``lanassist call``, ``help`` and ``listen-in``: what they ask the node, print, and exit with."""

import io
import json

import msgspec
import pytest
from rich.console import Console

from lanassist.cli.call_view import offers_table
from lanassist.node.errors import (
    BeingAssisted,
    CallOngoing,
    LanassistError,
    ListenInRequired,
    MissingGrant,
    MissingRole,
    NoRoutedCall,
    NotAssisting,
    OutboundCall,
)
from lanassist.node.protocol.messages import SessionId
from lanassist.node.services.assist.commands import (
    OWN_HELP,
    REQUESTS,
    AskedHelp,
    AssistOffer,
    AssistSession,
    BegunCall,
    HelpList,
    HelpRow,
    ListenIn,
    OfferList,
    OwnCalls,
    OwnHelp,
    PastCall,
)
from lanassist.node.services.call import Call
from lanassist.node.services.command import Done, Refusal
from lanassist.node.services.presence.commands import AgentRow
from lanassist.web.commands import LaunchAddress
from tests.cli.agents import NOW, agent, agents
from tests.cli.conversations import batch
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode

DANA, KIM = agent("Dana Fox"), agent("Kim Oduya")
CALL = Call(
    id="c1", state="talking", routed=True, number="+49 30 1234", category="Billing", began=NOW - 65,
    since=NOW - 65,
)  # fmt: skip
SESSION = SessionId("5e55ion")


def offers(*, refused: LanassistError | None = None, running: bool = False) -> OfferList:
    """Dana has a call; Kim has none."""
    none = Refusal.of(NoRoutedCall(agent="Kim Oduya"))
    session = AssistSession(
        session=SESSION, agent=DANA.node, agent_name=DANA.name, call=CALL, state="listening", since=NOW - 5,
        began=NOW - 6,
    )  # fmt: skip
    why = Refusal.of(refused)
    return OfferList(
        now=NOW,
        offers=(
            AssistOffer(node=KIM.node, call=None, listen=none, talk=none, takeover=none),
            AssistOffer(node=DANA.node, call=CALL, listen=why, talk=why, takeover=why, listen_in=True),
        ),
        sessions=(session,) if running else (),
    )


def asked(node: FakeNode) -> tuple[str, dict[str, object]]:
    return node.asked[-1]


# --- an agent's own ----------------------------------------------------------------------------------


def test_a_call_begins_with_all_that_is_known_of_it(terminal: Terminal, node: FakeNode) -> None:
    node.answer("call.begin", BegunCall(call="c1"))
    words = ["--inbound", "--routed", "--from", "+49 30 1234", "--category", "Billing", "--id", "c1"]
    result = terminal.run("call", "begin", *words)
    assert (result.exit_code, result.stdout) == (0, "The call is on (c1).\n")
    body = {"routed": True, "number": "+49 30 1234", "category": "Billing", "id": "c1"}
    assert asked(node) == ("call.begin", {"direction": "inbound", **body})


def test_a_call_without_sound_says_so(terminal: Terminal, node: FakeNode) -> None:
    node.answer("call.begin", BegunCall(call="c1", sound_error="No sound server answers on this machine."))
    printed = terminal.run("call", "begin", "--outbound", "--to", "12").stdout
    assert printed == "The call is on (c1). No sound server answers on this machine.\n"
    assert asked(node)[1]["direction"] == "outbound"


def test_a_second_call_is_refused(terminal: Terminal, node: FakeNode) -> None:
    node.answer("call.begin", CallOngoing(which=" with 12"))
    result = terminal.run("call", "begin")
    assert result.exit_code == 1
    assert result.stderr == "A call is on already with 12. End it first: `lanassist call end`.\n"


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["call", "hold"], "call.hold"),
        (["call", "resume"], "call.resume"),
        (["call", "end"], "call.end"),
        (["call", "end", "dana"], "assist.end-call"),
        (["call", "end-acw"], "call.end-acw"),
        (["call", "takeover", "dana"], "assist.takeover"),
        (["call", "release", "dana"], "assist.release"),
        (["call", "close", "dana"], "assist.close"),
        (["help", "cancel"], "help.cancel"),
        (["help", "accept", "dana"], "help.accept"),
        (["help", "finish", "dana"], "help.finish"),
        (["help", "dismiss", "dana"], "help.dismiss"),
    ],
)
def test_each_command_is_one_of_the_node(
    terminal: Terminal, node: FakeNode, words: list[str], command: str
) -> None:
    node.answer(command, Done())
    result = terminal.run(*words)
    assert result.exit_code == 0
    assert result.stdout.endswith(".\n")
    assert asked(node)[0] == command
    assert json.loads(terminal.run(*words, "--json").stdout) == {"done": True}


def test_an_agents_own_calls_are_listed_where_there_is_no_supervisor(
    terminal: Terminal, node: FakeNode
) -> None:
    past = PastCall(
        call="c0", inbound=False, routed=False, number="12", began=NOW - 900, ended=NOW - 600, talk=200,
        hold=40, acw=60, taken_by="Sam",
    )  # fmt: skip
    node.answer("call.list", MissingRole(role="supervisor", who="Dana"))
    node.answer("call.own", OwnCalls(now=NOW, call=CALL, past=(past,)))
    printed = terminal.run("call", "list").stdout
    for word in ("Talking", "1:05", "+49 30 1234", "inbound, routed", "outbound", "3:20", "0:40", "Sam"):
        assert word in printed
    told = json.loads(terminal.run("call", "list", "--json").stdout)
    assert told["call"]["since_seconds"] == pytest.approx(65, abs=1)
    assert told["past"][0]["talk"] == 200


# --- a supervisor ------------------------------------------------------------------------------------


def test_what_may_not_be_done_in_a_call_says_why_beside_what_may(terminal: Terminal, node: FakeNode) -> None:
    kim, dana_may = offers().offers
    why = Refusal.of(MissingGrant(grant="takeover", who="Sam"))
    told = (kim, msgspec.structs.replace(dana_may, takeover=why))
    node.answer("call.list", OfferList(now=NOW, offers=told, sessions=()))
    node.answer("presence.agents", agents(DANA, KIM))
    dana = terminal.run("call", "list").stdout.splitlines()[1]
    assert "listen, talk; take over: The certificate of Sam lacks the grant “takeover”." in dana


def test_an_agent_without_any_call_reads_that(terminal: Terminal, node: FakeNode) -> None:
    node.answer("call.list", MissingRole(role="supervisor", who="Dana"))
    node.answer("call.own", OwnCalls(now=NOW, call=None, past=()))
    assert terminal.run("call", "list").stdout == "No call is on, and there was none of late.\n"


def test_every_agents_call_is_listed_with_what_may_be_done(terminal: Terminal, node: FakeNode) -> None:
    node.answer("call.list", offers())
    node.answer("presence.agents", agents(DANA, KIM))
    printed = terminal.run("call", "list").stdout
    dana, kim = printed.splitlines()[1:3]
    assert "Dana Fox" in dana
    assert "Talking" in dana
    assert "listen, talk, take over" in dana
    assert kim.count("Kim Oduya has no routed call.") == 1
    told = json.loads(terminal.run("call", "list", "--json").stdout)
    assert told["calls"][1]["call"]["began_seconds"] == pytest.approx(65, abs=1)
    assert told["calls"][0]["listen"]["code"] == "no-routed-call"


@pytest.mark.parametrize(
    ("refusal", "exit_code"),
    [
        (NoRoutedCall(agent="Dana"), 7),
        (OutboundCall(agent="Dana"), 7),
        (BeingAssisted(agent="Dana", holder="Kim"), 8),
        (ListenInRequired(agent="Dana"), 8),
        (MissingGrant(grant="listen", who="Sam"), 3),
    ],
)
def test_neither_page_nor_sound_is_opened_for_a_call_that_cannot_be_listened_to(
    terminal: Terminal, node: FakeNode, refusal: LanassistError, exit_code: int
) -> None:
    node.answer("presence.agents", agents(DANA, KIM))
    node.answer("call.list", offers(refused=refusal))
    for words in (["--page", "--print-url"], []):
        result = terminal.run("call", "listen", "dana", *words)
        assert (result.exit_code, result.stderr) == (exit_code, f"{refusal.text}\n")


def test_the_page_is_opened_at_the_agent(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.agents", agents(DANA, KIM))
    node.answer("call.list", offers())
    node.answer("node.launch", LaunchAddress(url="http://127.0.0.1:1/launch?code=x"))
    for reason, said in ((), ""), (("--reason", "angry & loud"), "angry+%26+loud"):
        result = terminal.run("call", "listen", "dana", "--print-url", *reason)
        assert result.stdout == "http://127.0.0.1:1/launch?code=x\n"
        assert asked(node)[1]["path"] == f"/supervisor/agents?agent={DANA.node}&listen={said}"


def test_talking_from_another_terminal_ends_with_the_time_or_the_assist(
    terminal: Terminal, node: FakeNode
) -> None:
    node.answer("presence.agents", agents(DANA))
    for name in ("talk", "release"):
        node.answer(f"assist.{name}", Done())
    node.answer("call.list", offers(running=True))
    node.stream("/api/events", batch(snapshot=True))
    result = terminal.run("call", "talk", "dana", "--for", "60s")
    assert result.stdout == "Dana Fox hears you; the customer does not.\n"
    assert result.exit_code == 10, "the fake node hangs up"
    assert asked(node) == ("assist.release", {"session": SESSION, "agent": ""})


def test_nobody_talks_without_an_assist(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.agents", agents(DANA))
    node.answer("call.list", offers())
    result = terminal.run("call", "talk", "dana")
    assert (result.exit_code, result.stderr) == (2, f"{NotAssisting().text}\n")


# --- help and listen-in ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("supervisors", "words"),
    [
        (0, "No supervisor is online. The request stands, and is told to the first who comes."),
        (1, "1 supervisor is told."),
        (3, "3 supervisors are told."),
    ],
)
def test_a_request_says_who_hears_it(
    terminal: Terminal, node: FakeNode, supervisors: int, words: str
) -> None:
    node.answer("help.request", AskedHelp(id="h", supervisors=supervisors))
    result = terminal.run("help", "request", "--reason", "refund")
    assert (result.exit_code, result.stdout) == (0, f"{words}\n")
    assert asked(node) == ("help.request", {"reason": "refund"})


def test_who_asks_for_help_is_listed(terminal: Terminal, node: FakeNode) -> None:
    rows = (
        HelpRow(agent=DANA.node, agent_name="Dana \x1b[31mFox", id="h", state="asked", since=NOW - 42),
        HelpRow(
            agent=KIM.node, agent_name="Kim", id="k", state="accepted", since=NOW - 9, by_name="Sam",
            dismissed=True, online=False,
        ),
    )  # fmt: skip
    node.answer("help.list", HelpList(now=NOW, requests=rows))
    printed = terminal.run("help", "list").stdout
    for word in ("Asks for help", "0:42", "Is being helped", "Sam", "dismissed, not linked now"):
        assert word in printed
    assert "\x1b" not in printed
    node.answer("help.list", HelpList(now=NOW, requests=()))
    assert terminal.run("help", "list").stdout == "Nobody asks for help.\n"
    assert json.loads(terminal.run("help", "list", "--json").stdout) == []
    node.answer("help.list", HelpList(now=NOW, requests=rows))
    told = json.loads(terminal.run("help", "list", "--json").stdout)
    assert told[0]["since_seconds"] == pytest.approx(42, abs=1)


def test_who_asks_can_be_watched(terminal: Terminal, node: FakeNode) -> None:
    row = HelpRow(agent=DANA.node, agent_name="Dana", id="h", state="asked", since=NOW - 42)
    node.stream("/api/events", batch((REQUESTS, DANA.node, row), snapshot=True))
    printed = terminal.run("help", "list", "--watch", "--json").stdout
    assert json.loads(printed)["value"]["state"] == "asked"


def test_an_agents_own_request_is_shown(terminal: Terminal, node: FakeNode) -> None:
    own = OwnHelp(state="accepted", reason="refund", since=NOW - 3, by_name="Sam", supervisors=0)
    node.stream("/api/events", batch((OWN_HELP, "self", own), snapshot=True))
    printed = terminal.run("help", "show").stdout
    assert "Sam is helping" in printed
    assert "none is online now" in printed


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (["on"], {"on": True, "this_call": False}),
        (["on", "--call"], {"on": True, "this_call": True}),
        (["off"], {"on": False, "this_call": False}),
        (["off", "--call"], {"on": False, "this_call": True}),
    ],
)
def test_listen_in_is_let_and_taken_back(
    terminal: Terminal, node: FakeNode, words: list[str], body: dict[str, object]
) -> None:
    node.answer("listen-in.set", Done())
    assert terminal.run("listen-in", *words).exit_code == 0
    assert asked(node) == ("listen-in.set", body)


def test_listen_in_is_shown_with_what_the_policy_wants(terminal: Terminal, node: FakeNode) -> None:
    node.answer("listen-in.own", ListenIn(all_calls=True, required=True, consent="ask"))
    printed = terminal.run("listen-in", "status").stdout
    for word in ("supervisors may listen in", "required before anybody listens", "you are asked first"):
        assert word in printed


def test_in_a_narrow_terminal_a_number_is_whole_below_the_call() -> None:
    names: dict[str, AgentRow] = {each.node: each for each in (DANA, KIM)}
    console = Console(width=80, file=io.StringIO())
    console.print(offers_table(offers().offers, names, NOW, 80))
    _titles, *lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [line.split("  ")[0] for line in lines if not line.startswith(" ")] == ["Dana Fox", "Kim Oduya"]
    assert ["● Talking · 1:05" in lines[0], lines[1].strip(), lines[2].strip()] == [
        True,
        "+49 30 1234",
        "inbound, routed",
    ]
    assert "listen, talk, take over" in lines[0]
