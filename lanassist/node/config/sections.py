"""Every setting there is: a struct a section, a field a setting.

Bounds and meaning stand in the annotation; the environment name follows from section and name
(``link.port`` is ``LANASSIST_LINK_PORT``).
"""

from types import MappingProxyType
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import (
    BREAK_REASONS,
    CANDIDATES_PER_NODE,
    MOST_CAPACITY,
    NAME_LENGTH,
    REASON_LENGTH,
)

FILE: Final = "lanassist.toml"
ALIASES: Final = MappingProxyType({"LANASSIST_DISCOVERY": ("discovery", "enabled")})
"""Shorter names for settings that are often given by the environment."""

Port = Annotated[int, Meta(ge=0, le=65535)]
Word = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
Reason = Annotated[str, Meta(min_length=1, max_length=REASON_LENGTH)]
IP: Final = {"is": "IP address"}
"""Marks a setting whose texts must be IP addresses."""


class LinkSettings(Struct, frozen=True, kw_only=True):
    """Where other nodes reach this one."""

    port: Annotated[
        Port, Meta(description="TCP port on which other nodes reach this one; 0 takes any free port.")
    ] = 47600
    bind: Annotated[
        str, Meta(extra=IP, description="Address to listen on; empty means every interface, IPv4 and IPv6.")
    ] = ""
    advertise: Annotated[
        tuple[Word, ...],
        Meta(
            max_length=CANDIDATES_PER_NODE,
            extra=IP,
            description="Addresses to announce by mDNS instead of those of this machine's interfaces.",
        ),
    ] = ()


class DiscoverySettings(Struct, frozen=True, kw_only=True):
    """How nodes find each other."""

    enabled: Annotated[
        bool, Meta(description="Announce this node and look for others by mDNS; off leaves static peers.")
    ] = True
    interfaces: Annotated[
        tuple[Word, ...],
        Meta(
            max_length=64,
            description="Names or addresses of the interfaces that mDNS uses; empty means every one that "
            "does multicast. Loopback is used only when named.",
        ),
    ] = ()


class PageSettings(Struct, frozen=True, kw_only=True):
    """The local page and API, on loopback only."""

    port: Annotated[
        Port, Meta(description="TCP port of the local page on 127.0.0.1; 0 takes any free port.")
    ] = 47601


class GlanceSettings(Struct, frozen=True, kw_only=True):
    """How this machine's screen is sent to a supervisor who may see it."""

    jpeg_quality: Annotated[
        int,
        Meta(
            ge=30,
            le=100,
            description="Quality of pictures until they stand still; text is never sent as JPEG.",
        ),
    ] = 85
    moving_quality: Annotated[
        int,
        Meta(
            ge=30,
            le=100,
            description="Quality of what moves like video, if no video codec can be used; above "
            "`jpeg_quality` that one counts.",
        ),
    ] = 55
    updates_per_second: Annotated[
        int, Meta(ge=1, le=60, description="At most so many updates a second for each display.")
    ] = 60
    masks: Annotated[
        tuple[Word, ...],
        Meta(
            max_length=64,
            description="What is blackened beside the masks of the site's policy, like `class=KeePassXC`, "
            "`title=*salary*` or `display=1 area=400x300+0+0` (docs/masks.md).",
        ),
    ] = ()


class PresenceSettings(Struct, frozen=True, kw_only=True):
    """What agents tell about themselves."""

    break_reasons: Annotated[
        tuple[Reason, ...],
        Meta(
            max_length=BREAK_REASONS, description="Reasons for a break that the agent's page and CLI offer."
        ),
    ] = ("break", "lunch", "meeting", "training")
    capacity: Annotated[
        int,
        Meta(
            ge=0,
            le=MOST_CAPACITY,
            description="Clients that an agent takes at once, unless the agent chooses.",
        ),
    ] = 3
    idle_limit: Annotated[
        int,
        Meta(
            ge=0,
            le=86400,
            description="Seconds without key or mouse that make an agent absent; 0: never. The site's "
            "policy may set another limit.",
        ),
    ] = 900


