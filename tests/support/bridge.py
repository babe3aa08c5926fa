"""The bridge of docs/examples, as a process that may be killed."""

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.irc import IrcServer
from tests.support.nodes import LiveNode

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "irc_bridge.py"
NICK = "helpdesk"
CHANNEL = "#help"


class Bridge:
    """Between a server and the desk of a node."""

    def __init__(self, desk: LiveNode, server: IrcServer) -> None:
        self._words = [str(desk.home), server.address, NICK, CHANNEL]
        self._log = desk.home / "bridge.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """With Python's standard library alone."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(EXAMPLE), *self._words],
                env={"PATH": os.environ["PATH"]},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self._log.read_text()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
