"""Ears and mouths for tests: tones played to a sound server, recordings of it, and what is in them."""

import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from lanassist.node.sound.samples import RATE, Samples, from_pcm

WINDOW = RATE // 20
"""50 ms."""
STEP = RATE // 200
"""5 ms."""
BUFFERED_MILLISECONDS = 400
"""What a mouth has ready; however busy the machine is, it does not stutter."""


def tone_levels(samples: Samples, hertz: float, window: int = WINDOW, step: int = WINDOW) -> Samples:
    """How loud a tone is in each window, in dBFS of its amplitude (a full sine is 0).

    Goertzel's bin under a Hann window, so that other tones a few hundred hertz away do not leak in.
    """
    if samples.size < window:
        return np.zeros(0, dtype=np.float32)
    shape = np.hanning(window)
    kernel = shape * np.exp(-2j * np.pi * hertz * np.arange(window) / RATE) * 2 / shape.sum()
    views = np.lib.stride_tricks.sliding_window_view(samples, window)[::step]
    levels: Samples = (20 * np.log10(np.abs(views @ kernel) + 1e-9)).astype(np.float32)
    return levels


def longest_gap(samples: Samples, hertz: float, below: float = -30.0) -> float:
    """Seconds of the longest stretch in which a tone is missing; windows of 10 ms, 1 ms apart."""
    window, step = RATE // 100, RATE // 1000
    missing = tone_levels(samples, hertz, window, step) < below
    longest = run = 0
    for lost in missing:
        run = run + 1 if lost else 0
        longest = max(longest, run)
    # a window that is half empty is still above; so an empty stretch shows as its length less a window
    return (longest + 10) / 1000 if longest else 0.0


class Ear:
    """Records a source into a file from ``with`` to its end."""

    def __init__(self, environ: Mapping[str, str], source: str, file: Path) -> None:
        self._environ = dict(environ)
        self._source = source
        self.file = file
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = ["parec", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=10"]
        with self.file.open("wb") as out:
            self._process = subprocess.Popen([*command, "-d", self._source], env=self._environ, stdout=out)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait()

    @property
    def place(self) -> int:
        """How many samples were recorded so far."""
        return self.file.stat().st_size // 2

    def heard(self, start: int = 0, end: int | None = None) -> Samples:
        """What was recorded, between two places."""
        data = self.file.read_bytes()
        return from_pcm(data[: len(data) // 2 * 2])[start:end]

    def recent(self, seconds: float = 0.1) -> Samples:
        """The last of it."""
        return self.heard(max(0, self.place - int(seconds * RATE)))

    def hears(self, hertz: float, above: float = -30.0) -> bool:
        """Whether a tone is there now."""
        levels = tone_levels(self.recent(), hertz)
        return bool(levels.size and levels[-1] > above)


class Mouth:
    """Plays a tone to a sink from ``with`` to its end."""

    def __init__(self, environ: Mapping[str, str], sink: str, hertz: float, amplitude: float = 0.25) -> None:
        self._environ = dict(environ)
        self._sink = sink
        self._say(amplitude * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE))
        self._process: subprocess.Popen[bytes] | None = None

    def _say(self, samples: np.ndarray) -> None:
        """Over and over again."""
        self._said = (samples * 32767).astype("<i2").tobytes()

    def __enter__(self) -> Self:
        command = ["pacat", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1"]
        self._process = subprocess.Popen(
            [*command, f"--latency-msec={BUFFERED_MILLISECONDS}", "-d", self._sink],
            env=self._environ,
            stdin=subprocess.PIPE,
        )
        threading.Thread(target=self._speak, daemon=True).start()
        return self

    def _speak(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            while True:
                self._process.stdin.write(self._said)
        except (BrokenPipeError, ValueError):
            return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.kill()
        self._process.wait()
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            return


class PhrasesMouth(Mouth):
    """Says a phrase over and over again; any sound will do."""

    def __init__(self, environ: Mapping[str, str], sink: str, samples: Samples) -> None:
        super().__init__(environ, sink, hertz=440)
        self._say(samples)
