"""docs/cli.md says what the commands are."""

from pathlib import Path

from lanassist.cli.reference import MEANINGS, page
from lanassist.node.errors import by_code

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date() -> None:
    assert (DOCS / "cli.md").read_text() == page(), "run: python -m lanassist.cli.reference > docs/cli.md"


def test_every_exit_code_has_a_meaning() -> None:
    assert {kind.exit_code for kind in by_code().values()} <= MEANINGS.keys()


def test_every_command_shows_an_example() -> None:
    sections = page().split("\n## lanassist\n")[1].split("\n#### ")[1:]
    assert sections
    assert [each.splitlines()[0] for each in sections if "Example: lanassist" not in each] == []
