"""Which devices this machine has: the sound server's where there is one, else PortAudio's."""

import sys

from lanassist.node.errors import NoSoundServer, SoundNotInstalled
from lanassist.node.sound.streams.base import Cards
from lanassist.node.sound.streams.portaudio import PortAudioCards
from lanassist.node.sound.streams.pulsecards import PulseCards


def find_cards(platform: str = sys.platform) -> Cards:
    """Raises SoundNotInstalled, or NoSoundServer: what is missing, in the order in which to put it right."""
    if platform != "linux":
        return PortAudioCards()
    pulse = PulseCards()
    try:
        pulse.devices()
    except (NoSoundServer, SoundNotInstalled):
        portaudio = PortAudioCards()
        portaudio.devices()
        return portaudio
    return pulse
