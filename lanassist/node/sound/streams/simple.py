"""libpulse-simple: one blocking stream of a PulseAudio (or pipewire-pulse) server.

Beside PortAudio over ALSA's pulse plug-in it is half as late, takes the device's name as it is, and tells
when the stream is lost.
"""

import ctypes
from functools import cache
from typing import Final

from lanassist.node.errors import NoSoundServer, SoundNotInstalled, SoundUnavailable
from lanassist.node.sound.samples import BLOCK, RATE, Samples, from_pcm, to_pcm
from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.presence import PRESENCE
from lanassist.node.sound.streams.pulse import APPLICATION

BLOCK_BYTES: Final = BLOCK * 2
QUEUED: Final = 3 * BLOCK_BYTES
"""Of an output: 30 ms, the sound server's own share included. Less, and a busy machine is heard."""
SIGNED_16_LITTLE: Final = 3
PLAYBACK, RECORD = 1, 2
DEFAULT: Final = 0xFFFFFFFF
REFUSED: Final = 6
"""PA_ERR_CONNECTIONREFUSED"""
NO_ENTITY: Final = 5
"""PA_ERR_NOENTITY"""


class _Shape(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _Buffering(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")
    )


@cache
def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL("libpulse-simple.so.0")
    except OSError:
        raise SoundNotInstalled(missing="libpulse", command="sudo apt install libpulse0") from None
    text, number = ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)
    library.pa_simple_new.restype = ctypes.c_void_p
    library.pa_simple_new.argtypes = (
        *(text, text, ctypes.c_int, text, text),
        *(ctypes.POINTER(_Shape), ctypes.c_void_p, ctypes.POINTER(_Buffering), number),
    )
    for name in ("pa_simple_read", "pa_simple_write"):
        getattr(library, name).argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, number)
    library.pa_simple_free.argtypes = (ctypes.c_void_p,)
    library.pa_simple_free.restype = None
    return library


class NoSuchDevice(Exception):
    """The server knows no device of that name."""


class _Stream:
    """Raises SoundNotInstalled, NoSoundServer, NoSuchDevice, SoundUnavailable."""

    def __init__(self, direction: int, device: str, title: str, buffering: _Buffering) -> None:
        self._library = _library()
        self._device = device
        PRESENCE.expect(device)
        self._error = ctypes.c_int(0)
        shape = _Shape(SIGNED_16_LITTLE, RATE, 1)
        self._handle = self._library.pa_simple_new(
            *(None, APPLICATION.encode(), direction, device.encode(), title.encode()),
            *(ctypes.byref(shape), None, ctypes.byref(buffering), ctypes.byref(self._error)),
        )
        if not self._handle:
            if self._error.value == NO_ENTITY:
                raise NoSuchDevice(device)
            if self._error.value == REFUSED:
                raise NoSoundServer
            raise SoundUnavailable(why=f"the sound server refused a stream (error {self._error.value})")

    def _move(self, call: str, data: "ctypes.Array[ctypes.c_char]") -> None:
        if not self._handle or not PRESENCE.has(self._device):
            raise StreamLost("closed, or its device is gone")
        failed = getattr(self._library, call)(self._handle, data, len(data), ctypes.byref(self._error))
        if failed < 0:
            raise StreamLost(f"error {self._error.value}")

    def close(self) -> None:
        """What is still to be played is dropped."""
        handle, self._handle = self._handle, None
        if handle:
            self._library.pa_simple_free(handle)


class PulsePlayback(_Stream):
    """An output, 30 ms deep."""

    def __init__(self, device: str, title: str) -> None:
        super().__init__(PLAYBACK, device, title, _Buffering(DEFAULT, QUEUED, 0, BLOCK_BYTES, DEFAULT))

    def write(self, block: Samples) -> None:
        """Returns when there is room for more. Raises StreamLost."""
        pcm = to_pcm(block)
        self._move("pa_simple_write", ctypes.create_string_buffer(pcm, len(pcm)))


class PulseRecording(_Stream):
    """An input, ``blocks`` times 10 ms at a time."""

    def __init__(self, device: str, title: str, blocks: int = 1) -> None:
        size = blocks * BLOCK_BYTES
        super().__init__(RECORD, device, title, _Buffering(DEFAULT, DEFAULT, DEFAULT, DEFAULT, size))
        self._pcm = ctypes.create_string_buffer(size)

    def read(self) -> Samples:
        """The next of it. Raises StreamLost."""
        self._move("pa_simple_read", self._pcm)
        return from_pcm(self._pcm.raw)
