"""docs/cli.md says what the commands are."""

import re
from pathlib import Path

from lanassist.cli.reference import MEANINGS, page
from lanassist.node.errors import by_code

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date() -> None:
    assert (DOCS / "cli.md").read_text() == page(), "run: python -m lanassist.cli.reference > docs/cli.md"


def test_every_exit_code_has_a_meaning() -> None:
    assert {kind.exit_code for kind in by_code().values()} <= MEANINGS.keys()


def test_every_command_shows_an_example() -> None:
    sections = re.split(r"^#{2,4} (?=lanassist)", page(), flags=re.M)[1:]
    assert sections
    assert [each.splitlines()[0] for each in sections if "Example: lanassist" not in each] == []


def test_no_help_has_what_the_terminal_takes_for_markup() -> None:
    said = [line for line in page().splitlines() if line.startswith(("- `", "Example"))]
    assert said
    assert [line for line in said if re.search(r"\[[a-z]", line.partition("`: ")[2] or line)] == []
