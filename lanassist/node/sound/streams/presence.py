"""Which devices the sound server has at this moment.

A server moves the streams of a device that is unplugged to another one. Ours must not go on there by
themselves: a customer's voice would come out of a loudspeaker. So a stream asks here, block by block.
"""

import threading
from typing import Any, Final

from lanassist.node.errors import SoundUnavailable
from lanassist.node.sound.streams.pulse import connected

AGAIN: Final = 0.25
"""Seconds between two tries to reach a server."""
LISTEN: Final = 60.0
"""Seconds; then it lists anew, whatever it was told."""


class Presence:
    """Names of outputs and microphones, kept by a thread that starts when first asked."""

    def __init__(self) -> None:
        self._names: frozenset[str] | None = None
        """None: no server tells."""
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def expect(self, name: str) -> None:
        """It was seen just now."""
        with self._lock:
            if self._names is not None:
                self._names |= {name}
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="devices", daemon=True)
                self._thread.start()

    def has(self, name: str) -> bool:
        """Whether it is there, as far as is known."""
        return self._names is None or name in self._names

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            try:
                with connected("devices") as pulse:
                    self._follow(pulse)
            except SoundUnavailable:
                self._names = None  # the streams find out for themselves
                pause.wait(AGAIN)

    def _follow(self, pulse: Any) -> None:
        import pulsectl

        changed = True

        def on_event(event: Any) -> None:
            nonlocal changed
            if event.t != "change":
                changed = True
                raise pulsectl.PulseLoopStop

        pulse.event_mask_set("sink", "source")
        pulse.event_callback_set(on_event)
        while True:
            changed = False
            listed = frozenset(device.name for device in (*pulse.sink_list(), *pulse.source_list()))
            with self._lock:
                self._names = listed
            if not changed:
                pulse.event_listen(timeout=LISTEN)


PRESENCE: Final = Presence()
"""One a process."""
