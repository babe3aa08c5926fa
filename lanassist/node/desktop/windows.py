"""The windows of an X11 desktop, and every state that they were in since they were last looked at.

Kept by what the server reports, so a look costs one question and its answer, however many windows there are.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
import xcffib.xproto as xproto

from lanassist.node.desktop.base import Rectangle
from lanassist.node.desktop.concealment import Client, Seen, Window, WindowsUnknown
from lanassist.node.desktop.xconnection import DisplayGone, XConnection

DEEPEST: Final = 3
"""A program's window is at most so deep inside its frame."""
MOST_WINDOWS: Final = 4096
"""On the desktop; and inside of one frame."""
LONGEST_PROPERTY: Final = 1024
"""In words of four bytes."""
ROUNDS: Final = 8
"""Windows that appear while windows are asked about are asked about so many times; then they are unknown."""

_TEXTS: Final = ("_NET_WM_NAME", "WM_NAME")
_ASKED: Final = (*_TEXTS, "WM_CLASS", "WM_TRANSIENT_FOR", "_NET_WM_PID", "_NET_FRAME_EXTENTS", "WM_STATE")
_SELECTED: Final = xproto.EventMask.PropertyChange | xproto.EventMask.StructureNotify
_SENT: Final = 0x80
"""Of an event's type: a program has sent it, it says nothing about the server's own state."""


class WindowWatch:
    """An open list of windows. Blocks; one thread at a time. Raises WindowsUnknown throughout."""

    def __init__(self, display: str) -> None:
        self._windows: dict[int, Window] = {}
        self._passed: list[Window] = []
        self._unidentified: set[int] = set()
        try:
            self._connection = XConnection(display)
        except DisplayGone as error:
            raise WindowsUnknown("the X server cannot be reached") from error
        try:
            self._begin()
        except BaseException:
            self._connection.close()
            raise

    def _begin(self) -> None:
        ask, core = self._connection, self._connection.x.core
        try:
            self._owners = ~ask.x.get_setup().resource_id_mask & 0xFFFFFFFF
            names = [(name, core.InternAtom(False, len(name), name)) for name in _ASKED]
            self._atoms = {name: int(ask.reply(cookie).atom) for name, cookie in names}
            mask = [xproto.EventMask.SubstructureNotify]
            core.ChangeWindowAttributes(ask.root, xproto.CW.EventMask, mask)
            for child in ask.reply(core.QueryTree(ask.root)).children:
                self._put(Window(id=child, area=Rectangle(0, 0, 1, 1), shown=False, unknown=True))
                self._unidentified.add(child)
        except DisplayGone as error:
            raise WindowsUnknown("the X server does not tell them") from error
        self.look()

    async def readable(self) -> None:
        """Until the server has something to tell; ``look`` takes all of it."""
        try:
            await self._connection.readable()
        except DisplayGone as error:
            raise WindowsUnknown("the X server has gone away") from error

    def look(self) -> Seen:
        """Every state from the last look until after the beginning of this one."""
        try:
            for _ in range(ROUNDS):
                self._connection.sync()
                for event in self._connection.events():
                    if not event.response_type & _SENT:
                        self._take(event)
                if len(self._windows) > MOST_WINDOWS:
                    raise WindowsUnknown(f"there are more than {MOST_WINDOWS}")
                if not self._unidentified:
                    break
                asked, self._unidentified = self._unidentified, set()
                self._identify(asked & self._windows.keys())
        except DisplayGone as error:
            raise WindowsUnknown("the X server has gone away") from error
        passed, self._passed = self._passed, []
        return Seen(tuple(self._windows.values()), tuple(passed), not self._unidentified)

    def close(self) -> None:
        self._connection.close()

    # --- what the server reports

    def _take(self, event: Any) -> None:
        of_desktop = getattr(event, "event", None) == self._connection.root
        match event:
            case xproto.PropertyNotifyEvent() if event.atom in self._atoms.values():
                self._unidentified.update(self._around(event.window))
            case xproto.ReparentNotifyEvent():
                self._reparented(event.window, event.parent)
            case xproto.CreateNotifyEvent() if event.parent == self._connection.root:
                popup = bool(event.override_redirect)
                self._put(Window(id=event.window, area=_area(event), shown=False, popup=popup, unknown=True))
                self._unidentified.add(event.window)
            case xproto.DestroyNotifyEvent() if of_desktop:
                self._drop(event.window)
            case xproto.MapNotifyEvent() if of_desktop:
                self._unidentified.add(event.window)
                self._change(event.window, shown=True, popup=bool(event.override_redirect))
            case xproto.UnmapNotifyEvent() if of_desktop:
                self._change(event.window, shown=False)
            case xproto.ConfigureNotifyEvent() if of_desktop:
                self._change(event.window, area=_area(event), popup=bool(event.override_redirect))
            case xproto.GravityNotifyEvent() if of_desktop and event.window in self._windows:
                area = self._windows[event.window].area
                self._change(event.window, area=Rectangle(event.x, event.y, area.width, area.height))

    def _reparented(self, window: int, parent: int) -> None:
        self._unidentified.update(self._around(window))
        if parent == self._connection.root:
            self._unidentified.add(window)
            if window not in self._windows:
                self._put(Window(id=window, area=Rectangle(0, 0, 1, 1), shown=False, unknown=True))
            return
        self._drop(window)
        for _ in range(DEEPEST):
            if parent in self._windows:
                self._unidentified.add(parent)
                return
            tree = self._connection.answer(self._connection.x.core.QueryTree(parent))
            if tree is None:
                return
            parent = tree.parent

    def _around(self, window: int) -> Iterator[int]:
        """Those on the desktop that are this window or hold it."""
        for each in self._windows.values():
            if each.id == window or any(client.id == window for client in each.clients):
                yield each.id

    def _put(self, window: Window) -> None:
        self._drop(window.id)
        self._windows[window.id] = window

    def _change(self, window: int, **fields: Any) -> None:
        before = self._windows.get(window)
        if before is not None:
            self._put(msgspec.structs.replace(before, **fields))

    def _drop(self, window: int) -> None:
        before = self._windows.pop(window, None)
        if before is not None and before.shown:
            self._passed.append(before)

    # --- whose windows they are

    def _identify(self, windows: Iterable[int]) -> None:
        ask, core = self._connection, self._connection.x.core
        asked = [(each, core.GetWindowAttributes(each), core.GetGeometry(each)) for each in windows]
        there: dict[int, tuple[Any, Any]] = {}
        for window, *cookies in asked:
            attributes, geometry = (ask.answer(cookie) for cookie in cookies)
            if attributes is not None and geometry is not None:
                there[window] = (attributes, geometry)
        inside = self._clients(there)
        for window, (attributes, geometry) in there.items():
            clients = inside[window]
            self._put(
                Window(
                    id=window,
                    area=_area(geometry),
                    extents=clients[0].extents if clients else (),
                    shown=attributes.map_state != xproto.MapState.Unmapped
                    and attributes._class != xproto.WindowClass.InputOnly,
                    popup=bool(attributes.override_redirect),
                    clients=tuple(each.client for each in clients),
                    unknown=any(each.unclear for each in clients) or not clients,
                )
            )
            self._resolve(window)

    def _resolve(self, window: int) -> None:
        """Its former states, of which it was not known whose they were, were this program's."""
        clients = self._windows[window].clients
        self._passed = [
            msgspec.structs.replace(each, clients=clients, unknown=self._windows[window].unknown)
            if each.id == window and each.unknown
            else each
            for each in self._passed
        ]

    def _clients(self, tops: Iterable[int]) -> dict[int, list["_Found"]]:
        """Every window with a program's words, by the window on the desktop that it is in, that one first."""
        found: dict[int, list[_Found]] = {top: [] for top in tops}
        level = [(top, top) for top in found]
        for depth in range(DEEPEST + 1):
            inner: list[tuple[int, int]] = []
            for top, answer in self._asked(level):
                found[top].append(answer)
                if not answer.managed and depth < DEEPEST:
                    inner += [(top, child) for child in answer.children]
            level = inner
        return found

    def _asked(self, windows: list[tuple[int, int]]) -> Iterator[tuple[int, "_Found"]]:
        """All in one go: questions first, then answers. What is gone meanwhile is left out."""
        ask, core = self._connection, self._connection.x.core
        asked = []
        for top, window in windows[:MOST_WINDOWS]:
            core.ChangeWindowAttributes(window, xproto.CW.EventMask, [_SELECTED])
            properties = [
                core.GetProperty(False, window, atom, 0, 0, LONGEST_PROPERTY) for atom in self._atoms.values()
            ]
            asked.append((top, window, properties, core.QueryTree(window)))
        for top, window, properties, tree in asked:
            values = {name: ask.answer(each) for name, each in zip(self._atoms, properties, strict=True)}
            children = ask.answer(tree)
            if children is not None and None not in values.values():
                yield top, _Found(window, values, list(children.children), window & self._owners)


