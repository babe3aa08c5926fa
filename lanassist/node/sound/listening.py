"""The supervisor's headset, inside the engine: plays a call's packets, records while the talk key is held."""

import threading
import time
from collections.abc import Callable
from typing import Final

import numpy as np

from lanassist.node.sound.base import Levels
from lanassist.node.sound.inbox import Inbox
from lanassist.node.sound.jitter import JitterBuffer
from lanassist.node.sound.level import Meter
from lanassist.node.sound.opus import OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import FIRST, SAMPLES, Packet, pack
from lanassist.node.sound.samples import Samples
from lanassist.node.sound.sources.base import Tell
from lanassist.node.sound.streams.base import Playback, Recording
from lanassist.node.sound.streams.choose import find_cards
from lanassist.node.sound.streams.keeper import Keeper

BLOCKS_A_READING: Final = 10
TITLE: Final = "assisted call"


class Listening:
    """Opened and closed any number of times. Methods come from the pipe's thread."""

    def __init__(self, tell: Tell, send: Callable[[bytes], None], inbox: Inbox) -> None:
        """``inbox``: what the call's engine gives."""
        self._tell = tell
        self._send = send
        self._inbox = inbox
        self._lock = threading.Lock()
        self._buffer: JitterBuffer | None = None
        self._played, self._spoken = Meter(), Meter()
        self._speaker: Keeper[Playback] | None = None
        self._microphone: Keeper[Recording] | None = None
        self._name = ""
        self._sequence = 0
        self._blocks = 0

    # --- what the node says --------------------------------------------------------------------------

    def open(self, output: str, microphone: str, sequence: int) -> None:
        """Raises SoundUnavailable or one of its kinds."""
        self.close()
        cards = find_cards()
        self._name, self._sequence = microphone, max(sequence, self._sequence)
        self._inbox.take()  # was for another call
        self._buffer = JitterBuffer(OpusDecoder)
        speaker = Keeper(("output", output), lambda: cards.play(output, TITLE), self._play, self._tell)
        speaker.start()
        self._speaker = speaker

    def talk(self, on: bool) -> None:
        """Raises SoundUnavailable or one of its kinds."""
        microphone, self._microphone = self._microphone, None
        if microphone is not None:
            microphone.stop()
        if on:
            cards, name = find_cards(), self._name
            spoken = Spoken(self._pack)
            self._microphone = Keeper(
                ("microphone", name),
                lambda: cards.record(name, TITLE),
                lambda recording: self._record(recording, spoken),
                self._tell,
            )
            self._microphone.start()

    def close(self) -> None:
        """Never fails."""
        self.talk(False)
        speaker, self._speaker = self._speaker, None
        if speaker is not None:
            speaker.stop()
        with self._lock:
            self._buffer = None

    # --- the two threads -----------------------------------------------------------------------------

    def _play(self, playback: Playback) -> None:
        with self._lock:
            if self._buffer is None:
                return
            for heard in self._inbox.take():
                self._buffer.put(heard.packet, heard.came)
            block = self._buffer.take(time.monotonic())
        self._played.hear(block)
        playback.write(block)
        self._blocks += 1
        if self._blocks % BLOCKS_A_READING == 0:
            self._tell(Levels(customer=self._played.read(), supervisor=self._spoken.read()))

    def _record(self, recording: Recording, spoken: "Spoken") -> None:
        block = recording.read()
        self._spoken.hear(block)
        spoken.hear(block)

    def _pack(self, opus: bytes, first: bool) -> None:
        self._sequence += 1
        packet = Packet(
            sequence=self._sequence,
            timestamp=self._sequence * SAMPLES,
            flags=FIRST if first else 0,
            opus=opus,
        )
        self._send(pack(packet))


class Spoken:
    """One press of the talk key: blocks in, Opus out."""

    def __init__(self, packed: Callable[[bytes, bool], None]) -> None:
        self._packed = packed
        self._encoder = OpusEncoder()
        self._half: Samples | None = None
        self._first = True

    def hear(self, block: Samples) -> None:
        """10 ms; every second one makes a packet."""
        half, self._half = self._half, block
        if half is None:
            return
        self._half = None
        opus = self._encoder.encode(np.concatenate((half, block)))
        self._packed(opus, self._first)
        self._first = False
