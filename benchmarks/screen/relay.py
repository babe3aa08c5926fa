"""A TCP relay on the hop that stands for the LAN: passes on and counts every byte, in its own process."""

from __future__ import annotations

import contextlib
import multiprocessing
import selectors
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_uint64
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from typing import NamedTuple

from benchmarks.screen.programs import BenchmarkFailed

READ_BYTES = 256 << 10
SEND_WITHIN = 10.0
READY_WITHIN = 10.0


class Traffic(NamedTuple):
    """Bytes passed so far; ``down`` is from the server to its viewers."""

    up: int
    down: int

    def since(self, earlier: Traffic) -> Traffic:
        """Return what was passed after ``earlier``."""
        return Traffic(self.up - earlier.up, self.down - earlier.down)


class Relay:
    """A running relay: where to connect to, and what it has passed."""

    def __init__(
        self, port: int, process: BaseProcess, up: Synchronized[int], down: Synchronized[int]
    ) -> None:
        self.port = port
        self._process = process
        self._up, self._down = up, down

    def traffic(self) -> Traffic:
        """Return the bytes passed since the relay started; raise BenchmarkFailed when it runs no more."""
        if not self._process.is_alive():
            raise BenchmarkFailed("The relay between server and viewer has ended.")
        return Traffic(self._up.value, self._down.value)


@contextmanager
def relaying(target: int) -> Iterator[Relay]:
    """Relay a free loopback port to the loopback port ``target`` for as long as the block lasts."""
    context = multiprocessing.get_context("spawn")
    up, down = context.Value(c_uint64), context.Value(c_uint64)
    near, far = context.Pipe()
    process = context.Process(target=_relay, args=(target, far, up, down), daemon=True)
    process.start()
    far.close()
    try:
        if not near.poll(READY_WITHIN):
            raise BenchmarkFailed("The relay between server and viewer did not start.")
        yield Relay(near.recv(), process, up, down)
    finally:
        near.close()
        process.terminate()
        process.join()


def _relay(target: int, pipe: Connection, up: Synchronized[int], down: Synchronized[int]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    waiting = selectors.DefaultSelector()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        waiting.register(listener, selectors.EVENT_READ, None)
        pipe.send(listener.getsockname()[1])
        while True:
            for key, _ in waiting.select():
                if key.data is None:
                    _accept(listener, target, waiting, up, down)
                else:
                    end, other, count = key.data
                    _pass_on(end, other, count, waiting)


def _accept(
    listener: socket.socket,
    target: int,
    waiting: selectors.BaseSelector,
    up: Synchronized[int],
    down: Synchronized[int],
) -> None:
    viewer, _ = listener.accept()
    try:
        server = socket.create_connection(("127.0.0.1", target))
    except OSError:
        viewer.close()
        return
    for end, other, count in ((viewer, server, up), (server, viewer, down)):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end.settimeout(SEND_WITHIN)
        waiting.register(end, selectors.EVENT_READ, (end, other, count))


def _pass_on(
    end: socket.socket, other: socket.socket, count: Synchronized[int], waiting: selectors.BaseSelector
) -> None:
    if end.fileno() < 0:  # its other end was closed a moment ago, in the same round
        return
    try:
        data = end.recv(READ_BYTES)
        if data:
            other.sendall(data)
            count.value += len(data)
            return
    except OSError:
        pass
    for closed in (end, other):
        with contextlib.suppress(KeyError):
            waiting.unregister(closed)
        closed.close()
