"""The demo's own processes: nodes, displays, desks. Each is ended by its id, whatever happens."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from lanassist.cli.client import NodeClient, connect
from lanassist.node.errors import MachineError, NodeNotRunning
from lanassist.web.commands import ShowNode

START_DEADLINE: Final = 30.0
END_DEADLINE: Final = 5.0
POLL: Final = 0.05
"""Seconds."""


class Process:
    """One program that was started and will be ended."""

    def __init__(
        self, words: list[str], environ: Mapping[str, str], log: Path, keep: tuple[int, ...] = ()
    ) -> None:
        """``log`` gets all output; ``keep`` are file descriptors that it inherits. Raises OSError."""
        self.log = log
        with log.open("ab") as stream:
            self._child = subprocess.Popen(
                words,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                pass_fds=keep,
                start_new_session=True,  # Ctrl+C reaches the demo alone, which ends the others in order
            )

    @property
    def pid(self) -> int:
        return self._child.pid

    def check_alive(self) -> None:
        """Raises MachineError with the program's last words if it has ended."""
        if (code := self._child.poll()) is not None:
            words = self.log.read_text(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise MachineError(why=f"{self.log.stem} ended with {code}: {words[0]}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self._child.poll() is None:
            self._child.send_signal(number)

    def end(self) -> None:
        """End it politely, then surely."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self._child.wait(END_DEADLINE)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it as a crash would."""
        self.signal(signal.SIGKILL)
        self._child.wait()

    def cpu_seconds(self) -> float:
        """The processor time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def clean_environ() -> dict[str, str]:
    """This process's environment without a display and without settings of another node."""
    left_out = ("LANASSIST_", "DISPLAY", "WAYLAND_DISPLAY")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


class NodeProcess(Process):
    """A node on a home of its own, on any free ports."""

    def __init__(self, home: Path, display: str | None, log: Path, settings: Mapping[str, str]) -> None:
        self.home = home
        environ = clean_environ() | {"LANASSIST_LINK_PORT": "0", "LANASSIST_PAGE_PORT": "0"}
        environ |= {"DISPLAY": display} if display else {}
        environ |= settings
        words = [sys.executable, "-m", "lanassist.cli", "--home", str(home), "node", "run"]
        super().__init__(words, environ, log)

    def client(self) -> NodeClient:
        """The node's API, once it is up. Raises MachineError."""
        give_up = time.monotonic() + START_DEADLINE
        while time.monotonic() < give_up:
            self.check_alive()
            with contextlib.suppress(NodeNotRunning):
                client = connect(self.home)
                client.ask(ShowNode())  # what a killed node announced may still lie there
                return client
            time.sleep(POLL)
        raise MachineError(why=f"{self.log.stem} was not up within {START_DEADLINE:.0f} s")


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP count as Ctrl+C, so that everything is cleaned up."""

    def interrupt(number: int, frame: object) -> None:
        signal.raise_signal(signal.SIGINT)  # which the event loop knows to take at a safe moment

    handlers = {
        signal.SIGINT: signal.default_int_handler,  # a program started in the background ignores it
        signal.SIGTERM: interrupt,
        signal.SIGHUP: interrupt,
    }
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
