"""Whole sites, by their seeds. ``scripts/simulate --seeds 20000``; ``--seed 17`` tells one's whole story."""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from unittest.mock import patch

import msgspec

from lanassist.node.protocol import limits
from lanassist.node.services.conversations import core
from lanassist.node.services.desk import archive
from lanassist.node.trust.grants import Role
from tests.simulation.actors import AgentAtWork, Customer, Supervisor
from tests.simulation.checks import Broken
from tests.simulation.machine import Machine
from tests.simulation.world import World
from tests.support.people import person

TROUBLE = 18.0
"""Seconds in which things go wrong."""
PATIENCE = 150.0
"""Seconds after which everything must be well again."""


def site(world: World) -> list[Customer]:
    """A small site with its people."""
    random = world.random
    desks = ["Desk", "Annex"][: random.choice((1, 1, 2))]
    agents = ["Dana", "Dave", "Dora"][: random.choice((2, 3))]
    supervisors = ["Sam", "Sue"][: random.choice((1, 2))]
    machines = [
        *(Machine(person(name, Role.DESK), world) for name in desks),
        *(Machine(person(name, Role.AGENT, teams=team(name)), world) for name in agents),
        *(Machine(person(name, Role.SUPERVISOR), world) for name in supervisors),
    ]
    world.machines.update({machine.node: machine for machine in machines})
    for machine in machines:
        world.boot(machine)
    at_work = machines[len(desks) : len(desks) + len(agents)]
    for machine in at_work:
        world.after(random.uniform(0.0, 1.0), AgentAtWork(world, machine, at_work).act)
    for machine in machines[len(desks) + len(agents) :]:
        world.after(random.uniform(0.0, 1.0), Supervisor(world, machine, at_work).act)
    customers = [
        Customer(world, random.choice(machines[: len(desks)]), at) for at in range(1, random.randint(3, 5))
    ]
    for customer in customers:
        world.after(random.uniform(0.2, 3.0), customer.act)
    return customers


def team(name: str) -> tuple[str, ...]:
    """Dana sells."""
    return ("sales",) if name == "Dana" else ()


def trouble(world: World) -> None:
    """Something goes wrong every now and then."""
    if not world.faults:
        return
    random = world.random
    one, other = random.sample(list(world.machines.values()), 2)
    chance = random.random()
    if chance < 0.25:
        world.crash(one)
    elif chance < 0.5:
        if world.linkable(one, other):
            world.cut(one, other)
    elif chance < 0.8:
        if world.linkable(one, other):
            world.deafen(one, other, random.choice((0.5, 3.0, 9.0)))
    elif not one.is_desk:
        world.snapshot(one)
    world.after(random.uniform(0.5, 6.0), trouble, world)


def run(seed: int, *, tracing: bool = False, kind: type[World] = World) -> World:
    """One site's life. Raises Broken, with the world at that moment as ``world``.

    Every fourth site has so little room in a message that its logs travel in many pieces; every third
    looks often for what is to be forgotten.
    """
    with ExitStack() as stack:
        if seed % 4 == 1:
            small = patch.multiple(limits, ENTRIES_PER_MESSAGE=3, ACTS_PER_MESSAGE=2, TOLD_PER_MESSAGE=2)
            stack.enter_context(small)
        if seed % 3 == 0:
            for where in (archive, core):
                stack.enter_context(patch.multiple(where, FORGET_EVERY=3.0, FORGET_ROWS=5))
        return _run(seed, tracing, kind)


def _run(seed: int, tracing: bool, kind: type[World]) -> World:
    world = kind(seed, tracing=tracing)
    try:
        customers = site(world)
        world.after(world.random.uniform(1.0, 6.0), trouble, world)
        world.run_until(TROUBLE)
        world.heal()
        problem = "nothing was looked at"
        while problem and world.now < TROUBLE + PATIENCE:
            world.run_until(world.now + 2.5)
            waiting = [customer for customer in customers if customer.waiting]
            problem = f"{waiting} have no answer" if waiting else world.checks.unfinished()
        if problem:
            raise Broken(problem)
        world.checks.finally_()
    except Exception as error:
        error.world = world  # type: ignore[attr-defined]
        raise
    return world


def story(world: World, last: int = 150) -> Iterator[str]:
    """The last lines of what happened, readable."""
    for when, machine, what, about in world.trace[-last:]:
        told = str(about) if len(str(about)) < 400 else f"{str(about)[:400]}…"
        yield f"{when:8.3f}  {machine or ''!s:6} {what} {told}"


def failure(seed: int, kind: type[World] = World) -> str:
    """What breaks under that seed, with its story; empty if nothing does."""
    try:
        run(seed, kind=kind)
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
    else:
        return ""
    lines: list[str] = []
    try:
        run(seed, tracing=True, kind=kind)
    except Exception as error:
        lines.extend(story(error.world))  # type: ignore[attr-defined]
    return "\n".join([*lines, f"seed {seed}: {text}", f"Again: scripts/simulate --seed {seed}"])


class Outcome(msgspec.Struct, frozen=True):
    """What became of some seeds."""

    seeds: int
    steps: int
    seconds: float
    """Of one core."""
    failure: str = ""


def some(seeds: range) -> Outcome:
    """Run these, up to the first that fails."""
    steps, started = 0, time.process_time()
    for seed in seeds:
        try:
            steps += run(seed).steps
        except Exception:
            return Outcome(len(seeds), steps, time.process_time() - started, failure(seed))
    return Outcome(len(seeds), steps, time.process_time() - started)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000, help="how many sites")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one, with its whole story")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    if options.seed is not None:
        world, text = _one(options.seed)
        print(*story(world, 10**6), sep="\n")
        print(text)
        return 0 if text.endswith("nothing broke") else 1
    done, steps, seconds = 0, 0, 0.0
    seeds = range(options.first, options.first + options.seeds)
    batches = [seeds[at : at + 100] for at in range(0, len(seeds), 100)]
    with multiprocessing.Pool(options.cores) as pool:
        for outcome in pool.imap_unordered(some, batches):
            if outcome.failure:
                print(outcome.failure)
                return 1
            done, steps, seconds = done + outcome.seeds, steps + outcome.steps, seconds + outcome.seconds
            if sys.stdout.isatty():
                print(f"\r{done} of {len(seeds)} seeds", end="", flush=True)
    rate = done / max(seconds, 0.001)
    print(f"\r{done} seeds, {steps:,} steps, nothing broke; {rate:.0f} seeds a second of one core")
    return 0


def _one(seed: int) -> tuple[World, str]:
    try:
        world = run(seed, tracing=True)
    except Exception as error:
        return error.world, f"seed {seed}: {type(error).__name__}: {error}"  # type: ignore[attr-defined]
    return world, f"seed {seed}: nothing broke"


if __name__ == "__main__":
    sys.exit(main())
