"""What readings of a clock of unknown unit come to. The clocks themselves are asked in tests/e2e."""

import pytest

from lanassist.node.desktop.base import DesktopState, States
from lanassist.node.desktop.idle import idle_of
from lanassist.node.desktop.polling import PollingDesktop


@pytest.mark.parametrize(
    ("first", "second", "seconds"),
    [
        (900, 901, 901.0),
        (900, 902, 902.0),
        (900_000, 901_100, 901.1),
        (0, 0, 0.0),
        (0, 1, 1.0),
        (900, 0, 0.0),
        (900, 1, 0.0),
        (901_000, 700, 0.0),
        (850, 950, 0.0),
        (42, 42, None),
        (42, None, None),
    ],
)
def test_two_readings_tell_seconds_from_milliseconds(
    first: int, second: int | None, seconds: float | None
) -> None:
    assert idle_of(first, second) == seconds


async def test_elsewhere_nothing_tells() -> None:
    assert await PollingDesktop(States(DesktopState())).idle_for() is None
