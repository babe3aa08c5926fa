"""The sound engine: a process of its own, `python -m lanassist.node.sound.engine [DESCRIPTOR]`.

It hears its node on standard input, and packets from the descriptor's pipe if there is one (inbox.py); it
answers on standard output (pipes.py). When the node is gone, standard input ends: then every call is left to
its two parties and every stream is closed.
"""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from lanassist.node.errors import LanassistError
from lanassist.node.sound.call import Calls
from lanassist.node.sound.devices import devices_here, try_devices
from lanassist.node.sound.inbox import Inbox
from lanassist.node.sound.listening import Listening
from lanassist.node.sound.outbox import Outbox
from lanassist.node.sound.pipes import (
    Asked,
    Begin,
    BrokenPipe,
    CloseHeadset,
    Done,
    End,
    Failed,
    Frames,
    Hear,
    ListDevices,
    OpenHeadset,
    Prepare,
    SetMode,
    Talk,
    ToEngine,
    TryDevices,
    to_engine,
)

NICENESS: Final = -11
"""As sound servers have it: sound comes before what else the machine does."""
AUTOGROUP: Final = Path("/proc/self/autogroup")
READ_BYTES: Final = 64 * 1024
FAREWELL: Final = 2.0
"""Seconds for leaving things in order, whatever the sound server does; then the process ends anyhow."""


class Engine:
    """Carries out what the node says, in order, on the thread that reads the pipe."""

    def __init__(self, inbox: Inbox, outbox: Outbox) -> None:
        self._inbox, self._outbox = inbox, outbox
        self._calls = Calls(outbox.tell, outbox.send, inbox)
        self._headset = Listening(outbox.tell, outbox.send, inbox)

    def take(self, message: ToEngine) -> None:
        """One message."""
        if isinstance(message, Hear):
            self._inbox.put(message)
            return
        try:
            self._outbox.say(self._answer(message))
        except LanassistError as error:
            self._outbox.say(Failed(number=message.number, code=error.code, text=error.text))

    def _answer(self, asked: Asked) -> Done:
        match asked:
            case Prepare():
                self._calls.prepare(asked.source)
            case Begin():
                self._calls.begin(asked.source, asked.sequence)
            case SetMode():
                self._calls.set_mode(asked.mode)
            case End():
                self._calls.end()
            case OpenHeadset():
                self._headset.open(asked.output, asked.microphone, asked.sequence)
            case Talk():
                self._headset.talk(asked.on)
            case CloseHeadset():
                self._headset.close()
            case ListDevices():
                return Done(number=asked.number, devices=tuple(devices_here()))
            case TryDevices():
                return Done(number=asked.number, test=try_devices(asked.output, asked.microphone))
        return Done(number=asked.number)

    def close(self) -> None:
        """Leave everything as it should be without us."""
        self._calls.close()
        self._headset.close()


def serve(reading: int, writing: int, packets: int | None = None) -> None:
    """Until the pipe ends or breaks. ``packets``: of their own pipe, if they have one."""
    outbox = Outbox(writing)
    outbox.start()
    engine = Engine(Inbox(packets), outbox)
    frames = Frames()
    try:
        while data := os.read(reading, READ_BYTES):
            for message in frames.split(data):
                engine.take(to_engine(message))
    except BrokenPipe as broken:
        print(f"the sound engine's pipe is broken: {broken}", file=sys.stderr)
    finally:
        threading.Timer(FAREWELL, os._exit, (1,)).start()
        engine.close()


def _come_first() -> None:
    """Where the user may, and where there is such a thing."""
    with suppress(OSError, AttributeError):
        os.nice(NICENESS)
    with suppress(OSError):  # Linux weighs sessions against each other, and processes within them
        AUTOGROUP.write_text(str(NICENESS))


def main(arguments: Sequence[str]) -> None:
    """The process; ``arguments``: the descriptor, if there is one. Ctrl+C is the node's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _come_first()
    packets = int(arguments[0]) if arguments else None
    serve(sys.stdin.fileno(), os.dup(sys.stdout.fileno()), packets)
    sys.stderr.flush()
    os._exit(0)  # threads may still wait for a sound server that hangs


if __name__ == "__main__":
    main(sys.argv[1:])
