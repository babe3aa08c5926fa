"""A softphone's calls on real sound servers: who is heard, who is not, and that the call never suffers.

The customer is a tone that the softphone plays, the agent a tone at the microphone, the supervisor a third.
"""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import trio

from lanassist.node.sound.base import HEARS, CallHint, Mode, Party, Softphone
from tests.support.hearing import Ear, Mouth, longest_gap, tone_levels
from tests.support.soundserver import HEADSET, MICROPHONE, MOUTH, SoundServer
from tests.support.supervisors import AGENT, CUSTOMER, SUPERVISOR, Supervisor, supervised
from tests.support.waiting import until

pytestmark = pytest.mark.e2e

SOFTPHONE = Softphone(microphone=MICROPHONE)
SPEAKER, VIRTUAL_MICROPHONE = "lanassist_speaker", "lanassist_microphone"
HERTZ: dict[Party, float] = {"customer": CUSTOMER, "agent": AGENT, "supervisor": SUPERVISOR}
INAUDIBLE = -72.0
GAP = 0.04
SECONDS = 20.0


class Ears:
    """What the customer and the agent hear."""

    def __init__(self, server: SoundServer, folder: Path) -> None:
        self.customer = Ear(server.environ, VIRTUAL_MICROPHONE, folder / "customer")
        self.agent = Ear(server.environ, f"{HEADSET}.monitor", folder / "agent")

    def __enter__(self) -> "Ears":
        self.customer.__enter__()
        self.agent.__enter__()
        return self

    def __exit__(self, *trouble: object) -> None:
        self.customer.__exit__(None, None, None)
        self.agent.__exit__(None, None, None)

    @property
    def call_flows(self) -> bool:
        return self.customer.hears(AGENT) and self.agent.hears(CUSTOMER)

    def table_holds(self, mode: Mode, supervisor: Supervisor) -> bool:
        ears: dict[Party, Ear | Supervisor] = {"customer": self.customer, "agent": self.agent}
        if mode != "normal":
            ears["supervisor"] = supervisor
        return all(
            ear.hears(HERTZ[voice]) == (voice in HEARS[mode][party])
            for party, ear in ears.items()
            for voice in HERTZ
        )


def mouths(server: SoundServer) -> tuple[Mouth, Mouth]:
    return Mouth(server.environ, SPEAKER, CUSTOMER), Mouth(server.environ, MOUTH, AGENT)


async def test_in_each_mode_each_hears_whom_the_table_says(server: SoundServer, tmp_path: Path) -> None:
    async with supervised() as supervisor:
        await supervisor.engine.begin(SOFTPHONE, "call")
        customer, agent = mouths(server)
        with customer, agent, Ears(server, tmp_path) as ears:
            await until(lambda: ears.call_flows, SECONDS)
            modes: tuple[Mode, ...] = ("normal", "listen", "talk", "listen", "takeover", "listen", "normal")
            for mode in modes:
                await supervisor.until(mode, partial(ears.table_holds, mode, supervisor))


async def test_the_customer_never_hears_a_whisper(server: SoundServer, tmp_path: Path) -> None:
    """The agent is silent, so that whatever is in the customer's ear came from the supervisor."""
    async with supervised() as supervisor:
        await supervisor.engine.begin(SOFTPHONE, "call")
        with Mouth(server.environ, SPEAKER, CUSTOMER), Ears(server, tmp_path) as ears:
            await until(lambda: ears.agent.hears(CUSTOMER), SECONDS)
            for _ in range(2):
                await supervisor.until("talk", lambda: ears.agent.hears(SUPERVISOR))
                await supervisor.until("listen", lambda: not ears.agent.hears(SUPERVISOR))
            await supervisor.until("talk", lambda: ears.agent.hears(SUPERVISOR))
            assert supervisor.engine.pid is not None
            os.kill(supervisor.engine.pid, signal.SIGKILL)
            await until(lambda: ("normal", "restarted") in supervisor.modes(), SECONDS)
            await until(lambda: not ears.agent.hears(SUPERVISOR), SECONDS)
            await supervisor.until("talk", lambda: ears.agent.hears(SUPERVISOR))
            await supervisor.engine.end()
            await until(lambda: not ears.agent.hears(SUPERVISOR), SECONDS)
            await until(lambda: ears.agent.hears(CUSTOMER), SECONDS)
            heard = ears.customer.heard()
    assert tone_levels(heard, SUPERVISOR).max() <= INAUDIBLE
    assert tone_levels(heard, CUSTOMER).max() <= INAUDIBLE


async def test_the_call_has_no_gap_while_it_is_assisted_and_the_engine_is_killed(
    server: SoundServer, tmp_path: Path
) -> None:
    async with supervised() as supervisor:
        await supervisor.engine.prepare(SOFTPHONE)
        customer, agent = mouths(server)
        with customer, agent, Ears(server, tmp_path) as ears:
            await until(lambda: ears.call_flows, SECONDS)
            begin = ears.customer.place, ears.agent.place
            await supervisor.engine.begin(SOFTPHONE, "call")
            await supervisor.until("listen", lambda: supervisor.hears(CUSTOMER))
            await supervisor.until("talk", lambda: ears.agent.hears(SUPERVISOR))
            assert supervisor.engine.pid is not None
            os.kill(supervisor.engine.pid, signal.SIGKILL)
            await until(lambda: ("normal", "restarted") in supervisor.modes(), SECONDS)
            await supervisor.until("listen", lambda: supervisor.hears(AGENT))
            await supervisor.engine.end()
            await until(lambda: ears.call_flows, SECONDS)
            to_customer, to_agent = ears.customer.heard(begin[0]), ears.agent.heard(begin[1])
    assert longest_gap(to_customer, AGENT) <= GAP
    assert longest_gap(to_agent, CUSTOMER) <= GAP


