"""Which sound devices this machine has, and whether they work. Blocks; inside the engine."""

import threading
from collections.abc import Sequence
from typing import Final

import numpy as np

from lanassist.node.errors import SoundUnavailable
from lanassist.node.sound.base import Device, SoundTest
from lanassist.node.sound.level import level_of
from lanassist.node.sound.samples import BLOCK, RATE, Samples
from lanassist.node.sound.streams.base import Cards, Playback, StreamLost
from lanassist.node.sound.streams.choose import find_cards
from lanassist.node.sound.streams.pulse import find_device
from lanassist.node.sound.tones import Tone

TEST_HERTZ: Final = 440
TEST_BLOCKS: Final = RATE // BLOCK
"""One second."""
TITLE: Final = "sound test"
PATIENCE: Final = 5.0
"""Seconds; a device that has not given a second of sound by then does not work."""


def devices_here() -> Sequence[Device]:
    """Raises SoundUnavailable or one of its kinds."""
    return find_cards().devices()


def try_devices(output: str, microphone: str) -> SoundTest:
    """Play a tone for a second and listen meanwhile. Raises SoundUnavailable or one of its kinds."""
    cards = find_cards()
    devices = cards.devices()
    speaker = find_device(devices, "output", output)
    listener = find_device(devices, "microphone", microphone)
    playback = cards.play(speaker.name, TITLE)
    playing = threading.Thread(target=_play, args=(playback,), daemon=True)
    playing.start()
    level = _listen(cards, listener)
    playing.join(PATIENCE)
    return SoundTest(output=speaker.title, microphone=listener.title, level=level)


def _play(playback: Playback) -> None:
    tone = Tone(TEST_HERTZ)
    try:
        for _ in range(TEST_BLOCKS):
            playback.write(tone.speak())
    except StreamLost:
        return
    finally:
        playback.close()


def _listen(cards: Cards, device: Device) -> float:
    heard: list[Samples] = []
    recording = cards.record(device.name, TITLE)
    try:
        for _ in range(TEST_BLOCKS):
            heard.append(recording.read())
    except StreamLost:
        raise SoundUnavailable(why=f"the microphone “{device.title}” stopped") from None
    finally:
        recording.close()
    return level_of(np.concatenate(heard))
