"""Watches the sound server for a softphone: devices that come and go, programs that call, restarts."""

import threading
from typing import Any, Final

from lanassist.node.errors import (
    NoSoundServer,
    SoundDeviceLost,
    SoundNotInstalled,
    SoundServerLost,
    UnknownSoundDevice,
)
from lanassist.node.sound.base import CallHint, Fault, fault
from lanassist.node.sound.sources.base import Tell
from lanassist.node.sound.sources.house import House
from lanassist.node.sound.streams.pulse import connect, connected, troubles

AGAIN: Final = 0.25
"""Seconds between two tries to reach a server that has stopped."""
STREAMS: Final = {"source_output"}
"""These come and go with calls; the devices need no settling for them."""
TELLING: Final = {"server", "source_output"}
"""Whose changes matter: another default device, a program that was moved to another microphone."""
LISTEN: Final = 1.0
"""Seconds after which the thread looks whether it is to stop."""


class Watcher:
    """Owns the house: one lock, so that settling and muting never meet."""

    def __init__(self, house: House, tell: Tell) -> None:
        self._house = house
        self._tell = tell
        self._lock = threading.Lock()
        self._control: Any = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._program: str | None = None
        self._told: dict[str, Fault] = {}
        self._changed: set[str] = set()
        """What kind of thing came or went since the last look."""

    def settle(self) -> list[UnknownSoundDevice]:
        """Make the devices, and watch from then on. Raises SoundNotInstalled or NoSoundServer.

        A server that comes later is found by itself.
        """
        try:
            with connected("setup") as pulse, self._lock:
                return self._house.settle(pulse)
        finally:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sound server", daemon=True)
                self._thread.start()

    def take_over(self, taken: bool) -> None:
        """Raises NoSoundServer; the house does it then as soon as there is a server."""
        with self._lock:
            self._connect()
            try:
                self._house.take_over(self._control, taken)
            except troubles():  # another server, or other streams: look again
                self._control.close()
                self._control = None
                self._connect()
                self._house.apply(self._control)

    def be_ready(self) -> None:
        """Connect now, so that taking over is fast. Raises NoSoundServer."""
        with self._lock:
            self._connect()

    def _connect(self) -> None:
        if self._control is None:
            self._control = connect("control")

    def stop(self) -> None:
        """Its thread ends by itself."""
        self._stopping.set()

    # --- the thread ----------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with connected("watch") as pulse:
                    self._subscribe(pulse)
                    self._complain({})
                    while not self._stopping.is_set():
                        if self._changed:
                            self._look(pulse)
                        else:
                            pulse.event_listen(timeout=LISTEN)
            except NoSoundServer:
                self._complain({"server": fault(SoundServerLost())})
                self._stopping.wait(AGAIN)
            except SoundNotInstalled:
                return  # whoever asked for it has been told

    def _subscribe(self, pulse: Any) -> None:
        """All of it counts as new."""
        import pulsectl

        self._changed = {"server"}

        def on_event(event: Any) -> None:
            if event.t != "change" or event.facility in TELLING:
                self._changed.add(event.facility)
                raise pulsectl.PulseLoopStop

        pulse.event_mask_set("sink", "source", "source_output", "server", "module")
        pulse.event_callback_set(on_event)

    def _look(self, pulse: Any) -> None:
        changed, self._changed = self._changed, set()
        if changed - STREAMS:
            with self._lock:
                missing = self._house.settle(pulse)
            self._complain({str(error): fault(_lost(error)) for error in missing})
        program = self._house.program(pulse)
        if program != self._program:
            self._program = program
            self._tell(CallHint(on=program is not None, program=program or ""))

    def _complain(self, faults: dict[str, Fault]) -> None:
        for key, told in list(self._told.items()):
            if key not in faults:
                del self._told[key]
                self._tell(Fault(code=told.code, text=told.text, over=True))
        for key, one in faults.items():
            if key not in self._told:
                self._told[key] = one
                self._tell(one)


def _lost(error: UnknownSoundDevice) -> SoundDeviceLost:
    return SoundDeviceLost(kind=error.details["kind"], name=error.details["name"])
