"""What is measured, on one sound server, once."""

import os
import signal
import statistics
import time
from collections.abc import Callable

import numpy as np
import trio

from benchmarks.audio import baresip
from benchmarks.audio.listener import Bursts, Listener, matched
from benchmarks.audio.rig import (
    AGENT,
    CUSTOMER,
    SPEAKER,
    SUPERVISOR,
    SUPERVISORS,
    VIRTUAL_MICROPHONE,
    Rig,
    rig,
    sound_server,
)
from benchmarks.screen import cpu
from lanassist.node.sound.base import Mode
from lanassist.node.sound.samples import RATE, Samples
from tests.support.hearing import Mouth, longest_gap, tone_levels
from tests.support.soundserver import HEADSET, MOUTH, SHAPE, SoundServer

Figures = dict[str, float]
PRESSES = 5
BURSTS = 25
CPU_SECONDS = 10.0
SETTLING = 1.0
"""Seconds before a supervisor listens, and as many before what is heard then counts."""
APART = 0.8
"""Seconds between bursts that telephones hand on: they take longer."""


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return float(np.percentile(values, 95)) if values else float("nan")


async def measure(name: str) -> Figures:
    """Everything on a server of that name."""
    with sound_server(name) as server:
        figures = await _loopback(server) | await _telephones(server)
        async with rig() as ends:
            figures |= await _mouth_to_ear(ends)
        async with rig() as ends:
            figures |= await _switching(ends, server)
        async with rig() as ends:
            figures |= await _isolation(ends, server)
        async with rig() as ends:
            figures |= await _cpu(ends, server)
    return figures


async def _loopback(server: SoundServer) -> Figures:
    """The physical limit: a loopback of the server alone, as the normal call has two."""
    server.plug_in("alone")
    ends = ("source=alone.monitor", f"sink={SUPERVISORS}")
    server.pactl("load-module", "module-loopback", *ends, *SHAPE.split(), "latency_msec=20")
    with Listener("alone.monitor") as mouth, Listener(f"{SUPERVISORS}.monitor") as ear:
        await trio.to_thread.run_sync(Bursts("alone").play, BURSTS)
        delays = matched(mouth.onsets(), ear.onsets())
    server.unload("alone")
    return {"loopback_ms": 1000 * statistics.median(delays), "loopback_p95_ms": 1000 * p95(delays)}


async def _telephones(server: SoundServer) -> Figures:
    """What two telephones beside each other take from mouth to ear; NaN if they are not installed."""
    delays: list[float] = []
    taken = float("nan")
    if baresip.installed():
        with baresip.call(server, SUPERVISORS) as phones:
            source = f"{baresip.SAID}.monitor"
            with Listener(source) as mouth, Listener(f"{SUPERVISORS}.monitor") as ear:
                await trio.sleep(1)
                usage = _Usage(phones)
                await trio.to_thread.run_sync(Bursts(baresip.SAID, APART).play, BURSTS)
                (taken,) = usage.shares()
                delays = matched(mouth.onsets(), ear.onsets(), APART)
    return {
        "telephones_ms": 1000 * statistics.median(delays) if delays else float("nan"),
        "telephones_p95_ms": 1000 * p95(delays),
        "cpu_telephone_percent": 100 * taken / 2,
    }


async def _mouth_to_ear(ends: Rig) -> Figures:
    """A second after the supervisor began to listen to a call that was on.

    What is opened here is open by then, for opening it holds up the packets that we pass on.
    """
    with Listener(f"{SPEAKER}.monitor") as mouth, Listener(f"{SUPERVISORS}.monitor") as ear:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.to_thread.run_sync, Bursts(SPEAKER).play, BURSTS, 2 * SETTLING)
            await trio.sleep(SETTLING)
            await ends.engine.set_mode("listen")
        delays = matched(mouth.onsets(), ear.onsets())
    return {"mouth_to_ear_ms": 1000 * statistics.median(delays), "mouth_to_ear_p95_ms": 1000 * p95(delays)}


