"""PortAudio's devices: on Windows and macOS, and on Linux without a PulseAudio or PipeWire server."""

import sys
from collections.abc import Sequence
from typing import Any, Final

from lanassist.node.errors import (
    NoSoundServer,
    SoundExtraNotInstalled,
    SoundNotInstalled,
    SoundUnavailable,
)
from lanassist.node.sound.base import Device
from lanassist.node.sound.samples import BLOCK, BLOCK_SECONDS, RATE, Samples, from_pcm, to_pcm
from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.pulse import Kind, find_device

LATENCY: Final = 3 * BLOCK_SECONDS
CHANNELS: Final[dict[Kind, str]] = {"output": "max_output_channels", "microphone": "max_input_channels"}


def _library() -> Any:
    try:
        import sounddevice
    except ImportError:
        raise SoundExtraNotInstalled(missing="sounddevice") from None
    except OSError:
        raise SoundNotInstalled(
            missing="PortAudio", command="sudo apt install libportaudio2 libasound2-plugins"
        ) from None
    return sounddevice


class PortAudioPlayback:
    """An output."""

    def __init__(self, library: Any, number: int) -> None:
        self._lost = library.PortAudioError
        self._stream = library.RawOutputStream(
            RATE, BLOCK, device=number, channels=1, dtype="int16", latency=LATENCY
        )
        self._stream.start()

    def write(self, block: Samples) -> None:
        """Returns when there is room for more. Raises StreamLost."""
        try:
            self._stream.write(to_pcm(block))
        except self._lost as error:
            raise StreamLost(str(error)) from None

    def close(self) -> None:
        """What is still to be played is dropped."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)


class PortAudioRecording:
    """An input."""

    def __init__(self, library: Any, number: int) -> None:
        self._lost = library.PortAudioError
        self._stream = library.RawInputStream(
            RATE, BLOCK, device=number, channels=1, dtype="int16", latency=LATENCY
        )
        self._stream.start()

    def read(self) -> Samples:
        """The next block. Raises StreamLost."""
        try:
            data, _ = self._stream.read(BLOCK)
        except self._lost as error:
            raise StreamLost(str(error)) from None
        return from_pcm(bytes(data))

    def close(self) -> None:
        """Stop recording."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)


class PortAudioCards:
    """Cards as PortAudio sees them. Raises SoundNotInstalled."""

    def __init__(self) -> None:
        self._library = _library()

    def devices(self) -> Sequence[Device]:
        """Raises NoSoundServer if there is none at all on Linux."""
        listed = self._listed()
        if not listed and sys.platform == "linux":
            raise NoSoundServer
        return [device for _, device in listed]

    def _listed(self) -> list[tuple[int, Device]]:
        try:
            found = list(self._library.query_devices())
            default_input, default_output = self._library.default.device
        except self._library.PortAudioError as error:
            raise SoundUnavailable(why=error) from None
        defaults: dict[Kind, int] = {"output": default_output, "microphone": default_input}
        return [
            (number, Device(name=one["name"], title=one["name"], kind=kind, default=number == defaults[kind]))
            for kind, channels in CHANNELS.items()
            for number, one in enumerate(found)
            if one[channels]
        ]

    def _number(self, kind: Kind, name: str) -> int:
        listed = self._listed()
        chosen = find_device([device for _, device in listed], kind, name)
        return next(number for number, device in listed if device == chosen)

    def play(self, name: str, title: str) -> PortAudioPlayback:
        """Raises SoundUnavailable or one of its kinds."""
        try:
            return PortAudioPlayback(self._library, self._number("output", name))
        except self._library.PortAudioError as error:
            raise SoundUnavailable(why=error) from None

    def record(self, name: str, title: str) -> PortAudioRecording:
        """Raises SoundUnavailable or one of its kinds."""
        try:
            return PortAudioRecording(self._library, self._number("microphone", name))
        except self._library.PortAudioError as error:
            raise SoundUnavailable(why=error) from None
