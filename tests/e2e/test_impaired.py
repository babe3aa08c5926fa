"""The stand-in for a poor network: what it does to packets on their way between two real machines."""

import subprocess

import pytest

from tests.support.impaired import impaired
from tests.support.wire import Poor

pytestmark = pytest.mark.e2e

PINGS = 200


def pings(sent: str) -> int:
    """How many were answered, as ping says it."""
    return int(sent.partition(" received")[0].rpartition(",")[2])


def test_packets_pass_are_lost_and_are_counted() -> None:
    with impaired(Poor(delay=0.001, jitter=0.03, loss=0.1)) as network:
        said = network.near.run("ping", "-c", str(PINGS), "-i", "0.005", "-q", network.far.address).stdout
        answered = pings(said)
        there, back = network.end()
    assert there.lost > 0
    assert back.lost > 0
    assert answered >= PINGS - there.lost - back.lost
    assert answered < PINGS


def test_nothing_is_left_of_it() -> None:
    with impaired(Poor()) as network:
        names = {network.near.name, network.far.name}
        network.near.run("ping", "-c", "1", network.far.address)
    left = subprocess.run(["ip", "netns", "list"], check=True, capture_output=True, text=True).stdout
    assert not names & {line.split()[0] for line in left.splitlines()}
