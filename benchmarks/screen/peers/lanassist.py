"""lanassist: a throw-away site of two nodes with TLS between them, and the supervisor's page in Chromium."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.screen.displays import Display, agents_display
from benchmarks.screen.peers.base import Served
from benchmarks.screen.peers.browser import kiosk
from benchmarks.screen.programs import BenchmarkFailed, free_port, listening, started, wait_until

SCRIPTS = Path(sys.executable).parent
AGENT, SUPERVISOR = "dana@bench.example", "sam@bench.example"
READY_WITHIN = 30.0


class Lanassist:
    """An agent's node on the first of two monitors of an Xvfb, a supervisor's node, and its page."""

    name = "lanassist"
    title = "lanassist, Chromium"
    needs: tuple[str, ...] = ("Xvfb", "xrandr", "chromium")

    @contextmanager
    def serve(self, work: Path) -> Iterator[Served]:
        """See Peer."""
        if not (SCRIPTS / "lanassist").exists():
            raise BenchmarkFailed(
                f"lanassist is not installed for {sys.executable}: use the project's own Python."
            )
        authority = work / "authority"
        _command("lanassist-ca", "init", str(authority), "--site", "bench.example")
        _install(authority, work / "agent", "Dana Fox", AGENT, "agent")
        _install(authority, work / "supervisor", "Sam Okafor", SUPERVISOR, "supervisor")
        with agents_display(work) as made:
            port = free_port()
            with _node(work / "agent", port, made.name, work) as server:
                yield Served(made, (server.pid,), port)

    @contextmanager
    def watch(self, served: Served, port: int, viewer: Display, work: Path) -> Iterator[None]:
        """See Peer."""
        with supervisor(work, port) as home, kiosk(_address(home), viewer, work):
            yield


@contextmanager
def supervisor(work: Path, port: int) -> Iterator[Path]:
    """Run the supervisor's node; yield its home once it reaches the agent at ``port``."""
    home = work / "supervisor"
    with _node(home, free_port(), "", work):
        add = (SCRIPTS / "lanassist", "--home", str(home), "peers", "add", f"127.0.0.1:{port}")
        wait_until(lambda: _run(*add).returncode == 0, READY_WITHIN, "The supervisor's node never answered.")
        _address(home)
        yield home


@contextmanager
def _node(home: Path, port: int, display: str, work: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a node on loopback that finds nobody by itself, on any free page port."""
    environment = {
        "LANASSIST_LINK_PORT": str(port),
        "LANASSIST_LINK_BIND": "127.0.0.1",
        "LANASSIST_PAGE_PORT": "0",
        "LANASSIST_DISCOVERY": "off",
        "DISPLAY": display,
        "WAYLAND_DISPLAY": "",
    }
    arguments = [str(SCRIPTS / "lanassist"), "--home", str(home), "node", "run", "--log-level", "warning"]
    with started(arguments, log=work / f"{home.name}-node.log", environment=environment) as node:
        wait_until(lambda: listening(port), READY_WITHIN, f"The {home.name}'s node did not start.")
        yield node


def _address(home: Path) -> str:
    """Return the one-time address of the view of the agent's first display, once the agent is reached."""
    found: list[str] = []

    def offered() -> bool:
        asked = _run(SCRIPTS / "lanassist", "--home", str(home), "glance", "url", AGENT, "--display", "1")
        if asked.returncode == 0:
            found.append(asked.stdout.strip())
        return bool(found)

    wait_until(offered, READY_WITHIN, "The supervisor's node never offered a glance at the agent.")
    return found[0]


def _install(authority: Path, home: Path, name: str, email: str, role: str) -> None:
    bundle = authority.with_name(f"{role}.bundle")
    who = ("--name", name, "--email", email, "--role", role)
    _command("lanassist-ca", "issue", str(authority), *who, "--out", str(bundle))
    _lanassist(home, "node", "install", str(bundle))


def _lanassist(home: Path, *arguments: str) -> None:
    _command("lanassist", "--home", str(home), *arguments)


def _command(script: str, *arguments: str) -> None:
    ran = _run(SCRIPTS / script, *arguments)
    if ran.returncode:
        raise BenchmarkFailed(f"{script} {arguments[0]} failed: {ran.stderr.strip() or ran.stdout.strip()}")


def _run(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(script), *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
