"""Opus (RFC 6716): 20 ms of sound in one packet and back, with what hides a loss. No I/O.

In-band error correction is on: each packet carries a coarse copy of the one before it.
"""

from ctypes import POINTER, c_char, c_float, string_at
from typing import Any, Final, Protocol

from lanassist.node.errors import SoundExtraNotInstalled
from lanassist.node.sound.packet import OPUS_BYTES, SAMPLES
from lanassist.node.sound.samples import RATE, Samples, silence

BITS_A_SECOND: Final = 32_000
COMPLEXITY: Final = 1
"""Of 10. Up to here speech is coded up to 8 kHz, beyond what telephones pass, in half the time that 3 takes
for all that can be heard."""
EXPECTED_LOSS: Final = 10
"""Percent; how much of each packet goes into the copy of the one before."""
BITS: Final = 16
"""A sample's depth."""
_FLOATS: Final = POINTER(c_float)


class BadOpus(ValueError):
    """Not 20 ms of Opus."""


class SoundDecoder(Protocol):
    """What a jitter buffer needs of a codec."""

    def decode(self, data: bytes) -> Samples:
        """SAMPLES samples. Raises BadOpus."""
        ...

    def recover(self, following: bytes) -> Samples:
        """The packet before ``following``, which was lost, from the copy in it; else concealed."""
        ...

    def conceal(self) -> Samples:
        """SAMPLES samples in place of a packet that is missing."""
        ...


def _library() -> Any:
    try:
        import opuslib_next
    except Exception as missing:  # what it raises without its library differs by version and system
        raise SoundExtraNotInstalled(missing="Opus") from missing
    return opuslib_next


class OpusEncoder:
    """Encodes one stream. Raises SoundNotInstalled."""

    def __init__(self) -> None:
        library = _library()
        encoder = library.Encoder(RATE, 1, "voip")
        encoder.bitrate = BITS_A_SECOND
        encoder.complexity = COMPLEXITY
        encoder.inband_fec = 1
        encoder.packet_loss_perc = EXPECTED_LOSS
        encoder.lsb_depth = BITS
        self._encoder = encoder
        self._from = library.api.encoder.libopus_encode_float
        self._block = silence(SAMPLES)
        self._place = self._block.ctypes.data_as(_FLOATS)
        self._room = (c_char * OPUS_BYTES)()

    def encode(self, samples: Samples) -> bytes:
        """One packet of SAMPLES samples."""
        self._block[:] = samples
        length: int = self._from(self._encoder.encoder_state, self._place, SAMPLES, self._room, OPUS_BYTES)
        if length < 0:
            raise BadOpus(f"error {length}")
        return string_at(self._room, length)


class OpusDecoder:
    """Decodes one stream. Raises SoundNotInstalled."""

    def __init__(self) -> None:
        library = _library()
        self._decoder = library.Decoder(RATE, 1)
        self._into = library.api.decoder.libopus_decode_float
        self._block = silence(SAMPLES)
        self._place = self._block.ctypes.data_as(_FLOATS)

    def decode(self, data: bytes) -> Samples:
        """SAMPLES samples. Raises BadOpus; the stream can go on after it."""
        return self._decode(data, False)

    def recover(self, following: bytes) -> Samples:
        """What was lost before ``following``."""
        try:
            return self._decode(following, True)
        except BadOpus:
            return self.conceal()

    def conceal(self) -> Samples:
        """A guess at what comes next; fades out by itself when asked again and again."""
        try:
            return self._decode(b"", False)
        except BadOpus:
            return silence(SAMPLES)

    def _decode(self, data: bytes, recovered: bool) -> Samples:
        """Straight into an array: the library's own way copies every sample through a Python number."""
        state = self._decoder.decoder_state
        decoded: int = self._into(state, data, len(data), self._place, SAMPLES, int(recovered))
        if decoded != SAMPLES:
            raise BadOpus(f"{decoded} samples" if decoded >= 0 else f"error {decoded}")
        return self._block.copy()
