"""The ledger with nothing invented: real nodes, their real databases, and somebody who tampers with them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.nodes import LiveNode, LiveSite, eventually

pytestmark = pytest.mark.e2e

BROKEN = 11
NAMES = ("Sam", "Dana", "Zoe")


class Team:
    """Sam supervises Dana; Zoe, another agent, keeps heads for them."""

    def __init__(self, folder: Path, site: LiveSite) -> None:
        self.folder = folder
        self.site = site
        self.sam = site.node("Sam", "supervisor")
        self.dana = site.node("Dana", "agent")
        self.zoe = site.node("Zoe", "agent")
        self.nodes = (self.sam, self.dana, self.zoe)

    def start(self) -> None:
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            node.ready()
        self.sam.meet(self.dana, self.zoe)
        self.sam.sees(self.dana, online=True)

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    def control(self, reason: str = "coaching") -> str:
        """Sam takes control of Dana's conversations and gives it back; the session's id."""
        session = self.take(reason)
        self.sam.api("control.release", session=session)
        eventually(lambda: settled(self.sam, session) and settled(self.dana, session))
        return session

    def take(self, reason: str = "coaching") -> str:
        answer = self.sam.api("control.take", agent="dana", reason=reason)
        return str(answer["session"])


def sessions(node: LiveNode, *options: str) -> list[Any]:
    """What the node's user reads in the ledger."""
    done = node.cli("audit", "list", "--json", *options)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def settled(node: LiveNode, session: str) -> bool:
    return any(each["session"] == session and each["agreed"] for each in sessions(node))


def verdict(node: LiveNode, *words: str | Path) -> tuple[int, Any]:
    done = node.cli("audit", "verify", "--json", *words)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """Three sessions; then the heads were signed by both, and kept by Zoe too; all nodes are stopped."""
    folder = tmp_path_factory.mktemp("lived")
    with LiveSite(folder) as site:
        team = Team(folder, site)
        team.start()
        for reason in ("first", "=2+2", "third"):
            team.control(reason)
        for node in (team.sam, team.dana):  # heads are signed when a link comes up
            node.stop()
            node.start()
            team.sam.meet(team.dana, team.zoe)
        eventually(lambda: len(heads_at(team.zoe)) >= 1)
        team.stop()
        yield team


def heads_at(node: LiveNode) -> list[Any]:
    out = node.home.parent / f"heads-{node.home.name}.jsonl"
    assert node.cli("audit", "export", out, "--force").returncode == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    return [line for line in lines if line["line"] == "head"]


def test_every_session_is_in_both_ledgers_and_both_are_whole(lived: Team) -> None:
    for node in (lived.sam, lived.dana):
        found = sessions(node)
        assert [each["reason"] for each in found] == ["first", "=2+2", "third"]
        assert all(each["agreed"] and each["opened"] and not each["end"]["lost"] for each in found)
        assert {each["action"] for each in found} == {"control"}
        code, whole = verdict(node)
        assert (code, whole["wrong"], whole["sessions"]) == (0, [], 3)
        assert "whole" in node.cli("audit", "verify").stdout
