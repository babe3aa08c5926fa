"""The chat page over a desk, for the length of a test."""

from collections.abc import AsyncIterator

import pytest

from tests.web.chat.front import Front


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with Front().open() as opened:
        yield opened
