"""Customers of an end-to-end test: what a browser on the desk's chat page says, over the same HTTP."""

import http.client
import itertools
import json
from contextlib import closing
from typing import Any, Final
from urllib.parse import urlsplit

from tests.support.nodes import LiveNode

SETTINGS: Final = {
    "LANASSIST_DESK_ENABLED": "true",
    "LANASSIST_DESK_BIND": "127.0.0.1",
    "LANASSIST_DESK_PORT": "0",
    "LANASSIST_DESK_PLAIN_HTTP": "true",
    "LANASSIST_DESK_STARTS": "1000",
}
"""Of a desk whose chat page such a customer can open."""


class ChatRefused(Exception):
    """The chat page declined: its status, and the sentence for the customer."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.code = code
        self.text = text


class Customer:
    """One browser, with its cookie, and its conversation once it has begun."""

    def __init__(self, desk: LiveNode, name: str) -> None:
        self._desk = desk
        self.name = name
        self.conversation = ""
        self._cookie = ""
        self._ids = itertools.count(1)

    def start(self, text: str, category: str = "General") -> str:
        """Begin a conversation; its id."""
        body = {"id": self._id(), "name": self.name, "category": category, "text": text}
        try:
            answer = self._ask("POST", "/chat/start", body)
        except ChatRefused as refused:
            if refused.code != "no-cookie":
                raise
            answer = self._ask("POST", "/chat/start", body)  # now with the secret that it was given
        self.conversation = str(answer["conversation"])
        return self.conversation

    def say(self, text: str) -> int:
        """Its number in the log. Raises ChatRefused."""
        body = {"conversation": self.conversation, "id": self._id(), "text": text}
        return int(self._ask("POST", "/chat/say", body)["seq"])

    def read(self) -> Any:
        """Everything, as a page that was just opened gets it."""
        return self._ask("GET", f"/chat/read?conversation={self.conversation}&after=0")

    def words(self) -> list[tuple[str, str]]:
        """Who said what: ``(name, text)``."""
        lines = self.read()["lines"]
        return [(each["name"], each["text"]) for each in lines if each["kind"] in ("client", "say")]

    def _id(self) -> str:
        return f"{self.name.lower()}-{next(self._ids)}"

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        page = self._desk.api("node.status")["chat"]
        origin = f"{urlsplit(page).scheme}://{urlsplit(page).netloc}"
        headers = {"Origin": origin, "Content-Type": "application/json", "Cookie": self._cookie}
        with closing(http.client.HTTPConnection(urlsplit(page).netloc, timeout=20)) as connection:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            if given := response.getheader("Set-Cookie"):
                self._cookie = given.partition(";")[0]
            answer = response.read()
        found: Any = json.loads(answer) if answer else None
        if response.status >= 400:
            raise ChatRefused(response.status, found["code"], found["text"])
        return found
