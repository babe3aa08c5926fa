"""A terminal on a home of its own, and a fake node that runs on it."""

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
