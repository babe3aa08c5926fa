"""A command answers within 0.3 s of its start: what takes long to import is not imported."""

import subprocess
import sys

from tests.cli.agents import agent, agents
from tests.cli.conversations import MIA, batch, everything, told
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode

HEAVY = {"trio", "litestar", "hypercorn", "numpy", "httpx", "cryptography", "zeroconf", "mss", "pydantic"}
RUN = """
import sys
from lanassist.cli.main import main
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def imported_by(terminal: Terminal, *words: str) -> set[str]:
    command = [sys.executable, "-c", RUN, *words, "--home", str(terminal.home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    return set(done.stderr.split())


def test_a_table_needs_nothing_heavy(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.agents", agents(agent("Dana Fox")))
    assert not imported_by(terminal, "agents", "list") & HEAVY


def test_json_needs_no_tables_either(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.agents", agents(agent("Dana Fox")))
    assert not imported_by(terminal, "agents", "list", "--json") & (HEAVY | {"rich"})


def test_conversations_need_nothing_heavy_either(terminal: Terminal, node: FakeNode) -> None:
    node.answer("conversations.list", everything(told("aa11", MIA)))
    node.stream("/api/events", batch(snapshot=True))
    assert not imported_by(terminal, "chats", "list") & HEAVY
    assert not imported_by(terminal, "control", "list") & HEAVY
