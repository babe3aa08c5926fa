"""The devices of a PulseAudio or pipewire-pulse server. Virtual ones of our own are not offered."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal

from lanassist.node.errors import NoSoundServer, SoundExtraNotInstalled, UnknownSoundDevice
from lanassist.node.sound.base import Device

APPLICATION: Final = "lanassist"
OWN: Final = "lanassist_"
"""How the names of all our virtual devices begin."""
ECHO: Final = ".monitor"
"""How the names of those sources end that give what an output plays."""
Kind = Literal["output", "microphone"]


def connect(purpose: str) -> Any:
    """A connection to the server. Raises SoundExtraNotInstalled or NoSoundServer."""
    try:
        import pulsectl
    except (ImportError, OSError):
        raise SoundExtraNotInstalled(missing="pulsectl") from None
    pulse = pulsectl.Pulse(f"{APPLICATION} {purpose}", connect=False)
    try:
        pulse.connect()  # its timeout would always be waited for to the end
    except pulsectl.PulseError:
        pulse.close()
        raise NoSoundServer from None
    return pulse


def troubles() -> tuple[type[Exception], ...]:
    """What a connection raises when its server is gone, or would not."""
    import pulsectl

    return (pulsectl.PulseError, pulsectl.PulseDisconnected)


@contextmanager
def connected(purpose: str) -> Iterator[Any]:
    """``connect`` for the length of a ``with``; a server that goes meanwhile is NoSoundServer too."""
    pulse = connect(purpose)
    try:
        yield pulse
    except troubles():
        raise NoSoundServer from None
    finally:
        pulse.close()


def is_own(name: str) -> bool:
    """Whether a device is one of our virtual ones, or the echo of one."""
    return name.startswith(OWN)


def list_devices(pulse: Any) -> list[Device]:
    """Outputs, then microphones; monitors of outputs come last, since nobody speaks into them."""
    server = pulse.server_info()
    outputs = [_device(found, "output", server.default_sink_name) for found in pulse.sink_list()]
    inputs = [_device(found, "microphone", server.default_source_name) for found in pulse.source_list()]
    inputs.sort(key=lambda device: device.name.endswith(ECHO))
    return [device for device in (*outputs, *inputs) if not is_own(device.name)]


def _device(found: Any, kind: Kind, default: str) -> Device:
    return Device(
        name=found.name, title=found.description or found.name, kind=kind, default=found.name == default
    )


def find_device(devices: Sequence[Device], kind: Kind, wanted: str) -> Device:
    """By name or title; empty: the default, or the first if the default is a virtual one of ours.

    What an output plays is never taken for a microphone unless it is asked for by name.
    Raises UnknownSoundDevice.
    """
    of_kind = [device for device in devices if device.kind == kind]
    if wanted:
        fitting = [device for device in of_kind if wanted in (device.name, device.title)]
    else:
        real = [device for device in of_kind if not device.name.endswith(ECHO)]
        fitting = [device for device in real if device.default] or real
    if fitting:
        return fitting[0]
    available = ", ".join(f"“{device.name}”" for device in of_kind) or "none"
    raise UnknownSoundDevice(kind=kind, name=wanted or "default", available=available)
