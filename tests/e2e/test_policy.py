"""The site's policy between real nodes: it spreads, the newest wins, and it lasts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.nodes import LiveNode, LiveSite, eventually

pytestmark = pytest.mark.e2e


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LiveSite]:
    with LiveSite(tmp_path) as site:
        yield site


def edition(node: LiveNode) -> int:
    return int(node.api("site.policy")["edition"])


def test_a_policy_spreads_lasts_and_never_goes_back(site: LiveSite, tmp_path: Path) -> None:
    dana, kim, sam = site.node("Dana", "agent"), site.node("Kim", "agent"), site.node("Sam", "supervisor")
    for node in (dana, sam):
        node.launch()
    sam.ready().meet(dana.ready())
    first = site.policy('glance = "ask"').read_text()
    second = site.policy('glance = "off"')
    done = sam.cli("policy", "install", second)
    assert "is in force and spreads to the peers." in done.stdout
    number = edition(sam)
    eventually(lambda: edition(dana) == number)
    assert dana.cli("policy", "show").stdout.splitlines()[1] == 'glance = "off"'

    sam.meet(kim.start())  # off while it spread
    eventually(lambda: edition(kim) == number)

    old = tmp_path / "old.json"
    old.write_text(first)
    assert "Nothing new: edition" in dana.cli("policy", "install", old).stdout
    old.write_text(first.replace("ask", "off"))
    forged = dana.cli("policy", "install", old)
    assert (forged.returncode, "its signature does not fit its text" in forged.stderr) == (3, True)
    with LiveSite(_folder(tmp_path / "other")) as elsewhere:
        foreign = dana.cli("policy", "install", elsewhere.policy("")).stderr
    assert "is not a document signed by this site's authority" in foreign
    assert edition(dana) == number

    kim.stop()
    dana.stop()
    dana.start()
    assert edition(dana) == number
    assert "next start" in kim.cli("policy", "install", site.policy("")).stdout
    kim.start().meet(dana)
    eventually(lambda: edition(dana) > number)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
