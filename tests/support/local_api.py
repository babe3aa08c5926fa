"""A fake node's local API: answers what a test tells it to, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket as Socket  # noqa: N812  # so that a parameter can be called socket
from typing import Any

import msgspec
import wsproto
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, TextMessage

from lanassist.node.errors import LanassistError
from lanassist.node.store.home import RunningNode, claimed_home

TOKEN = "the-token-of-this-start"


class FakeNode:
    """Answers by command name: a struct (or plain data) as the reply, an error as the refusal."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.page = ""
        self.answers: dict[str, object] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.streams: dict[str, list[str | bytes]] = {}
        self.heard: list[bytes] = []

    def answer(self, command: str, reply: object) -> None:
        """From now on, ``command`` is answered so; a function is asked with the command's body."""
        self.answers[command] = reply

    def stream(self, path: str, *messages: str | bytes) -> None:
        """From now on, the WebSocket at ``path`` says these and is closed; what it hears is in ``heard``."""
        self.streams[path] = list(messages)

    def talk(self, path: str, request: list[tuple[bytes, bytes]], socket: Socket) -> None:
        """One WebSocket, from its upgrade to its end."""
        connection = wsproto.WSConnection(wsproto.ConnectionType.SERVER)
        connection.initiate_upgrade_connection(request, path)
        next(connection.events())
        socket.sendall(connection.send(AcceptConnection()))
        for message in self.streams[path]:
            said = TextMessage(data=message) if isinstance(message, str) else BytesMessage(data=message)
            socket.sendall(connection.send(said))
        socket.sendall(connection.send(CloseConnection(code=1000)))
        while data := socket.recv(65536):
            connection.receive_data(data)
            self.heard += [
                bytes(event.data) for event in connection.events() if isinstance(event, BytesMessage)
            ]

    def reply_to(
        self, command: str, body: dict[str, Any], authorization: str, origin: str
    ) -> tuple[int, bytes]:
        """Status and body, after the checks that a real node makes."""
        if (authorization, origin) != (f"Bearer {TOKEN}", self.page):
            return 401, b'{"code": "local-access-denied", "text": "Not signed in."}'
        self.asked.append((command, body))
        reply = self.answers.get(command)
        if callable(reply):
            reply = reply(body)
        if isinstance(reply, LanassistError):
            return reply.http_status, msgspec.json.encode({"code": reply.code, "text": reply.text})
        if isinstance(reply, tuple):
            return int(reply[0]), bytes(reply[1])
        return 200, msgspec.json.encode(reply)


@contextmanager
def fake_node(home: Path) -> Iterator[FakeNode]:
    """A fake node on ``home``, which the CLI finds there like a real one."""
    fake = FakeNode(home)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown = (self.headers["Authorization"], self.headers["Origin"])
            if shown != (f"Bearer {TOKEN}", fake.page) or self.path not in fake.streams:
                self.send_error(401)
                return
            headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
            with suppress(ConnectionError):  # the command may leave first
                fake.talk(self.path, headers, self.connection)
            self.close_connection = True

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            status, body = fake.reply_to(
                self.path.removeprefix("/api/"),
                json.loads(self.rfile.read(length)),
                self.headers["Authorization"],
                self.headers["Origin"],
            )
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as its base names it
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.page = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with claimed_home(home) as claimed:
            claimed.announce(RunningNode(pid=4711, page=fake.page, token=TOKEN, link_port=47600))
            yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
