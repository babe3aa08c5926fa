"""The commands that the web surface answers itself: about the node as a whole, and about its page."""

from typing import Annotated, ClassVar, Final, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.messages import Displays, NodeId
from lanassist.node.services.command import Command
from lanassist.node.trust.grants import Role

PATH_LENGTH: Final = 4096
"""Characters of a page's path; a reason of REASON_LENGTH letters of any script fits in."""


class OwnIdentity(Struct, frozen=True, kw_only=True):
    """Whose node this is, as its certificate says."""

    site: str
    node: NodeId
    name: str
    email: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    grants: tuple[str, ...]
    expires: str
    """ISO 8601, UTC."""


class Discovery(Struct, frozen=True, kw_only=True):
    """How mDNS fares on this machine."""

    state: Literal["on", "off", "unavailable"]
    text: str = ""


class NodeStatus(Struct, frozen=True, kw_only=True):
    """The running node in one look."""

    identity: OwnIdentity
    version: str
    pid: int
    home: str
    link_port: int
    page: str
    chat: str = ""
    """Where customers reach the chat page; empty: not served."""
    uptime: float
    discovery: Discovery
    peers_live: int
    locked: bool | None
    displays: Displays
    desktop_error: str


class LaunchAddress(Struct, frozen=True, kw_only=True):
    """Signs one browser in, once, within two minutes."""

    url: str


class ShowNode(Command[NodeStatus], frozen=True, kw_only=True):
    """How this node is."""

    name: ClassVar[str] = "node.status"
    role: ClassVar[Role | None] = None


class Launch(Command[LaunchAddress], frozen=True, kw_only=True):
    """A one-time address of a page of this node."""

    name: ClassVar[str] = "node.launch"
    role: ClassVar[Role | None] = None
    path: Annotated[str, Meta(max_length=PATH_LENGTH, pattern=r"\A/(supervisor|agent)([/?][!-~]*)?\Z")]


COMMANDS = (ShowNode, Launch)
