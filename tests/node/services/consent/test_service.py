"""Consent's shell: notices go to the desktop in order, and never hold anybody up."""

from functools import partial

import trio
import trio.testing

from lanassist.node.services.consent.core import ConsentCore, Notify
from lanassist.node.services.consent.pause import PauseRecord
from lanassist.node.services.consent.service import NOTICES, ConsentService
from lanassist.node.services.session import Opened
from tests.support.people import agent

DANA = agent("Dana")


class SlowDesktop:
    """Shows notices one at a time, when it is told to."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.may = trio.Semaphore(0)

    async def show(self, key: str, summary: str, body: str) -> None:
        await self.may.acquire()
        self.shown.append(f"{key}: {summary} {body}".strip())


def service(desktop: SlowDesktop, *records: PauseRecord) -> ConsentService:
    return ConsentService(partial(ConsentCore, DANA), records, desktop)


async def test_notices_are_shown_in_order_and_too_many_are_left_out() -> None:
    desktop = SlowDesktop()
    consent = service(desktop)
    async with trio.open_nursery() as nursery:
        await nursery.start(consent.attend)
        for number in range(NOTICES + 5):
            await consent.perform(Notify(str(number), "somebody looks"))
        for _ in range(NOTICES):
            desktop.may.release()
        await trio.testing.wait_all_tasks_blocked()
        assert desktop.shown == [f"{number}: somebody looks" for number in range(NOTICES)]
        nursery.cancel_scope.cancel()


async def test_effects_of_others_are_none_of_its_business() -> None:
    consent = service(SlowDesktop())
    await consent.perform(Opened(None))  # type: ignore[arg-type]


def test_after_a_failed_commit_it_begins_again_from_its_record() -> None:
    record = PauseRecord(began=10.0, minutes=5)
    core = service(SlowDesktop()).recreate([record])
    assert core.deadline() == record.until == 310.0
