"""docs/connector.md, run as it stands: every command on it, and every answer that it shows."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.nodes import LiveNode, LiveSite, eventually

pytestmark = pytest.mark.e2e
PAGE = Path(__file__).resolve().parents[2] / "docs" / "connector.md"
END = "--- end of the block ---"


class Shell:
    """One bash in which the page's blocks are run, one after the other."""

    def __init__(self, home: Path) -> None:
        self._bash = subprocess.Popen(
            ["/bin/bash", "-eu"],
            env={"PATH": "/usr/bin:/bin", "LANASSIST_HOME": str(home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, block: str) -> str:
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f"{block}\necho '{END}'\n")
        self._bash.stdin.flush()
        printed: list[str] = []
        for line in self._bash.stdout:
            if line.rstrip("\n") == END:
                return "".join(printed)
            printed.append(line)
        raise AssertionError(f"the shell ended with {self._bash.wait()} in:\n{block}")

    def close(self) -> None:
        self._bash.communicate(timeout=10)


def documents(text: str) -> Iterator[Any]:
    """The JSON documents in a text, which stand one after the other."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        document, end = decoder.raw_decode(text, at)
        yield document
        at = end + len(text[end:]) - len(text[end:].lstrip())


def shown(document: Any, like: Any) -> Any:
    """The document with “…” wherever the page has it."""
    if like == "…":
        return "…"
    if isinstance(document, dict) and isinstance(like, dict):
        return {key: shown(value, like.get(key)) for key, value in document.items()}
    if isinstance(document, list) and isinstance(like, list) and len(document) == len(like):
        return [shown(*pair) for pair in zip(document, like, strict=True)]
    return document


@pytest.fixture
def team(tmp_path: Path) -> Iterator[tuple[LiveNode, LiveNode]]:
    """A desk, and Dana who is away."""
    with LiveSite(tmp_path) as site:
        desk, dana = site.node("Desk", "desk").launch(), site.node("Dana", "agent").launch()
        dana.ready().cli("status", "set", "break")
        desk.ready().meet(dana)
        yield desk, dana


def test_the_page_is_true(team: tuple[LiveNode, LiveNode]) -> None:
    desk, dana = team
    shell = Shell(desk.home)
    printed = ""
    blocks = re.findall(r"^```(sh|json)\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 15
    for kind, block in blocks:
        if kind == "json":
            expected = list(documents(block.strip()))
            answers = list(documents(printed.strip()))
            assert [shown(*pair) for pair in zip(answers, expected, strict=True)] == expected
        elif block.startswith("lanassist "):
            dana.cli("status", "set", "available")
            eventually(lambda: dana.api("conversations.mine")["conversations"])
            said = dana.cli(*shlex.split(block, comments=True)[1:])
            assert said.returncode == 0, said.stderr
            eventually(
                lambda: desk.api("connector.take", connector="irc")["entries"], lambda all_: len(all_) == 2
            )
        else:
            printed = shell.run(block)
    shell.close()
