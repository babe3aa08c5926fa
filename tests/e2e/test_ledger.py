"""The ledger with nothing invented: real nodes, their real databases, and somebody who tampers with them."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lanassist.node.memory import DATABASE
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


# --- somebody tampers --------------------------------------------------------------------------------


class Copy:
    """A home as it was when everything was stopped, for somebody to tamper with."""

    def __init__(self, node: LiveNode, folder: Path) -> None:
        self.home = shutil.copytree(node.home, folder / node.home.name, copy_function=shutil.copy2)
        self.node = LiveNode(self.home, node.email, node._environ)
        self.export = folder / f"{node.home.name}.jsonl"

    def sql(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.home / DATABASE)) as database:
            for each in statements:
                database.execute(each)
            database.commit()

    def exported(self) -> Path:
        assert self.node.cli("audit", "export", self.export, "--force").returncode == 0
        return self.export


EDITS: dict[str, tuple[int, list[str]]] = {
    "edit": (2, ["UPDATE ledger_entry SET body = replace(body, '\"clock\":1', '\"clock\":2') WHERE seq = 2"]),
    "delete": (3, ["DELETE FROM ledger_entry WHERE seq = 3"]),
    "reorder": (
        2,
        [
            "UPDATE ledger_entry SET seq = 1002 WHERE seq = 2",
            "UPDATE ledger_entry SET seq = 2 WHERE seq = 3",
            "UPDATE ledger_entry SET seq = 3 WHERE seq = 1002",
        ],
    ),
    "truncate": (5, ["DELETE FROM ledger_entry WHERE seq >= 5"]),
    "forge": (4, ["UPDATE ledger_entry SET hash = 'x' || substr(hash, 2) WHERE seq = 4"]),
}


@pytest.mark.parametrize("side", ["sam", "dana"])
@pytest.mark.parametrize("kind", EDITS)
def test_the_first_record_that_is_wrong_is_named(lived: Team, tmp_path: Path, side: str, kind: str) -> None:
    copy = Copy(getattr(lived, side), tmp_path)
    seq, statements = EDITS[kind]
    copy.sql(*statements)
    code, found = verdict(copy.node)
    assert code == BROKEN
    first = found["wrong"][0]
    assert first["seq"] == seq, found
    done = copy.node.cli("audit", "verify")
    assert done.returncode == BROKEN
    assert f"record {seq}" in done.stderr
    assert "Sam" in done.stderr
    assert "Dana" in done.stderr


@pytest.mark.parametrize("side", ["sam", "dana"])
def test_a_side_that_is_rolled_back_is_found_by_the_other_or_by_the_witness(
    lived: Team, tmp_path: Path, side: str
) -> None:
    """The end is cut off, and so is every signed head: by itself it looks whole."""
    copy = Copy(getattr(lived, side), tmp_path)
    copy.sql("DELETE FROM ledger_entry WHERE seq > 4", "DELETE FROM ledger_head")
    code, alone = verdict(copy.node)
    assert (code, alone["wrong"]) == (0, [])
    authority = copy.home / "identity" / "ca.pem"
    other = Copy(lived.dana if side == "sam" else lived.sam, tmp_path)
    nobody = LiveNode(tmp_path / "nobody", "", lived.dana._environ)  # only the site's certificate is needed
    code, found = verdict(nobody, copy.exported(), other.exported(), "--ca", authority)
    assert code == BROKEN
    assert {each["owner"] for each in found["wrong"]} == {node_of(copy)}
    assert found["wrong"][0]["seq"] == 5
    zoe = Copy(lived.zoe, tmp_path)
    if any(f'"owner":{{"node":"{node_of(copy)}"' in head["head"]["statement"] for head in heads_at(zoe.node)):
        code, found = verdict(nobody, copy.exported(), zoe.exported(), "--ca", authority)
        assert (code, found["wrong"][0]["seq"]) == (BROKEN, 5)


def node_of(copy: Copy) -> str:
    first = json.loads(copy.exported().read_text().splitlines()[0])
    return str(first["owner"])


def test_a_spreadsheet_computes_nothing_of_it(lived: Team, tmp_path: Path) -> None:
    copy = Copy(lived.dana, tmp_path)
    out = tmp_path / "sessions.csv"
    assert copy.node.cli("audit", "export", out).returncode == 0
    assert "'=2+2" in out.read_text()
    assert ",=2+2" not in out.read_text()
    again = copy.node.cli("audit", "export", out)
    assert (again.returncode, "not overwritten" in again.stderr) == (10, True)


# --- crashes -----------------------------------------------------------------------------------------


def test_a_machine_that_loses_its_power_closes_its_sessions_as_lost(tmp_path: Path) -> None:
    with LiveSite(tmp_path) as site:
        team = Team(tmp_path, site)
        team.start()
        for killed, other in ((team.dana, team.sam), (team.sam, team.dana)):
            session = team.take()
            killed.kill()
            (row,) = eventually(partial(over, other, session), lambda rows: len(rows) == 1)
            assert row["end"]["lost"]
            killed.start()
            team.sam.meet(team.dana, team.zoe)
            team.sam.sees(team.dana, online=True)
            (row,) = over(killed, session)
            assert (row["end"]["code"], row["end"]["lost"], row["agreed"]) == ("crashed", True, False)
        watched = team.dana.api("audit.watched")["watched"]
        assert [each["end"]["code"] for each in watched] == ["link-lost", "crashed"]
        team.stop()
        copies = [Copy(node, tmp_path / "copies") for node in (team.sam, team.dana)]
        code, found = verdict(team.sam, *[copy.exported() for copy in copies])
        assert (code, found["wrong"]) == (0, [])


def over(node: LiveNode, session: str) -> list[Any]:
    return [each for each in sessions(node) if each["session"] == session and each["end"]]


def test_a_ledger_that_comes_back_from_an_old_copy_raises_the_alarm_at_its_peer(tmp_path: Path) -> None:
    with LiveSite(tmp_path) as site:
        team = Team(tmp_path, site)
        team.start()
        team.control()
        team.dana.stop()
        shutil.copytree(team.dana.home / "data", tmp_path / "old")
        team.dana.start()
        team.sam.meet(team.dana)
        team.control()
        team.dana.stop()  # heads of both sessions are signed when it is back
        team.dana.start()
        team.sam.meet(team.dana)
        eventually(lambda: heads_at(team.sam), lambda heads: any('"seq":8' in str(each) for each in heads))
        team.dana.stop()
        shutil.rmtree(team.dana.home / "data")
        shutil.copytree(tmp_path / "old", team.dana.home / "data")
        team.dana.start()
        team.sam.meet(team.dana)
        eventually(lambda: "was cut short, rolled back or begun anew" in team.sam.log)
        code, found = verdict(team.sam)
        assert code == BROKEN
        assert "after both had signed a later one" in found["wrong"][0]["what"]
