"""Brings this machine's sound engine to what the core wants, and tells the core what it does."""

import logging
import math
from collections.abc import Awaitable, Callable
from typing import Final

import trio

from lanassist.node.errors import LanassistError
from lanassist.node.services.assist.agent_side import SoundWanted
from lanassist.node.services.assist.core import MixerSaid, SoundFailed, VoiceMissing
from lanassist.node.services.assist.modes import Mixed
from lanassist.node.sound.base import Engine, Fault, Levels, ModeChanged, Source, SupervisorSilent

_log = logging.getLogger(__name__)

NO_CALL: Final = SoundWanted("", "normal")
AGAIN: Final = 5.0
"""Seconds until an engine that would not is asked again."""
PREPARE_AGAIN: Final = 15.0
"""Seconds until devices that could not be made are made again, before any call."""
VOICELESS: Final = 10.0
"""Seconds for which a customer who was taken over may hear nobody."""
SURVIVED: Final = frozenset({"sound-engine-crashed"})
"""Faults after which the engine goes on by itself; it says in which mode."""

Tell = Callable[[object], Awaitable[None]]


class Mixer:
    """One call at a time. The engine is told only what changes, and never waited for by the core."""

    def __init__(self, engine: Engine, source: Source, tell: Tell) -> None:
        """``tell``: where MixerSaid, SoundFailed and VoiceMissing go."""
        self.engine = engine
        self._source = source
        self._tell = tell
        self._wanted = NO_CALL
        self._call = ""
        self._mode: Mixed = "normal"
        self._failed = ""
        self._news = trio.Event()
        self.levels: Levels | None = None
        """The newest, until somebody takes them."""

    def want(self, wanted: SoundWanted) -> None:
        """Bring the engine to this, soon."""
        self._wanted = wanted
        self._news.set()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Until cancelled."""
        async with trio.open_nursery() as nursery:
            await nursery.start(self.engine.run)
            nursery.start_soon(self._follow)
            nursery.start_soon(self._prepare)
            task_status.started()
            while True:
                self._news = trio.Event()
                with trio.move_on_after(math.inf if await self._reconciled() else AGAIN):
                    await self._news.wait()

    async def _prepare(self) -> None:
        """So that a softphone can be set to our devices before the first call, once there can be any."""
        while True:
            try:
                await self.engine.prepare(self._source)
            except LanassistError as error:
                await self._fail(error.text)
            else:
                await self._fail("")
                return
            await trio.sleep(PREPARE_AGAIN)

    async def _reconciled(self) -> bool:
        """Whether the engine does what is wanted."""
        try:
            while (self._call, self._mode) != (self._wanted.call, self._wanted.mode):
                await self._step(self._wanted)
        except LanassistError as error:
            self._call, self._mode = "", "normal"
            await self._fail(error.text)
            return False
        if self._call:
            await self._fail("")
        return True

    async def _step(self, wanted: SoundWanted) -> None:
        if self._call != wanted.call:
            self._mode = "normal"
            if wanted.call:
                await self.engine.begin(self._source, wanted.call)
            else:
                await self.engine.end()
            self._call = wanted.call
        else:
            self._mode = wanted.mode
            await self.engine.set_mode(wanted.mode)

    async def _fail(self, text: str) -> None:
        if text != self._failed:
            self._failed = text
            if text:
                _log.warning("no sound for supervisors: %s", text)
            await self._tell(SoundFailed(text))

    async def _follow(self) -> None:
        """What the engine tells, for as long as it runs."""
        async for event in self.engine.events:
            match event:
                case Levels():
                    self.levels = event
                case ModeChanged(mode=mode, why=why):
                    await self._changed(mode, why)
                case SupervisorSilent(seconds=seconds) if seconds >= VOICELESS:
                    await self._tell(VoiceMissing())
                case Fault(code=code, text=text, over=over) if code not in SURVIVED:
                    await self._fail("" if over else text)

    async def _changed(self, mode: Mixed, why: str) -> None:
        """The engine may fall back by itself; that is then what is wanted, until the core says otherwise."""
        if why == "silent":
            self._wanted = SoundWanted(self._wanted.call, mode)
        elif why == "restarted" and self._wanted.mode != "normal":
            self._wanted = SoundWanted(self._wanted.call, "listen")
        if why != "asked":
            self._mode = mode
            self._news.set()
        await self._tell(MixerSaid(mode, why))
