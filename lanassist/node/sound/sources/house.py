"""A softphone's virtual devices on a PulseAudio or pipewire-pulse server, and the normal call's loopbacks.

    customer ─ softphone ─► speaker ═loopback═► the agent's headset
    customer ◄─ softphone ◄─ microphone ◄─ voice ◄═loopback═ the agent's microphone

The server carries them, not we: a call goes on when the node crashes. So a node that starts takes over what
it finds in order, since a call may be on, and removes the rest of a dead run.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from lanassist.node.errors import UnknownSoundDevice
from lanassist.node.sound.base import Device, Softphone
from lanassist.node.sound.streams.pulse import OWN, find_device, list_devices

SPEAKER: Final = OWN + "speaker"
"""The softphone plays the customer's voice there."""
VOICE: Final = OWN + "voice"
"""What the customer shall hear is played there."""
MICROPHONE: Final = OWN + "microphone"
"""The softphone records that: ``VOICE`` as a microphone, for many programs do not offer monitors."""
CUSTOMER: Final = SPEAKER + ".monitor"
SHAPE: Final = "channels=1 channel_map=mono rate=48000"
LATENCY: Final = 20
"""Milliseconds that a loopback adds to the normal call."""
NONE: Final = 0xFFFFFFFF
"""The client of a stream that is a module's and not a program's."""
METERS: Final = ("Peak detect", "peak detect")
"""Volume controls watch microphones under these names."""


class Module(NamedTuple):
    """One module of the server, with its arguments as they were given."""

    name: str
    arguments: str


DEVICES: Final = (
    Module(
        "module-null-sink",
        f"sink_name={SPEAKER} {SHAPE} sink_properties=device.description=Lanassist-Speaker",
    ),
    Module(
        "module-null-sink", f"sink_name={VOICE} {SHAPE} sink_properties=device.description=Lanassist-Voice"
    ),
    Module(
        "module-remap-source",
        f"master={VOICE}.monitor source_name={MICROPHONE} channels=1 channel_map=mono"
        " master_channel_map=mono remix=no source_properties=device.description=Lanassist-Microphone",
    ),
)


def loopback(source: str, sink: str) -> Module:
    """One way of the normal call; it stays where it is even if its device is unplugged."""
    ends = f"source={source} sink={sink}"
    return Module(
        "module-loopback",
        f"{ends} {SHAPE} latency_msec={LATENCY} source_dont_move=true sink_dont_move=true",
    )


class House:
    """The virtual devices of one softphone. Calls block; not for two threads at once."""

    def __init__(self, softphone: Softphone) -> None:
        self._softphone = softphone
        self.headset = ""
        self.microphone = ""
        """The agent's own devices by the server's names; empty while they are missing."""
        self._taken_over = False
        self._ways_on: list[int] = []
        """The two loopbacks' streams, as the server numbers them."""

    # --- the devices ---------------------------------------------------------------------------------

    def settle(self, pulse: Any) -> list[UnknownSoundDevice]:
        """Put everything in order: what fits stays, the rest of our name goes, what is missing is made.

        Tells which of the agent's own devices are missing; without them that way of the call is silent.
        """
        server = pulse.server_info()
        before = (server.default_sink_name, server.default_source_name)
        missing = self._find(list_devices(pulse))
        ways = list(self._ways())
        self._arrange(pulse, [*DEVICES, *ways])
        self._keep_defaults(pulse, *before)
        self.apply(pulse)
        return missing

    def _find(self, devices: Sequence[Device]) -> list[UnknownSoundDevice]:
        missing: list[UnknownSoundDevice] = []
        self.headset = self.microphone = ""
        try:
            self.headset = find_device(devices, "output", self._softphone.headset).name
        except UnknownSoundDevice as error:
            missing.append(error)
        try:
            self.microphone = find_device(devices, "microphone", self._softphone.microphone).name
        except UnknownSoundDevice as error:
            missing.append(error)
        return missing

    def _ways(self) -> Iterator[Module]:
        if self.headset:
            yield loopback(CUSTOMER, self.headset)
        if self.microphone:
            yield loopback(self.microphone, VOICE)

    @staticmethod
    def _arrange(pulse: Any, wanted: Sequence[Module]) -> None:
        left = list(wanted)
        surplus: list[int] = []
        for found in pulse.module_list():
            module = Module(found.name, found.argument or "")
            if module in left:
                left.remove(module)
            elif OWN in module.arguments:
                surplus.append(found.index)
        for index in reversed(surplus):
            _unload(pulse, index)
        for module in left:
            pulse.module_load(module.name, module.arguments)

    @staticmethod
    def _keep_defaults(pulse: Any, sink: str | None, source: str | None) -> None:
        """A virtual device must not become everybody's default because it is new."""
        server = pulse.server_info()
        if (server.default_sink_name or "").startswith(OWN):
            _make_default(pulse, pulse.sink_list(), sink)
        if (server.default_source_name or "").startswith(OWN):
            _make_default(pulse, pulse.source_list(), source)

    @staticmethod
    def remove(pulse: Any) -> None:
        """All of ours, also of a dead run."""
        for found in reversed(pulse.module_list()):
            if OWN in (found.argument or ""):
                _unload(pulse, found.index)

    # --- the normal call -----------------------------------------------------------------------------

    def take_over(self, pulse: Any, taken: bool) -> None:
        """Mute both ways of the normal call, or give them back."""
        self._taken_over = taken
        for index in self._ways_on:
            pulse.sink_input_mute(index, taken)

    def apply(self, pulse: Any) -> None:
        """As it should be; a server may remember an earlier run's muting."""
        ours = {
            found.index
            for found in pulse.module_list()
            if found.name == "module-loopback" and OWN in (found.argument or "")
        }
        streams = [stream for stream in pulse.sink_input_list() if stream.owner_module in ours]
        self._ways_on = [stream.index for stream in streams]
        for stream in streams:
            if bool(stream.mute) != self._taken_over:
                pulse.sink_input_mute(stream.index, self._taken_over)

    @staticmethod
    def program(pulse: Any) -> str | None:
        """The program that records from the virtual microphone; None: there is none."""
        ours = {one.index for one in pulse.source_list() if one.name in (MICROPHONE, VOICE + ".monitor")}
        for stream in pulse.source_output_list():
            if stream.source in ours and stream.client != NONE and stream.name not in METERS:
                return str(stream.proplist.get("application.name") or stream.name)
        return None

    @staticmethod
    def in_use(pulse: Any) -> bool:
        """Whether a program plays to or records from our devices: then a call may be on."""
        speakers = {one.index for one in pulse.sink_list() if one.name == SPEAKER}
        plays = any(stream.sink in speakers and stream.client != NONE for stream in pulse.sink_input_list())
        return plays or House.program(pulse) is not None


def _make_default(pulse: Any, devices: Sequence[Any], name: str | None) -> None:
    """The device of that name, if it is there and none of ours."""
    for device in devices:
        if device.name == name and not device.name.startswith(OWN):
            pulse.default_set(device)


def _unload(pulse: Any, index: int) -> None:
    import pulsectl

    with suppress(pulsectl.PulseError):  # it may go together with the device it is on
        pulse.module_unload(index)
