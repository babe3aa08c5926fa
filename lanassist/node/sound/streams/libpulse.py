"""libpulse by ctypes: one stream of a PulseAudio (or pipewire-pulse) server, without a thread of its own.

Its simple interface (libpulse-simple) has a thread of its own for each stream, which wakes this one at each
message; here the thread that moves the sound does that work too, at half the wake-ups.
"""

import ctypes
from functools import cache
from typing import Any, Final

from lanassist.node.errors import NoSoundServer, SoundNotInstalled, SoundUnavailable
from lanassist.node.sound.samples import RATE
from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.pulse import APPLICATION

FILE: Final = "libpulse.so.0"
FLOAT_32_LITTLE: Final = 5
"""The server's own conversion costs less than ours, and it often has floats anyway."""
DEFAULT: Final = 0xFFFFFFFF
ADJUST_LATENCY: Final = 0x2000
REFUSED: Final = 6
"""PA_ERR_CONNECTIONREFUSED"""
NO_ENTITY: Final = 5
"""PA_ERR_NOENTITY"""
CONTEXT_READY, CONTEXT_FAILED = 4, 5
STREAM_READY, STREAM_FAILED = 2, 3


class Shape(ctypes.Structure):
    """pa_sample_spec"""

    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class Buffering(ctypes.Structure):
    """pa_buffer_attr, in bytes; DEFAULT leaves it to the server."""

    _fields_ = tuple(
        (name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")
    )


_PLACE, _TEXT, _SIZE = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
_FUNCTIONS: Final[dict[str, tuple[Any, tuple[Any, ...]]]] = {
    "pa_mainloop_new": (_PLACE, ()),
    "pa_mainloop_free": (None, (_PLACE,)),
    "pa_mainloop_get_api": (_PLACE, (_PLACE,)),
    "pa_mainloop_iterate": (ctypes.c_int, (_PLACE, ctypes.c_int, _PLACE)),
    "pa_context_new": (_PLACE, (_PLACE, _TEXT)),
    "pa_context_connect": (ctypes.c_int, (_PLACE, _TEXT, ctypes.c_int, _PLACE)),
    "pa_context_get_state": (ctypes.c_int, (_PLACE,)),
    "pa_context_errno": (ctypes.c_int, (_PLACE,)),
    "pa_context_disconnect": (None, (_PLACE,)),
    "pa_context_unref": (None, (_PLACE,)),
    "pa_stream_new": (_PLACE, (_PLACE, _TEXT, _PLACE, _PLACE)),
    "pa_stream_connect_playback": (ctypes.c_int, (_PLACE, _TEXT, _PLACE, ctypes.c_int, _PLACE, _PLACE)),
    "pa_stream_connect_record": (ctypes.c_int, (_PLACE, _TEXT, _PLACE, ctypes.c_int)),
    "pa_stream_get_state": (ctypes.c_int, (_PLACE,)),
    "pa_stream_get_device_name": (_TEXT, (_PLACE,)),
    "pa_stream_peek": (ctypes.c_int, (_PLACE, _PLACE, _PLACE)),
    "pa_stream_drop": (ctypes.c_int, (_PLACE,)),
    "pa_stream_writable_size": (_SIZE, (_PLACE,)),
    "pa_stream_write": (ctypes.c_int, (_PLACE, _TEXT, _SIZE, _PLACE, ctypes.c_int64, ctypes.c_int)),
    "pa_stream_flush": (_PLACE, (_PLACE, _PLACE, _PLACE)),
    "pa_operation_unref": (None, (_PLACE,)),
    "pa_stream_disconnect": (ctypes.c_int, (_PLACE,)),
    "pa_stream_unref": (None, (_PLACE,)),
}


@cache
def _waiting() -> ctypes.CDLL:
    """The library, letting other threads run meanwhile: for what waits. Raises SoundNotInstalled."""
    return _opened(ctypes.CDLL)


@cache
def _brief() -> ctypes.CDLL:
    """The library for what never waits: keeping the interpreter is cheaper than giving it away."""
    return _opened(ctypes.PyDLL)


def _opened(kind: type[ctypes.CDLL]) -> ctypes.CDLL:
    try:
        library = kind(FILE)
    except OSError:
        raise SoundNotInstalled(missing="libpulse", command="sudo apt install libpulse0") from None
    for name, (returned, taken) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = returned, taken
    return library


class NoSuchDevice(Exception):
    """The server knows no device of that name."""


class Link:
    """A connection to the server with one stream on it. Not for two threads at once.

    Raises SoundNotInstalled, NoSoundServer, NoSuchDevice, SoundUnavailable.
    """

    def __init__(self, playback: bool, device: str, title: str, buffering: Buffering) -> None:
        self._pulse, self._wait_in = _brief(), _waiting()
        self._loop = self._pulse.pa_mainloop_new()
        self._context = self._pulse.pa_context_new(
            self._pulse.pa_mainloop_get_api(self._loop), APPLICATION.encode()
        )
        self._stream: int | None = None
        self._place, self._bytes = ctypes.c_void_p(), ctypes.c_size_t()
        self._to_place, self._to_bytes = ctypes.byref(self._place), ctypes.byref(self._bytes)
        try:
            self._connect()
            self._open(playback, device, title, buffering)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        if self._wait_in.pa_context_connect(self._context, None, 0, None) < 0:
            self._refuse()
        while (state := self._pulse.pa_context_get_state(self._context)) != CONTEXT_READY:
            if state >= CONTEXT_FAILED:
                self._refuse()
            self._wait_in.pa_mainloop_iterate(self._loop, 1, None)

    def _open(self, playback: bool, device: str, title: str, buffering: Buffering) -> None:
        pulse, shape = self._pulse, Shape(FLOAT_32_LITTLE, RATE, 1)
        self._stream = stream = pulse.pa_stream_new(self._context, title.encode(), ctypes.byref(shape), None)
        which = (stream, device.encode(), ctypes.byref(buffering), ADJUST_LATENCY)
        if playback:
            failed = pulse.pa_stream_connect_playback(*which, None, None)
        else:
            failed = pulse.pa_stream_connect_record(*which)
        while failed >= 0 and (state := pulse.pa_stream_get_state(stream)) != STREAM_READY:
            if state >= STREAM_FAILED:
                break
            self._wait_in.pa_mainloop_iterate(self._loop, 1, None)
        else:
            if failed >= 0:
                self._verify(device)
                return
        self._refuse()

    def _verify(self, device: str) -> None:
        """PipeWire gives another device, the default one, for a name that it does not know."""
        if self._pulse.pa_stream_get_device_name(self._stream) != device.encode():
            raise NoSuchDevice

    def _refuse(self) -> None:
        error = self._pulse.pa_context_errno(self._context)
        if error == NO_ENTITY:
            raise NoSuchDevice
        if error == REFUSED:
            raise NoSoundServer
        raise SoundUnavailable(why=f"the sound server refused a stream (error {error})")

    # --- moving sound --------------------------------------------------------------------------------

    def serve(self) -> None:
        """Take all that the server has said until now; does not wait. Raises StreamLost."""
        iterate, loop = self._pulse.pa_mainloop_iterate, self._loop
        while iterate(loop, 0, None) > 0:
            pass
        self._check()

    def wait(self) -> None:
        """Send what is to be sent, else wait until the server says something. Raises StreamLost."""
        self._wait_in.pa_mainloop_iterate(self._loop, 1, None)
        self._check()

    def _check(self) -> None:
        if self._pulse.pa_stream_get_state(self._stream) != STREAM_READY:
            raise StreamLost(f"error {self._pulse.pa_context_errno(self._context)}")

    def recorded(self) -> bytes:
        """What has come and was not taken yet; where the server left a hole, silence. Raises StreamLost."""
        pieces: list[bytes] = []
        place, size, stream = self._place, self._bytes, self._stream
        peek, drop = self._pulse.pa_stream_peek, self._pulse.pa_stream_drop
        while True:
            if peek(stream, self._to_place, self._to_bytes) < 0:
                raise StreamLost("nothing can be read")
            if not size.value:
                return b"".join(pieces)
            pieces.append(ctypes.string_at(place, size.value) if place.value else bytes(size.value))
            drop(stream)

    @property
    def room(self) -> int:
        """Bytes that the server wants to have."""
        room: int = self._pulse.pa_stream_writable_size(self._stream)
        return 0 if room == ctypes.c_size_t(-1).value else room

    def push(self) -> None:
        """Send what is to be sent; does not wait."""
        self._pulse.pa_mainloop_iterate(self._loop, 0, None)

    def write(self, pcm: bytes) -> None:
        """For the server; ``wait`` or ``push`` sends it. Raises StreamLost."""
        if self._pulse.pa_stream_write(self._stream, pcm, len(pcm), None, 0, 0) < 0:
            raise StreamLost("nothing can be written")

    def flush(self) -> None:
        """What was written and is not played yet never will be."""
        if operation := self._pulse.pa_stream_flush(self._stream, None, None):
            self._pulse.pa_operation_unref(operation)

    def close(self) -> None:
        """What is still to be played is dropped."""
        stream, self._stream = self._stream, None
        if stream is not None:
            self._pulse.pa_stream_disconnect(stream)
            self._pulse.pa_stream_unref(stream)
        if self._context is not None:
            self._pulse.pa_context_disconnect(self._context)
            self._pulse.pa_context_unref(self._context)
            self._pulse.pa_mainloop_free(self._loop)
            self._context = None
