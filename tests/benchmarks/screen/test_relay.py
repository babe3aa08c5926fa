"""The relay passes everything on and counts it each way."""

import socket
import threading

from benchmarks.screen.relay import Traffic, relaying


def echo_twice(listener: socket.socket, size: int) -> None:
    """Take ``size`` bytes from one caller and send them back twice."""
    caller, _ = listener.accept()
    with caller:
        data = caller.recv(size, socket.MSG_WAITALL)
        caller.sendall(data * 2)


def test_bytes_are_passed_on_and_counted() -> None:
    question = bytes(range(256)) * 400
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=echo_twice, args=(listener, len(question)))
        server.start()
        with (
            relaying(listener.getsockname()[1]) as relay,
            socket.create_connection(("127.0.0.1", relay.port)) as viewer,
        ):
            viewer.sendall(question)
            answer = viewer.recv(2 * len(question), socket.MSG_WAITALL)
            server.join()
            while relay.traffic().down < len(answer):  # counted just after it was passed on
                pass
            assert answer == question * 2
            assert relay.traffic() == Traffic(len(question), 2 * len(question))


def test_callers_who_come_and_go_leave_it_running() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, relaying(listener.getsockname()[1]) as relay:
        for _ in range(50):
            viewer = socket.create_connection(("127.0.0.1", relay.port))
            server, _ = listener.accept()
            server.close()
            viewer.close()  # both ends at once
        with socket.create_connection(("127.0.0.1", relay.port)) as viewer:
            server, _ = listener.accept()
            with server:
                viewer.sendall(b"still here")
                assert server.recv(10, socket.MSG_WAITALL) == b"still here"
