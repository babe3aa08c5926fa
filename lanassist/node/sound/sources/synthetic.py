"""A call without telephone, network or sound server: two voices that speak for ever.

With ``record`` the call runs in every mode and what both ears hear is written down; without, it runs only
while somebody assists.
"""

import threading
import time
import wave
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from lanassist.node.errors import FileUnreadable, SoundUnavailable
from lanassist.node.sound.base import Mode, Party, Synthetic
from lanassist.node.sound.bridge import Bridge
from lanassist.node.sound.samples import BLOCK_SECONDS, Samples, to_pcm
from lanassist.node.sound.sources.base import Tell
from lanassist.node.sound.tones import Voice, voice
from lanassist.node.sound.waves import create_wave

BEHIND: Final = 0.5
"""Seconds after which blocks that a busy machine has missed are not made up for."""
EARS: Final[tuple[Party, ...]] = ("customer", "agent")


class SyntheticCall:
    """One synthetic call after another."""

    elsewhere: Mapping[Party, Collection[Party]] = {}

    def __init__(self, source: Synthetic, tell: Tell) -> None:
        self._source = source
        self._clock: _Clock | None = None
        self._bridge: Bridge | None = None

    def prepare(self) -> None:
        """Raises SoundUnavailable if a voice cannot be had."""
        self._voices()

    def _voices(self) -> dict[Party, Voice]:
        try:
            return {"customer": voice(self._source.customer), "agent": voice(self._source.agent)}
        except FileUnreadable as error:
            raise SoundUnavailable(why=error.text.rstrip(".")) from None

    def begin(self, bridge: Bridge) -> None:
        """From here on it runs, if it is recorded."""
        self._bridge = bridge
        if self._source.record:
            self._start()

    def turn_to(self, mode: Mode) -> None:
        """Run it while somebody assists."""
        assert self._bridge is not None
        if mode != "normal" and self._clock is None:
            self._start()
        self._bridge.turn_to(mode)
        if mode == "normal" and not self._source.record:
            self._stop()

    def end(self) -> None:
        """Hang up."""
        self._stop()
        self._bridge = None

    def close(self) -> None:
        """The same as hanging up: nobody else carries this call."""
        self.end()

    def _start(self) -> None:
        assert self._bridge is not None
        self._clock = _Clock(self._bridge, self._voices(), self._source.record)
        self._clock.start()

    def _stop(self) -> None:
        clock, self._clock = self._clock, None
        if clock is not None:
            clock.stop()


class _Clock:
    """Speaks for both every 10 ms."""

    def __init__(self, bridge: Bridge, voices: Mapping[Party, Voice], record: str) -> None:
        self._bridge = bridge
        self._voices = voices
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="synthetic call", daemon=True)
        self._files = {ear: create_wave(Path(record) / f"{ear}.wav") for ear in EARS} if record else {}

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stopping.is_set():
            due += BLOCK_SECONDS
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            elif wait < -BEHIND:
                due = time.monotonic()
            self._speak()
        for file in self._files.values():
            file.close()

    def _speak(self) -> None:
        said: dict[Party, Samples] = {party: voice.speak() for party, voice in self._voices.items()}
        self._bridge.tell_supervisor(said)
        if self._files:
            for ear, given in self._bridge.for_ears(EARS, said).items():
                self._write(self._files[ear], given)
        else:
            self._bridge.for_ears(EARS, said)

    @staticmethod
    def _write(file: wave.Wave_write, given: Samples) -> None:
        file.writeframes(to_pcm(given))
