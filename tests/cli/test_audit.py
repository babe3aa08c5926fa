"""The ledger in the terminal: what a node is asked, and what becomes of exports."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lanassist.cli.main import app
from lanassist.node.ledger.copies import Copy, write_line
from lanassist.node.services.audit.commands import LedgerPage
from tests.cli.terminal import Terminal
from tests.node.ledger.pair import DANA, SITE, Ledgers
from tests.support.local_api import FakeNode

BROKEN = 11


def written(copy: Copy, path: Path) -> Path:
    path.write_bytes(b"".join(write_line(line) for line in copy.lines()))
    return path


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    from lanassist.node.trust.bundle import certificate_pem

    path = tmp_path / "site.pem"
    path.write_bytes(certificate_pem(SITE.ca))
    return path


def test_with_the_sites_certificate_alone_exports_are_verified(
    terminal: Terminal, tmp_path: Path, ca: Path
) -> None:
    pair = Ledgers().live()
    folder = tmp_path / "exports"
    folder.mkdir()
    sam, dana = pair.sam.copy(), pair.dana.copy()
    written(sam, folder / "sam.jsonl")
    export = written(dana, folder / "dana.jsonl")
    whole = terminal.run("audit", "verify", str(folder), "--ca", str(ca))
    assert whole.stdout.startswith("2 ledgers, 2 chains,")
    assert whole.exit_code == 0
    lines = export.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if '"seq":3' in line)
    export.write_text("\n".join([*lines[:at], *lines[at + 1 :]]) + "\n")
    broken = terminal.run("audit", "verify", str(folder), "--ca", str(ca))
    assert broken.exit_code == BROKEN
    assert "Dana Fox <dana@acme.example>'s ledger about Sam Reed" in broken.stderr
    assert "record 3" in broken.stderr
    told = terminal.run("audit", "verify", str(folder), "--ca", str(ca), "--json")
    assert (told.exit_code, json.loads(told.stdout)["wrong"][0]["seq"]) == (BROKEN, 3)


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\xff\xfe\n", b'{"line":"head"}\n', b"[" * 9999])
def test_what_is_no_export_is_said_in_a_sentence(
    terminal: Terminal, tmp_path: Path, ca: Path, content: bytes
) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_bytes(content)
    done = terminal.run("audit", "verify", str(path), "--ca", str(ca))
    assert done.exit_code == 10
    assert "it is no ledger that was exported" in done.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    assert terminal.run("audit", "verify", str(empty), "--ca", str(ca)).exit_code == 10


def test_two_exports_of_one_node_are_not_taken_for_two_sides(
    terminal: Terminal, tmp_path: Path, ca: Path
) -> None:
    copy = Ledgers().live(1).dana.copy()
    one, two = written(copy, tmp_path / "one.jsonl"), written(copy, tmp_path / "two.jsonl")
    done = terminal.run("audit", "verify", str(one), str(two), "--ca", str(ca))
    assert (done.exit_code, "same node" in done.stderr) == (2, True)


def test_a_running_node_is_asked_and_its_sessions_are_listed(
    terminal: Terminal, node: FakeNode, tmp_path: Path
) -> None:
    SITE.home(terminal.home, DANA)
    copy = Ledgers().live(2).dana.copy()
    lines = tuple(write_line(line).decode().rstrip() for line in copy.lines())
    node.answer("audit.read", LedgerPage(lines=lines, following="", records=8))
    shown = terminal.run("audit", "list").stdout
    assert shown.count("coaching") == 2
    assert "Sam Reed <sam@acme.example>" in shown
    found = json.loads(terminal.run("audit", "list", "--json", "--supervisor", "sam", "--mine").stdout)
    assert [each["agent"]["email"] for each in found] == ["dana@acme.example"] * 2
    assert json.loads(terminal.run("audit", "list", "--json", "--agent", "eve").stdout) == []
    assert json.loads(terminal.run("audit", "list", "--json", "--since", "1h").stdout) == []  # of a year ago
    assert terminal.run("audit", "verify").exit_code == 0
    out = tmp_path / "out.jsonl"
    assert terminal.run("audit", "export", str(out)).exit_code == 0
    assert out.read_text().splitlines() == list(lines)
    assert out.stat().st_mode & 0o777 == 0o600
    assert terminal.run("audit", "export", str(out)).exit_code == 10
    assert terminal.run("audit", "export", str(tmp_path / "out.txt")).exit_code == 2
    assert terminal.run("audit", "export", str(out), "--force", "--json").exit_code == 0


def test_without_an_identity_the_ledger_command_says_how_to_get_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["--home", str(tmp_path), "audit", "verify"])
    assert done.exit_code == 3
    assert "lanassist node install BUNDLE" in done.stderr
