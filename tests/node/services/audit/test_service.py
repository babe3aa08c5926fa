"""Audit's shell: the ledger is read a part at a time, from wherever somebody wants to begin."""

import pytest
import trio

from lanassist.node.notary import Notary
from lanassist.node.services.audit.core import Page, ReadPage
from lanassist.node.services.audit.service import AuditService
from lanassist.node.services.base import Observed
from tests.support.site import Site
from tests.support.storage import MemoryStorage

DANA = Site().agent()


async def page(begin: str) -> Page:
    """What is read from there of an empty ledger."""
    storage = MemoryStorage()
    service = AuditService({}, Notary(DANA, storage), storage)
    async with trio.open_nursery() as nursery:
        await nursery.start(service.attend)
        await service.perform(ReadPage(1, begin))
        occurrence = await service.next_occurrence()
        nursery.cancel_scope.cancel()
    assert isinstance(occurrence, Observed)
    assert isinstance(occurrence.event, Page)
    return occurrence.event


@pytest.mark.parametrize("begin", ["dana/²", "dana/" + "9" * 30, "dana/-1", "dana/", "/", "nobody/٣"])
async def test_a_beginning_that_nobody_has_said_is_no_reason_to_stop(begin: str) -> None:
    assert (await page(begin)).page.lines == ()


async def test_the_first_part_says_whose_it_is() -> None:
    first = (await page("")).page
    assert '"line":"ledger"' in first.lines[0]
    assert first.following == "heads"
