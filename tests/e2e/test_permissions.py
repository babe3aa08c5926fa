"""Who may do what: every command there is, with every certificate there is.

Twice. First at the user's own node: each command is given to a node of each kind, and needs the role that
the table names. Then where it counts, at the node that is acted on: a peer whose own node was tampered with
sends the message itself over a real link, so that nothing but the acting node can refuse it.

A command that is not in the table fails the test: whoever adds one says here who may use it.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from lanassist.node.app import Node, run_node
from lanassist.node.config import Settings
from lanassist.node.config.sections import DiscoverySettings, LinkSettings
from lanassist.node.errors import LanassistError, MissingRole
from lanassist.node.link.dialer import Target
from lanassist.node.protocol.messages import (
    Act,
    Append,
    AssistRequest,
    BlockRequested,
    Blocks,
    CallTold,
    Client,
    ColleaguesAsked,
    ControlAction,
    ControlAnswered,
    ControlRequest,
    ConversationTold,
    GlanceRequest,
    Granted,
    HelpAction,
    HelpAnswered,
    HelpTold,
    HistoryAsked,
    LogAsked,
    Message,
    Mirrored,
    MoveRequested,
    Offer,
    OfferAnswered,
    Presence,
    RequestAnswered,
    SessionIntent,
    SessionRefused,
    Standing,
    StatusAnswered,
    StatusRequested,
    Watching,
    Whisper,
    WhisperAnswered,
)
from lanassist.node.services.assist import commands as a
from lanassist.node.services.audit.commands import ListWatched, ReadLedger
from lanassist.node.services.command import AnyCommand
from lanassist.node.services.consent import commands as q
from lanassist.node.services.conversations import commands as c
from lanassist.node.services.desk import commands as d, connector_commands as k
from lanassist.node.services.glance import commands as g
from lanassist.node.services.peers import commands as p
from lanassist.node.services.presence import commands as s
from lanassist.node.services.registry import COMMANDS
from lanassist.node.services.site.commands import InstallDocument, ShowPolicy
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.grants import Grant, Role
from tests.node.link.pair import Node as Peer, running
from tests.support.site import Site
from tests.support.waiting import until

pytestmark = pytest.mark.e2e

ANYBODY: Final = frozenset(Role)
AGENT, SUPERVISOR, DESK = (frozenset({role}) for role in (Role.AGENT, Role.SUPERVISOR, Role.DESK))
MIA: Final = Client(id="mia", name="Mia")
WORD: Final = "x"

AT_THE_OWN_NODE: Final[list[tuple[AnyCommand, frozenset[Role]]]] = [
    (InstallDocument(document=WORD), ANYBODY),  # the site's signature decides
    (ShowPolicy(), ANYBODY),
    (q.ListRequests(), AGENT),
    (q.Allow(), AGENT),
    (q.Deny(), AGENT),
    (q.PauseWatching(), AGENT),
    (q.ResumeWatching(), AGENT),
    (p.ListPeers(), ANYBODY),
    (p.AddPeer(address="127.0.0.1:9"), ANYBODY),
    (p.RemovePeer(address="127.0.0.1:9"), ANYBODY),
    (s.ListAgents(), SUPERVISOR),
    (s.SetStatus(status="available"), AGENT),
    (s.SetStatusOf(agent=WORD, status="available"), SUPERVISOR),
    (s.SetCapacity(capacity=3), AGENT),
    (s.ShowStatus(), AGENT),
    (s.ShowDays(), AGENT),
    (g.ListDisplays(agent=WORD), SUPERVISOR),
    (g.StartGlance(agent=WORD, displays=(1,)), SUPERVISOR),
    (g.SwitchGlance(agent=WORD, displays=(1,)), SUPERVISOR),
    (g.StopGlance(agent=WORD), SUPERVISOR),
    (g.ListWatchers(), AGENT),
    (ListWatched(), AGENT),
    (ReadLedger(), ANYBODY),
    (d.StartConversation(id=WORD, client=MIA, text=WORD), DESK),
    (d.SendAsClient(conversation=WORD, client=WORD, id=WORD, text=WORD), DESK),
    (d.TypeAsClient(conversation=WORD, client=WORD, typing=True), DESK),
    (d.LeaveConversation(conversation=WORD, client=WORD, id=WORD), DESK),
    (d.ReadConversation(conversation=WORD, client=WORD), DESK),
    (k.TakeNews(connector=WORD), DESK),
    (k.AcknowledgeNews(connector=WORD, conversation=WORD, seq=1), DESK),
    (k.ListOpen(connector=WORD), DESK),
    (c.ListOwn(), AGENT),
    (c.ShowOwn(conversation=WORD), AGENT),
    (c.DoAct(conversation=WORD, kind="say", text=WORD), AGENT),
    (c.Transfer(conversation=WORD), AGENT),
    (c.Reopen(conversation=WORD), AGENT),
    (c.SetDraft(conversation=WORD, text=WORD), AGENT),
    (c.Dismiss(conversation=WORD, id=WORD), AGENT),
    (c.Reclaim(), AGENT),
    (c.ListAll(), SUPERVISOR),
    (c.Watch(agent=WORD), SUPERVISOR),
    (c.Assign(conversation=WORD), SUPERVISOR),
    (c.BlockClient(client=WORD), SUPERVISOR),
    (c.SendWhisper(agent=WORD, text=WORD), SUPERVISOR),
    (c.TakeControl(agent=WORD), SUPERVISOR),
    (c.RenewControl(session=WORD), SUPERVISOR),
    (c.ReleaseControl(session=WORD), SUPERVISOR),
    (c.ActUnderControl(session=WORD, conversation=WORD, kind="say", text=WORD), SUPERVISOR),
    (c.ReadLog(conversation=WORD), AGENT | SUPERVISOR),
    (c.ShowHistory(conversation=WORD), AGENT | SUPERVISOR),
    (c.ListColleagues(conversation=WORD), AGENT),
    (c.ListBlocked(), SUPERVISOR),
    (a.BeginCall(), AGENT),
    (a.HoldCall(), AGENT),
    (a.ResumeCall(), AGENT),
    (a.EndCall(), AGENT),
    (a.EndAcw(), AGENT),
    (a.ShowCalls(), AGENT),
    (a.StartAssist(agent=WORD), SUPERVISOR),
    (a.TalkAssist(agent=WORD), SUPERVISOR),
    (a.ReleaseAssist(agent=WORD), SUPERVISOR),
    (a.TakeOver(agent=WORD), SUPERVISOR),
    (a.EndTakenCall(agent=WORD), SUPERVISOR),
    (a.CloseAssist(agent=WORD), SUPERVISOR),
    (a.ListCalls(), SUPERVISOR),
    (a.RequestHelp(), AGENT),
    (a.CancelHelp(), AGENT),
    (a.ListHelp(), SUPERVISOR),
    (a.AcceptHelp(agent=WORD), SUPERVISOR),
    (a.FinishHelp(agent=WORD), SUPERVISOR),
    (a.DismissHelp(agent=WORD), SUPERVISOR),
    (a.SetListenIn(on=True), AGENT),
    (a.ShowListenIn(), AGENT),
]
"""Each command, and the roles of the nodes that carry it out."""


class Raw(NamedTuple):
    """What a command comes to on a link, and how a refusal of it shows."""

    at: Role
    """The node that decides."""
    needs: frozenset[Grant] | None
    """A supervisor with one of these may; empty: nobody but the agent who has the conversation; None: every
    supervisor."""
    messages: "Callable[[Team], list[Message]]"
    refused: Callable[[Iterable[Message]], bool | None]
    """Whether it was; None: not answered yet."""


UNPERMITTED: Final = ("missing-grant", "missing-role")
NOT_MINE: Final = (*UNPERMITTED, "conversation-moved", "not-in-control")
OBSERVE, CONTROL, GLANCE = (frozenset({each}) for each in (Grant.OBSERVE, Grant.CONTROL, Grant.GLANCE))
ASSIGN, BLOCK, LISTEN = (frozenset({each}) for each in (Grant.ASSIGN, Grant.BLOCK, Grant.LISTEN))
NOBODY: Final[frozenset[Grant]] = frozenset()


def answered(kind: type[Any], name: str, *codes: str) -> Callable[[Iterable[Message]], bool | None]:
    """Refused with one of these codes; else it was permitted, whatever stood against it then."""

    def look(received: Iterable[Message]) -> bool | None:
        for each in received:
            if isinstance(each, kind) and each.id == name:
                return each.code in codes
            if name.endswith("?") and getattr(each, "id", "") == name:
                return False  # a question, and this is what was asked for
        return None

    return look


def shown(*kinds: type[Message], fence: type[Any], name: str) -> Callable[[Iterable[Message]], bool | None]:
    """Refused: nothing of these came before the answer to what was sent last."""

    def look(received: Iterable[Message]) -> bool | None:
        for each in received:
            if isinstance(each, kinds):
                return False
            if isinstance(each, fence) and each.id == name:
                return True
        return None

    return look


def session(name: str) -> Callable[[Iterable[Message]], bool | None]:
    """A session that is refused for want of the right to it, or only because nobody has signed for it."""

    def look(received: Iterable[Message]) -> bool | None:
        for each in received:
            if isinstance(each, SessionRefused) and each.session == name:
                return each.code in UNPERMITTED
        return None

    return look


def status(name: str) -> Message:
    """An agent's presence answers it."""
    return StatusRequested(id=name, status="available")


