"""``--watch`` keeps the rows of one topic as the node's board has them."""

import msgspec

from lanassist.cli.agents_view import agents_table
from lanassist.cli.channels import Batch, Changed
from lanassist.cli.watching import Watched
from lanassist.node.services.presence.commands import AGENTS, AgentRow
from tests.cli.agents import NOW, agent

DANA, KIM = agent("Dana Fox"), agent("Kim Oduya")


def change(row: AgentRow | None, key: str, topic: str = AGENTS) -> Changed:
    return Changed(topic=topic, key=key, value=msgspec.Raw(msgspec.json.encode(row)))


def batch(*changes: Changed, snapshot: bool = False) -> Batch:
    return Batch(now=NOW, snapshot=snapshot, changes=list(changes))


def watched() -> Watched[AgentRow]:
    return Watched(AGENTS, AgentRow, agents_table, lambda row: row.name != "Hidden")


def test_rows_come_change_and_go() -> None:
    rows = watched()
    assert rows.take(batch(change(DANA, "d"), change(KIM, "k"), snapshot=True)) == [("d", DANA), ("k", KIM)]
    assert rows.table().row_count == 2
    assert rows.take(batch(change(None, "d"))) == [("d", None)]
    assert rows.table().row_count == 1


def test_other_topics_and_rows_that_are_not_wanted_are_no_news() -> None:
    rows = watched()
    assert rows.take(batch(change(DANA, "d", topic="peers"), change(agent("Hidden"), "h"))) == []
    assert rows.take(batch(change(None, "h"))) == []


def test_a_snapshot_replaces_everything() -> None:
    rows = watched()
    rows.take(batch(change(DANA, "d"), snapshot=True))
    rows.take(batch(change(KIM, "k"), snapshot=True))
    assert rows.table().row_count == 1


def test_the_nodes_clock_goes_on_between_messages() -> None:
    rows = watched()
    rows.take(batch(snapshot=True))
    assert NOW <= rows.now < NOW + 60
