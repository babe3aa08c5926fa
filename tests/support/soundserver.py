"""Real sound servers of a test's own, with a headset and a microphone that are both null sinks.

``headset``: what is played there, a test hears on ``headset.monitor``. ``mouth``: what a test plays there
comes out of the microphone ``mouth.monitor``.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

START_DEADLINE = 20.0
"""Seconds."""
HEADSET, MOUTH, MICROPHONE = "headset", "mouth", "mouth.monitor"
SHAPE = "channels=1 channel_map=mono rate=48000"
NULL_SINKS = tuple(f"sink_name={name} {SHAPE}" for name in (HEADSET, MOUTH))


class SoundServer:
    """``with PulseAudio() as server: … server.environ``. It can be stopped and started again."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sound-")
        self.folder = Path(self._folder.name)
        for name in ("run", "home"):
            (self.folder / name).mkdir(mode=0o700)
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a program that is to use it."""
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
        run, home = str(self.folder / "run"), str(self.folder / "home")
        return {**kept, "XDG_RUNTIME_DIR": run, "HOME": home, "PULSE_SERVER": f"unix:{self.socket}"}

    @property
    def socket(self) -> Path:
        raise NotImplementedError

    def start(self) -> None:
        """Returns once both null sinks are there."""
        try:
            self._start()
            for arguments in NULL_SINKS:
                self._pactl_until_it_works("load-module", "module-null-sink", *arguments.split())
            self._pactl_until_it_works("set-default-sink", HEADSET)
            self._pactl_until_it_works("set-default-source", MICROPHONE)
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        raise NotImplementedError

    def _run(self, *command: str) -> None:
        environ = {name: value for name, value in self.environ.items() if name != "PULSE_SERVER"}
        log = (self.folder / f"{Path(command[0]).name}.log").open("ab")
        with log:
            self._processes.append(
                subprocess.Popen(command, env=environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            )

    def stop(self) -> None:
        """As a crash."""
        for process in reversed(self._processes):
            process.send_signal(signal.SIGKILL)
            process.wait()
        self._processes.clear()
        shutil.rmtree(self.folder / "run", ignore_errors=True)
        (self.folder / "run").mkdir(mode=0o700)

    def pactl(self, *arguments: str) -> str:
        """What pactl says."""
        done = subprocess.run(
            ["pactl", *arguments], env=self.environ, capture_output=True, text=True, check=False, timeout=20
        )
        if done.returncode:
            raise RuntimeError(f"pactl {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def _pactl_until_it_works(self, *arguments: str) -> str:
        deadline = time.monotonic() + START_DEADLINE
        while True:
            try:
                return self.pactl(*arguments)
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def modules(self, name: str) -> list[str]:
        """The arguments of the modules of that name."""
        return [arguments for _, kind, arguments in self._modules() if kind == name]

    def _modules(self) -> Iterator[tuple[str, str, str]]:
        for line in self.pactl("list", "short", "modules").splitlines():
            fields = line.split("\t")
            if len(fields) >= 3:  # some servers break arguments into lines
                yield fields[0], fields[1], fields[2]

    def unload(self, containing: str) -> None:
        """Unload the modules whose arguments contain that: pull a plug."""
        for index, _, arguments in list(self._modules()):
            if containing in arguments:
                self.pactl("unload-module", index)

    def plug_in(self, name: str) -> None:
        """Give it a null sink of that name."""
        self.pactl("load-module", "module-null-sink", f"sink_name={name}", *SHAPE.split())


class PulseAudio(SoundServer):
    """PulseAudio without what a desktop would add."""

    @property
    def socket(self) -> Path:
        return self.folder / "run" / "native"

    def _start(self) -> None:
        self._run(
            *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
            *("--high-priority=yes", "--realtime=yes"),
            *("-L", f"module-native-protocol-unix socket={self.socket} auth-anonymous=1"),
        )


class PipeWire(SoundServer):
    """PipeWire with its session manager and its PulseAudio side, on a message bus of their own."""

    @property
    def socket(self) -> Path:
        return self.folder / "run" / "pulse" / "native"

    @property
    def environ(self) -> dict[str, str]:
        """Programs find the bus where the session manager does."""
        return {**super().environ, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder / 'run' / 'bus'}"}

    def _start(self) -> None:
        run = self.folder / "run"
        self._run("dbus-daemon", "--session", "--nofork", f"--address=unix:path={run / 'bus'}")
        self._wait_for(run / "bus")
        self._run("pipewire")
        self._wait_for(run / "pipewire-0")
        self._run("wireplumber")
        self._run("pipewire-pulse")

    @staticmethod
    def _wait_for(path: Path) -> None:
        deadline = time.monotonic() + START_DEADLINE
        while not path.exists():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{path.name} did not come")
            time.sleep(0.01)