def action(team: "Team", name: str) -> Message:
    """An act under a control that was never granted; an agent's conversations answer it."""
    return ControlAction(
        session="none",
        service="conversations",
        token="guessed",
        conversation=team.conversation,
        id=name,
        act=Act(id=name, kind="say", text="Nonsense"),
    )


def move(team: "Team", name: str, epoch: int = 0) -> Message:
    """To somebody who is not there, so that whoever may ask moves nothing; a desk answers it."""
    return MoveRequested(id=name, conversation=team.conversation, to="nobody", epoch=epoch)


def intent(name: str, request: GlanceRequest | ControlRequest | AssistRequest) -> Message:
    services = {GlanceRequest: "glance", ControlRequest: "conversations", AssistRequest: "assist"}
    service = services[type(request)]
    return SessionIntent(session=name, service=service, request=request)


ELSEWHERE: Final[dict[type[AnyCommand], Raw]] = {
    s.ListAgents: Raw(
        Role.AGENT,
        OBSERVE,
        lambda _: [status("agents")],
        shown(Presence, fence=StatusAnswered, name="agents"),
    ),
    s.SetStatusOf: Raw(
        Role.AGENT,
        CONTROL,
        lambda _: [status("status")],
        answered(StatusAnswered, "status", *UNPERMITTED),
    ),
    g.StartGlance: Raw(
        Role.AGENT,
        GLANCE,
        lambda _: [intent("glance", GlanceRequest(displays=(1,)))],
        session("glance"),
    ),
    c.Watch: Raw(
        Role.AGENT,
        OBSERVE,
        lambda team: [Watching(watching=True), action(team, "watch")],
        shown(Mirrored, fence=ControlAnswered, name="watch"),
    ),
    c.SendWhisper: Raw(
        Role.AGENT,
        OBSERVE,
        lambda _: [Whisper(id="whisper", conversation="", text=WORD)],
        answered(WhisperAnswered, "whisper", *UNPERMITTED),
    ),
    c.TakeControl: Raw(
        Role.AGENT, CONTROL, lambda _: [intent("control", ControlRequest())], session("control")
    ),
    c.ActUnderControl: Raw(
        Role.AGENT,
        NOBODY,  # without a session; the grant is checked when one begins, and in each act under it
        lambda team: [action(team, "act")],
        answered(ControlAnswered, "act", *NOT_MINE),
    ),
    a.StartAssist: Raw(Role.AGENT, LISTEN, lambda _: [intent("assist", AssistRequest())], session("assist")),
    a.TalkAssist: Raw(
        Role.AGENT,
        NOBODY,  # with one grant alone: it needs *listen* and *talk*
        lambda _: [intent("talk", AssistRequest(mode="talk"))],
        session("talk"),
    ),
    a.TakeOver: Raw(
        Role.AGENT,
        NOBODY,  # likewise
        lambda _: [intent("takeover", AssistRequest(mode="takeover"))],
        session("takeover"),
    ),
    a.ListCalls: Raw(
        Role.AGENT,
        OBSERVE | LISTEN,
        lambda _: [status("calls")],
        shown(CallTold, fence=StatusAnswered, name="calls"),
    ),
    a.ListHelp: Raw(
        Role.AGENT,
        None,
        lambda _: [status("help")],
        shown(HelpTold, fence=StatusAnswered, name="help"),
    ),
    a.AcceptHelp: Raw(
        Role.AGENT,
        None,
        lambda _: [HelpAction(id="accept", help=WORD, act="accept")],
        answered(HelpAnswered, "accept", *UNPERMITTED),
    ),
    a.FinishHelp: Raw(
        Role.AGENT,
        None,
        lambda _: [HelpAction(id="finish", help=WORD, act="finish")],
        answered(HelpAnswered, "finish", *UNPERMITTED),
    ),
    c.ListAll: Raw(
        Role.DESK,
        OBSERVE,
        lambda team: [move(team, "list")],
        shown(ConversationTold, Standing, fence=RequestAnswered, name="list"),
    ),
    c.Assign: Raw(
        Role.DESK, ASSIGN, lambda team: [move(team, "assign")], answered(RequestAnswered, "assign", *NOT_MINE)
    ),
    c.BlockClient: Raw(
        Role.DESK,
        BLOCK,
        lambda _: [BlockRequested(id="block", client="somebody", blocked=True)],
        answered(RequestAnswered, "block", *UNPERMITTED),
    ),
    c.ListBlocked: Raw(
        Role.DESK,
        BLOCK | OBSERVE,
        lambda team: [move(team, "blocked")],
        shown(Blocks, fence=RequestAnswered, name="blocked"),
    ),
    c.ReadLog: Raw(
        Role.DESK,
        OBSERVE,
        lambda team: [LogAsked(id="log?", conversation=team.conversation)],
        answered(RequestAnswered, "log?", *NOT_MINE),
    ),
    c.ShowHistory: Raw(
        Role.DESK,
        OBSERVE,
        lambda team: [HistoryAsked(id="history?", conversation=team.conversation)],
        answered(RequestAnswered, "history?", *NOT_MINE),
    ),
    c.ListColleagues: Raw(
        Role.DESK,
        NOBODY,
        lambda team: [ColleaguesAsked(id="colleagues?", conversation=team.conversation)],
        answered(RequestAnswered, "colleagues?", *NOT_MINE),
    ),
    c.Transfer: Raw(
        Role.DESK,
        ASSIGN,  # the same as to assign, for whoever does not own it
        lambda team: [move(team, "transfer", epoch=team.epoch)],
        answered(RequestAnswered, "transfer", *NOT_MINE),
    ),
    c.DoAct: Raw(
        Role.DESK,
        NOBODY,
        lambda team: [
            Append(
                conversation=team.conversation,
                epoch=team.epoch,
                acts=(Act(id="forged", kind="say", text="Nonsense"),),
            ),
            move(team, "append"),
        ],
        lambda received: (
            True
            if any(isinstance(each, RequestAnswered) and each.id == "append" for each in received)
            else None
        ),  # the log itself tells whether it was taken in: see below
    ),
}
"""What another node than the user's own decides, as the message that asks for it."""

