"""A call that is assisted from the command line: real nodes, a real sound server, a terminal and its keys."""

import os
import pty
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lanassist.node.sound.waves import read_wave
from tests.support.hearing import Ear, Mouth, tone_levels
from tests.support.nodes import LiveNode, LiveSite, command, eventually
from tests.support.soundserver import HEADSET, MICROPHONE, MOUTH, PulseAudio

pytestmark = pytest.mark.e2e

CUSTOMER, AGENT, SUPERVISOR = 440, 620, 1700
"""Hertz."""
NEVER = -72.0
"""dBFS: what the customer may get of a whisper at most."""
BUSY = 60.0
"""Seconds that a step may take on a busy machine."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LiveSite]:
    with LiveSite(tmp_path) as site:
        yield site


@pytest.fixture
def server() -> Iterator[PulseAudio]:
    with PulseAudio() as server:
        yield server


@pytest.fixture
def dana(site: LiveSite, tmp_path: Path) -> LiveNode:
    (tmp_path / "recorded").mkdir()
    calls = {
        "LANASSIST_CALLS_SOURCE": "synthetic",
        "LANASSIST_CALLS_SYNTHETIC_RECORD": str(tmp_path / "recorded"),
        "LANASSIST_CALLS_ACW_SECONDS": "600",
    }
    return site.node("Dana", "agent", settings=calls).start()


@pytest.fixture
def sam(site: LiveSite, dana: LiveNode, server: PulseAudio) -> LiveNode:
    sound = {
        name: value
        for name, value in server.environ.items()
        if name in ("XDG_RUNTIME_DIR", "PULSE_SERVER", "HOME")
    }
    sam = site.node("Sam", "supervisor", settings=sound).start()
    sam.meet(dana)
    return sam


def begin(dana: LiveNode, sam: LiveNode) -> None:
    """Dana has an inbound routed call, and Sam's node knows."""
    began = dana.cli("call", "begin", "--inbound", "--routed", "--from", "+49 30 1234")
    assert began.returncode == 0, began.stderr
    eventually(lambda: sam.api("call.list")["offers"][0]["listen"] is None)


def state(sam: LiveNode) -> str:
    """Of Sam's assist; empty: none runs."""
    running = sam.api("call.list")["sessions"]
    return str(running[0]["state"]) if running else ""


def told(node: LiveNode) -> Any:
    """The state of Dana's own call."""
    call = node.api("call.own")["call"]
    return call and call["state"]


