"""Programs' windows on an X display, without a toolkit: of one colour, with a title and a class."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

import xcffib
import xcffib.xproto as xproto

_STRING: Final = 31
_TRANSIENT_FOR: Final = 68
_CLASS: Final = 67
_NAME: Final = 39


class Program:
    """One connection to a display, and the windows that it makes: ``with Program(x.display) as program``."""

    def __init__(self, display: str) -> None:
        self.connection = xcffib.connect(display=display)
        self.core = self.connection.core
        self.screen = self.connection.get_setup().roots[self.connection.pref_screen]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.disconnect()

    def window(
        self,
        colour: tuple[int, int, int],
        x: int,
        y: int,
        width: int,
        height: int,
        *,
        title: str = "",
        window_class: str = "",
        popup: bool = False,
        dialog_of: "ProgramWindow | None" = None,
        inside: "ProgramWindow | None" = None,
    ) -> "ProgramWindow":
        """A window that is not shown yet."""
        red, green, blue = colour
        identity = self.connection.generate_id()
        parent = self.screen.root if inside is None else inside.id
        self.core.CreateWindow(
            self.screen.root_depth, identity, parent, x, y, width, height, 0,
            xproto.WindowClass.InputOutput, self.screen.root_visual,
            xproto.CW.BackPixel | xproto.CW.OverrideRedirect, [red << 16 | green << 8 | blue, int(popup)],
        )  # fmt: skip
        window = ProgramWindow(self, identity)
        if title:
            window.entitle(title)
        if window_class:
            window.put(_CLASS, f"{window_class.lower()}\0{window_class}\0".encode())
        if dialog_of is not None:
            window.put(_TRANSIENT_FOR, dialog_of.id.to_bytes(4, "little"), kind=33, bits=32)
        self.wait()
        return window

    def wait(self) -> None:
        """Until the server has done all that it was asked."""
        self.core.GetInputFocus().reply()

    def atom(self, name: str) -> int:
        return int(self.core.InternAtom(False, len(name), name).reply().atom)


class ProgramWindow:
    """One window."""

    def __init__(self, program: Program, identity: int) -> None:
        self._program = program
        self.id = identity

    def put(self, atom: int, value: bytes, kind: int = _STRING, bits: int = 8) -> None:
        """Set a property."""
        count = len(value) * 8 // bits
        self._program.core.ChangeProperty(xproto.PropMode.Replace, self.id, atom, kind, bits, count, value)

    def entitle(self, title: str) -> None:
        """Give it a title, as modern and old programs do."""
        utf8 = self._program.atom("UTF8_STRING")
        self.put(self._program.atom("_NET_WM_NAME"), title.encode(), kind=utf8)
        self.put(_NAME, title.encode("latin-1", "replace"))
        self._program.wait()

    def show(self) -> Self:
        self._program.core.MapWindow(self.id)
        self._program.wait()
        return self

    def hide(self) -> None:
        self._program.core.UnmapWindow(self.id)
        self._program.wait()

    def move(self, x: int, y: int) -> None:
        """At once; returns when it is there."""
        place = xproto.ConfigWindow.X | xproto.ConfigWindow.Y
        self._program.core.ConfigureWindow(self.id, place, [x, y])
        self._program.wait()

    def resize(self, width: int, height: int) -> None:
        size = xproto.ConfigWindow.Width | xproto.ConfigWindow.Height
        self._program.core.ConfigureWindow(self.id, size, [width, height])
        self._program.wait()

    def above_all(self) -> None:
        self._program.core.ConfigureWindow(self.id, xproto.ConfigWindow.StackMode, [xproto.StackMode.Above])
        self._program.wait()

    def goes_into(self, parent: "ProgramWindow", x: int = 0, y: int = 0) -> None:
        """As a window manager puts it into a frame."""
        self._program.core.ReparentWindow(self.id, parent.id, x, y)
        self._program.wait()

    def close(self) -> None:
        self._program.core.DestroyWindow(self.id)
        self._program.wait()


@contextmanager
def programs(display: str, count: int) -> Iterator[list[Program]]:
    """Several of them."""
    made: list[Program] = []
    try:
        made += [Program(display) for _ in range(count)]
        yield made
    finally:
        for program in made:
            program.connection.disconnect()
