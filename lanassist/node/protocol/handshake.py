"""Hello → Welcome → Ready, as one table of who may say what and when. No I/O, no clock.

The dialler speaks first. The listener answers with Welcome or with a Refusal that carries the cause; the
dialler confirms with Ready. Both ends keep the same machine, stepped by what they say and what they hear,
so neither can take a channel for open that the other does not.

Hello and Refusal keep their shape for all versions to come: they are how two versions learn that they
have none in common.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from lanassist.node.protocol import limits
from lanassist.node.protocol.codec import MalformedMessage, decode, encode
from lanassist.node.protocol.messages import VERSION, Hello, Message, Ready, Refusal, Version, Welcome


class Side(Enum):
    """The two ends of a channel."""

    DIALLER = "dialler"
    LISTENER = "listener"


class Step(Enum):
    """How far the two ends have come."""

    START = "start"
    GREETED = "greeted"
    WELCOMED = "welcomed"
    OPEN = "open"
    REFUSED = "refused"


TABLE: Mapping[tuple[Step, Side, type[Message]], Step] = MappingProxyType(
    {
        (Step.START, Side.DIALLER, Hello): Step.GREETED,
        (Step.GREETED, Side.LISTENER, Welcome): Step.WELCOMED,
        (Step.GREETED, Side.LISTENER, Refusal): Step.REFUSED,
        (Step.WELCOMED, Side.DIALLER, Ready): Step.OPEN,
    }
)
"""(where we are, who speaks, what is said) → where that takes us. Anything else breaks the handshake."""


class OutOfTurn(MalformedMessage):
    """A proper message, but not one that may be said at this point of the handshake."""


class Handshake:
    """One end of one handshake. ``version`` is the agreed one as soon as both sides are known."""

    def __init__(self, side: Side, ours: Version = VERSION) -> None:
        self.side = side
        self.ours = ours
        self.step = Step.START
        self.theirs: Version | None = None

    @property
    def version(self) -> Version | None:
        """What both sides speak; None while unknown, or if they have nothing in common."""
        return None if self.theirs is None else in_common(self.ours, self.theirs)

    @property
    def other(self) -> Side:
        """The far end."""
        return Side.LISTENER if self.side is Side.DIALLER else Side.DIALLER

    def say(self, message: Message) -> bytes:
        """The bytes to send. Raises OutOfTurn if it is not ours to say that now."""
        self._take_step(self.side, message)
        return encode(message)

    def hear(self, data: bytes) -> Message:
        """What the far end said. Raises MalformedMessage, or OutOfTurn if it may not say that now."""
        message = decode(data, limits.PRE_AUTH_BYTES)
        if message is None:
            raise OutOfTurn("an unknown message before the channel was open")
        self._take_step(self.other, message)
        if isinstance(message, Hello | Welcome | Refusal):
            self.theirs = message.version
        return message

    def _take_step(self, speaker: Side, message: Message) -> None:
        after = TABLE.get((self.step, speaker, type(message)))
        if after is None:
            said = type(message).__name__
            raise OutOfTurn(f"{said} from the {speaker.value} while the handshake was at “{self.step.value}”")
        self.step = after


def in_common(ours: Version, theirs: Version) -> Version | None:
    """The version that both speak: same major, the lower minor. None if the majors differ."""
    return min(ours, theirs) if ours.major == theirs.major else None


def spoken(version: Version) -> str:
    """A version for people: ``1.0``."""
    return f"{version.major}.{version.minor}"
