"""Processor time of each step of the picture pipeline, on the scenes of ``benchmarks.screen``."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest import mock

import msgspec
import numpy as np

from benchmarks.screen.scenes import HEIGHT, SCENES, WIDTH
from lanassist.node.desktop.base import Rectangle
from lanassist.node.services.glance import audience, cache, encoder, footage, moves, picture, stream, tiles
from lanassist.node.services.glance.picture import Codec, parse

STEPS: Final[dict[str, tuple[tuple[Any, str], ...]]] = {
    "compare": ((tiles.Changes, "note"), (tiles.Changes, "grid")),
    "recognise": ((cache.TileCache, "keep"), (cache.TileCache, "find")),
    "move": ((moves, "find"),),
    "classify": ((encoder, "choose"),),
    "video": ((footage.Footage, "film"), (footage.Footage, "look"), (footage.Footage, "changed")),
    "encode": ((encoder, "encode"),),
    "account": ((audience.Audience, "changed"), (audience.Audience, "in_step"), (audience.Audience, "sent")),
    "build": ((picture, "build"),),
}
"""What is timed as which step; none of these calls another."""
WARM: Final = 1.0
"""Seconds of each scene that are played before anything is counted: films are found, tiles known."""


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """What one scene took."""

    scene: str
    video: bool
    """Whether the viewer decodes VP8."""
    milliseconds: dict[str, float]
    """Processor time for each drawing, by step; ``all`` of it, with what has no step."""
    kb_per_s: float
    codecs: dict[str, int]
    """Rectangles that were sent, by codec."""


class _Stopwatch:
    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def holding(self, step: str) -> Iterator[None]:
        start = time.thread_time()
        try:
            yield
        finally:
            self.spent[step] += time.thread_time() - start

    def timed(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timing(*arguments: Any, **named: Any) -> Any:
            with self.holding(step):
                result = function(*arguments, **named)
                return iter(list(result)) if isinstance(result, Iterator) else result

        return timing

    @contextmanager
    def on(self) -> Iterator[None]:
        with ExitStack() as patched:
            for step, places in STEPS.items():
                for owner, name in places:
                    timed = self.timed(step, getattr(owner, name))
                    patched.enter_context(mock.patch.object(owner, name, timed))
            yield


def steps(chosen: Iterable[str], seconds: float, films: Iterable[bool]) -> Iterator[Steps]:
    """Each scene in turn; ``films``: without VP8, with it, or both."""
    films = list(films)
    for name in chosen:
        for video in films if name == "video" else [False]:
            yield _played(name, seconds, video)


def _played(name: str, seconds: float, video: bool) -> Steps:
    scene, watch = SCENES[name](), _Stopwatch()
    shown = stream.DisplayStream(1, WIDTH, HEIGHT)
    shown.join("viewer", video=video)
    size, codecs, now = 0, dict[str, int](), 0.0

    def send() -> None:
        nonlocal size
        for outgoing in list(shown.updates(now)):
            update = parse(outgoing.data)
            shown.drawn("viewer", update.sequence)
            size += len(outgoing.data)
            for patch in update.patches:
                codecs[Codec(patch.codec).name] = codecs.get(Codec(patch.codec).name, 0) + 1

    def draw(x: int, y: int, pixels: Any) -> None:
        height, width, _ = pixels.shape
        taken = np.ascontiguousarray(pixels).copy()
        with watch.holding("all"):
            shown.paint(Rectangle(x, y, width, height), taken, now)

    draw(0, 0, scene.background)
    send()
    warm, count = max(scene.round, round(WARM * scene.rate)), max(2, round(seconds * scene.rate))
    with watch.on():
        for index in range(warm + count):
            if index == warm:
                watch.spent.clear()
                codecs.clear()
                size = 0
            now = (index + 1) / scene.rate
            for place in scene.step(index, index):
                draw(*place)
            with watch.holding("all"):
                send()
            while (wake := shown.next_wake()) is not None and wake < (index + 2) / scene.rate:
                now = max(now, wake)
                with watch.holding("all"):
                    send()
        kb_per_s = size / (count / scene.rate) / 1e3
    return Steps(
        scene=name,
        video=video,
        milliseconds={step: watch.spent[step] * 1e3 / count for step in (*STEPS, "all")},
        kb_per_s=kb_per_s,
        codecs=dict(sorted(codecs.items())),
    )
