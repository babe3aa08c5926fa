"""A call's sound for a browser without WebCodecs: Opus becomes plain samples here, and plain samples Opus.

``/api/media/SESSION?sound=pcm`` has the same messages as without, but each packet of sound carries 960
samples of 16 bits, little-endian, where its Opus would be.
"""

from typing import Final

from lanassist.node.services.assist import media
from lanassist.node.services.assist.listening import Listener
from lanassist.node.sound.opus import BadOpus, OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import HEADER, SAMPLES, MalformedPacket, unpack
from lanassist.node.sound.samples import from_pcm, to_pcm

_SAMPLE_BYTES: Final = 2
_PLAIN_BYTES: Final = HEADER.size + SAMPLES * _SAMPLE_BYTES


class PlainListener:
    """A listener that hears and speaks plain samples. Raises SoundNotInstalled without an Opus library."""

    longest = 1 + _PLAIN_BYTES

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._decoder = OpusDecoder()
        self._encoder = OpusEncoder()
        self.renew = listener.renew

    async def receive(self) -> bytes:
        """The next message, with samples in place of Opus. Raises LinkBroken once the channel is over."""
        message = await self._listener.receive()
        packet = media.packet_of(message)
        return message if packet is None else media.sound(self._plain(packet))

    async def say(self, data: bytes) -> None:
        """The supervisor's voice as samples; what is not a packet of them says nothing. Raises LinkBroken."""
        packet = media.packet_of(data)
        if packet is not None and len(packet) == _PLAIN_BYTES:
            opus = self._encoder.encode(from_pcm(packet[HEADER.size :]))
            await self._listener.say(media.sound(packet[: HEADER.size] + opus))

    def _plain(self, packet: bytes) -> bytes:
        try:
            samples = self._decoder.decode(unpack(packet).opus)
        except (MalformedPacket, BadOpus):
            samples = self._decoder.conceal()
        return packet[: HEADER.size] + to_pcm(samples)
