"""What needs no sound server: loss and jitter on a tone, and an hour of two clocks."""

import random

import numpy as np

from lanassist.node.sound.jitter import JitterBuffer
from lanassist.node.sound.lateness import FRAME
from lanassist.node.sound.opus import OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import SAMPLES, Packet, pack
from lanassist.node.sound.samples import BLOCK_SECONDS, RATE, Samples, silence
from lanassist.node.sound.tones import Tone

Figures = dict[str, float]
HERTZ = 440.0
WINDOW = RATE // 50


class Nothing:
    """A decoder for when only the order and the time matter."""

    def decode(self, data: bytes) -> Samples:
        return silence(SAMPLES)

    def recover(self, following: bytes) -> Samples:
        return silence(SAMPLES)

    def conceal(self) -> Samples:
        return silence(SAMPLES)


def loss_and_jitter(
    seconds: float = 60.0, loss: float = 0.01, jitter: float = 0.03, seed: int = 1
) -> Figures:
    """A tone through Opus, a network that loses and delays at random, and the jitter buffer."""
    chance, encoder, tone = random.Random(seed), OpusEncoder(), Tone(HERTZ)
    arrivals: list[tuple[float, bytes]] = []
    for number in range(int(seconds / FRAME)):
        packet = Packet(sequence=number, timestamp=number * SAMPLES, opus=encoder.encode(tone.speak(SAMPLES)))
        if chance.random() >= loss:
            arrivals.append(((number + 1) * FRAME + chance.uniform(0, jitter), pack(packet)))
    arrivals.sort(key=lambda arrival: arrival[0])
    buffer = JitterBuffer(OpusDecoder)
    heard = np.concatenate(_listen(buffer, arrivals, seconds))[5 * RATE :]
    return {
        "lossy_snr_db": signal_to_noise(heard),
        "lossy_delay_ms": 1000 * (buffer.delay + FRAME),
        "lossy_recovered": float(buffer.heard.recovered),
        "lossy_concealed": float(buffer.heard.concealed),
    }


def _listen(buffer: JitterBuffer, arrivals: list[tuple[float, bytes]], seconds: float) -> list[Samples]:
    given, place, now = [], 0, 0.0
    while now < seconds - 1:
        now += BLOCK_SECONDS
        while place < len(arrivals) and arrivals[place][0] <= now:
            buffer.put(arrivals[place][1], arrivals[place][0])
            place += 1
        given.append(buffer.take(now))
    return given


def signal_to_noise(heard: Samples) -> float:
    """Signal to everything else over all of it, in dB: per 20 ms the tone that fits best is the signal."""
    times = np.arange(WINDOW) / RATE
    basis = np.stack([np.sin(2 * np.pi * HERTZ * times), np.cos(2 * np.pi * HERTZ * times)], axis=1)
    frames = heard[: heard.size // WINDOW * WINDOW].reshape(-1, WINDOW).T.astype(np.float64)
    fitted, *_ = np.linalg.lstsq(basis, frames, rcond=None)
    meant = np.sqrt((fitted**2).sum(axis=0))
    level = float(np.median(meant))
    phase = fitted / np.maximum(meant, 1e-9)
    wanted = basis @ (phase * level)
    return float(10 * np.log10((wanted**2).sum() / ((frames - wanted) ** 2).sum()))


def drift(minutes: float, faster: float = 100e-6) -> Figures:
    """Two clocks; what had to be guessed or left out after the first minute, and what is held back."""
    chance, buffer = random.Random(1), JitterBuffer(Nothing)
    number, now, most = 0, 0.0, 0.0
    begin = 0
    while now < minutes * 60:
        now += BLOCK_SECONDS
        while (at := (number + 1) * FRAME / (1 + faster)) + 0.002 <= now:
            buffer.put(pack(Packet(sequence=number, timestamp=0, opus=b"x")), at + chance.uniform(0, 0.002))
            number += 1
        buffer.take(now)
        if now < 60:
            begin = buffer.heard.concealed + buffer.heard.skipped
        else:
            most = max(most, abs(buffer._pace.surplus or 0.0))
    guessed = buffer.heard.concealed + buffer.heard.skipped + buffer.heard.late - begin
    return {
        "drift_minutes": minutes,
        "drift_guessed_packets": float(guessed),
        "drift_learnt_ppm": 1e6 * buffer.ratio_learnt,
        "drift_error_most_ms": 1000 * most,
    }
