"""What goes wrong with sound is told in a sentence, the call goes on, and what comes back is used again."""

import os
import signal
import sys
from pathlib import Path

import pytest
import trio

from lanassist.node.errors import (
    NoCallSound,
    NoSoundServer,
    SoundEngineCrashed,
    SoundNotInstalled,
    UnknownSoundDevice,
)
from lanassist.node.sound.base import Fault, Softphone, Synthetic
from lanassist.node.sound.supervised import ChildEngine, ChildHeadset, list_devices, try_sound
from tests.support.hearing import Ear, Mouth
from tests.support.soundserver import HEADSET, MICROPHONE, MOUTH, SoundServer
from tests.support.supervisors import AGENT, CUSTOMER, SUPERVISOR, packets_of, supervised
from tests.support.waiting import until

pytestmark = pytest.mark.e2e

SECONDS = 20.0
SPEAKER, VIRTUAL_MICROPHONE = "lanassist_speaker", "lanassist_microphone"


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'nobody'}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


# --- the agent's machine -----------------------------------------------------------------------------


async def test_without_a_sound_server_it_says_so(no_server: None) -> None:
    async with supervised() as supervisor:
        with pytest.raises(NoSoundServer, match="Start PulseAudio or PipeWire"):
            await supervisor.engine.prepare(Softphone())
        with pytest.raises(NoSoundServer):
            await supervisor.engine.begin(Softphone(), "call")
        with pytest.raises(NoCallSound):
            await supervisor.engine.set_mode("listen")


async def test_a_sound_server_that_comes_later_is_found(server: SoundServer) -> None:
    server.stop()
    async with supervised() as supervisor:
        with pytest.raises(NoSoundServer):
            await supervisor.engine.prepare(Softphone(microphone=MICROPHONE))
        server.start()
        await until(lambda: ("sound-server-lost", True) in supervisor.faults(), SECONDS)
        await until(lambda: len(server.modules("module-loopback")) == 2, SECONDS)


async def test_a_wrong_device_name_says_which_there_are(server: SoundServer) -> None:
    async with supervised() as supervisor:
        with pytest.raises(UnknownSoundDevice) as refused:
            await supervisor.engine.prepare(Softphone(headset="Nosuch", microphone=MICROPHONE))
    assert "output called “Nosuch”" in refused.value.text
    assert f"“{HEADSET}”" in refused.value.text


async def test_a_headset_that_is_unplugged_is_told_and_used_again(
    server: SoundServer, tmp_path: Path
) -> None:
    server.plug_in("usb")
    async with supervised() as supervisor:
        await supervisor.engine.begin(Softphone(headset="usb", microphone=MICROPHONE), "call")
        await supervisor.engine.set_mode("listen")
        with Mouth(server.environ, SPEAKER, CUSTOMER), Mouth(server.environ, MOUTH, AGENT):
            with Ear(server.environ, VIRTUAL_MICROPHONE, tmp_path / "customer") as customer:
                await until(lambda: customer.hears(AGENT) and supervisor.hears(CUSTOMER), SECONDS)
                server.unload("sink_name=usb")
                await until(lambda: ("sound-device-lost", False) in supervisor.faults(), SECONDS)
                assert [fault.text for fault in supervisor.engine.state.faults] == [
                    "The output “usb” is gone. Plug it in again or choose another. The call itself goes on."
                ]
                await until(lambda: customer.hears(AGENT) and supervisor.hears(CUSTOMER), SECONDS)
            server.plug_in("usb")
            with Ear(server.environ, "usb.monitor", tmp_path / "agent") as agent:
                await until(lambda: agent.hears(CUSTOMER), SECONDS)
        assert supervisor.engine.state.faults == ()


async def test_a_sound_server_that_is_restarted_is_told_and_used_again(
    server: SoundServer, tmp_path: Path
) -> None:
    async with supervised() as supervisor:
        await supervisor.engine.begin(Softphone(microphone=MICROPHONE), "call")
        await supervisor.engine.set_mode("listen")
        with Mouth(server.environ, SPEAKER, CUSTOMER):
            await until(lambda: supervisor.hears(CUSTOMER), SECONDS)
        server.stop()
        await until(lambda: ("sound-server-lost", False) in supervisor.faults(), SECONDS)
        server.start()
        await until(lambda: len(server.modules("module-loopback")) == 2, SECONDS)
        with Mouth(server.environ, SPEAKER, CUSTOMER), Mouth(server.environ, MOUTH, AGENT):
            await until(lambda: supervisor.hears(CUSTOMER) and supervisor.hears(AGENT), SECONDS)
        await until(lambda: supervisor.engine.state.faults == (), SECONDS)


# --- the engine --------------------------------------------------------------------------------------


async def test_a_key_that_is_lost_falls_back_to_listening() -> None:
    engine = ChildEngine()
    async with trio.open_nursery() as nursery:
        await nursery.start(engine.run)
        await engine.begin(Synthetic(), "call")
        await engine.set_mode("talk")
        for packet in packets_of(SUPERVISOR, 5):
            engine.hear(packet)
        await until(lambda: engine.state.mode == "listen", SECONDS)
        nursery.cancel_scope.cancel()


async def test_malformed_and_replayed_packets_are_not_heard(tmp_path: Path) -> None:
    async with supervised() as supervisor:
        await supervisor.engine.begin(Synthetic(agent="silence", record=str(tmp_path)), "call")
        for nonsense in (b"", b"x", bytes(100), b"\xff" * 1500, packets_of(SUPERVISOR, 1)[0][:12]):
            supervisor.engine.hear(nonsense)
        await supervisor.until("talk", lambda: supervisor.hears(CUSTOMER))
        await supervisor.engine.set_mode("listen")
        assert supervisor.engine.pid is not None


