"""What a local user may ask of glance, and what glance puts on the board."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import CONSENT, NAME_LENGTH, REASON_LENGTH
from lanassist.node.protocol.messages import DisplayNumbers, Displays, NodeId, SessionId, VideoCodecs
from lanassist.node.services.command import Command, Done, Refusal
from lanassist.node.trust.grants import Role

OFFERS = "glance.offers"
"""Board topic: an Offer by agent's node id (on supervisors' nodes)."""
SESSIONS = "glance.sessions"
"""Board topic: a GlanceSession by session id (on the supervisor's node)."""
WATCHERS = "glance.watchers"
"""Board topic: a Watcher by supervisor and session (on the agent's own node)."""
MASKS = "glance.masks"
"""Board topic: the OwnMasks under the key “self”, if there are any (on the agent's own node)."""

AgentText = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
"""How a user names an agent: node id, e-mail, or the start of a name."""


class Offer(Struct, frozen=True, kw_only=True):
    """May this supervisor glance at that agent, and at which displays?"""

    node: NodeId
    refusal: Refusal | None
    displays: Displays
    reason_required: bool = False
    """Whether policy wants to know why."""
    asks: bool = False
    """Whether the agent is asked first, and must say yes."""


class GlanceSession(Struct, frozen=True, kw_only=True):
    """One glance, on the supervisor's node. It stays on the board for a while after its end."""

    session: SessionId
    agent: NodeId
    agent_name: str
    displays: DisplayNumbers
    state: Literal["asking", "asked", "running", "ended"]
    """``asked``: the agent is being asked, and may take a while to answer."""
    since: float
    end: Refusal | None = None
    declined: Refusal | None = None
    """Why the agent's node did not make the last change of displays."""


class Watcher(Struct, frozen=True, kw_only=True):
    """Who is looking at this agent's screen."""

    session: SessionId
    supervisor: NodeId
    name: str
    displays: DisplayNumbers
    since: float
    reason: str = ""
    """Why they look, as they gave it."""
    shown_since: float | None = None
    """Since when pictures have really left this machine; None: none has, it is about to."""
    wall: bool = False
    """As one small picture on a wall of many agents."""
    end: Refusal | None = None
    """Why it ended; None while it goes on."""
    ended: float | None = None


class OwnMasks(Struct, frozen=True, kw_only=True):
    """What nobody who looks at this agent's screen can see of it."""

    masks: tuple[str, ...]
    """Each in a few words."""


class StartedGlance(Struct, frozen=True, kw_only=True):
    """Attach a viewer to ``/api/media/SESSION`` within the lease."""

    session: SessionId
    agent: NodeId
    agent_name: str
    displays: Displays
    """All displays of the agent."""
    chosen: DisplayNumbers


class DisplayList(Struct, frozen=True, kw_only=True):
    agent: NodeId
    agent_name: str
    displays: Displays


class ListDisplays(Command[DisplayList], frozen=True, kw_only=True):
    """The displays of an agent."""

    name: ClassVar[str] = "glance.displays"
    agent: AgentText


class StartGlance(Command[StartedGlance], frozen=True, kw_only=True):
    """Ask the agent's node for a glance. No displays named: the primary one, or the first."""

    name: ClassVar[str] = "glance.start"
    patience: ClassVar[float] = CONSENT + 15.0
    asks: ClassVar[bool] = True
    agent: AgentText
    displays: DisplayNumbers = ()
    reason: Annotated[str, Meta(max_length=REASON_LENGTH)] = ""
    lossless: bool = False
    scale: Annotated[float, Meta(ge=0.05, le=1.0)] = 1.0
    """Of each side; at a half or less it is a tile of a wall, and the agent is told so."""
    video: VideoCodecs = ()
    """What the viewer decodes; without any, what moves is sent as JPEG."""


class SwitchGlance(Command[Done], frozen=True, kw_only=True):
    """Choose other displays in a running glance, named by its session or by its agent."""

    name: ClassVar[str] = "glance.switch"
    session: str = ""
    agent: str = ""
    displays: Annotated[DisplayNumbers, Meta(min_length=1)]


class StopGlance(Command[Done], frozen=True, kw_only=True):
    """End a glance, named by its session or by its agent; ``why`` is told on both sides."""

    name: ClassVar[str] = "glance.stop"
    session: str = ""
    agent: str = ""
    why: Literal[
        "stopped",
        "closed",
        "hidden",
        "covered",
        "unattended",
        "navigated",
        "other-agent",
        "out-of-sight",
        "paused",
        "node-silent",
        "viewer-failed",
    ] = "stopped"


class WatcherList(Struct, frozen=True, kw_only=True):
    now: float
    """This node's monotonic clock at the answer."""
    watchers: tuple[Watcher, ...]
    """The latest first."""


class ListWatchers(Command[WatcherList], frozen=True, kw_only=True):
    """Who looks at this agent's screen now, and who looked last (on the agent's own node)."""

    name: ClassVar[str] = "glance.watchers"
    role: ClassVar[Role | None] = Role.AGENT


COMMANDS = (ListDisplays, StartGlance, SwitchGlance, StopGlance, ListWatchers)
