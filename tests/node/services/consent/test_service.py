"""Consent's shell: notices go to the desktop, and the pause is kept."""

from functools import partial

import trio
import trio.testing

from lanassist.node.services.consent.core import ConsentCore
from lanassist.node.services.consent.pause import PauseRecord
from lanassist.node.services.consent.service import ConsentService
from lanassist.node.services.notices import Notify
from lanassist.node.services.session import Opened
from tests.support.notices import SlowDesktop
from tests.support.people import agent

DANA = agent("Dana")


def service(desktop: SlowDesktop, *records: PauseRecord) -> ConsentService:
    return ConsentService(partial(ConsentCore, DANA), records, desktop)


async def test_what_the_agent_is_told_goes_to_the_desktop() -> None:
    desktop = SlowDesktop(may=1)
    consent = service(desktop)
    async with trio.open_nursery() as nursery:
        await nursery.start(consent.attend)
        await consent.perform(Notify("sam", "somebody looks"))
        await trio.testing.wait_all_tasks_blocked()
        assert desktop.done == ["sam: somebody looks"]
        nursery.cancel_scope.cancel()


async def test_effects_of_others_are_none_of_its_business() -> None:
    consent = service(SlowDesktop())
    await consent.perform(Opened(None))  # type: ignore[arg-type]


def test_after_a_failed_commit_it_begins_again_from_its_record() -> None:
    record = PauseRecord(began=10.0, minutes=5)
    core = service(SlowDesktop()).recreate([record])
    assert core.deadline() == record.until == 310.0
