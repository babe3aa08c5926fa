"""Waiting in tests: for a condition, never for a length of time."""

from collections.abc import Callable

import trio


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Until the condition holds; trio.TooSlowError after ``seconds``."""
    with trio.fail_after(seconds):
        while not condition():  # noqa: ASYNC110 - the condition is anybody's, it tells no event
            await trio.sleep(0.002)