@contextmanager
def listening(sam: LiveNode, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = sam.terminal("call", "listen", "dana", *words)
    try:
        eventually(lambda: state(sam), "listening".__eq__, BUSY)
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_whole_story_from_two_terminals(
    dana: LiveNode, sam: LiveNode, server: PulseAudio, tmp_path: Path
) -> None:
    begin(dana, sam)
    with (
        Ear(server.environ, f"{HEADSET}.monitor", tmp_path / "headset.raw") as ear,
        Mouth(server.environ, MOUTH, SUPERVISOR),
        listening(sam, "--json", "--microphone", MICROPHONE) as terminal,
    ):
        eventually(lambda: ear.hears(CUSTOMER) and ear.hears(AGENT), seconds=BUSY)
        assert sam.cli("call", "talk", "dana", "--for", "2s").returncode == 0
        eventually(lambda: state(sam), "listening".__eq__, BUSY)
        dana.cli("call", "end", "--id", "another")
        assert told(dana) == "talking"
        assert sam.cli("call", "takeover", "dana").returncode == 0
        eventually(lambda: told(dana), "acw".__eq__, BUSY)
        eventually(lambda: ear.hears(CUSTOMER) and not ear.hears(AGENT), seconds=BUSY)
        assert sam.cli("call", "release", "dana").returncode == 0
        eventually(lambda: told(dana), "talking".__eq__, BUSY)
        assert sam.cli("call", "close", "dana").returncode == 0
        out, errors = terminal.communicate(timeout=BUSY)
        assert (terminal.returncode, errors) == (0, "")
        states = [line.split('"state": "')[1].split('"')[0] for line in out.splitlines()]
        assert states == ["listening", "talking", "listening", "taken-over", "listening", "ended"]
    dana.cli("call", "end")
    recorded = eventually(lambda: ears(tmp_path), lambda both: len(both) == 2, BUSY)
    loudest = float(np.max(tone_levels(recorded["agent"], SUPERVISOR)))
    assert loudest > -30, "the agent heard the whisper"
    whispered = quiet_until_taken_over(recorded["customer"])
    assert float(np.max(tone_levels(whispered, SUPERVISOR))) < NEVER


def ears(folder: Path) -> dict[str, Any]:
    """What each ear of the synthetic call got, once it is written."""
    files = {name: folder / "recorded" / f"{name}.wav" for name in ("customer", "agent")}
    return {name: read_wave(str(file)) for name, file in files.items() if file.exists()}


def quiet_until_taken_over(samples: Any) -> Any:
    """The part in which the customer hears the agent: up to the last of it before the supervisor is there."""
    there = tone_levels(samples, AGENT, window=2400, step=2400) > -30
    taken = np.flatnonzero(~there[2:])
    end = int(taken[0]) + 1 if taken.size else there.size
    return samples[: end * 2400]


# --- a terminal and its keys -------------------------------------------------------------------------


class Typed:
    """A terminal at which somebody types; it shows all that is drawn."""

    def __init__(self, node: LiveNode, *words: str) -> None:
        self._ours, theirs = pty.openpty()
        environ = {**node._environ, "TERM": "xterm"}
        self.process = subprocess.Popen(
            ["env", "--default-signal=INT", *command("lanassist", "--home", node.home, *words)],
            env=environ,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._drawn = ""
        self._shows = threading.Thread(target=self._show)
        self._shows.start()

    def _show(self) -> None:
        with suppress(OSError):  # nobody draws any more
            while drawn := os.read(self._ours, 65536):
                self._drawn += drawn.decode(errors="replace")

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def read(self) -> str:
        """All that was drawn."""
        return self._drawn

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._shows.join()
        os.close(self._ours)


@pytest.fixture
def typed(dana: LiveNode, sam: LiveNode) -> Iterator[Typed]:
    begin(dana, sam)
    terminal = Typed(sam, "call", "listen", "dana", "--microphone", MICROPHONE)
    yield terminal
    terminal.close()


def holding(terminal: Typed, seen: Callable[[], bool]) -> bool:
    """The space bar repeats."""
    terminal.type(" ")
    return seen()


def test_the_space_bar_is_held_to_talk_and_t_takes_over(typed: Typed, dana: LiveNode, sam: LiveNode) -> None:
    eventually(lambda: state(sam), "listening".__eq__, BUSY)
    eventually(lambda: "customer" in typed.read(), seconds=BUSY)
    eventually(lambda: holding(typed, lambda: state(sam) == "talking"), seconds=BUSY)
    eventually(lambda: state(sam), "listening".__eq__, BUSY)
    typed.type("t")
    eventually(lambda: told(dana), "acw".__eq__, BUSY)
    typed.type("t")
    eventually(lambda: told(dana), "talking".__eq__, BUSY)
    typed.type("q")
    assert typed.process.wait(BUSY) == 0
    eventually(lambda: state(sam), "".__eq__, BUSY)
    assert told(dana) == "talking"


# --- ends --------------------------------------------------------------------------------------------


def test_the_calls_end_ends_it_well(dana: LiveNode, sam: LiveNode) -> None:
    begin(dana, sam)
    with listening(sam) as terminal:
        dana.cli("call", "end")
        out, errors = terminal.communicate(timeout=BUSY)
        assert (terminal.returncode, errors) == (0, "")
        assert out.splitlines()[-1] == "Dana: Ended: the call ended"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_terminal_that_is_gone_leaves_the_call_to_the_agent(
    dana: LiveNode, sam: LiveNode, number: signal.Signals
) -> None:
    begin(dana, sam)
    with listening(sam) as terminal:
        assert sam.cli("call", "takeover", "dana").returncode == 0
        terminal.send_signal(number)
        eventually(lambda: told(dana), "talking".__eq__, BUSY)
        eventually(lambda: state(sam), "".__eq__, BUSY)


def test_a_dead_agents_node_ends_it_with_its_exit_code(dana: LiveNode, sam: LiveNode) -> None:
    begin(dana, sam)
    with listening(sam) as terminal:
        dana.kill()
        _, errors = terminal.communicate(timeout=BUSY)
        assert terminal.returncode == 4
        assert errors == "The assist in Dana's call ended: the link between the two nodes was lost.\n"


def test_without_a_sound_server_nobody_is_told_of_a_listener(
    dana: LiveNode, sam: LiveNode, server: PulseAudio
) -> None:
    begin(dana, sam)
    server.stop()
    result = sam.cli("call", "listen", "dana")
    assert result.returncode == 10
    assert result.stderr.startswith("No sound server answers on this machine.")
    assert state(sam) == ""


def test_each_refusal_has_its_sentence_and_exit_code(dana: LiveNode, sam: LiveNode) -> None:
    refused = sam.cli("call", "listen", "dana")
    assert (refused.returncode, refused.stderr) == (7, "Dana has no routed call.\n")
    dana.cli("call", "begin", "--outbound")
    eventually(lambda: sam.api("call.list")["offers"][0]["listen"]["code"], "outbound-call".__eq__)
    refused = sam.cli("call", "listen", "dana")
    assert (refused.returncode, refused.stderr) == (
        7,
        "Dana is on an outbound call: assist is for inbound calls.\n",
    )
