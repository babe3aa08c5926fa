"""Thousands of simulated sites, and proof that the simulation sees what it is there to see."""

import multiprocessing
import os

import pytest

from lanassist.node.services.conversations.core import ConversationsCore
from lanassist.node.services.desk.core import DeskCore
from lanassist.node.services.presence.core import PresenceCore
from tests.simulation.checks import Broken
from tests.simulation.mutants import DESKS, OTHERS, PRESENCES, world_with
from tests.simulation.run import failure, run, some
from tests.support.effort import many

SITES = many(2000)
ENOUGH = 300
"""Seeds within which each broken rule must show."""


def test_thousands_of_sites_lose_double_and_reorder_nothing_and_heal() -> None:
    batches = [range(at, at + 50) for at in range(0, SITES, 50)]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        for outcome in pool.imap_unordered(some, batches):
            assert not outcome.failure, outcome.failure


@pytest.mark.parametrize("core", [*DESKS, *OTHERS, *PRESENCES], ids=lambda core: core.__name__)
def test_a_rule_that_is_broken_on_purpose_is_found(
    core: type[DeskCore] | type[ConversationsCore] | type[PresenceCore],
) -> None:
    kind = world_with(core)
    for seed in range(ENOUGH):
        try:
            run(seed, kind=kind)
        except Broken:
            return
    pytest.fail(f"{ENOUGH} sites live happily although: {core.__doc__}")


def test_a_seed_plays_the_same_again() -> None:
    one, other = run(11, tracing=True), run(11, tracing=True)
    assert one.steps == other.steps
    assert [str(line) for line in one.trace] == [str(line) for line in other.trace]


def test_a_failure_tells_its_seed_and_its_story() -> None:
    text = failure(0, world_with(DESKS[2]))
    assert "Again: scripts/simulate --seed 0" in text
    assert "acknowledged to the client, but is not committed" in text
    assert "asked StartConversation" in text
