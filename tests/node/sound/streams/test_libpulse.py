"""One stream of a sound server in memory: what moves, what is freed, and how it says what is wrong."""

import ctypes
from collections.abc import Callable
from typing import Any

import pytest

from lanassist.node.errors import NoSoundServer, SoundNotInstalled, SoundUnavailable
from lanassist.node.sound.streams import libpulse
from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.libpulse import (
    CONTEXT_FAILED,
    CONTEXT_READY,
    DEFAULT,
    NO_ENTITY,
    REFUSED,
    STREAM_FAILED,
    STREAM_READY,
    Buffering,
    Link,
    NoSuchDevice,
)

BUFFERING = Buffering(DEFAULT, DEFAULT, DEFAULT, DEFAULT, 3840)


class Server:
    """The library's functions over a server in memory; all that it does not need to answer, it notes."""

    def __init__(self) -> None:
        self.context, self.stream, self.errno = CONTEXT_READY, STREAM_READY, 0
        self.device = b"headset"
        """That it connects a stream to."""
        self.pieces: list[bytes | int] = []
        """What was recorded; a number is a hole of so many bytes, negative: peeking fails."""
        self.writable = 0
        self.written: list[bytes] = []
        self.called: list[str] = []
        self._state = {"context": 0, "stream": 0}
        self._kept: Any = None

    def __getattr__(self, name: str) -> Callable[..., int]:
        def noted(*arguments: object) -> int:
            self.called.append(name)
            return 1

        return noted

    def pa_context_connect(self, *arguments: object) -> int:
        return 0

    pa_stream_connect_playback = pa_stream_connect_record = pa_context_connect

    def pa_mainloop_iterate(self, loop: object, block: int, _: object) -> int:
        """Each time the server says all it has to say."""
        self.called.append("iterate")
        said = self._state != {"context": self.context, "stream": self.stream}
        self._state = {"context": self.context, "stream": self.stream}
        return int(said)

    def pa_context_get_state(self, context: object) -> int:
        return self._state["context"]

    def pa_stream_get_state(self, stream: object) -> int:
        return self._state["stream"]

    def pa_context_errno(self, context: object) -> int:
        return self.errno

    def pa_stream_get_device_name(self, stream: object) -> bytes:
        return self.device

    def pa_stream_peek(self, stream: object, place: Any, size: Any) -> int:
        piece = self.pieces[0] if self.pieces else 0
        if isinstance(piece, bytes):
            self._kept = ctypes.create_string_buffer(piece, len(piece))
            place._obj.value, size._obj.value = ctypes.addressof(self._kept), len(piece)
            return 0
        place._obj.value, size._obj.value = None, max(0, piece)
        return min(0, piece)

    def pa_stream_drop(self, stream: object) -> int:
        self.pieces.pop(0)
        return 0

    def pa_stream_writable_size(self, stream: object) -> int:
        return self.writable

    def pa_stream_write(self, stream: object, pcm: bytes, *rest: object) -> int:
        self.written.append(pcm)
        return 0 if self.stream == STREAM_READY else -1


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr(libpulse, "_brief", lambda: made)
    monkeypatch.setattr(libpulse, "_waiting", lambda: made)
    return made


def link(playback: bool = False) -> Link:
    return Link(playback, "headset", "a test", BUFFERING)


def freed(server: Server) -> dict[str, int]:
    names = ("pa_stream_unref", "pa_context_unref", "pa_mainloop_free")
    return {name: server.called.count(name) for name in names}


# --- opening and closing -----------------------------------------------------------------------------


def test_what_was_opened_is_freed_once(server: Server) -> None:
    opened = link()
    assert not any(freed(server).values())
    opened.close()
    opened.close()
    assert set(freed(server).values()) == {1}


@pytest.mark.parametrize(
    ("errno", "error"), [(REFUSED, NoSoundServer), (NO_ENTITY, NoSuchDevice), (13, SoundUnavailable)]
)
def test_a_device_that_cannot_be_opened_says_why_and_leaves_nothing(
    server: Server, errno: int, error: type[Exception]
) -> None:
    server.stream, server.errno = STREAM_FAILED, errno
    with pytest.raises(error):
        link(playback=True)
    assert set(freed(server).values()) == {1}


def test_another_device_than_was_asked_for_is_not_used(server: Server) -> None:
    server.device = b"loudspeaker"
    with pytest.raises(NoSuchDevice):
        link(playback=True)
    assert set(freed(server).values()) == {1}


def test_a_server_that_is_not_there_leaves_nothing(server: Server) -> None:
    server.context, server.errno = CONTEXT_FAILED, REFUSED
    with pytest.raises(NoSoundServer):
        link()
    assert freed(server) == {"pa_stream_unref": 0, "pa_context_unref": 1, "pa_mainloop_free": 1}


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libpulse, "FILE", "libpulse-nowhere.so.0")
    with pytest.raises(SoundNotInstalled, match="libpulse0"):
        libpulse._opened(ctypes.CDLL)


# --- moving sound ------------------------------------------------------------------------------------


def test_all_that_came_is_taken_and_a_hole_is_silence(server: Server) -> None:
    opened = link()
    server.pieces = [b"ab", 3, b"c"]
    assert opened.recorded() == b"ab\0\0\0c"
    assert not server.pieces
    assert opened.recorded() == b""


def test_serving_takes_all_that_was_said_and_does_not_stop_before(server: Server) -> None:
    opened = link()
    server.called.clear()
    opened.serve()
    assert server.called == ["iterate"]


@pytest.mark.parametrize("move", [Link.serve, Link.wait])
def test_a_stream_that_is_gone_is_lost(server: Server, move: Callable[[Link], None]) -> None:
    opened = link()
    server.stream = STREAM_FAILED
    with pytest.raises(StreamLost):
        move(opened)


def test_what_cannot_be_read_or_written_is_lost(server: Server) -> None:
    opened = link()
    server.pieces = [-1]
    with pytest.raises(StreamLost):
        opened.recorded()
    server.stream = STREAM_FAILED
    with pytest.raises(StreamLost):
        opened.write(b"ab")


def test_a_server_that_does_not_know_wants_nothing(server: Server) -> None:
    opened = link(playback=True)
    server.writable = 1920
    assert opened.room == 1920
    server.writable = ctypes.c_size_t(-1).value
    assert opened.room == 0


def test_flushing_keeps_no_operation(server: Server) -> None:
    opened = link(playback=True)
    opened.flush()
    assert server.called[-2:] == ["pa_stream_flush", "pa_operation_unref"]
