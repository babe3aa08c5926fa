"""Who speaks in the demo's calls: tones for the checks, a synthetic voice for people."""

import shutil
import subprocess
import wave
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from lanassist.node.sound.samples import RATE
from lanassist.node.sound.waves import create_wave

TONES: Final = (440, 620)
"""Hertz of the customer and the agent, where a program listens."""
PAUSE: Final = 1.5
"""Seconds of silence after each line, in which the other one speaks."""
LINES: Final = {
    "customer": (
        ("en+f3", "Hello. My parcel should have been here on Monday, and I have not heard anything since."),
        ("en+f3", "Seven, seven, three, one, zero."),
        ("en+f3", "It was a present. That really is not good enough. Can somebody else decide that?"),
    ),
    "agent": (
        ("en+m2", "Good morning, this is Dana Fox. I am sorry to hear that. What is your order number?"),
        ("en+m2", "Thank you. I see it. It has been in the depot since Tuesday."),
        ("en+m2", "I understand. Let me see what I can do about the shipping costs for you."),
    ),
}


def tones(customer: float, agent: float) -> tuple[str, str]:
    """Voices that a program can tell apart: customer and agent, as a synthetic call's settings take them."""
    return f"tone:{customer:g}", f"tone:{agent:g}"


def spoken(folder: Path) -> tuple[str, str]:
    """Voices for people, who speak in turn; tones where espeak-ng is not installed."""
    if shutil.which("espeak-ng") is None:
        return tones(*TONES)
    turns = list(zip(LINES["customer"], LINES["agent"], strict=True))
    parts = [(_say(folder, *customer), _say(folder, *agent)) for customer, agent in turns]
    paths = tuple(folder / f"voice-{who}.wav" for who in LINES)
    pause = np.zeros(int(PAUSE * RATE), "<i2")
    for speaker, path in enumerate(paths):
        with create_wave(path) as file:
            for pair in parts:
                for turn, said in enumerate(pair):
                    heard = said if turn == speaker else np.zeros_like(said)
                    file.writeframes(np.concatenate([heard, pause]).tobytes())
    return str(paths[0]), str(paths[1])


def _say(folder: Path, voice: str, text: str) -> npt.NDArray[np.int16]:
    """A line, 16 bits at 48 kHz."""
    path = folder / "line.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-w", str(path), text], check=True)
    with wave.open(str(path)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    moments = np.arange(0, samples.size - 1, rate / RATE)
    line: npt.NDArray[np.int16] = np.interp(moments, np.arange(samples.size), samples).astype("<i2")
    return line
