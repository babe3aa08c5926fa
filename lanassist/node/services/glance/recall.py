"""What each tile of a display shows, as far as it is kept: for content that goes and comes back. Pure."""

import numpy as np
import numpy.typing as npt

from lanassist.node.services.glance.cache import NOWHERE, Slots, TileCache, no_slots
from lanassist.node.services.glance.tiles import Mask, Tiled


class Recall:
    """Of one display in one size."""

    def __init__(self, rows: int, columns: int) -> None:
        self._cache = TileCache()
        self.slots: Slots = no_slots(rows, columns)
        """Where the cache keeps what each tile shows, as far as that was looked up."""

    def keep(self, tiled: Tiled, settled: Mask) -> tuple[Slots, npt.NDArray[np.int32]]:
        """Keep what settled tiles show, before they change: where, and which slots changed for it."""
        unknown = settled & (self.slots == NOWHERE)
        found, assigned = self._cache.keep(tiled, unknown)
        self.slots[np.isin(self.slots, assigned)] = NOWHERE
        return np.where(unknown, found, np.where(settled, self.slots, NOWHERE)), assigned

    def recognise(self, tiled: Tiled, changed: Mask, settled: Mask) -> int:
        """Look up what settled tiles show, now that they have changed; how many were found."""
        found = self._cache.find(tiled, settled)
        self.slots[changed] = found[changed]
        return int(np.count_nonzero(found != NOWHERE))

    def forget(self, changed: Mask) -> None:
        """They show something that was not looked up."""
        self.slots[changed] = NOWHERE
