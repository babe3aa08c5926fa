"""Settings: where they come from, who wins, and how a mistake is told."""

from pathlib import Path

import pytest

from lanassist.node.config import Settings, home_folder, load_settings
from lanassist.node.config.listing import all_settings, settings_page, settings_table
from lanassist.node.errors import BadSetting, FileUnreadable

DOCS = Path(__file__).parents[2] / "docs"


def written(home: Path, text: str) -> Path:
    (home / "lanassist.toml").write_text(text)
    return home


def test_a_new_home_has_the_defaults(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "not there yet", {})
    assert settings == Settings()
    assert settings.link.port == 47600
    assert settings.page.port == 47601


def test_the_file_is_read(tmp_path: Path) -> None:
    home = written(
        tmp_path,
        """
        [link]
        port = 5000
        advertise = ["10.0.0.7", "fd00::7"]
        [discovery]
        enabled = false
        [presence]
        break_reasons = ["tea"]
        """,
    )
    settings = load_settings(home, {})
    assert settings.link.port == 5000
    assert settings.link.advertise == ("10.0.0.7", "fd00::7")
    assert settings.discovery.enabled is False
    assert settings.presence.break_reasons == ("tea",)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    home = written(tmp_path, "[link]\nport = 5000\nbind = '10.0.0.1'")
    settings = load_settings(home, {"LANASSIST_LINK_PORT": "0", "PATH": "/bin", "LANASSIST_HOME": "/x"})
    assert settings.link.port == 0
    assert settings.link.bind == "10.0.0.1"


@pytest.mark.parametrize(("text", "meant"), [("off", False), ("ON", True), ("false", False), ("1", True)])
def test_discovery_is_switched_by_its_short_name(tmp_path: Path, text: str, meant: bool) -> None:
    assert load_settings(tmp_path, {"LANASSIST_DISCOVERY": text}).discovery.enabled is meant


def test_the_regular_name_wins_over_the_short_one(tmp_path: Path) -> None:
    environ = {"LANASSIST_DISCOVERY": "on", "LANASSIST_DISCOVERY_ENABLED": "off"}
    assert load_settings(tmp_path, environ).discovery.enabled is False


def test_a_list_in_the_environment_has_commas(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {"LANASSIST_DISCOVERY_INTERFACES": "eth0, wlan0,"})
    assert settings.discovery.interfaces == ("eth0", "wlan0")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[lnk]\nport = 1", "no section “lnk”; the sections are link, discovery"),
        ("link = 5", "“link” is a section"),
        ("[link]\nprot = 1", "section [link] has no setting “prot”; it has port, bind, advertise"),
        ("[link]\nport = 65536", "link.port: 65536 is not a whole number from 0 to 65535"),
        ("[link]\nport = '47600'", "link.port: '47600' is not a whole number"),
        ("[link]\nport = true", "link.port: True is not a whole number"),
        ("[link]\nbind = 'here'", "link.bind: 'here' is not an IP address or empty"),
        ("[link]\nadvertise = ['10.0.0.1', 'here']", "is not a list of up to 8 IP addresses"),
        ("[discovery]\nenabled = 'off'", "discovery.enabled: 'off' is not true or false"),
        ("[presence]\nbreak_reasons = ['']", "is not a list of up to 32 texts"),
        ("port =", "this is not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadSetting) as caught:
        load_settings(written(tmp_path, text), {})
    assert words in str(caught.value)
    assert str(tmp_path / "lanassist.toml") in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("LANASSIST_LINK_PORT", "many", "LANASSIST_LINK_PORT: 'many' is not a whole number from 0 to 65535"),
        ("LANASSIST_LINK_PORT", "", "is not a whole number"),
        ("LANASSIST_DISCOVERY", "maybe", "'maybe' is not true or false (in the environment also on or off)"),
        ("LANASSIST_LINK_PROT", "1", "LANASSIST_LINK_PROT: there is no setting of this name"),
    ],
)
def test_a_mistake_in_the_environment_is_told(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(BadSetting) as caught:
        load_settings(tmp_path, {name: text})
    assert words in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "lanassist.toml").mkdir()
    with pytest.raises(FileUnreadable):
        load_settings(tmp_path, {})


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "lanassist.toml").write_bytes(b"[presence]\nbreak_reasons = ['caf\xe9']")
    with pytest.raises(BadSetting, match="this is not TOML"):
        load_settings(tmp_path, {})


def test_the_home_is_the_option_then_the_environment_then_the_users_data(tmp_path: Path) -> None:
    environ = {"LANASSIST_HOME": str(tmp_path / "environment")}
    assert home_folder(tmp_path / "option", environ) == tmp_path / "option"
    assert home_folder(None, environ) == tmp_path / "environment"
    assert home_folder(None, {}).name == "lanassist"
    assert home_folder(None, {"LANASSIST_HOME": ""}) == home_folder(None, {})
    assert home_folder(Path("here"), {}) == Path.cwd() / "here"


def test_every_setting_is_documented() -> None:
    rows = settings_table()
    assert len(rows) == len(all_settings())
    assert all(row.meaning.endswith(".") and row.environment for row in rows)
    names = [name for row in rows for name in row.environment]
    assert len(names) == len(set(names))


def test_every_default_is_allowed(tmp_path: Path) -> None:
    text = ""
    for row in settings_table():
        text += f"[{row.section}]\n" if f"[{row.section}]" not in text else ""
        text += f"{row.name} = {row.default}\n"
    assert load_settings(written(tmp_path, text), {}) == Settings()


def test_the_page_about_settings_is_up_to_date() -> None:
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == settings_page()
