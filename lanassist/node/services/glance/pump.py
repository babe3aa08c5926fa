"""Moves pixels: one capture of this desktop, however many viewers of however many sessions.

Nothing is captured and no task wakes up while nobody watches. While somebody does, one task turns what
changed into updates in a worker thread, and each session has a task of its own that sends, so a slow viewer
slows only itself.
"""

from collections.abc import Iterable
from typing import Final

import trio

from lanassist.node.desktop.base import Capture, Desktop, DesktopState
from lanassist.node.errors import ScreenUnavailable
from lanassist.node.services.glance import media
from lanassist.node.services.glance.codecs import CODECS, Codecs
from lanassist.node.services.glance.damage import Damage, Pace
from lanassist.node.services.glance.outbox import CLOSED, MediaChannel, OnSent, Outbox
from lanassist.node.services.glance.studio import Drawn, Event, Left, Ready, Studio

SETTLE: Final = 0.002
"""Seconds between the first sign of a change and the capture: programs paint in several strokes."""
UPDATES_PER_SECOND: Final = 60.0
"""Captures a second, on average, while changes never stop."""
REARRANGING: Final = 0.5
"""Seconds in which a desktop that refused its pixels may turn out to have changed its layout."""


class GlancePump:
    """Serves everyone who watches this desktop."""

    def __init__(
        self,
        desktop: Desktop,
        on_sent: OnSent | None = None,
        *,
        codecs: Codecs = CODECS,
        updates_per_second: float = UPDATES_PER_SECOND,
    ) -> None:
        """``on_sent(session, bytes)`` is called for all that has really left."""
        self._desktop = desktop
        self._codecs = codecs
        self._interval = 1 / updates_per_second
        self._on_sent = on_sent
        self._viewers: dict[str, Outbox] = {}
        self._studio = Studio(codecs)
        self._events: list[Event] = []
        self._news = trio.Event()
        self._damage = Damage(self._wake)

    @property
    def encodes(self) -> int:
        """Updates encoded so far for the displays now watched."""
        return self._studio.encodes

    # --- viewers

    async def serve(
        self,
        channel: MediaChannel,
        session: str,
        displays: Iterable[int],
        lossless: bool,
        video: bool = False,
        scale: float = 1.0,
    ) -> None:
        """Show these displays on ``channel`` until it is closed or this is cancelled.

        ``video``: the viewer can draw VIDEO, and this node encode it. ``scale``: of each side; below 1 for
        a wall.
        A display that is not there is shown as soon as it is. Raises ScreenUnavailable.
        """
        viewer = self._viewers[session] = Outbox(session, displays, lossless, video, scale)
        self._tell(viewer.joined(display) for display in viewer.displays)
        try:
            with viewer.scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._listen, channel, session, nursery.cancel_scope)
                    await viewer.send(channel, self._on_sent)
                    nursery.cancel_scope.cancel()
        finally:
            if self._viewers.get(session) is viewer:
                del self._viewers[session]
                self._tell(Left(session, display) for display in viewer.displays)
        if viewer.failure is not None:
            raise viewer.failure

    def choose(self, session: str, displays: Iterable[int]) -> None:
        """Show other displays from now on; of the others nothing leaves any more."""
        viewer = self._viewers.get(session)
        if viewer is not None:
            before = viewer.displays
            viewer.choose(displays)
            self._tell(Left(session, display) for display in before - viewer.displays)
            self._tell(viewer.joined(number) for number in viewer.displays - before)

    async def _listen(self, channel: MediaChannel, session: str, serving: trio.CancelScope) -> None:
        try:
            while True:
                display, sequence = media.parse_drawn(await channel.receive())
                self._tell([Drawn(session, display, sequence)])
        except (*CLOSED, media.MalformedMedia):
            serving.cancel()

    def _tell(self, events: Iterable[Event]) -> None:
        self._events.extend(events)
        self._wake()

    def _wake(self) -> None:
        self._news.set()

    # --- the picture

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Capture whenever somebody watches, until cancelled."""
        task_status.started()
        while True:
            while not self._viewers:
                self._studio.apply(self._heard())
                await self._news.wait()
            state = self._desktop.state
            failure = await self._capture(state)
            if failure is not None and not await self._rearranged(state):
                self._fail(failure)

    def _heard(self) -> list[Event]:
        """The events since the last call; what comes from now on sets ``_news``."""
        events, self._events = self._events, []
        self._news = trio.Event()
        return events

    def _fail(self, failure: ScreenUnavailable) -> None:
        """End every session, with the reason. Who comes next starts afresh."""
        for viewer in self._viewers.values():
            viewer.fail(failure)
        self._viewers.clear()
        self._studio = Studio(self._codecs)
        self._heard()

    async def _capture(self, state: DesktopState) -> ScreenUnavailable | None:
        """One capture, while the desktop stays as in ``state`` and somebody watches; why it failed."""
        if state.error:
            return ScreenUnavailable(why=state.error)
        try:
            capture = await self._desktop.open_capture()
        except ScreenUnavailable as failure:
            return failure
        failures: list[ScreenUnavailable] = []
        try:
            self._studio.arrange(state.displays)
            self._damage = Damage(self._wake)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._until_rearranged, state, nursery.cancel_scope)
                nursery.start_soon(self._damage.watch, capture, failures, nursery.cancel_scope)
                await self._step_while_watched(capture, failures)
                nursery.cancel_scope.cancel()
        finally:
            with trio.CancelScope(shield=True):  # closing takes milliseconds and must not be left out
                await trio.to_thread.run_sync(capture.close)
        return failures[0] if failures else None

    async def _step_while_watched(self, capture: Capture, failures: list[ScreenUnavailable]) -> None:
        pace = Pace(self._interval)
        while self._viewers:
            self._studio.apply(self._heard())
            take = self._damage.seen and self._studio.ready(trio.current_time())
            if take:
                await trio.sleep_until(pace.next(trio.current_time() + SETTLE))
                self._studio.apply(self._heard())
            # Most of what viewers confirm calls for nothing; a worker thread costs more than to look.
            if take or self._studio.due(trio.current_time()):
                try:
                    updates = await trio.to_thread.run_sync(
                        self._studio.step, capture, take, trio.current_time()
                    )
                except ScreenUnavailable as failure:
                    failures.append(failure)
                    return
                self._deliver(updates)
            if take:
                self._damage.taken()
            wake = self._studio.next_wake(trio.current_time())
            with trio.move_on_at(float("inf") if wake is None else wake):
                await self._news.wait()

    def _deliver(self, updates: list[Ready]) -> None:
        for update in updates:
            for session in update.sessions:
                if (viewer := self._viewers.get(session)) is not None:
                    viewer.put(update)

    async def _until_rearranged(self, state: DesktopState, capturing: trio.CancelScope) -> None:
        async for now in self._desktop.changes():
            if (now.displays, now.error, now.masks) != (state.displays, state.error, state.masks):
                capturing.cancel()

    async def _rearranged(self, state: DesktopState) -> bool:
        """Whether the desktop's layout changes soon: then the pixels were refused only for that."""
        if state.error:
            return False
        with trio.move_on_after(REARRANGING) as waiting:
            await self._until_rearranged(state, waiting)
        return not self._desktop.state.error and self._desktop.state.displays != state.displays