ONLY_HERE: Final = {
    "these act on the user's own node alone": (
        InstallDocument,
        p.ListPeers,
        p.AddPeer,
        p.RemovePeer,
        s.SetStatus,
        s.SetCapacity,
        s.ShowStatus,
        s.ShowDays,
        g.ListWatchers,
        ListWatched,
        ReadLedger,
        ShowPolicy,
        q.ListRequests,
        q.Allow,
        q.Deny,
        q.PauseWatching,
        q.ResumeWatching,
        c.ListOwn,
        c.ShowOwn,
        c.SetDraft,
        c.Dismiss,
        c.Reclaim,
        d.StartConversation,
        d.SendAsClient,
        d.TypeAsClient,
        d.LeaveConversation,
        d.ReadConversation,
        k.TakeNews,
        k.AcknowledgeNews,
        k.ListOpen,
        a.BeginCall,
        a.HoldCall,
        a.ResumeCall,
        a.EndCall,
        a.EndAcw,
        a.ShowCalls,
        a.RequestHelp,
        a.CancelHelp,
        a.DismissHelp,
        a.SetListenIn,
        a.ShowListenIn,
    ),
    "these go on with what another command began, and are nothing without it": (
        g.ListDisplays,  # told with presence
        g.SwitchGlance,
        g.StopGlance,
        c.Reopen,  # a move, by the agent who completed it
        c.RenewControl,
        c.ReleaseControl,
        a.ReleaseAssist,
        a.CloseAssist,
        a.EndTakenCall,
    ),
}


