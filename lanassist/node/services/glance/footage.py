"""The moving regions of one display as streams of frames, shared by all its viewers.

Each state of a region is encoded once. The last VIDEO_FRAMES frames are kept, so that a viewer that missed
some is sent those too; one that missed more, or has come later, is sent pictures until the next key frame.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

import msgspec

from lanassist.node.desktop.base import Rectangle
from lanassist.node.protocol import limits
from lanassist.node.services.glance import tiles, video
from lanassist.node.services.glance.motion import Motion, Region
from lanassist.node.services.glance.picture import Codec, Patch
from lanassist.node.services.glance.tiles import Frame, Grid

KEYS_EVERY: Final = 1.0
"""Seconds between two key frames of a stream at first; each one for a latecomer doubles it."""
KEYS_AT_LEAST_EVERY: Final = 8.0

Seen = dict[int, int]
"""By region's number, how many of its frames a viewer has been sent."""


class _Stream:
    """One region's encoder and its last frames."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.count = 0
        self.stale = True
        self._late = False
        """Somebody waits for a key frame."""
        self._encoder = video.Encoder(region.area.width, region.area.height)
        self._frames: deque[video.Coded] = deque(maxlen=limits.VIDEO_FRAMES)
        self._key_at = 0.0
        self._pause = KEYS_EVERY

    def encode_if_stale(self, frame: Frame, now: float) -> bool:
        """One frame more, if anything has changed since the last. Raises VideoFailed."""
        if not self.stale:
            return False
        area = self.region.area
        key = self.count == 0 or (self._late and self._key_at + self._pause <= now)
        coded = self._encoder.encode(frame[area.y : area.y + area.height, area.x : area.x + area.width], key)
        if coded.key:
            self._frames.clear()
            self._pause = KEYS_EVERY if self.count == 0 else min(self._pause * 2, KEYS_AT_LEAST_EVERY)
            self._key_at, self._late = now, False
        self._frames.append(coded)
        self.count += 1
        self.stale = False
        return True

    def since(self, seen: int | None) -> list[video.Coded]:
        """What somebody who was sent ``seen`` frames needs to see the last; nothing if that is too late."""
        frames = list(self._frames)
        first = self.count - len(frames)
        if seen is not None and seen >= first:
            return frames[seen - first :]
        if frames and frames[0].key:
            return frames
        self._late = True
        return []


class Shot(msgspec.Struct, frozen=True):
    """A region as one viewer is sent it, and how many of its frames that viewer then has."""

    region: int
    count: int
    patch: Patch

    @property
    def area(self) -> Rectangle:
        return Rectangle(self.patch.x, self.patch.y, self.patch.width, self.patch.height)


class Footage:
    """What moves like video on one display of this size."""

    def __init__(self, width: int, height: int) -> None:
        self._motion = Motion(width, height)
        self._streams: dict[int, _Stream] = {}
        self._broken = False

    def changed(self, grid: Grid, rest: Grid, now: float) -> None:
        """What painting has changed, and the rest of it that has not moved as a whole: moves are no film."""
        self._motion.changed(rest, now)
        for stream in self._streams.values():
            stream.stale |= tiles.touches(grid, stream.region.area)

    def look(self, frame: Frame, now: float) -> list[Rectangle]:
        """Where something moves like video now, whether anybody is sent it as VIDEO or not."""
        return [region.area for region in self._motion.look(frame, now)]

    def film(self, frame: Frame, lacking: list[Grid], now: float) -> list[Rectangle]:
        """Encode each region that has changed since it last was and that somebody lacks; where these are.

        Regions that do not move any more are over: what viewers have of them is sharpened by and by.
        """
        if self._broken:
            return []
        regions = {region.number: region for region in self._motion.look(frame, now)}
        for number in self._streams.keys() - regions.keys():
            del self._streams[number]
        try:
            for number in regions.keys() - self._streams.keys():
                self._streams[number] = _Stream(regions[number])
            return [
                stream.region.area
                for stream in self._streams.values()
                if any(tiles.touches(grid, stream.region.area) for grid in lacking)
                and stream.encode_if_stale(frame, now)
            ]
        except video.VideoFailed:
            self._broken = True
            self._streams.clear()
            return []

    def shots(self, seen: Seen, lacking: Grid) -> Iterator[Shot]:
        """What a viewer is sent of the regions in which it lacks something; whoever is too late is noted."""
        for number, stream in self._streams.items():
            area = stream.region.area
            if not tiles.touches(lacking, area):
                continue
            if frames := stream.since(seen.get(number)):
                payload = video.build(stream.region.slot, frames)
                patch = Patch(area.x, area.y, area.width, area.height, Codec.VIDEO, payload)
                yield Shot(number, stream.count, patch)

    def seen_after(self, seen: Seen, shots: list[Shot]) -> Seen:
        """What a viewer has been sent with these, of the regions that go on."""
        counts = {**seen, **{shot.region: shot.count for shot in shots}}
        return {number: counts[number] for number in sorted(self._streams.keys() & counts.keys())}

    def covers(self, area: Rectangle) -> bool:
        """Whether most of the area is film."""
        inside = (stream.region.area.within(area) for stream in self._streams.values())
        filmed = sum(part.width * part.height for part in inside if part is not None)
        return filmed * 2 >= area.width * area.height
