"""The commands that the local surface itself answers: about this node, and one-time addresses."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.messages import Displays
from lanassist.node.services.command import Command
from lanassist.node.trust.grants import Role


class Self(Struct, frozen=True, kw_only=True):
    """Who this node is, as its certificate says."""

    node: str
    name: str
    email: str
    roles: tuple[str, ...]
    teams: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    site: str
    expires: str = ""
    """RFC 3339."""


class DiscoveryState(Struct, frozen=True, kw_only=True):
    """Whether mDNS works here."""

    state: Literal["on", "off", "unavailable"]
    text: str = ""
    """Why it is not on, in one sentence."""


class NodeState(Struct, frozen=True, kw_only=True):
    """This node at a glance."""

    identity: Self
    version: str
    pid: int
    home: str
    link_port: int
    page: str
    uptime: float
    """Seconds."""
    discovery: DiscoveryState
    peers_live: int
    desktop_error: str = ""
    locked: bool | None = None
    displays: Displays = ()


class ShowNode(Command[NodeState], frozen=True, kw_only=True):
    """This node: who it is, where it listens, whom it reaches."""

    name: ClassVar[str] = "node.status"
    role: ClassVar[Role | None] = None


class Launched(Struct, frozen=True, kw_only=True):
    """An address that signs one browser in, once, within two minutes."""

    url: str


class Launch(Command[Launched], frozen=True, kw_only=True):
    """A one-time address of a page of this node."""

    name: ClassVar[str] = "node.launch"
    role: ClassVar[Role | None] = None
    path: Annotated[str, Meta(min_length=1, max_length=1024)]
    """Such as ``/supervisor``."""


COMMANDS = (ShowNode, Launch)
