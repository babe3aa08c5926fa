"""What a softphone's call and its supervisor hear of each other, but for take over, in one thread's turns.

A turn is a packet long and goes by the customer's clock. One thread that does much in few turns takes half of
what a thread for each stream does: most of the price is waking up. The agent's microphone and headset are
lent by their keepers, so that neither can hold up the customer's voice.
"""

from typing import Final

from lanassist.node.sound.base import HEARS, Party
from lanassist.node.sound.bridge import Bridge
from lanassist.node.sound.drift import Track
from lanassist.node.sound.samples import Samples
from lanassist.node.sound.streams.lent import Lent
from lanassist.node.sound.streams.pulsestreams import BLOCK_BYTES, PulsePlayback, PulseRecording

CUSHION: Final = 0.04
"""Seconds of the agent's voice in hand when a turn begins: what it takes, and as much for servers that give a
voice in large pieces and by another clock."""
HEADSET_QUEUED: Final = 5 * BLOCK_BYTES
"""50 ms: a turn, and as much again that a turn may be late."""


class Exchange:
    """Of one call. ``turn`` is one thread's; ``agent`` and ``headset`` are set by another."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._track = Track(CUSHION)
        self._whispered = False
        self.agent: Lent[PulseRecording] | None = None
        self.headset: Lent[PulsePlayback] | None = None

    def forget(self, name: str) -> None:
        """That stream is closed."""
        if name == "agent":
            self.agent = None
        elif name == "headset":
            self.headset = None

    def turn(self, customer: PulseRecording) -> None:
        """One. Raises StreamLost if the customer's stream is gone; the others' are their keepers' to mend."""
        said: dict[Party, Samples] = {"customer": customer.read()}
        if (agent := self.agent) is not None:
            if (come := agent.use(lambda microphone: microphone.come())) is not None:
                self._track.put(come)
            said["agent"] = self._track.take(said["customer"].size)
        self._bridge.tell_supervisor(said)
        if (headset := self.headset) is not None:
            headset.use(self._whisper)

    def _whisper(self, headset: PulsePlayback) -> None:
        """What there is room for; a key that is released is heard at once, not when the queue is empty."""
        whispers = "supervisor" in HEARS[self._bridge.mode]["agent"]
        if self._whispered and not whispers:
            headset.hush()
        self._whispered = whispers
        if wanted := headset.wanted:
            headset.add(self._bridge.for_ear("agent", {}, wanted))
