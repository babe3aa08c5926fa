"""The throw-away site: an authority, three people and a front desk, their homes, displays and nodes."""

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lanassist.cli.client import NodeClient
from lanassist.cli.demo.dialogue import CATEGORIES
from lanassist.cli.demo.processes import NodeProcess, ended_by_signals
from lanassist.cli.demo.screens import VirtualScreen, virtual_screen
from lanassist.cli.demo.voices import TONES, spoken, tones
from lanassist.node.services.peers.commands import AddPeer, ListPeers
from lanassist.node.services.presence.commands import AgentRow, ListAgents
from lanassist.node.trust.authority import Authority
from lanassist.node.trust.grants import Role
from lanassist.node.trust.installation import install_bundle
from lanassist.node.trust.profile import Bearer, default_grants
from lanassist.web.commands import NodeStatus, ShowNode

SITE: Final = "demo.example"
DESK: Final = {
    "LANASSIST_DESK_ENABLED": "on",
    "LANASSIST_DESK_BIND": "127.0.0.1",
    "LANASSIST_DESK_PORT": "0",
    "LANASSIST_DESK_PLAIN_HTTP": "on",  # it is on loopback; a browser would not know the certificate
    "LANASSIST_DESK_CATEGORIES": ",".join(CATEGORIES),
}
MDNS_PATIENCE: Final = 8.0
MEETING_PATIENCE: Final = 15.0
FOUND_BY_ITSELF: Final = 2.0
POLL: Final = 0.1
"""Seconds."""


