"""What sound is to the rest of the node: who hears whom, a call's engine, and a supervisor's headset.

Sound travels as packets (packet.py): a short header and 20 ms of Opus, 48 kHz mono. Whoever moves them
between nodes or to a page need not look into them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, Protocol

import msgspec

from lanassist.node.errors import LanassistError

if TYPE_CHECKING:  # the engine's own process does without it
    import trio

Mode = Literal["normal", "listen", "talk", "takeover"]
"""normal: nobody assists. talk: the supervisor holds the key and whispers to the agent."""
Party = Literal["customer", "agent", "supervisor"]

MODES: Final[tuple[Mode, ...]] = ("normal", "listen", "talk", "takeover")
PARTIES: Final[tuple[Party, ...]] = ("customer", "agent", "supervisor")


def _hears(
    customer: set[Party], agent: set[Party], supervisor: set[Party]
) -> Mapping[Party, frozenset[Party]]:
    return MappingProxyType(
        {"customer": frozenset(customer), "agent": frozenset(agent), "supervisor": frozenset(supervisor)}
    )


HEARS: Final[Mapping[Mode, Mapping[Party, frozenset[Party]]]] = MappingProxyType(
    {
        #                   the customer hears  the agent hears             the supervisor hears
        "normal": _hears({"agent"}, {"customer"}, set()),
        "listen": _hears({"agent"}, {"customer"}, {"customer", "agent"}),
        "talk": _hears({"agent"}, {"customer", "supervisor"}, {"customer", "agent"}),
        "takeover": _hears({"supervisor"}, set(), {"customer"}),
    }
)
"""The one table: in a mode, whom each ear hears. Everything that mixes or mutes is made from it."""


# --- where a call comes from -------------------------------------------------------------------------


class Softphone(msgspec.Struct, frozen=True, kw_only=True, tag="softphone"):
    """Any program on this desktop that uses our virtual speaker and microphone (Linux).

    ``headset`` and ``microphone`` are the agent's own devices, by the sound server's name or description;
    empty: whichever is the default.
    """

    headset: str = ""
    microphone: str = ""


class Synthetic(msgspec.Struct, frozen=True, kw_only=True, tag="synthetic"):
    """A call without a telephone or a sound server, for the demo and tests.

    Each voice is the path of a WAV file (48 kHz, mono, 16 bits; repeated) or ``tone:HERTZ`` or ``silence``.
    With ``record``, what each ear hears is written to ``RECORD/customer.wav`` and ``RECORD/agent.wav``.
    """

    customer: str = "tone:440"
    agent: str = "tone:620"
    record: str = ""


Source = Softphone | Synthetic
"""Siblings; a SIP source (the node as the agent's telephone) gets its place here."""


# --- what an engine or a headset tells ---------------------------------------------------------------


SILENCE: Final = -120.0
"""dBFS: nothing is quieter than that."""


class Levels(msgspec.Struct, frozen=True, kw_only=True, tag="levels"):
    """How loud each party speaks, ten times a second while somebody assists.

    Each is the root mean square of the last tenth of a second in dBFS; 0 is full scale. Of a headset, while
    it is open: ``customer`` is all that is played, ``supervisor`` the microphone.
    """

    customer: float = SILENCE
    agent: float = SILENCE
    supervisor: float = SILENCE


class ModeChanged(msgspec.Struct, frozen=True, kw_only=True, tag="mode"):
    """The mode that is in force from now on, and why.

    asked: ``set_mode`` said so. silent: nothing came from the supervisor for 200 ms while talking, so it is
    *listen* again. restarted: the engine crashed and was started again, so it is *normal*. ended: the call is
    over, or its source is gone.
    """

    mode: Mode
    why: Literal["asked", "silent", "restarted", "ended"] = "asked"


class SupervisorSilent(msgspec.Struct, frozen=True, kw_only=True, tag="supervisor-silent"):
    """The call is taken over and nothing has come from the supervisor for a while: the customer hears nobody.

    The engine stays as it is; whoever decides about the session may give the call back with *normal*.
    """

    seconds: float


class CallHint(msgspec.Struct, frozen=True, kw_only=True, tag="call-hint"):
    """A program has begun (or stopped) to record from the virtual microphone: probably a call is on."""

    on: bool
    program: str = ""


class Fault(msgspec.Struct, frozen=True, kw_only=True, tag="fault"):
    """Something about sound does not work; the call and the node go on. ``over``: it works again."""

    code: str
    """As the class in errors.py has it."""
    text: str
    """One sentence for a person."""
    over: bool = False


Event = Levels | ModeChanged | SupervisorSilent | CallHint | Fault


class SoundState(msgspec.Struct, frozen=True, kw_only=True):
    """An engine or a headset as it is now."""

    call: str = ""
    """The call that is on; for a headset: "open" while it is open."""
    mode: Mode = "normal"
    faults: tuple[Fault, ...] = ()
    """What does not work at the moment, one of each code."""


# --- the two that others use -------------------------------------------------------------------------


class Engine(Protocol):
    """The sound of one agent's calls, one call at a time. A child process does the work.

    A crash of the child never reaches the caller: it is told as a Fault and a ModeChanged, the child is
    started again, and a call that was on is taken up again in *normal*.
    """

    @property
    def state(self) -> SoundState: ...

    @property
    def events(self) -> "trio.MemoryReceiveChannel[Event]":
        """For one reader. Bounded; when nobody reads, the oldest go first."""
        ...

    @property
    def packets(self) -> "trio.MemoryReceiveChannel[bytes]":
        """For the supervisor's ear, 50 a second in every mode but normal. Bounded; the oldest go first."""
        ...

    async def run(self, *, task_status: "trio.TaskStatus[None]" = ...) -> None:
        """Supervise the child until cancelled. Started at once; the child starts when it is needed."""
        ...

    async def prepare(self, source: Source) -> None:
        """Make the source's devices before any call, so that a softphone can be set to them and hints come.

        Raises SoundUnavailable or one of its kinds. What was prepared is prepared again after a crash.
        """
        ...

    async def begin(self, source: Source, call: str) -> None:
        """A call is on, in *normal*: the engine stays out of it until a mode is set. Ends one that was on.

        Raises SoundUnavailable or one of its kinds; the call itself goes on without us.
        """
        ...

    async def set_mode(self, mode: Mode) -> None:
        """Returns once it is in force (ModeChanged is told too). Raises SoundUnavailable, or NoCallSound."""
        ...

    async def end(self) -> None:
        """The call is over; does nothing if none is on. Never fails."""
        ...

    def hear(self, packet: bytes) -> None:
        """A packet from the supervisor. Anything else, old or repeated ones are dropped and counted."""
        ...


class Headset(Protocol):
    """The supervisor's sound card: plays a call's packets, and records while the talk key is held."""

    @property
    def state(self) -> SoundState: ...

    @property
    def events(self) -> "trio.MemoryReceiveChannel[Event]": ...

    @property
    def packets(self) -> "trio.MemoryReceiveChannel[bytes]":
        """From the microphone, 50 a second while it is open. Bounded; the oldest go first."""
        ...

    async def run(self, *, task_status: "trio.TaskStatus[None]" = ...) -> None: ...

    async def open(self, output: str = "", microphone: str = "") -> None:
        """Open the sound card by name (empty: the default). Raises SoundUnavailable or one of its kinds."""
        ...

    async def talk(self, on: bool) -> None:
        """Open or close the microphone. Closed, no device is recorded from."""
        ...

    def play(self, packet: bytes) -> None:
        """A packet from an engine."""
        ...

    async def close(self) -> None:
        """Never fails."""
        ...


# --- devices -----------------------------------------------------------------------------------------


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A sound device of this machine."""

    name: str
    """What settings and commands take."""
    title: str
    """For people."""
    kind: Literal["output", "microphone"]
    default: bool = False


class SoundTest(msgspec.Struct, frozen=True, kw_only=True):
    """What a sound test found: a tone was played for a second, and the microphone was listened to."""

    output: str
    microphone: str
    level: float
    """Of the microphone meanwhile, in dBFS."""


def fault(error: LanassistError, over: bool = False) -> Fault:
    """An error of errors.py as an event."""
    return Fault(code=error.code, text=error.text, over=over)
