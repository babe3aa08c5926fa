"""What a sound server has recorded is read a packet at a time, by a server's stream that is played here."""

import numpy as np
import pytest

from lanassist.node.sound.samples import BLOCK, RATE
from lanassist.node.sound.streams import pulsestreams
from lanassist.node.sound.streams.libpulse import Buffering
from lanassist.node.sound.streams.pulsestreams import PulseRecording


class Server:
    """Records samples that count up from 0; ``now`` moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.given = 0

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 0.0001)

    def monotonic(self) -> float:
        return self.now

    def link(self, playback: bool, device: str, title: str, buffering: Buffering) -> "Server":
        return self

    def serve(self) -> None:
        """All has been said already."""

    def recorded(self) -> bytes:
        begin, self.given = self.given, round(self.now * RATE)
        return np.arange(begin, self.given, dtype="<f4").tobytes()

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(pulsestreams, "Link", server.link)
    monkeypatch.setattr(pulsestreams, "time", server)
    monkeypatch.setattr(pulsestreams, "PRESENCE", Everywhere())
    return server


class Everywhere:
    """Every device is there."""

    def expect(self, name: str) -> None: ...

    def has(self, name: str) -> bool:
        return True


def test_packets_follow_each_other_without_a_hole(server: Server) -> None:
    recording = PulseRecording("microphone", "a test", 2)
    heard = np.concatenate([recording.read() for _ in range(50)])
    assert heard.size == 50 * 2 * BLOCK
    assert (np.diff(heard) == 1).all()


def test_what_piles_up_is_all_heard(server: Server) -> None:
    recording = PulseRecording("microphone", "a test", 2)
    begun = [recording.read() for _ in range(10)]
    server.sleep(0.1)
    heard = np.concatenate([*begun, *(recording.read() for _ in range(10))])
    assert (np.diff(heard) == 1).all()
