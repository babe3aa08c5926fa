"""A desktop of which some parts are never shown: they are painted over before anybody gets the pixels."""

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final

import trio

from lanassist.node.desktop.base import Capture, Desktop, DesktopState, States
from lanassist.node.desktop.concealment import WindowsUnknown, rectangles
from lanassist.node.desktop.masked_capture import MaskedCapture, Watch, unmaskable
from lanassist.node.trust.policy import Mask

RETRY: Final = 5.0
"""Seconds between attempts to list windows that could not be listed."""
NOT_LISTED: Final = "this system lets no program list them"

OpenWatch = Callable[[], Watch]
"""Blocks. Raises WindowsUnknown."""


class MaskedDesktop:
    """A desktop with masks on it. A mask that cannot be kept makes the whole desktop unavailable."""

    def __init__(self, desktop: Desktop, open_watch: OpenWatch | None) -> None:
        """``open_watch``: None where windows cannot be listed."""
        self._desktop = desktop
        self._open_watch = open_watch
        self._states = States(desktop.state)
        self._masks: tuple[Mask, ...] = ()
        self._trouble = ""
        self._doubt = trio.Event()

    @property
    def state(self) -> DesktopState:
        return self._states.now

    def changes(self) -> AsyncIterator[DesktopState]:
        return self._states.changes()

    async def idle_for(self) -> float | None:
        return await self._desktop.idle_for()

    def conceal(self, masks: Iterable[Mask]) -> None:
        """These are the masks from now on; who captures must open another capture."""
        self._masks = tuple(masks)
        self._find(NOT_LISTED if self._of_windows and self._open_watch is None else "")

    async def open_capture(self) -> Capture:
        if self._trouble:
            raise unmaskable(self._trouble)
        masks, displays, open_watch = self._masks, self._desktop.state.displays, self._open_watch
        capture = await self._desktop.open_capture()
        if not masks:
            return capture
        areas = frozenset(rectangles(masks, displays))
        try:
            watch = await trio.to_thread.run_sync(open_watch) if self._of_windows and open_watch else None
        except BaseException as error:
            capture.close()
            if isinstance(error, WindowsUnknown):
                self._find(str(error))
                raise unmaskable(error) from error
            raise
        return MaskedCapture(capture, watch, masks, areas, lambda error: self._find(str(error)))

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the state true, until cancelled."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._recover)
            task_status.started()
            async for _ in self._desktop.changes():
                self._tell()

    @property
    def _of_windows(self) -> bool:
        return any(mask.of_windows for mask in self._masks)

    def _find(self, trouble: str) -> None:
        """This keeps windows from being listed; nothing if empty."""
        self._trouble = trouble
        self._tell()
        if self._of_windows:
            self._doubt.set()

    def _tell(self) -> None:
        shown = self._desktop.state
        barred = bool(self._trouble) and not shown.error
        self._states.change(
            displays=shown.displays,
            locked=shown.locked,
            error=str(unmaskable(self._trouble).details["why"]) if barred else shown.error,
            masks=self._masks,
            unmaskable=barred,
        )

    async def _recover(self) -> None:
        """Whenever there is doubt, try whether windows can be listed, until they can."""
        while True:
            await self._doubt.wait()
            self._doubt = trio.Event()
            while self._of_windows and self._open_watch is not None:
                trouble = await trio.to_thread.run_sync(_try, self._open_watch)
                if trouble != self._trouble:
                    self._trouble = trouble
                    self._tell()
                if not trouble:
                    break
                await trio.sleep(RETRY)


def _try(open_watch: OpenWatch) -> str:
    """What keeps windows from being listed; empty if nothing does."""
    try:
        open_watch().close()
    except WindowsUnknown as error:
        return str(error)
    return ""