async def test_a_crash_is_told_and_the_call_is_taken_up_again() -> None:
    async with supervised() as supervisor:
        await supervisor.engine.begin(Synthetic(), "call")
        for _ in range(2):
            supervisor.told.clear()
            await supervisor.until("listen", lambda: supervisor.hears(CUSTOMER))
            assert supervisor.engine.pid is not None
            os.kill(supervisor.engine.pid, signal.SIGSEGV)
            await until(lambda: ("normal", "restarted") in supervisor.modes(), SECONDS)
        assert supervisor.faults()[:2] == [("sound-engine-crashed", False), ("sound-engine-crashed", True)]
        assert (supervisor.engine.state.call, supervisor.engine.state.faults) == ("call", ())


async def test_an_engine_that_cannot_start_is_an_error_and_not_a_crash_of_the_node() -> None:
    engine = ChildEngine(command=(sys.executable, "-c", "raise SystemExit(3)"))
    async with trio.open_nursery() as nursery:
        await nursery.start(engine.run)
        with pytest.raises(SoundEngineCrashed):
            await engine.begin(Synthetic(), "call")
        nursery.cancel_scope.cancel()
    assert engine.state.call == ""


async def test_an_engine_that_talks_nonsense_is_ended() -> None:
    nonsense = "import sys, time; sys.stdout.buffer.write(b'\\xff' * 100); sys.stdout.flush(); time.sleep(60)"
    engine = ChildEngine(command=(sys.executable, "-c", nonsense))
    async with trio.open_nursery() as nursery:
        await nursery.start(engine.run)
        with pytest.raises(SoundEngineCrashed):
            await engine.begin(Synthetic(), "call")
        nursery.cancel_scope.cancel()


# --- the supervisor's machine ------------------------------------------------------------------------


class Wearer:
    """A headset that runs, what it told and what its microphone gave."""

    def __init__(self) -> None:
        self.headset = ChildHeadset()
        self.faults: list[tuple[str, bool]] = []
        self.spoken: list[bytes] = []

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with trio.open_nursery() as nursery:
            await nursery.start(self.headset.run)
            nursery.start_soon(self._read)
            nursery.start_soon(self._listen)
            nursery.start_soon(self._feed)
            task_status.started()

    async def _read(self) -> None:
        async for event in self.headset.events:
            if isinstance(event, Fault):
                self.faults.append((event.code, event.over))

    async def _listen(self) -> None:
        async for packet in self.headset.packets:
            self.spoken.append(packet)

    async def _feed(self) -> None:
        due, number = trio.current_time(), 0
        while True:
            for packet in packets_of(CUSTOMER, 10, number):
                self.headset.play(packet)
                due += 0.02
                await trio.sleep_until(due)
            number += 10


async def test_a_headset_plays_speaks_and_survives_a_pulled_plug(server: SoundServer, tmp_path: Path) -> None:
    server.plug_in("usb")
    wearer = Wearer()
    async with trio.open_nursery() as nursery:
        await nursery.start(wearer.run)
        with pytest.raises(UnknownSoundDevice):
            await wearer.headset.open("Nosuch", MICROPHONE)
        await wearer.headset.open("usb", MICROPHONE)
        with Ear(server.environ, "usb.monitor", tmp_path / "ear") as ear:
            await until(lambda: ear.hears(CUSTOMER), SECONDS)
        assert not wearer.spoken
        await wearer.headset.talk(True)
        await until(lambda: len(wearer.spoken) > 10, SECONDS)
        await wearer.headset.talk(False)
        server.unload("sink_name=usb")
        await until(lambda: ("sound-device-lost", False) in wearer.faults, SECONDS)
        server.plug_in("usb")
        await until(lambda: ("sound-device-lost", True) in wearer.faults, SECONDS)
        with Ear(server.environ, "usb.monitor", tmp_path / "again") as ear:
            await until(lambda: ear.hears(CUSTOMER), SECONDS)
        await wearer.headset.close()
        nursery.cancel_scope.cancel()


async def test_a_headset_survives_a_restarted_server(server: SoundServer, tmp_path: Path) -> None:
    wearer = Wearer()
    async with trio.open_nursery() as nursery:
        await nursery.start(wearer.run)
        await wearer.headset.open(HEADSET, MICROPHONE)
        server.stop()
        await until(lambda: ("sound-server-lost", False) in wearer.faults, SECONDS)
        server.start()
        await until(lambda: wearer.headset.state.faults == () and len(wearer.faults) > 1, SECONDS)
        with Ear(server.environ, f"{HEADSET}.monitor", tmp_path / "ear") as ear:
            await until(lambda: ear.hears(CUSTOMER), SECONDS)
        nursery.cancel_scope.cancel()


async def test_devices_are_listed_and_tried(server: SoundServer) -> None:
    names = {(device.kind, device.name) for device in await list_devices()}
    assert {("output", HEADSET), ("microphone", MICROPHONE)} <= names
    tried = await try_sound(HEADSET, f"{HEADSET}.monitor")
    assert tried.level > -23
    assert (await try_sound(MOUTH, f"{HEADSET}.monitor")).level < -63


async def test_without_a_server_there_are_no_devices(no_server: None) -> None:
    with pytest.raises(NoSoundServer):
        await list_devices()


async def test_without_portaudio_it_says_what_to_install(
    no_server: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on a machine without it: importing sounddevice fails with OSError."""
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    with pytest.raises(SoundNotInstalled, match="libportaudio2"):
        await list_devices()