class _Found:
    """What a window says of itself."""

    def __init__(self, window: int, values: dict[str, Any], children: list[int], owner: int) -> None:
        self.children = children
        self.managed = values["WM_STATE"].value_len > 0
        self.unclear = any(values[name].bytes_after for name in (*_TEXTS, "WM_CLASS"))
        self.extents = _numbers(values["_NET_FRAME_EXTENTS"])
        self.client = Client(
            id=window,
            owner=owner,
            pid=next(iter(_numbers(values["_NET_WM_PID"])), 0),
            titles=tuple(text for name in _TEXTS for text in _texts(values[name])),
            classes=_texts(values["WM_CLASS"]),
            transient_for=next(iter(_numbers(values["WM_TRANSIENT_FOR"])), 0),
        )


def _texts(value: Any) -> tuple[str, ...]:
    """What stands between zeros; without them, in either of the two encodings that are in use."""
    if value.format != 8:
        return ()
    parts = [bytes(part) for part in bytes(value.value.buf()).split(b"\0") if part]
    return tuple(_decoded(part) for part in parts)


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _numbers(value: Any) -> tuple[int, ...]:
    return tuple(value.value.to_atoms()) if value.format == 32 else ()


def _area(window: Any) -> Rectangle:
    """Of a geometry or an event, with the border."""
    border = 2 * window.border_width
    return Rectangle(window.x, window.y, window.width + border, window.height + border)
