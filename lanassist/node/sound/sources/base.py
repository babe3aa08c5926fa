"""Where a call's sound comes from, inside the engine. Siblings of this shape: softphone.py, synthetic.py.

A SIP source has its place here: it would be the agent's telephone, mix nothing elsewhere, and call the
bridge by its RTP clock.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from lanassist.node.sound.base import Event, Mode, Party
from lanassist.node.sound.bridge import Bridge

Tell = Callable[[Event], None]
"""Passes an event on; may be called from any thread."""


class CallSource(Protocol):
    """One kind of call. Methods come from one thread at a time, and block."""

    elsewhere: Mapping[Party, Collection[Party]]
    """Which voices reach which ear without the bridge, as long as the mode lets them."""

    def prepare(self) -> None:
        """Make what calls need. Raises SoundUnavailable or one of its kinds. Again: put it in order."""
        ...

    def begin(self, bridge: Bridge) -> None:
        """A call is on, in normal."""
        ...

    def turn_to(self, mode: Mode) -> None:
        """Open and close what the mode needs, and turn the bridge to it, in the order that is safe.

        Raises SoundUnavailable or one of its kinds, and then the mode is what it was.
        """
        ...

    def end(self) -> None:
        """The call is over; every stream is closed. Never fails."""
        ...

    def close(self) -> None:
        """The engine ends. What a call that is still on needs is left as it is."""
        ...
