"""``lanassist-ca`` as an admin types it."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console

from lanassist.cli import ca
from lanassist.cli.ca.view import certificates_table
from lanassist.node.trust.authority import Authority
from lanassist.node.trust.installation import install_bundle, make_request
from lanassist.node.trust.revocation import Revocations
from tests.support.faults import FailingDisk, contents

Type = Callable[..., tuple[int, str, str]]
DANA = ("--name", "Dana Fox", "--email", "dana@acme.example", "--role", "agent", "--out", "dana.pem")
SAM = ("--name", "Sam Reed", "--email", "sam@acme.example", "--role", "supervisor", "--out", "sam.pem")


@pytest.fixture
def type_(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run a command line; its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LANASSIST_CA_PASSPHRASE_FILE", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lanassist-ca", *words])
        with pytest.raises(SystemExit) as ended:
            ca.main()
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return int(ended.value.code or 0), shown.out, shown.err

    return run


@pytest.fixture
def site(type_: Type) -> Type:
    """The same, with a site in ``ca`` already."""
    assert type_("init", "ca", "--site", "acme.example")[0] == 0
    return type_


def test_a_site_from_first_to_last(site: Type, tmp_path: Path) -> None:
    assert site("issue", "ca", *DANA)[0] == 0
    code, out, _ = site("issue", "ca", *SAM, "--team", "Sales", "--grant", "glance", "--grant", "observe")
    assert code == 0
    assert "Grants: glance observe." in out
    assert install_bundle(tmp_path / "dana", Path("dana.pem")).identity.name == "Dana Fox"

    code, out, _ = site("renew", "ca", "sam@acme.example", "--grant", "glance", "--out", "sam-2.pem")
    assert code == 0
    assert "It allows less than before, so the certificate that it replaces is now revoked." in out
    assert "lanassist-ca revocations ca --out revocations.json" in out
    code, out, _ = site("revoke", "ca", "dana@acme.example", "--reason", "laptop lost")
    assert code == 0
    assert "Revoked: Dana Fox <dana@acme.example>" in out

    assert site("revocations", "ca", "--out", "revocations.json")[0] == 0
    listed = Revocations.read(Path("revocations.json").read_bytes(), Authority.open(Path("ca")).certificate)
    assert len(listed.serials) == 2
    code, out, _ = site("list", "ca")
    assert code == 0
    for word in ("revoked (laptop lost)", "revoked (renewed with less)", "valid", "Sales"):
        assert word in out


def test_the_list_as_json(site: Type) -> None:
    site("issue", "ca", *SAM)
    site("issue", "ca", *DANA)
    site("revoke", "ca", "dana fox")
    sam, dana = json.loads(site("list", "ca", "--json")[1])
    assert (sam["name"], sam["state"], len(sam["grants"])) == ("Sam Reed", "valid", 8)
    assert (dana["roles"], dana["state"], dana["grants"]) == (["agent"], "revoked", [])
    assert datetime.fromisoformat(dana["revoked"]) > datetime.fromisoformat(dana["issued"])


def test_a_site_that_has_issued_nothing(site: Type) -> None:
    assert site("list", "ca")[1] == "acme.example has issued nothing yet.\n"
    assert json.loads(site("list", "ca", "--json")[1]) == []
    assert site("init", "ca", "--site", "b.example", "--force")[0] == 0
    assert "b.example has issued nothing" in site("list", "ca")[1]


def test_what_is_to_be_renewed(site: Type) -> None:
    site("issue", "ca", *DANA)
    site("issue", "ca", *SAM, "--days", "20")
    assert "Sam Reed" in site("expiring", "ca")[1]
    assert "Nothing to renew in the next 10 days." in site("expiring", "ca", "--days", "10")[1]
    assert [each["name"] for each in json.loads(site("expiring", "ca", "--days", "365", "--json")[1])] == [
        "Sam Reed",
        "Dana Fox",
    ]
    site("renew", "ca", "sam reed", "--out", "sam-2.pem")
    assert "Nothing to renew" in site("expiring", "ca")[1]


def test_a_request_is_signed(site: Type, tmp_path: Path) -> None:
    Path("dana.csr").write_bytes(make_request(tmp_path / "home", "Dana Fox", "dana@acme.example"))
    code, out, _ = site("sign", "ca", "dana.csr", "--role", "agent", "--name", "Dana F.", "--out", "dana.pem")
    assert code == 0
    assert "holds no secret" in out
    found = install_bundle(tmp_path / "home", Path("dana.pem")).identity
    assert (found.name, found.email) == ("Dana F.", "dana@acme.example")


def test_a_renewal_for_a_new_request(site: Type, tmp_path: Path) -> None:
    site("issue", "ca", *DANA)
    old = install_bundle(tmp_path / "home", Path("dana.pem"))
    Path("dana.csr").write_bytes(make_request(tmp_path / "home", "Dana Fox", "dana@acme.example"))
    assert site("renew", "ca", "dana fox", "--request", "dana.csr", "--out", "dana-2.pem")[0] == 0
    new = install_bundle(tmp_path / "home", Path("dana-2.pem"))
    assert new.identity.node == old.identity.node
    assert new.key.public_key() != old.key.public_key()


def test_roles_and_grants_of_a_renewal(site: Type) -> None:
    site("issue", "ca", *DANA)
    _, out, _ = site("renew", "ca", "dana fox", "--role", "supervisor", "--out", "2.pem")
    assert "Grants: all." in out
    assert "now revoked" in out  # no agent any more
    _, out, _ = site("renew", "ca", "dana fox", "--role", "agent", "--team", "Sales", "--out", "3.pem")
    assert "Grants" not in out
    _, out, _ = site("renew", "ca", "dana fox", "--no-teams", "--name", "Dana Wolf", "--out", "4.pem")
    assert "Dana Wolf" in out
    found = json.loads(site("list", "ca", "--json")[1])[-1]
    assert (found["name"], found["teams"], found["grants"], found["roles"]) == (
        "Dana Wolf",
        [],
        [],
        ["agent"],
    )


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (
            ("init", "ca", "--site", "acme.example"),
            10,
            "ca exists already and is not overwritten. Add `--force`",
        ),
        (("init", "new", "--site", "ACME"), 2, "it looks like acme.example"),
        (("issue", "nowhere", *DANA), 10, "`lanassist-ca init nowhere --site …` makes one"),
        (("issue", "ca", *DANA[:-1], "ca/ca.pem"), 10, "ca/ca.pem exists already"),
        (("issue", "ca", *DANA[:-1], "no/such/dana.pem"), 10, "cannot be written: no such file or directory"),
        (("issue", "ca", *DANA, "--grant", "glance"), 2, "grants go with the role supervisor"),
        (("issue", "ca", *SAM, "--grant", "glance", "--no-grants"), 2, "grants are named beside it"),
        (("issue", "ca", *DANA, "--days", "0"), 2, "not between 1 and 3650"),
        (("issue", "ca", *DANA, "--team", "\x1b[2J"), 2, r"The team “\x1b[2J” is not usable"),
        (("issue", "ca", *DANA, "--role", "boss"), 2, "'boss' is not one of"),
        (("issue", "ca", "--name", "x"), 2, "Missing option"),
        (
            ("sign", "ca", "ca/ca.pem", "--role", "agent", "--out", "x.pem"),
            2,
            "it is not a certificate request",
        ),
        (
            ("sign", "ca", "x.csr", "--role", "agent", "--out", "x.pem"),
            10,
            "x.csr cannot be read",
        ),
        (("renew", "ca", "nobody", "--out", "x.pem"), 2, "nothing was issued to anyone of that name"),
        (("revoke", "ca", "\x1b]0;x\x07"), 2, r"“\x1b]0;x\x07” is not usable"),
        (("revoke", "ca", "nobody"), 2, "nothing was issued to anyone of that name"),
        (("revocations", "ca", "--out", "ca/ca.pem"), 10, "exists already"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_mistakes_are_told_in_a_sentence(
    site: Type, tmp_path: Path, words: tuple[str, ...], code: int, sentence: str
) -> None:
    before = contents(tmp_path)
    found, out, err = site(*words)
    assert found == code
    assert sentence in err
    assert out == ""
    assert "\x1b" not in err
    assert contents(tmp_path) == before


def test_a_key_that_others_can_read(site: Type) -> None:
    Path("ca/ca-key.pem").chmod(0o640)
    code, _, err = site("issue", "ca", *DANA)
    assert code == 3
    assert "Fix it with `chmod 600 ca/ca-key.pem`." in err
    assert not Path("dana.pem").exists()


def test_a_passphrase_comes_from_a_file(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    words = Path("words")
    words.write_text("open sesame\n")
    monkeypatch.setenv("LANASSIST_CA_PASSPHRASE_FILE", "words")
    words.chmod(0o644)
    assert type_("init", "ca", "--site", "acme.example")[0] == 3
    words.chmod(0o600)
    assert type_("init", "ca", "--site", "acme.example")[0] == 0
    assert type_("issue", "ca", *DANA)[0] == 0
    words.write_text("something else")
    code, _, err = type_("issue", "ca", *SAM)
    assert (code, "does not open ca/ca-key.pem" in err) == (2, True)
    words.write_text("\n")
    assert "is empty" in type_("issue", "ca", *SAM)[2]
    monkeypatch.delenv("LANASSIST_CA_PASSPHRASE_FILE")
    assert "name a file in LANASSIST_CA_PASSPHRASE_FILE" in type_("issue", "ca", *SAM)[2]
    assert type_("list", "ca")[0] == 0  # reading needs no key


def test_a_passphrase_is_asked_for(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["open sesame", "open sesam", "open sesame", "open sesame", "open sesame"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    assert "are not the same" in type_("init", "ca", "--site", "acme.example", "--passphrase")[2]
    assert type_("init", "ca", "--site", "acme.example", "--passphrase")[0] == 0
    assert type_("issue", "ca", *DANA)[0] == 0


def test_a_full_disk_is_told_and_leaves_nothing(site: Type, tmp_path: Path) -> None:
    before = contents(tmp_path)
    with FailingDisk(2).working():
        code, _, err = site("issue", "ca", *DANA)
    assert code == 10
    assert "cannot be written: no space left on device. Nothing was changed." in err
    assert contents(tmp_path) == before


def test_every_command_has_help_with_an_example(type_: Type) -> None:
    for command in ("init", "issue", "sign", "renew", "revoke", "list", "expiring", "revocations"):
        code, out, _ = type_(command, "--help")
        assert code == 0
        assert f"Example: lanassist-ca {command}" in out


def test_the_launcher_in_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANASSIST_CA_PASSPHRASE_FILE", raising=False)
    launcher = Path(__file__).parents[2] / "scripts" / "lanassist-ca"
    link = tmp_path / "ca-tool"
    link.symlink_to(launcher)
    done = subprocess.run(
        [link, "init", tmp_path / "ca", "--site", "acme.example"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert Authority.open(tmp_path / "ca").site == "acme.example"


def test_a_certificate_for_the_chat_page(site: Type, tmp_path: Path) -> None:
    code, out, _ = site("page-certificate", "ca", "--host", "desk.lan", "--host", "::1", "--out", "chat.pem")
    assert code == 0
    assert "ca/page-ca.pem" in out
    assert (tmp_path / "chat.key").stat().st_mode & 0o777 == 0o600
    code, _, err = site("page-certificate", "ca", "--host", "no name", "--out", "other.pem")
    assert (code, "no name" in err) == (2, True)


def test_a_policy_is_written_signed_and_read_again(site: Type, tmp_path: Path) -> None:
    code, example, _ = site("policy", "--example")
    assert code == 0
    (tmp_path / "policy.toml").write_text(example.replace('glance = "notify"', 'glance = "ask"'))
    code, out, _ = site("policy", "ca")
    assert (code, out.splitlines()[0]) == (
        0,
        "# acme.example has no policy of its own; this holds everywhere:",
    )

    code, out, _ = site("policy", "ca", "policy.toml")
    assert code == 0
    first = json.loads(site("policy", "ca", "--json")[1])["edition"]
    assert f"ca/policy.json is edition {first} of the policy of acme.example." in out
    assert "lanassist policy install policy.json" in out
    (tmp_path / "again.toml").write_text(site("policy", "ca")[1])
    told = json.loads(site("policy", "ca", "again.toml", "--json")[1])
    assert told["edition"] > first
    assert (told["policy"]["glance"], told["path"]) == ("ask", "ca/policy.json")
    assert told["policy"] == json.loads(site("policy", "ca", "--json")[1])["policy"]


def test_a_policy_with_a_mistake_is_not_signed(site: Type, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("glance = 'maybe'")
    code, _, err = site("policy", "ca", "policy.toml")
    assert (code, "“glance” is 'maybe', not" in err) == (2, True)
    assert json.loads(site("policy", "ca", "--json")[1])["edition"] == 0
    (tmp_path / "policy.toml").write_bytes(b"\xff")
    assert "it is not a text file" in site("policy", "ca", "policy.toml")[2]
    assert "no such file" in site("policy", "ca", "nowhere.toml")[2]
    assert site("policy")[0] == 2


def test_in_a_narrow_terminal_no_node_date_or_role_is_cut(site: Type) -> None:
    site("issue", "ca", *DANA, "--team", "Sales")
    issued = Authority.open(Path("ca")).register.issued()
    console = Console(width=80, file=io.StringIO())
    console.print(certificates_table("acme.example", [(each, "valid") for each in issued], narrow=True))
    words = console.file.getvalue().split()  # type: ignore[attr-defined]
    (dana,) = (each.identity for each in issued)
    assert {dana.node, dana.email, "agent", "teams:", f"{dana.expires:%Y-%m-%d}", "valid"} <= set(words)
