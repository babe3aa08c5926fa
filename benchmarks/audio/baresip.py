"""Two telephones (baresip) that talk to each other over loopback, on the benchmark's sound server.

They reach its devices as programs of ALSA do, through ALSA's pulse plug-in; there is no registrar. Settings
are as shipped, but for Opus and for the least delay that it lets one ask for.
"""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.soundserver import SoundServer

SAID, QUIET = "said", "quiet"
"""Sinks: what is played into the first, the caller says; the second is nobody's."""
CALL_DEADLINE: Final = 15.0
"""Seconds."""
MODULES: Final = ("module alsa.so", "module opus.so", "module_app account.so", "module_app menu.so")
SETTINGS: Final = """\
sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
audio_source alsa,{source}
audio_player alsa,{player}
audio_alert alsa,nowhere
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
jitter_buffer_type fixed
jitter_buffer_delay 1-5
statmode_default off
module_path {modules}
"""
ACCOUNT: Final = "<sip:{name}@127.0.0.1>;regint=0;answermode=auto;audio_codecs=opus/48000/2;ptime=20\n"
SYSTEM_ASOUND: Final = "/usr/share/alsa/alsa.conf"


def installed() -> bool:
    """Whether there is one, with the modules that this needs."""
    return shutil.which("baresip") is not None and _modules() is not None


def _modules() -> Path | None:
    found = [
        *Path("/usr/lib").glob("baresip/modules/opus.so"),
        *Path("/usr/lib").glob("*/baresip/modules/opus.so"),
    ]
    return found[0].parent if found and (found[0].parent / "alsa.so").exists() else None


class Phone(NamedTuple):
    """A telephone that runs, and the port at which it is called."""

    pid: int
    port: int


@contextmanager
def call(server: SoundServer, heard: str) -> Iterator[list[int]]:
    """What is played into SAID comes out of the sink ``heard``, once more through two telephones.

    Gives their process ids.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baresip-")))
        for sink in (SAID, QUIET):
            server.plug_in(sink)
            stack.callback(server.unload, f"sink_name={sink} ")
        devices = {"said": f"{SAID}.monitor", "heard": heard, "silent": f"{QUIET}.monitor", "ignored": QUIET}
        (folder / "asoundrc").write_text(
            "pcm.nowhere { type null }\n"
            + "".join(f'pcm.{name} {{ type pulse device "{device}" }}\n' for name, device in devices.items())
        )
        callee = stack.enter_context(_phone(server, folder, "callee", "silent", "heard"))
        dialling = f"/dial sip:callee@127.0.0.1:{callee.port}"
        caller = stack.enter_context(_phone(server, folder, "caller", "said", "ignored", dialling))
        _until(lambda: "Call established" in _said(folder / "caller.log"))
        yield [caller.pid, callee.pid]


@contextmanager
def _phone(
    server: SoundServer, folder: Path, name: str, source: str, player: str, *commands: str
) -> Iterator[Phone]:
    home, port = folder / name, _free_port()
    home.mkdir()
    settings = SETTINGS.format(port=port, source=source, player=player, modules=_modules())
    (home / "config").write_text("\n".join((settings, *MODULES, "")))
    (home / "accounts").write_text(ACCOUNT.format(name=name))
    (home / "contacts").touch()
    environ = server.environ | {
        "ALSA_CONFIG_PATH": f"{SYSTEM_ASOUND}:{folder / 'asoundrc'}",
        "HOME": str(home),
    }
    words = ["baresip", "-f", str(home), *(word for command in commands for word in ("-e", command))]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(words, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _until(lambda: "baresip is ready" in _said(folder / f"{name}.log"))
        yield Phone(process.pid, port)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()


def _free_port() -> int:
    """Free, and the next one too: that is its for TLS."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as one:
            port: int = one.getsockname()[1]
            with suppress(OSError), socket.create_server(("127.0.0.1", port + 1)):
                return port


def _said(log: Path) -> str:
    return log.read_text(errors="replace")


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + CALL_DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("baresip makes no call")
        time.sleep(0.05)
