"""``lanassist demo --check``: each capability against the running nodes, a line each."""

import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import trio
from rich.console import Console
from rich.text import Text

from lanassist.cli.channels import run_live
from lanassist.cli.demo.mirror import Mirror, mirror_of
from lanassist.cli.demo.site import DemoSite, Member, demo_site, meet, meet_again
from lanassist.cli.inert import inert
from lanassist.node.errors import LanassistError
from lanassist.node.services.command import Command, ReplyT

LONGEST: Final = 30.0
"""Seconds that one check may take."""
T = TypeVar("T")


class Bench:
    """What a check works with."""

    def __init__(self, site: DemoSite, sam: Mirror) -> None:
        self.site = site
        self.board = sam
        """Of the supervisor's node."""

    async def ask(self, member: Member, command: Command[ReplyT]) -> ReplyT:
        """A member's node carries out a command."""
        return await apart(lambda: member.client.ask(command))

    async def restart(self, member: Member) -> None:
        """Start a member's node again, and wait until the others have found it."""
        await apart(member.start)
        await apart(partial(meet_again, self.site, member))

    async def refused(self, member: Member, command: Command[Any], kind: type[LanassistError]) -> str:
        """The sentence with which a command is refused. Raises AssertionError if it is not, or otherwise."""
        try:
            await self.ask(member, command)
        except kind as refusal:
            return refusal.text
        raise AssertionError(f"{command.name} was not refused")


Check = Callable[[Bench], Awaitable[str | None]]
"""Its docstring is its line; it gives a detail to add, or fails with any exception."""


async def apart(work: Callable[[], T]) -> T:
    """Run something that blocks in a thread."""
    return await trio.to_thread.run_sync(work, abandon_on_cancel=True)


class Report:
    """The lines, and whether all was well."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._began = time.monotonic()
        self.failed = 0
        self.passed = 0

    def say(self, text: str) -> None:
        self._console.print(Text(inert(text)))

    def line(self, started: float, what: str, detail: str | None, error: BaseException | None) -> None:
        """One check's outcome."""
        took = time.monotonic() - started
        good = error is None
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        more = f": {detail}" if good and detail else "" if good else f": {_why(error)}"
        mark = ("✓", "green") if good else ("✗", "bold red")
        self._console.print(Text.assemble(mark, f" {took:5.2f} s  {inert(what + more)}"))

    def end(self) -> bool:
        """The last line. True if every check passed."""
        took = time.monotonic() - self._began
        self.say(f"{self.passed} passed, {self.failed} failed in {took:.1f} s")
        return not self.failed


def _why(error: BaseException | None) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_why(each) for each in error.exceptions)
    return str(error) if isinstance(error, LanassistError | TimeoutError | AssertionError) else repr(error)


def check_site() -> bool:
    """Run every check; whether all passed. Everything is cleaned up, also on Ctrl+C."""
    from lanassist.cli.demo.checks import CHECKS

    report = Report()
    started = time.monotonic()
    with demo_site(for_people=False) as site:
        try:
            for member in site.members:
                member.state()
            report.line(started, "Four nodes start, each in a process of its own", None, None)
            started = time.monotonic()
            found = meet(site, report.say)
            report.line(started, "The nodes find each other", f"by {found}", None)
        except (LanassistError, TimeoutError) as error:
            report.line(started, "Four nodes start and find each other", None, error)
            return report.end()
        run_live(lambda: _run(site, CHECKS, report))
        return report.end()


async def _run(site: DemoSite, checks: Sequence[Check], report: Report) -> None:
    async with mirror_of(site.sam.client) as mirror:
        bench = Bench(site, mirror)
        for check in checks:
            started, detail, failure = time.monotonic(), None, None
            try:
                with trio.fail_after(LONGEST):
                    detail = await check(bench)
            except Exception as error:
                failure = error
            report.line(started, (check.__doc__ or "").strip().rstrip("."), detail, failure)
            with contextlib.suppress(OSError, LanassistError):
                await _stop_glances(bench)


async def _stop_glances(bench: Bench) -> None:
    """What a failed check left running must not disturb the next."""
    from lanassist.node.services.glance.commands import SESSIONS, StopGlance

    for session, value in bench.board.topic(SESSIONS).items():
        if value["state"] != "ended":
            await bench.ask(bench.site.sam, StopGlance(session=session))
