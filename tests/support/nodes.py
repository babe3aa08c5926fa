"""Real nodes for end-to-end tests: real processes, real certificates, the command line as people use it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.support.namespaces import Namespace

ANSWER_DEADLINE = 90.0
"""Seconds that a process may take, on a busy machine, to do what it was asked."""

T = TypeVar("T")


def eventually(look: Callable[[], T], holds: Callable[[T], bool] = bool, seconds: float = 20.0) -> T:
    """Look again and again until what is seen holds; the last that was seen is in the failure."""
    deadline = time.monotonic() + seconds
    while not holds(seen := look()):
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still {seen!r}"
        time.sleep(0.05)
    return seen


def command(*words: str | Path) -> list[str]:
    """``lanassist …`` or ``lanassist-ca …`` of this very checkout."""
    program, *arguments = (str(word) for word in words)
    module = {"lanassist": "lanassist.cli.main", "lanassist-ca": "lanassist.cli.ca"}[program]
    start = f"import sys; from {module} import main; sys.argv[0] = {program!r}; main()"
    return [sys.executable, "-c", start, *arguments]


class LiveNode:
    """One node as a process of its own, and its user's command line; ``within`` a machine of a network."""

    def __init__(
        self, home: Path, email: str, environ: dict[str, str], within: Namespace | None = None
    ) -> None:
        self.home = home
        self.email = email
        self._within = within
        self._prefix = [] if within is None else within.command()
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None

    def cli(self, *words: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run ``lanassist`` for this node's home, to its end."""
        return subprocess.run(
            [*self._prefix, *command("lanassist", "--home", self.home, *words)],
            env=self._environ,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=ANSWER_DEADLINE,
            check=False,
        )

    def terminal(self, *words: str | Path) -> subprocess.Popen[str]:
        """A ``lanassist`` that stays, for this node's home; whoever opens it ends it.

        It heeds Ctrl+C as in a terminal, also where the tests run in the background, which ignores it.
        """
        heeding = ["env", "--default-signal=INT"]
        return subprocess.Popen(
            [*self._prefix, *heeding, *command("lanassist", "--home", self.home, *words)],
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def api(self, name: str, **command: object) -> Any:
        """The answer of the local API, as the command line gets it; None while no node answers."""
        try:
            running = json.loads((self.home / "run" / "node.json").read_bytes())
        except FileNotFoundError:
            return None
        page = running["page"]
        connection = http.client.HTTPConnection(page.removeprefix("http://"), timeout=ANSWER_DEADLINE)
        with closing(connection):
            headers = {
                "Authorization": f"Bearer {running['token']}",
                "Origin": page,
                "Content-Type": "application/json",
            }
            try:
                if self._within is not None:
                    connection.sock = self._within.connect(connection.host, connection.port)
                connection.request("POST", f"/api/{name}", json.dumps(command), headers)
            except ConnectionRefusedError:
                return None
            return json.loads(connection.getresponse().read())

    def start(self) -> Self:
        """Start the node's process and wait until it answers."""
        return self.launch().ready()

    def launch(self) -> Self:
        """Start the node's process."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._prefix, *command("lanassist", "--home", self.home, "node", "run")],
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stderr=log,
            )
        return self

    def ready(self) -> Self:
        """Wait until it answers."""
        eventually(self._answers, seconds=ANSWER_DEADLINE)
        return self

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the node ended:\n{self.log}"
        return self.api("node.status") is not None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def port(self) -> int:
        """Where other nodes reach it."""
        return int(self.api("node.status")["link_port"])

    @property
    def _log(self) -> Path:
        return self.home.parent / f"{self.home.name}.log"

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._log.read_text()

    def kill(self) -> None:
        """As a machine that loses its power."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(number)
        code = self._process.wait(ANSWER_DEADLINE)
        self._process = None
        return code

    def agents(self) -> dict[str, Any]:
        """The agents' rows by e-mail, as this supervisor sees them."""
        return {row["email"]: row for row in self.api("presence.agents")["agents"]}

    def sees(self, agent: "LiveNode", **values: object) -> Any:
        """Wait until this supervisor's row of an agent has these values; the row."""
        return eventually(
            lambda: self.agents().get(agent.email),
            lambda row: row is not None and values.items() <= row.items(),
        )

    def watchers(self) -> list[Any]:
        """Who watches this agent, as its own node says."""
        return [each for each in self.api("glance.watchers")["watchers"] if each["end"] is None]

    def unwatched(self) -> str:
        """Why the last glance at this agent ended; empty while somebody watches."""
        newest = self.api("glance.watchers")["watchers"][0]
        return str(newest["end"]["text"]) if newest["end"] else ""

    def peers(self) -> list[Any]:
        """What is known of each peer."""
        rows: list[Any] = self.api("peers.list")["peers"]
        return rows

    def live_peers(self) -> list[str]:
        """Who is connected, by e-mail."""
        return [peer["email"] for peer in self.peers() if peer["state"] == "live"]

    def meet(self, *others: "LiveNode") -> None:
        """Dial the others, and wait until they are linked."""
        for other in others:
            self.api("peers.add", address=f"127.0.0.1:{other.port}")
        everybody = {other.email for other in others}
        eventually(self.live_peers, everybody.issubset)


class LiveSite:
    """``with LiveSite(tmp_path) as site``: an authority on disk, and the nodes that a test starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nodes: list[LiveNode] = []
        self.authority = folder / "authority"

    def __enter__(self) -> Self:
        self.ca("init", self.authority, "--site", "acme.example")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for node in self.nodes:
            node.stop()

    def ca(self, *words: str | Path) -> str:
        """Run ``lanassist-ca``, which must succeed; what it printed."""
        done = subprocess.run(
            command("lanassist-ca", *words),
            env=self._environ({}),
            input="",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def node(
        self,
        name: str,
        *roles: str,
        grants: Iterable[str] = (),
        settings: dict[str, str] | None = None,
        within: Namespace | None = None,
        called: str = "",
    ) -> LiveNode:
        """A node with its identity installed, not started yet. Without mDNS unless the settings say so.

        ``called``: the person's name in the certificate, if it is not ``name``.
        """
        email = f"{name.lower()}@acme.example"
        bundle = self.folder / f"{name}.bundle"
        options = [word for role in roles for word in ("--role", role)]
        options += [word for grant in grants for word in ("--grant", grant)]
        self.ca(
            "issue", self.authority, "--name", called or name, "--email", email, *options, "--out", bundle
        )
        node = LiveNode(self.folder / f"home-{name}", email, self._environ(settings or {}), within)
        installed = node.cli("node", "install", bundle)
        assert installed.returncode == 0, installed.stderr
        self.nodes.append(node)
        return node

    def revocations(self) -> Path:
        """The signed list as it is now, as a file to hand out."""
        out = self.folder / "site.revocations"
        self.ca("revocations", self.authority, "--out", out, "--force")
        return out

    def policy(self, text: str) -> Path:
        """The policy that says this, signed as the next edition, as a file to hand out."""
        written = self.folder / "policy.toml"
        written.write_text(text)
        self.ca("policy", self.authority, written)
        signed = self.folder / "policy.json"
        signed.write_bytes((self.authority / "policy.json").read_bytes())
        return signed

    @staticmethod
    def _environ(settings: dict[str, str]) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LANASSIST_")}
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            inherited.pop(name, None)
        quiet = {
            "LANASSIST_LINK_PORT": "0",
            "LANASSIST_PAGE_PORT": "0",
            "LANASSIST_DISCOVERY": "off",
            "LANASSIST_LINK_BIND": "127.0.0.1",
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
            "COLUMNS": "160",
        }
        return {**inherited, **quiet, **settings}
