"""The demo as a user runs it: real nodes, real displays, and nothing left behind."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e
PATIENCE = 60.0


def demo_command(*words: str) -> list[str]:
    return [sys.executable, "-m", "lanassist.cli", "demo", *words]


def environ_of(folder: Path) -> dict[str, str]:
    """Temporary files go into ``folder``; there is no display of the user's own."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return {**kept, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}


def processes_about(folder: Path) -> list[str]:
    """Command lines of whatever still runs with a home or log in ``folder``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(entry.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in found if str(folder) in line]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The demo for people, started; ended however the test goes."""
    demo = subprocess.Popen(
        demo_command("--no-open"), env=environ_of(tmp_path), stdout=subprocess.PIPE, text=True
    )
    with demo:
        yield demo
        if demo.poll() is None:
            demo.terminate()


def test_every_capability_passes_its_check(tmp_path: Path) -> None:
    done = subprocess.run(
        demo_command("--check"),
        env=environ_of(tmp_path),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") >= 26
    assert "✗" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_demo_shows_an_address_that_opens_the_page_and_cleans_up(
    tmp_path: Path, running: subprocess.Popen[str]
) -> None:
    assert running.stdout is not None
    said = ""
    while "Ctrl+C ends everything." not in said:
        line = running.stdout.readline()
        assert line, said
        said += line
    found = re.search(r"http://127\.0\.0\.1:\d+/launch\?code=\S+", said)
    assert found, said
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(found[0], timeout=PATIENCE) as page:
        assert page.url.endswith("/supervisor")
    assert processes_about(tmp_path)

    running.send_signal(signal.SIGINT)
    rest, _ = running.communicate(timeout=PATIENCE)
    assert "Stopped: all programs are ended and the site is removed." in rest
    assert running.returncode == 0
    assert list(tmp_path.iterdir()) == []
    assert processes_about(tmp_path) == []
