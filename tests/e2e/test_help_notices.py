"""Who asks for help is told on the supervisor's desktop: real nodes, a real message bus, and no page open."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.dbus import Bus
from tests.support.glancing import trio_thread
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.notices import NoticeServer

pytestmark = pytest.mark.e2e


class Team(NamedTuple):
    """Sam's desktop shows notices, Eve's does not; Dana is an agent of both."""

    dana: LiveNode
    sam: LiveNode
    eve: LiveNode
    desktop: NoticeServer

    def said(self) -> list[tuple[str, str]]:
        return [(summary, body) for summary, body, _ in self.desktop.shown]

    def asks(self, reason: str) -> None:
        assert self.dana.cli("help", "request", "--reason", reason).returncode == 0

    def gone(self) -> None:
        eventually(lambda: self.desktop.standing, lambda standing: standing == {})

    def untold(self, node: LiveNode) -> bool:
        """Whether that supervisor's pages are to tell it."""
        return bool(node.api("help.list")["requests"][0]["untold"])


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    with Bus() as bus, trio_thread() as (_, start), LiveSite(tmp_path) as site:
        desktop = NoticeServer(bus, "body", "body-markup")
        start(desktop.run)
        sam = site.node("Sam", "supervisor", settings={"DBUS_SESSION_BUS_ADDRESS": bus.address}).launch()
        eve = site.node("Eve", "supervisor").launch()
        dana = site.node("Dana", "agent").launch()
        for supervisor in (sam.ready(), eve.ready()):
            supervisor.meet(dana.ready())
        yield Team(dana, sam, eve, desktop)


def test_it_stands_on_the_desktop_until_somebody_takes_it_up_or_the_agent_cancels(team: Team) -> None:
    team.asks("<b>refund</b> over\nthe limit")
    eventually(team.said)
    assert team.said() == [("Dana asks for help", "&lt;b&gt;refund&lt;/b&gt; over the limit")]
    assert list(team.desktop.standing.values()) == ["Dana asks for help"]
    assert not team.untold(team.sam)
    eventually(lambda: team.untold(team.eve))
    assert team.eve.cli("help", "accept", "dana").returncode == 0
    team.gone()
    assert team.eve.cli("help", "finish", "dana").returncode == 0

    assert team.dana.cli("call", "begin", "--inbound", "--routed", "--from", "12").returncode == 0
    eventually(lambda: team.sam.api("call.list")["offers"][0]["call"])
    team.asks("again")
    eventually(team.said, lambda said: len(said) == 2)
    assert team.said()[-1] == ("Dana asks for help in a call", "again")
    assert team.dana.cli("help", "cancel").returncode == 0
    team.gone()


def test_it_goes_with_the_node_and_comes_back_with_it(team: Team) -> None:
    team.asks("legal")
    eventually(lambda: team.desktop.standing)
    assert team.sam.stop() == 0
    team.gone()
    team.sam.start().meet(team.dana)
    eventually(
        lambda: list(team.desktop.standing.values()), lambda standing: standing == ["Dana asks for help"]
    )
