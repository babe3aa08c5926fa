"""Films a glance: takes what the node sends, and writes it as often as a film needs."""

import math
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import av
import trio

from lanassist.cli.channels import Channel, media_of
from lanassist.cli.client import NodeClient
from lanassist.cli.film import Film
from lanassist.cli.looking import why_ended
from lanassist.node.desktop.base import Pixels
from lanassist.node.errors import LanassistError, ScreenUnavailable, StorageFailed
from lanassist.node.services.glance.commands import StartedGlance
from lanassist.node.services.glance.media import RENEW, MalformedMedia
from lanassist.node.services.glance.picture import MalformedUpdate
from lanassist.node.services.glance.viewer import Viewer

PAUSE: Final = 1 / 25
"""Seconds between two pictures, at least."""

TOLD_EVERY: Final = 0.25

Tell = Callable[[float, int], None]
"""Called now and then with the seconds filmed and the bytes written so far."""


class Camera:
    """Films one display into a file. Its time begins with the first picture."""

    def __init__(
        self, node: NodeClient, started: StartedGlance, file: BinaryIO, path: Path, seconds: float | None
    ) -> None:
        self._node = node
        self._started = started
        self._file = file
        self._path = path
        self._length = math.inf if seconds is None else seconds
        self._viewer = Viewer(started.chosen)
        self._news = trio.Event()
        self._stop = trio.CancelScope()
        self._began = 0.0
        self.film: Film | None = None
        self.seconds = 0.0
        self.pictures = 0
        self.ended: LanassistError | None = None
        """Why it ended before its time."""

    async def run(self, tell: Tell) -> None:
        """Until its time is over, Ctrl+C, or the end of the glance; then the film is whole.

        Raises StorageFailed, and why the glance ended if that was before the first picture.
        """
        with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals, self._stop:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._heed, signals)
                nursery.start_soon(self._film)
                nursery.start_soon(self._tell, tell)
                await self._watch()
        if self.film is None:
            raise self.ended or ScreenUnavailable(why="no picture came")
        self.seconds = min(trio.current_time() - self._began, self._length)
        await trio.to_thread.run_sync(self._finish, self.film)

    async def _heed(self, signals: AsyncIterator[int]) -> None:
        async for _ in signals:
            self._stop.cancel()

    async def _watch(self) -> None:
        try:
            async with media_of(self._node, self._started.session) as channel, trio.open_nursery() as nursery:
                nursery.start_soon(channel.renew, RENEW)
                await self._receive(channel)
        except* trio.EndOfChannel:
            self.ended = await why_ended(self._node, self._started)
        except* (MalformedMedia, MalformedUpdate) as group:
            self.ended = ScreenUnavailable(why=f"what came is not a picture ({group.exceptions[0]})")
        self._stop.cancel()

    async def _receive(self, channel: Channel) -> None:
        while True:
            if (drawn := self._viewer.feed(await channel.receive())) is not None:
                self._news.set()
                await channel.send(drawn)

    # --- the film

    def _picture(self) -> Pixels:
        frame = self._viewer.frame(self._started.chosen[0])
        assert frame is not None  # there was news of it
        return frame.copy()

    async def _tell(self, tell: Tell) -> None:
        while True:
            tell(trio.current_time() - self._began if self.film else 0.0, self._file.tell())
            await trio.sleep(TOLD_EVERY)

    async def _film(self) -> None:
        await self._news.wait()
        at = self._began = trio.current_time()
        self._stop.deadline = self._began + self._length
        while True:
            self._news = trio.Event()
            await trio.to_thread.run_sync(self._show, self._picture(), at - self._began)
            await trio.sleep_until(at + PAUSE)
            await self._news.wait()
            at = trio.current_time()

    def _show(self, picture: Pixels, at: float) -> None:
        with self._writing():
            if self.film is None:
                height, width, _ = picture.shape
                self.film = Film(self._file, self._path, width, height)
            self.film.show(picture, at)
        self.pictures += 1

    def _finish(self, film: Film) -> None:
        with self._writing():
            film.show(self._picture(), self.seconds)
            film.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, av.FFmpegError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            raise StorageFailed(path=self._path, why=why.lower()) from error
