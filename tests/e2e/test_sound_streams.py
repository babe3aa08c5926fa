"""Streams of real sound servers: what is written is heard, what is hushed is not, what is gone is told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from lanassist.node.errors import NoSoundServer
from lanassist.node.sound.samples import BLOCK, RATE, Samples, silence
from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.libpulse import NoSuchDevice
from lanassist.node.sound.streams.pulsestreams import SAMPLE_BYTES, PulsePlayback, PulseRecording
from lanassist.node.sound.tones import Tone
from tests.support.hearing import Mouth, longest_gap, tone_levels
from tests.support.soundserver import HEADSET, MICROPHONE, MOUTH, SoundServer

pytestmark = pytest.mark.e2e

HERTZ = 440.0
LONG = 10
"""Seconds of a tone that wait in a queue."""
SOON = 500
"""Blocks within which a sound that was begun is heard, or a loss is told."""
TITLE = "a test"


@pytest.fixture
def ear(server: SoundServer) -> Iterator[PulseRecording]:
    recording = PulseRecording(f"{HEADSET}.monitor", TITLE)
    yield recording
    recording.close()


def hears(block: Samples) -> bool:
    return bool(tone_levels(block, HERTZ, BLOCK, BLOCK)[0] > -30)


def read_until(ear: PulseRecording, playback: PulsePlayback, heard: bool) -> int:
    """How many blocks came up to 20 in a row in which the tone is, or is not."""
    count = run = 0
    while count < LONG * 200 and run < 20:
        assert playback.wanted >= 0
        run = run + 1 if hears(ear.read()) == heard else 0
        count += 1
    return count


def again_and_again(move: Callable[[], object]) -> None:
    """Again and again, for a while."""
    for _ in range(SOON):
        move()


def test_a_tone_is_recorded_whole_and_as_loud_as_it_was(server: SoundServer) -> None:
    recording = PulseRecording(MICROPHONE, TITLE, 2)
    with Mouth(server.environ, MOUTH, HERTZ):
        while not hears(recording.read()[:BLOCK]):
            pass
        blocks = [recording.read() for _ in range(50)]
    recording.close()
    heard = np.concatenate(blocks)
    assert {block.size for block in blocks} == {2 * BLOCK}
    assert abs(float(np.median(tone_levels(heard, HERTZ))) - -12) < 1
    assert longest_gap(heard, HERTZ) < 0.5


def test_what_is_written_is_heard(server: SoundServer, ear: PulseRecording) -> None:
    playback, tone = PulsePlayback(HEADSET, TITLE), Tone(HERTZ)
    for _ in range(SOON):
        playback.write(tone.speak())
        if hears(ear.read()):
            break
    else:
        pytest.fail("the tone was not heard")
    playback.close()


def test_what_is_hushed_is_never_heard(server: SoundServer, ear: PulseRecording) -> None:
    playback = PulsePlayback(HEADSET, TITLE, LONG * RATE * SAMPLE_BYTES)
    playback.add(Tone(HERTZ).speak(LONG * RATE))
    read_until(ear, playback, True)
    playback.hush()
    assert read_until(ear, playback, False) * BLOCK / RATE < LONG / 2
    playback.close()


def test_what_there_is_room_for_is_told(server: SoundServer) -> None:
    playback = PulsePlayback(HEADSET, TITLE, 4 * BLOCK * SAMPLE_BYTES)
    wanted = playback.wanted
    assert wanted >= 2 * BLOCK
    playback.add(silence(wanted))
    for _ in range(SOON):
        if again := playback.wanted:
            break
        playback._link.wait()
    assert 0 < again < LONG * RATE
    playback.close()


def test_what_came_is_taken_without_waiting(server: SoundServer, ear: PulseRecording) -> None:
    ear.read()
    came = [ear.come() for _ in range(1000)]
    assert any(block.size == 0 for block in came)


def test_a_device_that_is_unplugged_is_lost(server: SoundServer) -> None:
    server.plug_in("usb")
    playback, recording = PulsePlayback("usb", TITLE), PulseRecording("usb.monitor", TITLE)
    playback.write(silence())
    recording.read()
    server.unload("sink_name=usb")
    with pytest.raises(StreamLost):
        again_and_again(recording.read)
    with pytest.raises(StreamLost):
        again_and_again(lambda: playback.write(silence()))
    recording.close()
    playback.close()


def test_a_server_that_dies_is_told(server: SoundServer) -> None:
    playback, recording = PulsePlayback(HEADSET, TITLE), PulseRecording(MICROPHONE, TITLE)
    server.stop()
    with pytest.raises(StreamLost):
        again_and_again(recording.come)
    with pytest.raises(StreamLost):
        again_and_again(lambda: playback.wanted)
    recording.close()
    playback.close()


def test_a_device_that_is_not_there_is_told(server: SoundServer) -> None:
    with pytest.raises(NoSuchDevice):
        PulsePlayback("nosuch", TITLE)
    with pytest.raises(NoSuchDevice):
        PulseRecording("nosuch", TITLE)


def test_without_a_server_there_is_no_stream(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'nobody'}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with pytest.raises(NoSoundServer):
        PulsePlayback(HEADSET, TITLE)