class Member:
    """One person of the site: a home, perhaps a display, and the node that runs there."""

    def __init__(
        self, folder: Path, name: str, role: Role, settings: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.role = role
        self.email = f"{self.short}@{SITE}"
        self.home = folder / "homes" / self.short
        self.screen: VirtualScreen | None = None
        self.display: str | None = None
        self._folder = folder
        self._settings = settings or {}
        self._node: NodeProcess | None = None
        self._client: NodeClient | None = None

    @property
    def short(self) -> str:
        return self.name.split()[0].lower()

    @property
    def node(self) -> NodeProcess:
        assert self._node is not None, f"the node of {self.name} was not started"
        return self._node

    @property
    def client(self) -> NodeClient:
        """The running node's API."""
        if self._client is None:
            self._client = self.node.client()
        return self._client

    def start(self) -> None:
        """Start the node; it is up when ``client`` can be had."""
        self._client = None
        log = self._folder / f"node-{self.short}.log"
        self._node = NodeProcess(self.home, self.display, log, self._settings)

    def end(self) -> None:
        """End the node, if it was started."""
        if self._node is not None:
            self._node.end()

    def state(self) -> NodeStatus:
        """How the node is."""
        return self.client.ask(ShowNode())


class DemoSite:
    """A supervisor, Sam, two agents, Dana and Kim, and a desk, in a folder that will be removed."""

    def __init__(self, folder: Path, voices: tuple[str, str], ears: Path | None = None) -> None:
        """``voices``: the customer's and the agent's in Dana's calls; ``ears``: what each of them hears."""
        self.folder = folder
        self.ears = ears
        self.sam = Member(folder, "Sam Okafor", Role.SUPERVISOR)
        self.dana = Member(folder, "Dana Fox", Role.AGENT, _calls(voices, ears))
        self.kim = Member(folder, "Kim Larsen", Role.AGENT)
        self.desk = Member(folder, "Front Desk", Role.DESK, DESK)
        self.agents = (self.dana, self.kim)
        self.members = (self.sam, *self.agents, self.desk)
        self.authority = Authority.init(folder / "authority", SITE)

    @property
    def key(self) -> Ed25519PrivateKey:
        """The authority's; it has no passphrase here."""
        return self.authority.unlock(lambda: "")

    def issue(self, member: Member) -> None:
        """Give a member an identity."""
        roles = frozenset({member.role})
        teams = frozenset({"support"}) if member.role is Role.AGENT else frozenset[str]()
        grants = default_grants(roles)
        bearer = Bearer(name=member.name, email=member.email, roles=roles, teams=teams, grants=grants)
        bundle = self.folder / f"{member.short}.bundle"
        self.authority.issue(self.key, bearer, bundle)
        install_bundle(member.home, bundle)

    def rows(self) -> dict[str, AgentRow]:
        """The agents that Sam's node knows, by e-mail."""
        return {row.email: row for row in self.sam.client.ask(ListAgents()).agents}

    def introduce(self, member: Member) -> None:
        """Tell those who dial where this member is."""
        address = AddPeer(address=f"127.0.0.1:{member.state().link_port}")
        for dialler in {self.sam, self.desk} - {member}:
            dialler.client.ask(address)

    def have_met(self) -> bool:
        """Whether Sam and the desk see both agents, and Sam the desk."""
        expected = {
            self.sam: {member.email for member in (*self.agents, self.desk)},
            self.desk: {agent.email for agent in self.agents},
        }
        return all(emails <= _live_peers(member) for member, emails in expected.items())


def _calls(voices: tuple[str, str], ears: Path | None) -> dict[str, str]:
    """The settings of an agent whose calls have no telephone."""
    customer, agent = voices
    return {
        "LANASSIST_CALLS_SOURCE": "synthetic",
        "LANASSIST_CALLS_SYNTHETIC_CUSTOMER": customer,
        "LANASSIST_CALLS_SYNTHETIC_AGENT": agent,
        "LANASSIST_CALLS_SYNTHETIC_RECORD": str(ears or ""),
    }


def _live_peers(member: Member) -> set[str]:
    return {peer.email for peer in member.client.ask(ListPeers()).peers if peer.state == "live"}


@contextlib.contextmanager
def demo_site(*, for_people: bool) -> Iterator[DemoSite]:
    """The site with all its programs started; everything is ended and removed afterwards.

    ``for_people``: with the user's own display, if there is one, and calls in which somebody speaks; else
    with virtual displays, and calls of tones that are recorded. Raises MachineError.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(ended_by_signals())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lanassist-demo-")))
        ears = folder / "ears"
        ears.mkdir()
        site = DemoSite(folder, spoken(folder)) if for_people else DemoSite(folder, tones(*TONES), ears)
        display = os.environ.get("DISPLAY") if for_people else None
        for member in site.members:
            site.issue(member)
        for agent in site.agents:
            if display is None:
                agent.screen = stack.enter_context(virtual_screen(agent.name, folder))
            agent.display = agent.screen.display if agent.screen else display
        for member in site.members:
            stack.callback(member.end)
            member.start()
        stack.callback(
            signal.signal, signal.SIGINT, signal.SIG_IGN
        )  # a second Ctrl+C must not cut this short
        yield site


def meet(site: DemoSite, say: Callable[[str], None]) -> str:
    """Wait until the nodes have found each other; “mDNS” or “static peers”, whichever it took.

    Raises TimeoutError.
    """
    unavailable = [text for each in site.members if (text := _without_mdns(each.state()))]
    if not unavailable and _in_time(site.have_met, MDNS_PATIENCE):
        return "mDNS"
    why = unavailable[0] if unavailable else f"nothing was heard in {MDNS_PATIENCE:.0f} s"
    say(f"No multicast on this host ({why}): Sam's node and the desk are told the others' addresses instead.")
    for other in (*site.agents, site.desk):
        site.introduce(other)
    if not _in_time(site.have_met, MEETING_PATIENCE):
        raise TimeoutError("the nodes did not find each other")
    return "static peers"


def meet_again(site: DemoSite, member: Member) -> None:
    """Wait until a node that was started again is found, by itself or told. Raises TimeoutError."""
    member.state()
    if _in_time(site.have_met, FOUND_BY_ITSELF):
        return
    site.introduce(member)
    if not _in_time(site.have_met, MEETING_PATIENCE):
        raise TimeoutError(f"{member.name} was not found again")


def _without_mdns(state: NodeStatus) -> str:
    return "" if state.discovery.state == "on" else state.discovery.text or state.discovery.state


def _in_time(condition: Callable[[], bool], patience: float) -> bool:
    give_up = time.monotonic() + patience
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(POLL)
    return True