class CallsSettings(Struct, frozen=True, kw_only=True):
    """This agent's calls, and where a supervisor's node finds their sound."""

    acw_seconds: Annotated[
        int,
        Meta(
            ge=0,
            le=3600,
            description="Seconds of After Call Work until it ends by itself; 0: no After Call Work.",
        ),
    ] = 60
    source: Annotated[
        Literal["none", "softphone", "synthetic"],
        Meta(
            description="Where the sound of calls comes from: `softphone`, any program on this desktop "
            "that is set to lanassist's virtual devices; `synthetic`, a call without a telephone, to try "
            "things out; `none`: calls are counted, and nobody can listen.",
        ),
    ] = "none"
    headset: Annotated[
        str,
        Meta(max_length=NAME_LENGTH, description="The agent's own headset; empty: the default device."),
    ] = ""
    microphone: Annotated[
        str,
        Meta(max_length=NAME_LENGTH, description="The agent's own microphone; empty: the default device."),
    ] = ""
    hang_up: Annotated[
        tuple[Word, ...],
        Meta(
            max_length=32,
            description="The command, word by word, that makes the softphone hang up: run when a supervisor "
            "ends a call that was taken over. Empty: the agent hangs up by hand.",
        ),
    ] = ()
    synthetic_customer: Annotated[
        str,
        Meta(
            max_length=4096,
            description="The customer's voice of a synthetic call: `tone:HERTZ`, `silence`, or a WAV file.",
        ),
    ] = "tone:440"
    synthetic_agent: Annotated[
        str,
        Meta(max_length=4096, description="The agent's voice of a synthetic call, likewise."),
    ] = "tone:620"
    synthetic_record: Annotated[
        str,
        Meta(max_length=4096, description="Folder for what each ear of a synthetic call hears; empty: none."),
    ] = ""


class ConversationsSettings(Struct, frozen=True, kw_only=True):
    """What is kept of conversations, at desks and at agents."""

    keep_days: Annotated[
        int, Meta(ge=1, le=3650, description="Days after which a conversation that is done is forgotten.")
    ] = 90


class LedgerSettings(Struct, frozen=True, kw_only=True):
    """The ledger of all supervision."""

    keep_days: Annotated[
        int, Meta(ge=30, le=36500, description="Days after which records of the ledger are removed.")
    ] = 400


class DeskSettings(Struct, frozen=True, kw_only=True):
    """The front door for customers; needs a certificate with the role *desk*."""

    enabled: Annotated[bool, Meta(description="Serve the customers' chat page.")] = False
    bind: Annotated[
        str,
        Meta(extra=IP, description="Address of the chat page; empty means every interface."),
    ] = ""
    port: Annotated[Port, Meta(description="TCP port of the chat page; 0 takes any free port.")] = 47680
    certificate: Annotated[
        str,
        Meta(
            max_length=4096,
            description="PEM file of the chat page's certificate, in the home or absolute.",
        ),
    ] = "chat.pem"
    key: Annotated[
        str,
        Meta(max_length=4096, description="PEM file of its key, in the home or absolute."),
    ] = "chat.key"
    plain_http: Annotated[
        bool, Meta(description="Serve the chat page without TLS: anybody on the LAN can then read along.")
    ] = False
    title: Annotated[Word, Meta(description="What the chat page is headed with.")] = "Chat with us"
    categories: Annotated[
        tuple[Word, ...],
        Meta(
            max_length=64,
            description="What a client may ask about: a name, or `name = team` if a team serves it first.",
        ),
    ] = ("General",)
    hosts: Annotated[
        tuple[Word, ...],
        Meta(
            max_length=32,
            description="Names under which customers may open the chat page, like `desk.lan`, beside those "
            "in its certificate, this machine's own, and every IP address.",
        ),
    ] = ()
    starts: Annotated[
        int,
        Meta(
            ge=1,
            le=100_000,
            description="Conversations that one address may start in ten minutes; more where all customers "
            "come from behind one router.",
        ),
    ] = 10


def teams_of(categories: tuple[str, ...]) -> dict[str, str]:
    """The team of each category, empty for any, from what the setting says."""
    split = (text.partition("=") for text in categories)
    return {category.strip(): team.strip() for category, _, team in split}


class Settings(Struct, frozen=True, kw_only=True):
    """All settings of one node."""

    link: LinkSettings = LinkSettings()
    discovery: DiscoverySettings = DiscoverySettings()
    page: PageSettings = PageSettings()
    glance: GlanceSettings = GlanceSettings()
    presence: PresenceSettings = PresenceSettings()
    conversations: ConversationsSettings = ConversationsSettings()
    calls: CallsSettings = CallsSettings()
    ledger: LedgerSettings = LedgerSettings()
    desk: DeskSettings = DeskSettings()
