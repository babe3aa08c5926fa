"""A call's sound for browsers without a codec: the same call in plain samples."""

import numpy as np

from lanassist.node.services.assist import media
from lanassist.node.services.assist.listening import Listener
from lanassist.node.sound.opus import OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import HEADER, SAMPLES, Packet, pack, unpack
from lanassist.node.sound.samples import from_pcm, to_pcm
from lanassist.node.sound.tones import Tone
from lanassist.web.plain_sound import PlainListener


class Line:
    """A channel that gives what is put on it, and keeps what is said."""

    def __init__(self) -> None:
        self.coming: list[bytes] = []
        self.said: list[bytes] = []

    async def send(self, data: bytes) -> None:
        self.said.append(data)

    async def receive(self) -> bytes:
        return self.coming.pop(0)

    async def aclose(self) -> None: ...


async def _renew() -> None: ...


def plain(line: Line) -> PlainListener:
    return PlainListener(Listener(line, _renew, lambda: True))


async def test_what_comes_as_opus_is_heard_as_samples() -> None:
    line, tone, encoder = Line(), Tone(440), OpusEncoder()
    for number in range(10):
        opus = encoder.encode(tone.speak(SAMPLES))
        line.coming.append(media.sound(pack(Packet(sequence=number, timestamp=number * SAMPLES, opus=opus))))
    listener = plain(line)
    heard = [media.packet_of(await listener.receive()) for _ in range(10)]
    assert all(each is not None and len(each) == HEADER.size + 2 * SAMPLES for each in heard)
    last = from_pcm((heard[-1] or b"")[HEADER.size :])
    assert abs(float(np.abs(last).max()) - 0.25) < 0.05


async def test_what_is_said_as_samples_leaves_as_opus() -> None:
    line = Line()
    listener = plain(line)
    tone = Tone(440)
    for number in range(10):
        head = HEADER.pack(number, number * SAMPLES, int(number == 0))
        await listener.say(media.sound(head + to_pcm(tone.speak(SAMPLES))))
    packets = [unpack(each[1:]) for each in line.said]
    assert [each.sequence for each in packets] == list(range(10))
    assert packets[0].first
    decoder = OpusDecoder()
    assert max(float(np.abs(decoder.decode(each.opus)).max()) for each in packets) > 0.2


async def test_levels_pass_and_malformed_sound_is_a_moment_of_nothing() -> None:
    line = Line()
    line.coming = [bytes((media.LEVELS,)) + bytes(3), media.sound(b"\0" * 9 + b"no opus")]
    listener = plain(line)
    assert await listener.receive() == bytes((media.LEVELS,)) + bytes(3)
    assert len(await listener.receive()) == 1 + HEADER.size + 2 * SAMPLES


async def test_what_is_no_packet_of_samples_says_nothing() -> None:
    line = Line()
    listener = plain(line)
    for data in (b"", b"\x10", b"\x10" + bytes(20), b"\x11" + bytes(3), b"\x10" + bytes(4000)):
        await listener.say(data)
    assert line.said == []
