"""Blocks of sound inside the engine: 10 ms at 48 kHz, mono, as 32-bit floats between -1 and 1."""

from typing import Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
"""Shape (n,)."""

RATE: Final = 48_000
"""Samples a second, everywhere."""
BLOCK: Final = 480
"""Samples that are mixed, read and written at a time: 10 ms."""
BLOCK_SECONDS: Final = BLOCK / RATE
FULL: Final = 32767.0
_LOUDER: Final = np.float32(FULL)
_QUIETER: Final = np.float32(1 / FULL)


def silence(count: int = BLOCK) -> Samples:
    """That many samples of nothing."""
    return np.zeros(count, dtype=np.float32)


def from_pcm(data: bytes | memoryview | bytearray) -> Samples:
    """Of 16-bit little-endian samples."""
    samples: Samples = np.frombuffer(data, dtype="<i2").astype(np.float32)
    samples *= _QUIETER
    return samples


def to_pcm(samples: Samples) -> bytes:
    """As 16-bit little-endian samples; what is louder than full scale is cut off there."""
    louder = samples * _LOUDER
    np.rint(louder, out=louder)
    np.minimum(louder, _LOUDER, out=louder)
    np.maximum(louder, -_LOUDER, out=louder)
    return louder.astype("<i2").tobytes()
