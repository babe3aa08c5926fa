"""Clients and agents who go on writing while machines die, and what each of them was promised."""

import contextlib
import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final, Self

from tests.support.nodes import LiveNode

PACE: Final = 0.2
"""Seconds between two lines of one writer."""


def attempt(node: LiveNode, command: str, **fields: object) -> Any:
    """The answer, or None if the node died over it: then nobody knows whether it was done."""
    with contextlib.suppress(OSError, http.client.HTTPException, json.JSONDecodeError):
        return node.api(command, **fields)
    return None


class Writer:
    """Somebody who writes until told to stop, in a thread of its own."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self.failure = ""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    @property
    def _goes_on(self) -> bool:
        return not self._stopped.wait(PACE)

    def _write(self) -> None:
        while self._goes_on:
            self.one()

    def one(self) -> None:
        """Write one line, or try."""
        raise NotImplementedError


class PatientClient(Writer):
    """A client whose page repeats each line under its id until the desk has acknowledged it."""

    def __init__(self, desk: LiveNode, name: str) -> None:
        super().__init__()
        self._desk = desk
        self.name = name
        self._client = {"id": name.lower(), "name": name}
        self._numbers = itertools.count(1)
        self._waiting = ""
        self.unanswered = 0
        """Times that a desk that lives gave no answer for as long as a command may take."""
        self.acknowledged: dict[str, int] = {}
        """Number in the log by id, in the order in which they were written."""
        started = desk.api(
            "desk.start", id=f"{name}-0", client=self._client, category="General", text=f"{name}-0"
        )
        self.conversation = str(started["conversation"])

    def one(self) -> None:
        line = self._waiting or f"{self.name}-{next(self._numbers)}"
        self._waiting = line
        answer = attempt(
            self._desk,
            "desk.send",
            conversation=self.conversation,
            client=self._client["id"],
            id=line,
            text=line,
        )
        if answer is not None and "seq" in answer:
            self.acknowledged[line] = int(answer["seq"])
            self._waiting = ""
        elif answer is not None and answer.get("code") == "unreachable":
            self.unanswered += 1  # nobody knows whether it was done, as with a desk that died
        elif answer is not None:
            self.failure = self.failure or str(answer)

    def log(self) -> list[Any]:
        """Everything that the desk has, as the client may read it."""
        entries: list[Any] = []
        while True:
            part = self._desk.api(
                "desk.read",
                conversation=self.conversation,
                client=self._client["id"],
                after=entries[-1]["seq"] if entries else 0,
            )["entries"]
            if not part:
                return entries
            entries += part


class BusyAgent(Writer):
    """An agent who answers in those of these conversations that are in hand. ``name`` begins each line."""

    def __init__(self, node: LiveNode, name: str, conversations: Collection[str]) -> None:
        super().__init__()
        self.node = node
        self.name = name
        self._conversations = conversations
        self._numbers = itertools.count(1)
        self.acknowledged: dict[str, str] = {}
        """Conversation by id of what the agent's node has promised to keep, in the order written."""
        self.epochs: dict[str, list[int]] = {}
        """By conversation: what the node said of its epoch, time after time."""

    def mine(self) -> list[Any]:
        """The agent's own rows; none while the node is down."""
        answer = attempt(self.node, "conversations.mine")
        rows: list[Any] = [] if answer is None else answer.get("conversations", [])
        for row in rows:
            seen = self.epochs.setdefault(row["conversation"], [])
            if not seen or seen[-1] != row["epoch"]:
                seen.append(row["epoch"])
        return rows

    def one(self) -> None:
        for row in self.mine():
            if row["state"] == "held" and row["conversation"] in self._conversations:
                line = f"{self.name}-{next(self._numbers)}"
                fields = {"conversation": row["conversation"], "kind": "say", "text": line, "id": line}
                answer = attempt(self.node, "conversations.act", **fields)
                if answer is not None and answer.get("id") == line:
                    self.acknowledged[line] = row["conversation"]


class Asking:
    """A command whose answer is not waited for here."""

    def __init__(self, node: LiveNode, command: str, **fields: object) -> None:
        self.answer: Any = None
        self._thread = threading.Thread(target=self._ask, args=(node, command, fields))
        self._thread.start()

    def _ask(self, node: LiveNode, command: str, fields: dict[str, object]) -> None:
        self.answer = attempt(node, command, **fields)

    @property
    def open(self) -> bool:
        """Whether nobody has answered yet."""
        return self._thread.is_alive()

    def join(self) -> Any:
        """Wait for its end; the answer."""
        self._thread.join()
        return self.answer


@contextlib.contextmanager
def all_writing(*writers: Writer) -> Iterator[None]:
    """All of them write for the length of a ``with``."""
    with contextlib.ExitStack() as stack:
        for writer in writers:
            stack.enter_context(writer)
        yield


def settled(look: Callable[[], str], seconds: float) -> None:
    """Wait until ``look`` has nothing to complain of; its last complaint is in the failure."""
    deadline = time.monotonic() + seconds
    while complaint := look():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s: {complaint}"
        time.sleep(0.05)
