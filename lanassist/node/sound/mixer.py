"""What each ear is given: the table of base.py, applied to samples. Pure."""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np

from lanassist.node.sound.base import HEARS, PARTIES, Mode, Party
from lanassist.node.sound.samples import Samples, silence

_FULL: Final = np.array(1.0, dtype=np.float32)
_FULL_BELOW: Final = -_FULL
RAMP: Final = 240
"""Samples (5 ms) over which a voice comes or goes, so that switching does not click."""


class Ear:
    """One party's ear. A voice that the table does not give to it is multiplied by nothing: by zero.

    ``elsewhere``: voices that reach this ear by another way (the sound server's own loopbacks), if the mode
    lets them; they are never mixed here.
    """

    def __init__(self, party: Party, elsewhere: Collection[Party] = ()) -> None:
        self.party = party
        self._elsewhere = frozenset(elsewhere)
        self._wanted: frozenset[Party] = frozenset()
        self._gains: dict[Party, float] = dict.fromkeys(PARTIES, 0.0)
        self.hears: frozenset[Party] = frozenset()
        """Whose voice is audible in the next block, if only for the rest of its ramp."""

    def turn_to(self, mode: Mode) -> None:
        """From the next block on."""
        self._wanted = HEARS[mode][self.party] - self._elsewhere
        self._look()

    def _look(self) -> None:
        self.hears = self._wanted | {party for party, gain in self._gains.items() if gain}

    def mix(self, voices: Mapping[Party, Samples], count: int) -> Samples:
        """One block of ``count`` samples. Who should be heard and is not among ``voices`` is silent."""
        mixed: Samples | None = None
        for party in self.hears:
            gains = self._ramp(party, count)
            if (voice := voices.get(party)) is not None:
                heard = voice if gains is None else voice * gains
                mixed = heard if mixed is None else mixed + heard
        return silence(count) if mixed is None else np.minimum(np.maximum(mixed, _FULL_BELOW), _FULL)

    def _ramp(self, party: Party, count: int) -> Samples | None:
        """Who comes or goes, sample by sample; None: is heard in full, as all that ``hears`` else."""
        start, end = self._gains[party], float(party in self._wanted)
        if start == end:
            return None
        step = (1.0 if end > start else -1.0) / RAMP
        gains: Samples = np.clip(start + step * np.arange(1, count + 1), 0.0, 1.0).astype(np.float32)
        self._gains[party] = end if count >= RAMP else float(gains[-1])
        self._look()
        return gains
