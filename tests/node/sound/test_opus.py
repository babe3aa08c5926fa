"""Opus: what comes back, and what is made of what is missing or nonsense."""

import sys
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, strategies as st

from lanassist.node.errors import SoundNotInstalled
from lanassist.node.sound.level import level_of
from lanassist.node.sound.opus import BadOpus, OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import OPUS_BYTES, SAMPLES
from lanassist.node.sound.tones import Tone
from tests.support.hearing import tone_levels


def encoded(count: int) -> list[bytes]:
    encoder, tone = OpusEncoder(), Tone(440)
    return [encoder.encode(tone.speak(SAMPLES)) for _ in range(count)]


def test_a_tone_comes_back() -> None:
    decoder, packets = OpusDecoder(), encoded(50)
    back = np.concatenate([decoder.decode(packet) for packet in packets])[4 * SAMPLES :]
    assert max(len(packet) for packet in packets) < OPUS_BYTES
    assert np.abs(tone_levels(back, 440) - -12).max() < 1


def test_a_lost_packet_is_recovered_from_the_next_one() -> None:
    decoder, packets = OpusDecoder(), encoded(40)
    for packet in packets[:30]:
        decoder.decode(packet)
    recovered = decoder.recover(packets[31])
    assert recovered.size == SAMPLES
    assert level_of(recovered) > -25


def test_a_missing_packet_is_concealed_and_fades() -> None:
    decoder = OpusDecoder()
    for packet in encoded(30):
        decoder.decode(packet)
    guesses = [level_of(decoder.conceal()) for _ in range(30)]
    assert guesses[0] > -30
    assert guesses[-1] < -60


@given(st.binary(min_size=1, max_size=OPUS_BYTES))
def test_nonsense_is_refused_or_is_twenty_milliseconds(data: bytes) -> None:
    decoder = OpusDecoder()
    with suppress(BadOpus):
        assert decoder.decode(data).size == SAMPLES
    assert decoder.recover(data).size == SAMPLES
    assert decoder.decode(encoded(1)[0]).size == SAMPLES


def test_without_the_library_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opuslib_next", None)
    with pytest.raises(SoundNotInstalled) as refused:
        OpusEncoder()
    assert "extra “sound”" in refused.value.text