def test_every_command_is_in_the_tables() -> None:
    assert {type(command) for command, _ in AT_THE_OWN_NODE} == set(COMMANDS)
    elsewhere = [*ELSEWHERE, *(each for some in ONLY_HERE.values() for each in some)]
    assert set(elsewhere) == set(COMMANDS)
    assert len(elsewhere) == len(COMMANDS)


# --- at the user's own node --------------------------------------------------------------------------

SETTINGS: Final = Settings(
    link=LinkSettings(port=0, bind="127.0.0.1"), discovery=DiscoverySettings(enabled=False)
)
ENVIRON: Final = {
    "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
}


def together(roles: set[Role]) -> str:
    """The same name in each run, so that several processes can share the tests."""
    return "+".join(sorted(roles))


@pytest.mark.parametrize("roles", [{role} for role in Role] + [set(Role)], ids=together)
async def test_a_command_needs_its_role_at_the_own_node(tmp_path: Path, roles: set[Role]) -> None:
    site = Site()
    home = site.home(tmp_path / "home", site.credentials(roles=roles))
    async with run_node(home, SETTINGS, ENVIRON) as node:
        for command, allowed in AT_THE_OWN_NODE:
            refusal = await refusal_of(node, command)
            assert isinstance(refusal, MissingRole) is not bool(roles & allowed), command


