"""One run: the fleet against lanassist's node and page, or against the bare relay and a plain page."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from benchmarks.fleet.browser import HERE, Watched, watched
from benchmarks.fleet.people import WATCHED, Authority
from benchmarks.screen import cpu
from benchmarks.screen.programs import BenchmarkFailed, wait_until
from lanassist.cli.client import NodeClient, connect
from lanassist.node.errors import LanassistError
from lanassist.node.services.conversations.commands import SetDraft
from lanassist.node.services.peers.commands import AddPeer
from lanassist.node.trust.grants import Role
from lanassist.web.commands import Launch, ShowNode

ROOT = HERE.parents[1]
SETTLE = 4.0
MARKS = 60
STATUS_EVERY = 0.33
DRAFT_EVERY = 0.25
"""Seconds between two that are followed."""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What the fleet does."""

    agents: int
    conversations: int
    words: float
    """Of all agents' presence, a second."""
    changes: float
    """Of conversations, a second."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured. Milliseconds; shares of a core in per cent; memory in MiB."""

    node_cpu: float
    """With the dashboard open."""
    node_cpu_alone: float
    """With no page."""
    node_rss: float
    page_cpu: float
    """Of the page's main thread."""
    updates: float
    """Event messages that the page got, a second."""
    update_busy: float
    """Main thread's time for one update: script, style, layout, paint; mean."""
    update_p95: float
    """From the arrival of a message until it is painted."""
    update_worst: float
    longest_task: float
    """0: none was over 50 ms."""
    page_bytes: float
    """KB a second to the page."""
    links_lost: float
    """While it lasted; with any, the machine was too busy for the rest to mean much."""
    status_p50: float
    status_p95: float
    """From the agent's message until the dashboard has painted it."""
    draft_p50: float | None = None
    draft_p95: float | None = None
    """From the command of the agent's page until the supervisor's has painted it."""


class Fleet:
    """The acting process: orders in, answers out."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._put: IO[str] = process.stdin
        self._get: IO[str] = process.stdout
        self.conversation = str(self._answer()["conversation"])
        self.lost = 0
        """Links that have ended by themselves."""

    def _answer(self) -> Any:
        line = self._get.readline()
        if not line:
            raise BenchmarkFailed("the fleet has ended; its own words are above")
        return json.loads(line)

    def take_break(self, agent: int, mark: str) -> float:
        """When, on the wall clock."""
        print(json.dumps({"agent": agent, "mark": mark}), file=self._put, flush=True)
        answer = self._answer()
        self.lost = int(answer["lost"])
        return float(answer["at"])


@contextmanager
def fleet(people: Path, kind: str, port: int, agent: int, load: Load) -> Iterator[Fleet]:
    """Everybody, connected to ``port``."""
    numbers = (port, agent, load.conversations, load.words, load.changes)
    words = [sys.executable, "-m", "benchmarks.fleet.fleet", str(people), kind, *map(str, numbers)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(words, cwd=ROOT, text=True, stdin=pipe, stdout=pipe)
    try:
        yield Fleet(process)
    finally:
        process.kill()
        process.wait()


@contextmanager
def node(home: Path) -> Iterator[NodeClient]:
    """A real node, with its own user's way to it."""
    settings = {
        "LANASSIST_LINK_PORT": "0",
        "LANASSIST_PAGE_PORT": "0",
        "LANASSIST_DISCOVERY": "off",
        "LANASSIST_LINK_BIND": "127.0.0.1",
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
    }
    with home.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "lanassist.cli", "--home", str(home), "node", "run"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stderr=log,
        )
    try:
        wait_until(lambda: _answers(home), 30, f"the node of {home.name} does not answer")
        yield connect(home)
    finally:
        process.terminate()
        process.wait(10)


def _answers(home: Path) -> bool:
    try:
        connect(home).ask(ShowNode())
    except LanassistError:
        return False
    return True


