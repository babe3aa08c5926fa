"""The node's end of a sound engine: starts the process, asks it, and starts it again when it dies."""

import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing, nullcontext
from typing import Final

import msgspec
import trio

from lanassist.node.errors import SoundEngineCrashed, said_elsewhere
from lanassist.node.sound.base import Event, Fault
from lanassist.node.sound.inbox import HAS_PIPE, InboxPipe
from lanassist.node.sound.packet import PACKET_BYTES
from lanassist.node.sound.pipes import (
    Asked,
    BrokenPipe,
    Done,
    Failed,
    Frames,
    Hear,
    Packed,
    ToEngine,
    Told,
    frame,
    from_engine,
)

COMMAND: Final = (sys.executable, "-m", "lanassist.node.sound.engine")
ANSWER: Final = 15.0
"""Seconds; an engine that has not answered by then is ended and started again."""
FAREWELL: Final = 2.5
"""Seconds that an engine has for leaving things in order."""
RESTORED: Final = 0
"""The number of the question that nobody asked."""
READ_BYTES: Final = 64 * 1024
HEARD: Final = 10
"""Packets (200 ms) that wait for an engine that does not read; the oldest go first."""
AGAIN: Final = (0.0, 0.2, 1.0, 5.0)
"""Seconds before it is started again after the first, second … crash in a row."""
STEADY: Final = 10.0
"""Seconds after which a crash counts as the first again."""


class _Question:
    """One that waits for its answer."""

    def __init__(self) -> None:
        self.answered = trio.Event()
        self.answer: Done | Failed | None = None


class Child:
    """One engine process, started when something is first asked of it.

    ``on_event``, ``on_packet``: what it tells. ``restored``: what a fresh process is told ahead of anybody's
    questions, to bring it to where the last one was. ``on_crash``: it is gone.
    """

    def __init__(
        self,
        on_event: Callable[[Event], None],
        on_packet: Callable[[bytes], None],
        restored: Callable[[], Asked | None],
        on_crash: Callable[[], None],
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        self._on_event = on_event
        self._on_packet = on_packet
        self._restored = restored
        self._on_crash = on_crash
        self._command = command
        self._needed = trio.Event()
        self._process: trio.Process | None = None
        self._inbox: InboxPipe | None = None
        self._questions: dict[int, _Question] = {}
        self._number = 0
        self._words: deque[ToEngine] = deque()
        self._heard: deque[ToEngine] = deque(maxlen=HEARD)
        self._news = trio.Event()

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid if self._process is not None else None

    # --- asking --------------------------------------------------------------------------------------

    async def ask(self, asked: Asked) -> Done:
        """Its answer. Raises what it raised, or SoundEngineCrashed."""
        self._number += 1
        number, question = self._number, _Question()
        self._questions[number] = question
        self._needed.set()
        self._words.append(msgspec.structs.replace(asked, number=number))
        self._news.set()
        try:
            with trio.move_on_after(ANSWER):
                await question.answered.wait()
        finally:
            self._questions.pop(number, None)
        if isinstance(question.answer, Done):
            return question.answer
        if isinstance(question.answer, Failed):
            raise said_elsewhere(question.answer.code, question.answer.text)
        if self._process is not None and not question.answered.is_set():
            self._process.kill()
        raise SoundEngineCrashed

    def hear(self, packet: bytes) -> None:
        """Pass a packet on, if it is running. What a peer made too large for one would end the process."""
        if self._process is not None and len(packet) <= PACKET_BYTES:
            if self._inbox is not None:
                self._inbox.put(packet)
            else:
                self._heard.append(Hear(packet=packet, came=time.monotonic()))
                self._news.set()

    # --- the process ---------------------------------------------------------------------------------

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Until cancelled."""
        task_status.started()
        crashes = 0
        while True:
            await self._needed.wait()
            began = trio.current_time()
            await self._live()
            crashes = 1 if trio.current_time() - began > STEADY else crashes + 1
            self._forget()
            self._on_crash()
            await trio.sleep(AGAIN[min(crashes, len(AGAIN)) - 1])

    async def _live(self) -> None:
        """One process from start to end; returns when it is gone."""
        with closing(InboxPipe()) if HAS_PIPE else nullcontext() as self._inbox:
            process = self._process = await self._start()
            if (asked := self._restored()) is not None:
                self._words.appendleft(msgspec.structs.replace(asked, number=RESTORED))
            try:
                async with trio.open_nursery() as nursery:
                    assert process.stdin is not None
                    assert process.stdout is not None
                    nursery.start_soon(self._write, process.stdin)
                    await self._read(process.stdout)
                    nursery.cancel_scope.cancel()
            finally:
                self._process = None
                await self._dismiss(process)

    async def _start(self) -> trio.Process:
        passed = [] if self._inbox is None else [self._inbox.theirs]
        # a session of its own is its own group for the scheduler: else the machine's other work would
        # count for more than any priority of ours
        return await trio.lowlevel.open_process(
            [*self._command, *map(str, passed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            pass_fds=passed,
        )

    @staticmethod
    async def _dismiss(process: trio.Process) -> None:
        """The pipe's end is its sign to leave everything in order."""
        with trio.CancelScope(shield=True):
            assert process.stdin is not None
            await process.stdin.aclose()
            with trio.move_on_after(FAREWELL) as patience:
                await process.wait()
            if patience.cancelled_caught:
                process.kill()
                await process.wait()
            assert process.stdout is not None
            await process.stdout.aclose()

    def _forget(self) -> None:
        self._words.clear()
        self._heard.clear()
        for question in self._questions.values():
            question.answered.set()
        self._questions.clear()

    async def _write(self, pipe: trio.abc.SendStream) -> None:
        try:
            while True:
                while self._words or self._heard:
                    await pipe.send_all(frame((self._words or self._heard).popleft()))
                self._news = trio.Event()
                await self._news.wait()
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return  # it is gone; the other pipe says so

    async def _read(self, pipe: trio.abc.ReceiveStream) -> None:
        frames = Frames()
        try:
            while data := await pipe.receive_some(READ_BYTES):
                for message in frames.split(bytes(data)):
                    self._take(message)
        except (trio.BrokenResourceError, BrokenPipe):
            return

    def _take(self, data: bytes) -> None:
        match from_engine(data):
            case Packed(packet=packet):
                self._on_packet(packet)
            case Told(event=event):
                self._on_event(event)
            case Failed(number=number, code=code, text=text) if number == RESTORED:
                self._on_event(Fault(code=code, text=text))
            case (Done() | Failed()) as answer:
                if (question := self._questions.get(answer.number)) is not None:
                    question.answer = answer
                    question.answered.set()
