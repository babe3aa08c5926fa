"""How long a page's main thread was at work, as the browser's own trace tells: one figure a task."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Page

CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]


class Task(NamedTuple):
    """One turn of the main thread, in milliseconds: script, style, layout and paint of it."""

    cpu: float
    """Of the processor's time: what a machine that others use too does not blur."""
    wall: float


class Timeline:
    """What was traced; complete when the ``with`` is left."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.seconds = 0.0

    @property
    def longest(self) -> float:
        """Milliseconds of the processor's time."""
        return max((task.cpu for task in self.tasks), default=0.0)

    @property
    def share(self) -> float:
        """Of one core."""
        return sum(task.cpu for task in self.tasks) / 1000 / self.seconds

    def at_percent(self, percent: float) -> float:
        """The longest of so many percent of the tasks that took a millisecond or more."""
        felt = sorted(task.cpu for task in self.tasks if task.cpu >= 1) or [0.0]
        return felt[min(len(felt) - 1, int(len(felt) * percent / 100))]


@contextmanager
def traced(page: Page) -> Iterator[Timeline]:
    """Trace the page for the length of the ``with``."""
    browser = page.context.browser
    assert browser is not None
    timeline = Timeline()
    browser.start_tracing(page=page, categories=CATEGORIES)
    try:
        yield timeline
    finally:
        events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
        _fill(timeline, events)


def _fill(timeline: Timeline, events: list[dict[str, Any]]) -> None:
    main = _main_thread(events)
    turns = [each for each in events if (each["pid"], each["tid"]) == main and _is_turn(each)]
    timeline.tasks = [Task(each.get("tdur", each["dur"]) / 1000, each["dur"] / 1000) for each in turns]
    stamps = [each["ts"] for each in events if each.get("ts")]
    timeline.seconds = (max(stamps) - min(stamps)) / 1e6


def _main_thread(events: list[dict[str, Any]]) -> tuple[int, int]:
    """The page's: of all renderers' main threads the one that was busiest."""
    names = [each for each in events if each["name"] == "thread_name"]
    mains = [(each["pid"], each["tid"]) for each in names if each["args"]["name"] == "CrRendererMain"]
    busy = dict.fromkeys(mains, 0.0)
    for each in events:
        if (main := (each["pid"], each["tid"])) in busy and _is_turn(each):
            busy[main] += each["dur"]
    return max(busy, key=lambda main: busy[main])


def _is_turn(event: dict[str, Any]) -> bool:
    """A whole one: the last of a trace may have no end."""
    return event["name"] == "RunTask" and "dur" in event
