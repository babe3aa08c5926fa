"""The pages for people: what they point to is there, and the lists that promise all leave nothing out."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from lanassist.cli import ca
from lanassist.cli.main import app, home_first

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
TOPS = ("lanassist/", "tests/", "scripts/", "benchmarks/", "docs/")
INSIDE = ("node/", "web/", "cli/", "services/", "static/")
"""Paths that a page may shorten: they are somewhere below lanassist/."""


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


def links(page: Path) -> Iterator[str]:
    """Where a page's links lead, those that leave the project left out."""
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(page: Path) -> set[str]:
    """By what its headings can be reached, as the usual hosts make them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def quoted_paths(page: Path) -> Iterator[str]:
    """What stands in code marks and looks like a file or a folder of the project."""
    for quoted in re.findall(r"`([\w./*-]+)`", page.read_text()):
        if quoted.startswith((*TOPS, *INSIDE)) and "*" not in quoted:
            yield quoted


def typed(page: Path) -> Iterator[tuple[list[str], bool]]:
    """The words of each call of a command line on a page, and whether they are all that one would type."""
    text = page.read_text()
    for block in re.findall(r"^```console\n(.*?)^```", text, flags=re.M | re.S):
        for line in re.findall(r"^[\w' ]*\$ (lanassist(?:-ca)? .+)$", block, flags=re.M):
            yield shlex.split(line, comments=True), True
    for line in re.findall(r"`(lanassist(?:-ca)? [^`\n]+)`", text):
        yield shlex.split(line), False


def read(words: list[str], *, whole: bool) -> None:
    """Look the command up and read its words, all but run it. Raises click's UsageError."""
    name, *rest = words
    command: Any = typer.main.get_command(app if name == "lanassist" else ca.app)
    rest = home_first(rest)
    context = command.make_context(name, rest, resilient_parsing=not whole)
    while (rest := [*context._protected_args, *context.args]) and hasattr(command, "resolve_command"):
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context, resilient_parsing=not whole)


def is_there(path: str) -> bool:
    if path.startswith(TOPS):
        return (ROOT / path).exists()
    return any(
        str(found).endswith(f"/{path.rstrip('/')}") for found in (ROOT / "lanassist").rglob(Path(path).name)
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{name} links to {link}, and no heading is called so"


@pytest.mark.parametrize("name", NAMES)
def test_every_path_that_a_page_names_is_there(name: str) -> None:
    gone = [path for path in quoted_paths(ROOT / name) if not is_there(path)]
    assert gone == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "docs/cli.md"])  # this one is generated
def test_every_command_of_a_page_is_one_that_there_is(name: str) -> None:
    for words, whole in typed(ROOT / name):
        if "signed document" not in " ".join(words):  # what is put before the bytes that are signed
            read(words, whole=whole)


def test_the_readme_leads_to_every_page() -> None:
    led = {link.partition("#")[0] for link in links(ROOT / "README.md")}
    assert {str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md")} <= led


def test_every_picture_is_shown_somewhere() -> None:
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    assert set((ROOT / "docs" / "pictures").iterdir()) <= shown


def test_the_architecture_names_every_package_and_every_module_beside_them() -> None:
    told = set(re.findall(r"\w+(?:\.py|/)?", (ROOT / "docs" / "architecture.md").read_text()))
    top = ROOT / "lanassist"
    packages = {path.parent.relative_to(top) for path in top.rglob("__init__.py")} - {Path()}
    beside = {path for folder in ("node", "node/services") for path in (top / folder).glob("[a-z]*.py")}
    commands = {package for package in packages if package.name == "commands"}  # a commands.py that grew
    assert {str(each) for each in packages - commands if f"{each.name}/" not in told} == set()
    assert {path.name for path in beside} - told == set()


def test_each_requirement_of_security_names_its_tests() -> None:
    told = (ROOT / "docs" / "security.md").read_text()
    rows = dict(re.findall(r"^\| (\d+) \| (.+) \|$", told, flags=re.M))
    assert list(rows) == [str(number) for number in range(1, 13)]
    for number, row in rows.items():
        assert re.search(r"`tests/[\w/]+(\.py)?`", row), f"requirement {number} names no test"
        folders = re.findall(r"`(tests/[\w/]+)/\w+\.py`", row)
        for bare in re.findall(r"`(test_\w+\.py)`", row):
            assert any((ROOT / folder / bare).exists() for folder in folders), f"{number}: {bare}"


def test_every_library_is_accounted_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [
        *project["project"]["dependencies"],
        *(each for extra in project["project"]["optional-dependencies"].values() for each in extra),
        *project["dependency-groups"]["dev"],
    ]
    told = (ROOT / "docs" / "dependencies.md").read_text()
    names = {re.split(r"[^\w-]", each)[0] for each in asked}
    assert {name for name in names if name not in told} == set()
