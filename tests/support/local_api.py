"""A fake node's local API: answers what a test tells it to, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec

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

    def answer(self, command: str, reply: object) -> None:
        """From now on, ``command`` is answered so."""
        self.answers[command] = reply

    def reply_to(
        self, command: str, body: dict[str, Any], authorization: str, origin: str
    ) -> tuple[int, bytes]:
        """Status and body, after the checks that a real node makes."""
        if (authorization, origin) != (f"Bearer {TOKEN}", self.page):
            return 401, b'{"code": "local-access-denied", "text": "Not signed in."}'
        self.asked.append((command, body))
        reply = self.answers.get(command)
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
