"""A terminal on a home of its own, and a fake node that runs on it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode, fake_node


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "home")


@pytest.fixture
def node(terminal: Terminal) -> Iterator[FakeNode]:
    with fake_node(terminal.home) as fake:
        yield fake


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """`node run` sets up the log of its process, which here is that of all tests."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