async def refusal_of(node: Node, command: AnyCommand) -> LanassistError | None:
    try:
        await node.call(command)
    except LanassistError as refusal:
        return refusal
    return None


# --- at the node that is acted on --------------------------------------------------------------------


class Team(NamedTuple):
    """A desk, and an agent of whose client strangers want something."""

    site: Site
    desk: Node
    dana: Node
    conversation: str
    epoch: int

    def node(self, role: Role) -> Node:
        return {Role.DESK: self.desk, Role.AGENT: self.dana}[role]

    async def log(self) -> list[str]:
        """What the client reads."""
        read = await self.desk.call(d.ReadConversation(conversation=self.conversation, client=MIA.id))
        return [entry.text for entry in read.entries if entry.kind in ("client", "say")]


@asynccontextmanager
async def team(folder: Path) -> AsyncIterator[Team]:
    """Real nodes with real links; Mia's conversation is in Dana's hands."""
    site = Site()
    desk_home = site.home(folder / "desk", site.credentials("Desk", roles=[Role.DESK]))
    dana_home = site.home(folder / "dana", site.agent())
    async with (
        run_node(desk_home, SETTINGS, ENVIRON) as desk,
        run_node(dana_home, SETTINGS, ENVIRON) as dana,
    ):
        await desk.call(p.AddPeer(address=f"127.0.0.1:{dana.link_port}"))
        started = await desk.call(d.StartConversation(id="s", client=MIA, text="Hello?"))
        await until(lambda: dana.board.topic(c.MINE), 20)
        (mine,) = (await dana.call(c.ListOwn())).conversations
        yield Team(site, desk, dana, started.conversation, mine.epoch)


