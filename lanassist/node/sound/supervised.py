"""Engine and Headset (base.py) over a child process. The two have one shape and one state."""

from contextlib import suppress
from typing import Final, TypeVar

import msgspec
import trio

from lanassist.node.errors import LanassistError, MachineError, SoundEngineCrashed
from lanassist.node.sound.base import (
    Device,
    Event,
    Fault,
    Mode,
    ModeChanged,
    SoundState,
    SoundTest,
    Source,
    fault,
)
from lanassist.node.sound.child import COMMAND, Child
from lanassist.node.sound.packet import MalformedPacket, unpack
from lanassist.node.sound.pipes import (
    Asked,
    Begin,
    CloseHeadset,
    Done,
    End,
    ListDevices,
    OpenHeadset,
    Prepare,
    SetMode,
    Talk,
    TryDevices,
)

EVENTS: Final = 64
PACKETS: Final = 10
"""200 ms."""
ItemT = TypeVar("ItemT")


def _put(into: "trio.MemorySendChannel[ItemT]", out: "trio.MemoryReceiveChannel[ItemT]", item: ItemT) -> None:
    """The newest always gets in; when it is full, the oldest goes."""
    while True:
        try:
            into.send_nowait(item)
        except trio.WouldBlock:
            out.receive_nowait()
        else:
            return


class _Supervised:
    """What both have in common: a child, events, packets, state, faults."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self.state = SoundState()
        self._put_event, self.events = trio.open_memory_channel[Event](EVENTS)
        self._put_packet, self.packets = trio.open_memory_channel[bytes](PACKETS)
        self._next_sequence = 0
        self._child = Child(self._on_event, self._on_packet, self._restored, self._on_crash, command)

    @property
    def pid(self) -> int | None:
        """Of the engine's process, while there is one."""
        return self._child.pid

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Supervise the process until cancelled."""
        await self._child.run(task_status=task_status)

    def _restored(self) -> Asked | None:
        raise NotImplementedError

    # --- what it tells -------------------------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        match event:
            case ModeChanged(mode=mode):
                self._change(mode=mode)
            case Fault():
                faults = [
                    one for one in self.state.faults if (one.code, one.text) != (event.code, event.text)
                ]
                known = len(faults) < len(self.state.faults)
                if known != event.over:
                    return  # nothing new
                self._change(faults=(*faults, *(() if event.over else (event,))))
            case _:
                pass
        self._tell(event)

    def _change(self, **fields: object) -> None:
        self.state = msgspec.structs.replace(self.state, **fields)

    def _tell(self, event: Event) -> None:
        _put(self._put_event, self.events, event)

    def _on_packet(self, packet: bytes) -> None:
        try:
            self._next_sequence = unpack(packet).sequence + 1
        except MalformedPacket:
            return
        _put(self._put_packet, self.packets, packet)

    def _on_crash(self) -> None:
        """Faults of the old process are forgotten: the new one tells what still holds."""
        for old in self.state.faults:
            self._tell(msgspec.structs.replace(old, over=True))
        self._change(faults=())
        crashed = fault(SoundEngineCrashed())
        self._tell(crashed)
        self._tell(msgspec.structs.replace(crashed, over=True))


class ChildEngine(_Supervised):
    """The sound of one agent's calls."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        super().__init__(command)
        self._prepared: Source | None = None
        self._begun: Source | None = None

    def _restored(self) -> Asked | None:
        if self._begun is not None:
            return Begin(number=0, source=self._begun, sequence=self._next_sequence)
        return Prepare(number=0, source=self._prepared) if self._prepared is not None else None

    def _on_crash(self) -> None:
        super()._on_crash()
        if self._begun is not None:
            self._on_event(ModeChanged(mode="normal", why="restarted"))

    async def prepare(self, source: Source) -> None:
        """Make the source's devices. Raises SoundUnavailable or one of its kinds."""
        try:
            await self._child.ask(Prepare(number=0, source=source))
        finally:
            self._prepared = source

    async def begin(self, source: Source, call: str) -> None:
        """A call is on, in normal. Raises SoundUnavailable or one of its kinds."""
        await self._child.ask(Begin(number=0, source=source, sequence=self._next_sequence))
        self._begun = self._prepared = source
        self._change(call=call, mode="normal")

    async def set_mode(self, mode: Mode) -> None:
        """In force on return. Raises SoundUnavailable or one of its kinds, or NoCallSound."""
        await self._child.ask(SetMode(number=0, mode=mode))

    async def end(self) -> None:
        """The call is over."""
        begun, self._begun = self._begun, None
        self._change(call="", mode="normal")
        if begun is not None:
            with suppress(MachineError):
                await self._child.ask(End(number=0))

    def hear(self, packet: bytes) -> None:
        """From the supervisor."""
        self._child.hear(packet)


class ChildHeadset(_Supervised):
    """The supervisor's sound card."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        super().__init__(command)
        self._names: tuple[str, str] | None = None

    def _restored(self) -> Asked | None:
        return self._opening(*self._names) if self._names is not None else None

    def _opening(self, output: str, microphone: str) -> OpenHeadset:
        sequence = self._next_sequence
        return OpenHeadset(number=0, output=output, microphone=microphone, sequence=sequence)

    async def open(self, output: str = "", microphone: str = "") -> None:
        """Open it. Raises SoundUnavailable or one of its kinds."""
        await self._child.ask(self._opening(output, microphone))
        self._names = (output, microphone)
        self._change(call="open")

    async def talk(self, on: bool) -> None:
        """Open or close the microphone. Raises SoundUnavailable or one of its kinds."""
        await self._child.ask(Talk(number=0, on=on))

    def play(self, packet: bytes) -> None:
        """From a call's engine."""
        self._child.hear(packet)

    async def close(self) -> None:
        """Never fails."""
        names, self._names = self._names, None
        self._change(call="")
        if names is not None:
            with suppress(MachineError):
                await self._child.ask(CloseHeadset(number=0))


async def _ask_once(asked: Asked) -> Done:
    """Of a process for this one question."""
    failure: LanassistError | None = None
    answer = Done(number=0)
    child = Child(lambda _: None, lambda _: None, lambda: None, lambda: None)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child.run)
        try:
            answer = await child.ask(asked)
        except LanassistError as error:
            failure = error
        nursery.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return answer


async def list_devices() -> tuple[Device, ...]:
    """This machine's sound devices. Raises SoundUnavailable or one of its kinds."""
    return (await _ask_once(ListDevices(number=0))).devices


async def try_sound(output: str = "", microphone: str = "") -> SoundTest:
    """Play a tone for a second and listen meanwhile. Raises SoundUnavailable or one of its kinds."""
    answer = await _ask_once(TryDevices(number=0, output=output, microphone=microphone))
    assert answer.test is not None
    return answer.test
