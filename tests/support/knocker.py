"""A process that opens very many sockets to a node at once; every second one sends garbage.

``python -m tests.support.knocker ADDRESS PORT COUNT`` says “open” once all of them are, and “cut off” once
the node has ended every one.
"""

import selectors
import socket
import sys
from contextlib import suppress

from lanassist.node.link.descriptors import raise_file_limit

GARBAGE = b"GET / HTTP/1.1\r\nHost: garbage\r\n\r\n"


def knock(address: tuple[str, int], count: int) -> list[socket.socket]:
    """Open them; a node that ends some of them at once is one that does its work."""
    opened = [socket.create_connection(address) for _ in range(count)]
    for stream in opened[::2]:
        with suppress(ConnectionError):
            stream.sendall(GARBAGE)
    return opened


def is_over(stream: socket.socket) -> bool:
    """Whether the node has ended it; what it said before is of no interest."""
    try:
        return stream.recv(4096) == b""
    except ConnectionError:
        return True


def wait_for_their_end(opened: list[socket.socket]) -> None:
    """Until the node has ended every one."""
    with selectors.DefaultSelector() as waiting:
        for stream in opened:
            waiting.register(stream, selectors.EVENT_READ, stream)
        while waiting.get_map():
            for key, _ in waiting.select():
                if is_over(key.data):
                    waiting.unregister(key.data)
                    key.data.close()


if __name__ == "__main__":
    host, port, count = sys.argv[1:]
    raise_file_limit()
    sockets = knock((host, int(port)), int(count))
    print("open", flush=True)
    wait_for_their_end(sockets)
    print("cut off", flush=True)
