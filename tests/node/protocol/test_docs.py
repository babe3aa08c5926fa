"""docs/protocol.md shows what the code does."""

from tests.node.protocol.drawn import PAGE, redrawn


def test_the_tables_of_the_protocol_page_are_those_of_the_code() -> None:
    page = PAGE.read_text()
    assert page.count("<!-- drawn: ") == 3
    assert page == redrawn(page), "redraw them with `python -m tests.node.protocol.drawn`"
