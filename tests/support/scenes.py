"""Pictures to put on displays: flat, text-like, photograph-like, noise. Shape (height, width, 4), B G R X."""

import numpy as np

from lanassist.node.desktop.base import Pixels


def flat(width: int, height: int, colour: tuple[int, int, int] = (40, 80, 120)) -> Pixels:
    """One colour (R, G, B)."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[:, :, :3] = colour[::-1]
    return pixels


def text(width: int, height: int, seed: int = 0) -> Pixels:
    """Dark glyph-like strokes with soft edges on white, in lines."""
    random = np.random.default_rng(seed)
    ink = np.zeros((height, width), np.float32)
    for top in range(4, height - 12, 16):
        for left in range(4, width - 8, 8):
            if random.random() < 0.8:
                ink[top + random.integers(0, 4) : top + 12, left + random.integers(0, 4)] = 1.0
                ink[top + random.integers(0, 12), left : left + 6] = 0.6
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[:, :, :3] = (255 - ink[:, :, None] * 225).astype(np.uint8)
    return pixels


def photo(width: int, height: int, seed: int = 0) -> Pixels:
    """Smooth colour fields with the fine grain of a camera."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pixels = np.zeros((height, width, 4), np.uint8)
    for channel in range(3):
        field = np.zeros((height, width), np.float32)
        for _ in range(4):
            fx, fy, phase = random.uniform(0.004, 0.05), random.uniform(0.004, 0.05), random.uniform(0, 6)
            field += np.sin(x * fx + y * fy + phase)
        grain = random.normal(0, 1.0, (height, width))
        pixels[:, :, channel] = np.clip(128 + field * 28 + grain, 0, 255).astype(np.uint8)
    return pixels


def noise(width: int, height: int, seed: int = 0) -> Pixels:
    """Every pixel at random."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)


def psnr(one: Pixels, other: Pixels) -> float:
    """Peak signal to noise ratio of the colours, in dB; infinite if equal."""
    error = (one[:, :, :3].astype(np.float64) - other[:, :, :3]) ** 2
    mean = float(error.mean())
    return float("inf") if mean == 0 else 10 * float(np.log10(255**2 / mean))
