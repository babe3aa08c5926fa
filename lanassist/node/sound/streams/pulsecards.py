"""The sound server's devices as cards."""

from collections.abc import Sequence

from lanassist.node.errors import UnknownSoundDevice
from lanassist.node.sound.base import Device
from lanassist.node.sound.streams.libpulse import NoSuchDevice
from lanassist.node.sound.streams.pulse import connected, find_device, list_devices
from lanassist.node.sound.streams.pulsestreams import PulsePlayback, PulseRecording


class PulseCards:
    """Cards of the server that libpulse finds for this user."""

    def devices(self) -> Sequence[Device]:
        """Raises NoSoundServer."""
        with connected("devices") as pulse:
            return list_devices(pulse)

    def play(self, name: str, title: str) -> PulsePlayback:
        """Raises SoundUnavailable or one of its kinds."""
        found = find_device(self.devices(), "output", name)
        try:
            return PulsePlayback(found.name, title)
        except NoSuchDevice:
            raise UnknownSoundDevice(kind="output", name=found.name, available="other devices") from None

    def record(self, name: str, title: str) -> PulseRecording:
        """Raises SoundUnavailable or one of its kinds."""
        found = find_device(self.devices(), "microphone", name)
        try:
            return PulseRecording(found.name, title)
        except NoSuchDevice:
            raise UnknownSoundDevice(kind="microphone", name=found.name, available="other devices") from None