def ours(work: Path, load: Load) -> Figures:
    """lanassist: a supervisor's node with its dashboard, an agent's node, and the fleet."""
    authority = Authority()
    authority.write(work / "people", load.agents)
    homes = [
        authority.home(work / name, who, role)
        for name, who, role in (("sam", "Sam Reed", Role.SUPERVISOR), ("dana", WATCHED, Role.AGENT))
    ]
    with node(homes[0]) as sam, node(homes[1]) as dana:
        dana_port = dana.ask(ShowNode()).link_port
        sam.ask(AddPeer(address=f"127.0.0.1:{dana_port}"))
        with fleet(work / "people", "lanassist", sam.running.link_port, dana_port, load) as acting:
            pid = sam.running.pid
            time.sleep(SETTLE)
            alone = _share(pid, 5.0)
            with watched() as shown:
                shown.page.goto(sam.ask(Launch(path="/supervisor")).url)
                shown.page.locator("tr[data-node]").nth(load.agents).wait_for(state="attached")
                figures = _dashboard(shown, acting, pid, alone, load)
                node_of_dana = dana.ask(ShowNode()).identity.node
                shown.page.goto(f"{sam.running.page}/supervisor/agents?agent={node_of_dana}")
                shown.page.get_by_text("My invoice is wrong.").first.wait_for()
                drafts = _drafts(shown, dana, acting.conversation)
    return msgspec.structs.replace(figures, draft_p50=_at(drafts, 0.5), draft_p95=_at(drafts, 0.95))


def bare(work: Path, load: Load) -> Figures:
    """The relay with its plain page, and the fleet."""
    authority = Authority()
    authority.write(work / "people", load.agents)
    home = authority.home(work / "sam", "Sam Reed", Role.SUPERVISOR)
    words = [sys.executable, "-m", "benchmarks.fleet.relay", str(home)]
    with subprocess.Popen(words, cwd=ROOT, text=True, stdout=subprocess.PIPE) as relay:
        try:
            assert relay.stdout is not None
            port, page_port = json.loads(relay.stdout.readline())
            with fleet(work / "people", "bare", port, 0, load) as acting:
                time.sleep(SETTLE)
                alone = _share(relay.pid, 5.0)
                with watched() as shown:
                    content = (HERE / "plain.html").read_text().replace("PORT", str(page_port))
                    page = work / "plain.html"
                    page.write_text(content)
                    shown.page.goto(page.as_uri())
                    shown.page.locator("tr").nth(load.agents - 1).wait_for(state="attached")
                    return _dashboard(shown, acting, relay.pid, alone, load)
        finally:
            relay.kill()


# --- what is measured --------------------------------------------------------------------------------


def _dashboard(shown: Watched, acting: Fleet, pid: int, alone: float, load: Load) -> Figures:
    shown.compare_clocks()
    time.sleep(SETTLE)
    shown.forget()
    began, used, busy = time.monotonic(), cpu.seconds([pid]), shown.busy()
    marked = _status_changes(acting, load)
    seconds = time.monotonic() - began
    used, busy = cpu.seconds([pid]) - used, shown.busy() - busy
    noted, took = shown.probe(), shown.took(marked)
    updates: list[float] = noted["updates"]
    return Figures(
        node_cpu=100 * used / seconds,
        node_cpu_alone=100 * alone,
        node_rss=_rss(pid),
        page_cpu=100 * busy / seconds,
        updates=len(updates) / seconds,
        update_busy=1000 * busy / max(1, len(updates)),
        update_p95=_at(updates, 0.95),
        update_worst=max(updates),
        longest_task=max(noted["long"], default=0.0),
        page_bytes=noted["bytes"] / seconds / 1000,
        links_lost=acting.lost,
        status_p50=_at(took, 0.5),
        status_p95=_at(took, 0.95),
    )


def _status_changes(acting: Fleet, load: Load) -> dict[str, float]:
    """Some agents go on break, one after the other; when each did."""
    chosen = random.Random(7).sample(range(load.agents), min(MARKS, load.agents))
    marked = {}
    for number, agent in enumerate(chosen):
        mark = f"mark{number}x"
        marked[mark] = acting.take_break(agent, mark)
        time.sleep(STATUS_EVERY)
    return marked


def _drafts(shown: Watched, dana: NodeClient, conversation: str) -> list[float]:
    """What the agent types, a bit more each time; milliseconds until each is painted."""
    shown.compare_clocks()
    marked, text = {}, "Let me look"
    for number in range(1000, 1000 + MARKS):
        mark = f"mark{number}x"
        text = f"{text[-300:]} {mark}"
        marked[mark] = time.time()
        dana.ask(SetDraft(conversation=conversation, text=text))
        time.sleep(DRAFT_EVERY)
    return shown.took(marked)


def _share(pid: int, seconds: float) -> float:
    """Of a core."""
    used = cpu.seconds([pid])
    time.sleep(seconds)
    return (cpu.seconds([pid]) - used) / seconds


def _rss(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
