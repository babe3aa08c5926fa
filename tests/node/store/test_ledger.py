"""The ledger's tables: names of sessions count once, also those from before the table of names."""

import pytest

from lanassist.node.ledger.writes import Write
from lanassist.node.store import ledger
from lanassist.node.store.migration import schema_files
from tests.node.ledger.pair import WHAT, Ledgers, Side


def begun(side: Side) -> list[tuple[str, str, int]]:
    return side.database.execute("SELECT peer, key, seq FROM ledger_begun ORDER BY seq").fetchall()


def test_names_of_earlier_sessions_are_taken_from_the_records() -> None:
    pair = Ledgers().live(3)
    for side in (pair.sam, pair.dana):
        before = begun(side)
        assert len(before) == 3
        side.database.execute("DROP TABLE ledger_begun")
        side.database.execute(
            "INSERT INTO ledger_entry (peer, seq, previous, body, hash) VALUES ('x', 1, '', '{damaged', '')"
        )
        (text,) = [text for _, text in schema_files() if "CREATE TABLE ledger_begun" in text]
        side.database.executescript(text)
        assert begun(side) == before


def test_a_repeated_start_leaves_nothing_behind() -> None:
    pair = Ledgers().live(1)
    at_sam, at_dana = pair.places("s1")
    intent = pair.sam.book.intent(at_sam, pair.dana.peer, WHAT, "coaching")
    _, start = pair.dana.book.grant(at_dana, pair.sam.peer, WHAT.__eq__, "coaching", intent)
    earlier = Write(place=at_dana, records=('{"kind":"end"}',), over=True)
    with pytest.raises(ledger.Repeated):
        pair.dana.commit(earlier, start)
    assert pair.verdict().wrong == ()
