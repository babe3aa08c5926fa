"""A sound engine without sound: it does what it is told, says so, and can be made to fail."""

import trio

from lanassist.node.errors import LanassistError
from lanassist.node.sound.base import Event, Mode, ModeChanged, SoundState, Source


class FakeEngine:
    """As sound/base.py's Engine."""

    def __init__(self) -> None:
        self.state = SoundState()
        self.tell, self.events = trio.open_memory_channel[Event](64)
        self.speak, self.packets = trio.open_memory_channel[bytes](10)
        self.did: list[str] = []
        self.heard: list[bytes] = []
        self.failure: LanassistError | None = None

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()
        await trio.sleep_forever()

    async def prepare(self, source: Source) -> None:
        await self._do("prepare")

    async def begin(self, source: Source, call: str) -> None:
        await self._do(f"begin {call}")

    async def set_mode(self, mode: Mode) -> None:
        await self._do(mode)
        self.tell.send_nowait(ModeChanged(mode=mode))

    async def end(self) -> None:
        await self._do("end")

    def hear(self, packet: bytes) -> None:
        self.heard.append(packet)

    async def _do(self, deed: str) -> None:
        await trio.lowlevel.checkpoint()
        if self.failure is not None:
            raise self.failure
        self.did.append(deed)
