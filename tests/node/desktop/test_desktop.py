"""Which desktop a machine has, what it says of itself, and how its displays are numbered."""

import numpy as np
import pytest
import trio
from trio.testing import MockClock

from lanassist.node.desktop import polling
from lanassist.node.desktop.base import DesktopState, Pixels, Rectangle, States
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.desktop.layout import Monitor, Numbering
from lanassist.node.desktop.lock import verdict
from lanassist.node.errors import ScreenUnavailable

NO_BUS = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
DESK = Rectangle(0, 0, 4000, 1080)


def monitor(name: str, x: int, width: int = 1000) -> Monitor:
    return Monitor(name=name, area=Rectangle(x, 0, width, 1080))


async def test_without_a_display_it_says_what_to_do() -> None:
    async with open_desktop(NO_BUS, "linux") as desktop:
        assert desktop.state.displays == ()
        assert "DISPLAY is not set" in desktop.state.error
        with pytest.raises(ScreenUnavailable, match="cannot be shown: this machine's node has no display"):
            await desktop.open_capture()


@pytest.mark.parametrize("sign", [{"WAYLAND_DISPLAY": "wayland-0"}, {"XDG_SESSION_TYPE": "wayland"}])
async def test_on_wayland_it_says_what_to_do_even_with_an_xwayland_there(sign: dict[str, str]) -> None:
    async with open_desktop({**NO_BUS, **sign, "DISPLAY": ":0"}, "linux") as desktop:
        assert "Wayland" in desktop.state.error
        assert "X11 session" in desktop.state.error
        with pytest.raises(ScreenUnavailable, match="Wayland"):
            await desktop.open_capture()


async def test_a_slow_reader_gets_the_newest_state_only() -> None:
    states = States(DesktopState())
    changes = states.changes()
    assert await anext(changes) == DesktopState()
    states.change(locked=False)
    states.change(locked=True)
    states.change(locked=True)
    assert (await anext(changes)).locked is True
    with trio.move_on_after(0) as waiting:
        await anext(changes)
    assert waiting.cancelled_caught


def test_displays_are_numbered_in_the_systems_order() -> None:
    displays = Numbering().displays([monitor("b", 1000), monitor("a", 0)], DESK)
    assert [(display.number, display.name, display.x) for display in displays] == [
        (1, "b", 1000),
        (2, "a", 0),
    ]


def test_a_display_keeps_its_number_while_others_come_and_go() -> None:
    numbering = Numbering()
    numbering.displays([monitor("a", 0), monitor("b", 1000)], DESK)
    assert [display.number for display in numbering.displays([monitor("b", 1000)], DESK)] == [2]
    displays = numbering.displays([monitor("c", 0), monitor("a", 2000), monitor("b", 1000)], DESK)
    assert {display.name: display.number for display in displays} == {"a": 1, "b": 2, "c": 3}


def test_numbers_of_displays_long_gone_are_given_again_and_there_are_never_more_than_sixteen() -> None:
    numbering = Numbering()
    for index in range(40):
        displays = numbering.displays([monitor(f"m{index}", 0), monitor("kept", 1000)], DESK)
        assert len({display.number for display in displays}) == 2
    assert len(numbering.displays([monitor(f"x{index}", index) for index in range(40)], DESK)) == 16


def test_what_lies_outside_of_the_desktop_is_no_display() -> None:
    displays = Numbering().displays([monitor("a", 3500), monitor("b", 5000)], DESK)
    assert [(display.x, display.width) for display in displays] == [(3500, 500)]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [([], None), ([None, None], None), ([None, False], False), ([True, False], True), ([None, True], True)],
)
def test_locked_if_any_says_so(answers: list[bool | None], expected: bool | None) -> None:
    assert verdict(answers) is expected


class StillGrabber:
    """Stands where a Grabber does; the picture changes when told."""

    def __init__(self) -> None:
        self.value = 0
        self.closed = False

    def grab(self, area: Rectangle) -> Pixels:
        return np.full((area.height, area.width, 4), self.value, np.uint8)

    def close(self) -> None:
        self.closed = True


async def test_polling_slows_down_while_nothing_changes_and_is_quick_again_when_it_does(
    autojump_clock: MockClock,
) -> None:
    grabber = StillGrabber()
    capture = polling.PollingCapture(grabber)  # type: ignore[arg-type]
    pauses = []
    for look in range(40):
        start = trio.current_time()
        await capture.changed()
        pauses.append(trio.current_time() - start)
        assert capture.take()
        grabber.value = 1 if look >= 30 else 0
        capture.grab(Rectangle(0, 0, 8, 8))
    assert pauses[0] == pytest.approx(polling.QUICKEST)
    assert max(pauses) == pytest.approx(polling.SLOWEST)
    assert pauses[31] == pytest.approx(polling.QUICKEST)
    capture.close()
    assert grabber.closed