async def _switching(ends: Rig, server: SoundServer) -> Figures:
    """Talk pressed and released, taken over and given back, and what both parties of the call heard."""
    ends.speaks = True
    pressed: list[float] = []
    released: list[float] = []
    taken: list[float] = []
    gaps: list[float] = []
    customer, agent = Listener(VIRTUAL_MICROPHONE), Listener(f"{HEADSET}.monitor")
    with (
        Mouth(server.environ, SPEAKER, CUSTOMER),
        Mouth(server.environ, MOUTH, AGENT),
        customer,
        agent,
    ):
        await _until(lambda: customer.began(AGENT, 0.0), 20)
        await trio.sleep(1.5)
        start = agent.newest
        await ends.engine.set_mode("listen")
        for _ in range(PRESSES):
            pressed.append(await _began(ends, "talk", agent))
            released.append(await _ended(ends, agent))
        await trio.sleep(0.3)
        to_customer, to_agent = customer.heard(start), agent.heard(start)
        for _ in range(PRESSES):
            now = customer.newest
            taken.append(await _began(ends, "takeover", customer))
            await trio.sleep(0.3)
            gaps.append(_nobody(customer.heard(now - 0.2)))
            await ends.engine.set_mode("listen")
            await trio.sleep(0.4)
        mark = customer.newest
        await ends.engine.set_mode("talk")
        await trio.sleep(0.3)
        assert ends.engine.pid is not None
        os.kill(ends.engine.pid, signal.SIGKILL)
        await trio.sleep(2)
        killed = max(longest_gap(customer.heard(mark), AGENT), longest_gap(agent.heard(mark), CUSTOMER))
    return {
        "talk_pressed_ms": 1000 * statistics.median(pressed),
        "talk_released_ms": 1000 * statistics.median(released),
        "take_over_ms": 1000 * statistics.median(taken),
        "take_over_gap_ms": 1000 * max(gaps),
        "call_gap_ms": 1000 * max(longest_gap(to_customer, AGENT), longest_gap(to_agent, CUSTOMER)),
        "engine_killed_gap_ms": 1000 * killed,
    }


def _nobody(heard: Samples) -> float:
    """Seconds in which the customer heard neither the agent nor the supervisor."""
    window, step = RATE // 100, RATE // 1000
    louder = np.maximum(tone_levels(heard, AGENT, window, step), tone_levels(heard, SUPERVISOR, window, step))
    run = longest = 0
    for missing in louder < -30:
        run = run + 1 if missing else 0
        longest = max(longest, run)
    return (longest + 10) / 1000 if longest else 0.0


async def _began(ends: Rig, mode: Mode, ear: Listener) -> float:
    """Seconds from the command until the supervisor is heard there."""
    now = time.monotonic()
    await ends.engine.set_mode(mode)
    await _until(lambda: ear.began(SUPERVISOR, now), 5)
    await trio.sleep(0.3)
    return (ear.began(SUPERVISOR, now) or now) - now


async def _ended(ends: Rig, ear: Listener) -> float:
    """Seconds from release until the supervisor is not heard there any more."""
    now = time.monotonic()
    await ends.engine.set_mode("listen")
    await trio.sleep(0.3)
    await _until(lambda: ear.ended(SUPERVISOR, now), 5)
    return (ear.ended(SUPERVISOR, now) or now) - now


async def _isolation(ends: Rig, server: SoundServer) -> Figures:
    """The agent is silent, so all that is in the customer's ear came from the supervisor."""
    ends.speaks = True
    with Mouth(server.environ, SPEAKER, CUSTOMER), Listener(VIRTUAL_MICROPHONE) as customer:
        for _ in range(PRESSES):
            await ends.engine.set_mode("talk")
            await trio.sleep(0.3)
            await ends.engine.set_mode("listen")
            await trio.sleep(0.2)
        await ends.engine.set_mode("talk")
        await trio.sleep(0.3)
        assert ends.engine.pid is not None
        os.kill(ends.engine.pid, signal.SIGKILL)
        await trio.sleep(2)
        heard = customer.heard()
    return {"isolation_dbfs": float(tone_levels(heard, SUPERVISOR).max())}


async def _cpu(ends: Rig, server: SoundServer) -> Figures:
    """Of the agent's engine while listened to and while whispered to; and what the server takes more."""
    ends.speaks = True
    shares: Figures = {}
    pids = [process.pid for process in server._processes]
    with Mouth(server.environ, SPEAKER, CUSTOMER), Mouth(server.environ, MOUTH, AGENT):
        await trio.sleep(1)
        (idle,) = await _shares(pids)
        modes: tuple[Mode, ...] = ("listen", "talk")
        for mode in modes:
            await ends.engine.set_mode(mode)
            await trio.sleep(1)
            assert ends.engine.pid is not None
            engine, server_now = await _shares([ends.engine.pid], pids)
            shares[f"cpu_{mode}_percent"] = 100 * engine
            shares[f"cpu_{mode}_server_percent"] = 100 * (server_now - idle)
    return shares


async def _shares(*groups: list[int]) -> list[float]:
    """Cores that these groups of processes take for a while from now."""
    usage = _Usage(*groups)
    await trio.sleep(CPU_SECONDS)
    return usage.shares()


class _Usage:
    """How much processor time groups of processes take from now on."""

    def __init__(self, *groups: list[int]) -> None:
        self._groups = groups
        self._began, self._before = time.monotonic(), self._taken()

    def shares(self) -> list[float]:
        """Cores that each has taken until now."""
        elapsed = time.monotonic() - self._began
        return [(now - before) / elapsed for now, before in zip(self._taken(), self._before, strict=True)]

    def _taken(self) -> list[float]:
        return [cpu.seconds(pids) for pids in self._groups]


async def _until(condition: Callable[[], float | None], seconds: float) -> None:
    with trio.move_on_after(seconds):
        while condition() is None:  # noqa: ASYNC110 - a recording tells no event
            await trio.sleep(0.01)