@asynccontextmanager
async def stranger(nodes: Iterable[Node], credentials: Credentials) -> AsyncIterator[Peer]:
    """A peer that says whatever it is told to, linked with these."""
    peer = Peer(credentials)
    async with running(peer):
        peer.dialer.set_targets(
            Target(key=str(node.link_port), addresses=(("127.0.0.1", node.link_port),)) for node in nodes
        )
        await until(lambda: all(peer.links.live(node.identity.node) for node in nodes), 20)
        yield peer


def certificates(site: Site) -> dict[str, Credentials]:
    """One of each kind: roles without grants, and supervisors with one grant each."""
    bare = {
        "agent": site.credentials("Eve", roles=[Role.AGENT]),
        "desk": site.credentials("Eve", roles=[Role.DESK]),
        "agent and desk": site.credentials("Eve", roles=[Role.AGENT, Role.DESK]),
        "agent and supervisor": site.credentials("Eve", roles=[Role.AGENT, Role.SUPERVISOR], grants=[]),
        "supervisor": site.supervisor("Eve", grants=[]),
    }
    return bare | {grant: site.supervisor("Eve", grants=[grant]) for grant in Grant}


async def test_the_acting_node_checks_the_grant_itself(tmp_path: Path) -> None:
    async with team(tmp_path) as site:
        async with stranger([site.desk], site.site.supervisor("Sam")) as sam:
            sam.links.send(site.desk.identity.node, BlockRequested(id="spam", client="spammer", blocked=True))
            assert not await settled(sam, answered(RequestAnswered, "spam"))
        for kind, credentials in certificates(site.site).items():
            expected = {command.name: permitted(credentials, raw) for command, raw in ELSEWHERE.items()}
            assert await tried(site, credentials) == expected, kind
        assert await site.log() == ["Hello?"]  # nobody's nonsense is in it
        assert [row.client.id for row in (await site.dana.call(c.ListOwn())).conversations] == [MIA.id]


async def settled(peer: Peer, refused: Callable[[Iterable[Message]], bool | None]) -> bool:
    """Wait for the answer; whether it is a refusal."""
    await until(lambda: refused(peer.received) is not None, 20)
    return bool(refused(peer.received))


def permitted(credentials: Credentials, raw: Raw) -> bool:
    """What the table says."""
    if raw.needs is None:
        return Role.SUPERVISOR in credentials.identity.roles
    return Role.SUPERVISOR in credentials.identity.roles and bool(credentials.identity.grants & raw.needs)


async def tried(site: Team, credentials: Credentials) -> dict[str, bool]:
    """What the nodes permitted this peer, by the name of the command."""
    found: dict[str, bool] = {}
    async with stranger([site.desk, site.dana], credentials) as peer:
        for command, raw in ELSEWHERE.items():
            for message in raw.messages(site):
                peer.links.send(site.node(raw.at).identity.node, message)
            found[command.name] = not await settled(peer, raw.refused)
    return found


@pytest.mark.parametrize(
    "roles", [{Role.AGENT}, {Role.SUPERVISOR}, {Role.AGENT, Role.SUPERVISOR}], ids=together
)
async def test_nobody_but_a_desk_hands_a_client_to_an_agent(tmp_path: Path, roles: set[Role]) -> None:
    offer = Offer(offer="o", conversation="fake", epoch=2, client=MIA)
    granted = Granted(offer="o", conversation="fake", epoch=2, client=MIA)
    async with team(tmp_path) as site:
        for who, hands in ((roles, False), ({Role.DESK}, True)):
            credentials = site.site.credentials("Eve", roles=who)
            async with stranger([site.dana], credentials) as eve:
                for message in (offer, granted, action(site, "fence")):
                    eve.links.send(site.dana.identity.node, message)
                await settled(eve, answered(ControlAnswered, "fence"))
                assert any(isinstance(each, OfferAnswered) for each in eve.received) is hands, who
            mine = (await site.dana.call(c.ListOwn())).conversations
            assert ("fake" in [row.conversation for row in mine]) is hands, who
