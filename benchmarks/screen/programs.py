"""Programs that the benchmark starts: where they are, and an end for each that was started."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

END_WITHIN = 4.0

PACKAGES = {
    "Xvfb": "xvfb",
    "xrandr": "x11-xserver-utils",
    "Xvnc": "tigervnc-standalone-server",
    "X0tigervnc": "tigervnc-scraping-server",
    "xtigervncviewer": "tigervnc-viewer",
    "websockify": "websockify",
    "/usr/share/novnc/core/rfb.js": "novnc",
    "chromium": "chromium",
}
"""What the benchmark uses of the system, and the Debian package that brings it."""


class BenchmarkFailed(Exception):
    """The benchmark cannot go on; the message is a sentence for the person who started it."""


def require(names: Sequence[str]) -> None:
    """Raise BenchmarkFailed, naming the Debian packages, when a program or file is missing."""
    missing = [name for name in names if not (Path(name).exists() or shutil.which(name))]
    if missing:
        packages = sorted({PACKAGES[name] for name in missing})
        raise BenchmarkFailed(f"{', '.join(missing)} not found: apt-get install {' '.join(packages)}")


@contextmanager
def started(
    arguments: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    inherit: Sequence[int] = (),
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a session of its own; at the end of the block it and all it started are ended.

    What it prints goes to ``log``; ``environment`` is added to this process's own.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env={**os.environ, **(environment or {})}, start_new_session=True, pass_fds=inherit,
        )  # fmt: skip
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the session that ``process`` leads: politely, then by force."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_WITHIN)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Poll ``condition`` until it holds; raise BenchmarkFailed with ``otherwise`` after ``seconds``."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise BenchmarkFailed(otherwise)
        time.sleep(0.05)


def free_port() -> int:
    """Return a TCP port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listening(port: int) -> bool:
    """Say whether something accepts connections on the loopback port, without connecting to it."""
    wanted = f"0100007F:{port:04X}", f"00000000:{port:04X}"
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(row.split()[1] in wanted and row.split()[3] == "0A" for row in rows)
