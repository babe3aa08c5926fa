"""WAV files of 48 kHz, mono, 16 bits."""

import wave
from pathlib import Path
from typing import Final

from lanassist.node.errors import FileUnreadable, SoundUnavailable
from lanassist.node.sound.samples import RATE, Samples, from_pcm

LONGEST: Final = 600
"""Seconds of a file that are used."""


def read_wave(path: str) -> Samples:
    """All of it, LONGEST at most. Raises FileUnreadable."""
    try:
        with wave.open(path, "rb") as file:
            shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            if shape != (RATE, 1, 2) or not file.getnframes():
                raise FileUnreadable(path=path, why="it is not a WAV file of 48 kHz, mono, 16 bits")
            return from_pcm(file.readframes(min(file.getnframes(), LONGEST * RATE)))
    except (OSError, EOFError, wave.Error) as error:
        raise FileUnreadable(path=path, why=error) from None


def create_wave(path: Path) -> wave.Wave_write:
    """Open for writing. Raises SoundUnavailable."""
    try:
        file = wave.open(str(path), "wb")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise SoundUnavailable(why=f"{path} cannot be written ({error.strerror})") from None
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(RATE)
    return file
