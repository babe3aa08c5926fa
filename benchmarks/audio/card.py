"""A supervisor's headset whose sound card runs faster than this machine, and which tells what it counted.

python -m benchmarks.audio.card FILE PPM [DESCRIPTOR]

It is the engine's own process, and DESCRIPTOR is the engine's. The sound server believes that what it is
given has ``PPM`` millionths more samples a second, and so takes that many: to our code it is a sound card
with a clock of its own. What the jitter buffer has counted so far is in FILE, written once a second.
"""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from lanassist.node.sound import engine, listening
from lanassist.node.sound.jitter import Heard, JitterBuffer
from lanassist.node.sound.opus import SoundDecoder
from lanassist.node.sound.samples import RATE
from lanassist.node.sound.streams import libpulse

EVERY = 1.0
"""Seconds."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Of the newest stream."""

    heard: Heard = Heard()
    learnt_ppm: float = 0.0
    """How much faster the sender's clock runs; negative, as the card is the faster one."""
    held_ms: float = 0.0
    """In hand just after a packet has come, as meant."""


def read_counts(file: Path) -> Counts:
    """As written last; zeros before."""
    return msgspec.json.decode(file.read_bytes(), type=Counts) if file.exists() else Counts()


def command(file: Path, ppm: float) -> tuple[str, ...]:
    """How a ChildHeadset starts one."""
    return (sys.executable, "-m", "benchmarks.audio.card", str(file), str(ppm))


def _tell(file: Path, made: list[JitterBuffer]) -> None:
    while True:
        time.sleep(EVERY)
        if not made:
            continue
        newest = made[-1]
        told = Counts(
            heard=newest.heard, learnt_ppm=1e6 * newest.ratio_learnt, held_ms=1000 * newest.delay + 20
        )
        beside = file.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(told))
        beside.replace(file)


def main() -> None:
    """The process."""
    file, ppm = Path(sys.argv[1]), float(sys.argv[2])
    made: list[JitterBuffer] = []

    class Counted(JitterBuffer):
        """One that is found again."""

        def __init__(self, decoder: Callable[[], SoundDecoder]) -> None:
            super().__init__(decoder)
            made[:] = [self]

    setattr(listening, "JitterBuffer", Counted)  # noqa: B010 - to a type checker a class is no variable
    setattr(libpulse, "RATE", round(RATE * (1 + ppm / 1e6)))  # noqa: B010 - nor is a constant
    threading.Thread(target=_tell, args=(file, made), daemon=True).start()
    engine.main(sys.argv[3:])


if __name__ == "__main__":
    main()
