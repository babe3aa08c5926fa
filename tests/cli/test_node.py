"""``lanassist node``: identities, requests and revocation lists on a machine whose node does not run."""

import json
import os
import stat
from pathlib import Path

import pytest

from lanassist.node.store.home import claimed_home
from lanassist.node.trust.authority import Authority
from lanassist.node.trust.grants import Role
from lanassist.node.trust.policy import Policy
from lanassist.node.trust.profile import Bearer
from tests.cli.terminal import Terminal

DANA = Bearer(name="Dana Fox", email="dana@acme.example", roles=frozenset({Role.AGENT}))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.init(tmp_path / "authority", "acme.example")


@pytest.fixture
def bundle(authority: Authority, tmp_path: Path) -> Path:
    authority.issue(authority.unlock(lambda: ""), DANA, tmp_path / "dana.bundle")
    return tmp_path / "dana.bundle"


def test_an_identity_is_installed(terminal: Terminal, bundle: Path) -> None:
    result = terminal.run("node", "install", str(bundle))
    assert result.exit_code == 0
    assert "Dana Fox <dana@acme.example>, agent of acme.example." in result.stdout
    key = terminal.home / "identity" / "key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text() not in result.stdout


def test_another_identity_needs_force(terminal: Terminal, authority: Authority, bundle: Path) -> None:
    other = bundle.with_name("other.bundle")
    authority.issue(authority.unlock(lambda: ""), DANA, other)
    terminal.run("node", "install", str(bundle))
    refused = terminal.run("node", "install", str(other))
    assert refused.exit_code == 10
    assert "--force" in refused.stderr
    installed = terminal.run("node", "install", str(other), "--force", "--json")
    assert json.loads(installed.stdout)["identity"]["email"] == "dana@acme.example"


def test_a_bundle_that_others_can_read_is_refused_with_its_repair(terminal: Terminal, bundle: Path) -> None:
    bundle.chmod(0o644)
    result = terminal.run("node", "install", str(bundle))
    assert result.exit_code == 3
    assert f"chmod 600 {bundle}" in result.stderr


def test_a_file_that_is_no_bundle_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    result = terminal.run("node", "install", str(tmp_path / "notes.txt"))
    assert result.exit_code == 3
    assert "not a bundle" in result.stderr
    assert not terminal.home.exists()


def test_a_request_is_written_once(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "dana.csr"
    words = ["node", "request", "--name", "Dana Fox", "--email", "dana@acme.example", "--out", str(out)]
    assert "lanassist-ca sign" in terminal.run(*words).stdout
    assert "BEGIN CERTIFICATE REQUEST" in out.read_text()
    assert "PRIVATE KEY" not in out.read_text()
    before = out.read_bytes()
    assert terminal.run(*words).exit_code == 10
    assert out.read_bytes() == before
    assert json.loads(terminal.run(*words, "--force", "--json").stdout) == {"request": str(out)}


def test_a_request_with_a_bad_name_is_bad_input(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "x.csr"
    result = terminal.run(
        "node", "request", "--name", "\x1b[2J", "--email", "d@acme.example", "--out", str(out)
    )
    assert result.exit_code == 2
    assert result.stderr.removesuffix("\n").isprintable()
    assert not out.exists()


def test_a_revocation_list_waits_in_the_home_for_the_next_start(
    terminal: Terminal, authority: Authority, bundle: Path, tmp_path: Path
) -> None:
    terminal.run("node", "install", str(bundle))
    authority.revoke("dana@acme.example", "left")
    signed = tmp_path / "revocations.json"
    signed.write_text(authority.revocations(authority.unlock(lambda: ""))[1])
    assert "in force from the node's next start" in terminal.run("node", "revocations", str(signed)).stdout
    again = json.loads(terminal.run("node", "revocations", str(signed), "--json").stdout)
    assert (again["kind"], again["news"], again["running"]) == ("revocations", False, False)


def test_a_policy_waits_in_the_home_for_the_next_start(
    terminal: Terminal, authority: Authority, bundle: Path
) -> None:
    terminal.run("node", "install", str(bundle))
    _, signed = authority.lay_down(authority.unlock(lambda: ""), Policy(glance="off"))
    assert "is installed; it is in force from" in terminal.run("policy", "install", str(signed)).stdout
    refused = terminal.run("node", "revocations", str(signed))
    assert refused.exit_code == 3
    assert "about policy, not about revocations" in refused.stderr


@pytest.mark.parametrize("content", [b"{}", b"\xff\xfe", b"x" * 600_000])
def test_what_the_authority_did_not_sign_is_refused(
    terminal: Terminal, bundle: Path, tmp_path: Path, content: bytes
) -> None:
    terminal.run("node", "install", str(bundle))
    (tmp_path / "list").write_bytes(content)
    result = terminal.run("node", "revocations", str(tmp_path / "list"))
    assert result.exit_code == 3
    assert "not a document signed" in result.stderr


def test_a_node_without_identity_does_not_start(terminal: Terminal) -> None:
    result = terminal.run("node", "run")
    assert result.exit_code == 3
    assert "lanassist node install" in result.stderr


def test_a_second_node_on_the_same_home_does_not_start(terminal: Terminal) -> None:
    with claimed_home(terminal.home):
        result = terminal.run("node", "run")
    assert result.exit_code == 10
    assert f"already running for {terminal.home} (process {os.getpid()})" in result.stderr


def test_a_setting_that_does_not_exist_is_told_with_its_place(terminal: Terminal) -> None:
    terminal.home.mkdir()
    (terminal.home / "lanassist.toml").write_text("[link]\nprot = 1\n")
    result = terminal.run("node", "run")
    assert result.exit_code == 2
    assert "section [link] has no setting “prot”" in result.stderr