async def test_the_call_outlives_a_node_that_is_killed_while_talking(
    server: SoundServer, tmp_path: Path
) -> None:
    with whispering("talk") as node:
        engine = await pid_told(node)
        with Mouth(server.environ, SPEAKER, CUSTOMER), Ears(server, tmp_path) as ears:
            await until(lambda: ears.agent.hears(CUSTOMER) and ears.agent.hears(SUPERVISOR), SECONDS)
            begin = ears.agent.place
            node.kill()
            node.wait()
            await until(lambda: not ears.agent.hears(SUPERVISOR), SECONDS)
            await until(lambda: not running(engine), SECONDS)
            await until(lambda: ears.agent.hears(CUSTOMER), SECONDS)
            whisper = tone_levels(ears.customer.heard(), SUPERVISOR).max()
            gap = longest_gap(ears.agent.heard(begin), CUSTOMER)
            assert len(server.modules("module-loopback")) == 2, "a program uses them, so they stay"
    assert whisper <= INAUDIBLE
    assert gap <= GAP


async def test_a_call_that_was_taken_over_is_given_back_when_the_node_is_killed(
    server: SoundServer, tmp_path: Path
) -> None:
    with whispering("takeover") as node:
        await pid_told(node)
        customer, agent = mouths(server)
        with customer, agent, Ears(server, tmp_path) as ears:
            await until(lambda: ears.customer.hears(SUPERVISOR) and not ears.customer.hears(AGENT), SECONDS)
            node.kill()
            node.wait()
            await until(lambda: ears.call_flows and not ears.customer.hears(SUPERVISOR), SECONDS)


async def test_what_a_dead_run_left_is_put_in_order(server: SoundServer, tmp_path: Path) -> None:
    with whispering("takeover") as node:
        engine = await pid_told(node)
        customer, agent = mouths(server)
        with customer, agent, Ears(server, tmp_path) as ears:
            await until(lambda: ears.customer.hears(SUPERVISOR), SECONDS)
            os.kill(node.pid, signal.SIGSTOP)  # so that it cannot start another engine
            os.kill(engine, signal.SIGKILL)
            node.kill()
            node.wait()
            left = sorted(server.modules("module-loopback"))
            server.pactl("load-module", "module-loopback", f"source={SPEAKER}.monitor", f"sink={HEADSET}")
            async with supervised() as supervisor:
                await supervisor.engine.prepare(SOFTPHONE)
                await until(lambda: ears.call_flows, SECONDS)
                assert sorted(server.modules("module-loopback")) == left


async def test_the_devices_go_with_the_node_when_no_program_uses_them(server: SoundServer) -> None:
    async with supervised() as supervisor:
        await supervisor.engine.prepare(SOFTPHONE)
        assert len(server.modules("module-loopback")) == 2
        names = server.pactl("info")
        assert f"Default Sink: {HEADSET}" in names
        assert f"Default Source: {MICROPHONE}" in names
    assert server.modules("module-loopback") == []
    assert not [one for one in server.modules("module-null-sink") if "lanassist" in one]


async def test_a_program_at_the_virtual_microphone_is_a_hint(server: SoundServer, tmp_path: Path) -> None:
    async with supervised() as supervisor:
        await supervisor.engine.prepare(SOFTPHONE)
        with Ear(server.environ, VIRTUAL_MICROPHONE, tmp_path / "softphone"):
            await until(lambda: CallHint(on=True, program="parec") in supervisor.told, SECONDS)
        await until(lambda: CallHint(on=False) in supervisor.told, SECONDS)


async def test_a_program_that_is_moved_to_the_virtual_microphone_is_one_too(
    server: SoundServer, tmp_path: Path
) -> None:
    async with supervised() as supervisor:
        await supervisor.engine.prepare(SOFTPHONE)
        with Ear(server.environ, MICROPHONE, tmp_path / "softphone") as ear:
            await until(lambda: ear.place > 0, SECONDS)
            stream = _stream_of(server, "parec")

            def moved_and_told(hint: CallHint, microphone: str) -> bool:
                """A session manager that still arranges a stream forgets to move it: so it is asked again."""
                server.pactl("move-source-output", stream, microphone)
                return hint in supervisor.told

            await until(
                lambda: moved_and_told(CallHint(on=True, program="parec"), VIRTUAL_MICROPHONE), SECONDS
            )
            await until(lambda: moved_and_told(CallHint(on=False), MICROPHONE), SECONDS)


def _stream_of(server: SoundServer, program: str) -> str:
    """The number of what that program records."""
    described = server.pactl("list", "source-outputs").split("Source Output #")
    (stream,) = (each for each in described if f'application.name = "{program}"' in each)
    return stream.split()[0]


# --- nodes of their own ------------------------------------------------------------------------------


class whispering:  # noqa: N801 - used as a verb
    """A node that whispers, killed at the end."""

    def __init__(self, mode: Mode) -> None:
        self._mode = mode

    def __enter__(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.support.whisperer", MICROPHONE, self._mode]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        return self._process

    def __exit__(self, *trouble: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


async def pid_told(node: subprocess.Popen[bytes]) -> int:
    """Of its engine, once it whispers."""
    assert node.stdout is not None
    return int(await trio.to_thread.run_sync(node.stdout.readline))


def running(pid: int) -> bool:
    """Whether that process is there and has not ended."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
