"""Whom this node knows of and where to dial them. Pure.

Three sources say where nodes are: peers that a user named, nodes met before, and mDNS. The first two stay
whatever the third says. mDNS can add places to try; it can never take one away from a node that was met,
because where a node was last reached is told by the links, not by packets that anybody can send.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct

from lanassist.node.discovery.addresses import Address, spell_address
from lanassist.node.discovery.sightings import Found, Gone
from lanassist.node.protocol.limits import CANDIDATES_PER_NODE, KNOWN_NAMES, LINKS_TOTAL
from lanassist.node.protocol.messages import NodeId

STATIC_PEERS: Final = 512

Source = Literal["mdns", "static", "remembered"]


class Met(Struct, frozen=True, kw_only=True):
    """A node that this one has had a link with, and where it could be dialled, the latest place first."""

    node: NodeId
    addresses: tuple[Address, ...]


class Target(Struct, frozen=True, kw_only=True):
    """Somebody to dial: try every address, in this order, until one answers."""

    key: str
    """Stays the same while the target is the same, also when its addresses change."""
    addresses: tuple[Address, ...]
    expected: NodeId | None
    """Who must answer; None: any node of the site, as far as anybody can know beforehand."""
    source: Source


class Roster:
    """Merges the sources into targets. ``dials_all``: supervisors and desks dial whomever they hear of;
    an agent dials only the static peers."""

    def __init__(
        self, *, own: NodeId, dials_all: bool, static: Iterable[Address] = (), met: Iterable[Met] = ()
    ) -> None:
        self._own = own
        self._dials_all = dials_all
        self._static: dict[Address, NodeId | None] = dict.fromkeys(list(static)[:STATIC_PEERS])
        self._met: dict[NodeId, tuple[Address, ...]] = {}
        self._announced: dict[str, Target] = {}
        self._instance_of: dict[NodeId, str] = {}
        """As which announced instance a node was last met."""
        self._live: set[NodeId] = set()
        for each in met:
            if len(self._met) < LINKS_TOTAL and each.node != own:
                self._met[each.node] = each.addresses[:CANDIDATES_PER_NODE]

    # --- what the sources say ------------------------------------------------------------------------

    def found(self, event: Found) -> None:
        """A node announces itself. Past KNOWN_NAMES of them, others are dropped."""
        if event.instance in self._announced or len(self._announced) < KNOWN_NAMES:
            key, addresses = f"mdns:{event.instance}", event.addresses[:CANDIDATES_PER_NODE]
            self._announced[event.instance] = Target(
                key=key, addresses=addresses, expected=None, source="mdns"
            )

    def gone(self, event: Gone) -> None:
        """An announcement is over. Who was met is dialled where it was met, all the same."""
        self._announced.pop(event.instance, None)

    def add_static(self, address: Address) -> bool:
        """Dial this address from now on. False if it is dialled already or there is no room."""
        if address in self._static or len(self._static) >= STATIC_PEERS:
            return False
        self._static[address] = None
        return True

    def remove_static(self, address: Address) -> bool:
        """False if it was not there."""
        return self._static.pop(address, self) is not self

    @property
    def static(self) -> tuple[Address, ...]:
        return tuple(self._static)

    # --- what the links say --------------------------------------------------------------------------

    def linked(self, node: NodeId, instance: str, address: Address) -> Met:
        """A link to ``node`` came up; ``address`` is where it can be dialled (port 0: nowhere).

        Returns what to remember.
        """
        before = self._met.pop(node, ())
        places = (address, *(each for each in before if each != address)) if address[1] else before
        self._make_room()
        self._met[node] = places[:CANDIDATES_PER_NODE]
        self._live.add(node)
        if address in self._static:
            self._static[address] = node
        # An instance is a claim of the peer's: it counts if it was announced for the place where the peer is.
        if (announced := self._announced.get(instance)) and address in announced.addresses:
            self._instance_of[node] = instance
        return Met(node=node, addresses=self._met[node])

    def unlinked(self, node: NodeId) -> None:
        """There is no link to ``node`` any more."""
        self._live.discard(node)

    def forget(self, node: NodeId) -> None:
        """Drop a node that was met, as when its certificate was revoked."""
        self._met.pop(node, None)
        self._instance_of.pop(node, None)

    def _make_room(self) -> None:
        """Give up whoever was met longest ago and has no link."""
        if len(self._met) >= LINKS_TOTAL:
            idle = next((node for node in self._met if node not in self._live), None)
            if idle is not None:
                self.forget(idle)

    # --- what to do ----------------------------------------------------------------------------------

    def source(self, node: NodeId) -> Literal["mdns", "static", "remembered", "incoming"]:
        """How this node knows where ``node`` is."""
        if node in self._static.values():
            return "static"
        if self._instance_of.get(node) in self._announced:
            return "mdns"
        return "remembered" if self._met.get(node) else "incoming"

    def targets(self) -> tuple[Target, ...]:
        """Everybody to dial now: the static peers first, then whom this node has met, then newcomers."""
        everybody = [*self._static_targets()]
        if self._dials_all:
            everybody += [*self._met_targets(), *self._new_targets()]
        return tuple(everybody)

    def _static_targets(self) -> Iterable[Target]:
        for address in self._static:
            key = f"static:{spell_address(address)}"
            yield Target(key=key, addresses=(address,), expected=None, source="static")

    def _met_targets(self) -> Iterable[Target]:
        for node, places in self._met.items():
            announced = self._announced.get(self._instance_of.get(node, ""))
            if addresses := _merged(places, announced.addresses if announced else ()):
                source: Source = "mdns" if announced else "remembered"
                yield Target(key=f"node:{node}", addresses=addresses, expected=node, source=source)

    def _new_targets(self) -> Iterable[Target]:
        """Announced, and nobody who was met."""
        met = set(self._instance_of.values())
        return (target for instance, target in self._announced.items() if instance not in met)


def _merged(first: Sequence[Address], then: Sequence[Address]) -> tuple[Address, ...]:
    """Both, each address once. What was reached before is tried first, and half of what may be tried is
    left to it, so that announcing many addresses pushes none of the good ones out."""
    kept = first[: CANDIDATES_PER_NODE // 2] if then else first
    return tuple(dict.fromkeys((*kept, *then, *first)))[:CANDIDATES_PER_NODE]
