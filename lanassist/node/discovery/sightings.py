"""What an mDNS announcement of a node says, and which of those seen are worth a look. Pure.

An announcement is never more than a hint where to dial: who answers there is told by its certificate.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from lanassist.node.discovery.addresses import Address
from lanassist.node.protocol.limits import CANDIDATES_PER_NODE, ID_LENGTH, KNOWN_NAMES
from lanassist.node.protocol.messages import VERSION, Version

SERVICE: Final = "_lanassist._tcp.local."
OTHER_VERSIONS: Final = 64
"""Nodes of other versions that are told about; a flood of others is dropped."""

_INSTANCE = re.compile(rf"[A-Za-z0-9_-]{{8,{min(ID_LENGTH, 63)}}}")
_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})", re.ASCII)


class Found(Struct, frozen=True, kw_only=True):
    """A node announces itself, for the first time or at other addresses than before."""

    instance: str
    addresses: tuple[Address, ...]
    """All with the announced port; at least one, at most CANDIDATES_PER_NODE."""


class Gone(Struct, frozen=True, kw_only=True):
    """A node's announcement was withdrawn or ran out. It says nothing about links to that node."""

    instance: str


class OtherVersion(Struct, frozen=True, kw_only=True):
    """A node announces a protocol that this one does not speak."""

    instance: str
    version: Version
    addresses: tuple[Address, ...]


def announcement(instance: str, version: Version = VERSION) -> dict[str, str]:
    """The TXT record of a node: its protocol and its instance, never a name or a role."""
    return {"v": f"{version.major}.{version.minor}", "id": instance}


def service_name(instance: str) -> str:
    """The full mDNS name under which an instance announces itself."""
    return f"{instance}.{SERVICE}"


def dialable(addresses: Iterable[str], port: int | None, *, loopback: bool) -> tuple[Address, ...]:
    """The addresses worth dialling, IPv4 first and link-local last."""
    if not port:
        return ()
    usable = {}
    for text in addresses:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            continue
        if address.is_multicast or address.is_unspecified or (address.is_loopback and not loopback):
            continue
        if address.version == 6 and address.is_link_local and not address.scope_id:
            continue  # on which of this machine's links is not known
        usable[text] = (address.version, address.is_link_local, text)
    return tuple((text, port) for text in sorted(usable, key=usable.__getitem__)[:CANDIDATES_PER_NODE])


class Sightings:
    """The nodes that announce themselves now, never more than ``cap``."""

    def __init__(self, own: str, *, loopback: bool = False, cap: int = KNOWN_NAMES) -> None:
        if not _INSTANCE.fullmatch(own):
            raise ValueError(f"{own!r} cannot be announced as an instance")
        self.heard_own = False
        """Whether this node's own announcement has come back to it: multicast works here."""
        self._own = own
        self._loopback = loopback
        self._cap = cap
        self._seen: dict[str, Found] = {}
        self._others: set[str] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def __contains__(self, name: str) -> bool:
        return name in self._seen

    def seen(
        self, name: str, text: Mapping[str, str | None], addresses: Iterable[str], port: int | None
    ) -> Found | OtherVersion | None:
        """Take in an announcement; the event if it is news, else None. Malformed ones are no news."""
        instance, version = text.get("id") or "", _version(text.get("v") or "")
        if version is None or not _INSTANCE.fullmatch(instance) or name != service_name(instance):
            return None
        if instance == self._own:
            self.heard_own = True
            return None
        where = dialable(addresses, port, loopback=self._loopback)
        if version.major != VERSION.major:
            return self._other_version(OtherVersion(instance=instance, version=version, addresses=where))
        found = Found(instance=instance, addresses=where)
        full = name not in self._seen and len(self._seen) >= self._cap
        if not where or full or self._seen.get(name) == found:
            return None
        self._seen[name] = found
        return found

    def gone(self, name: str) -> Gone | None:
        """Take in a goodbye or a record that ran out."""
        found = self._seen.pop(name, None)
        return None if found is None else Gone(instance=found.instance)

    def forget(self) -> list[Gone]:
        """Start over, as after a change of networks."""
        names, self.heard_own = list(self._seen), False
        return [gone for name in names if (gone := self.gone(name))]

    def _other_version(self, event: OtherVersion) -> OtherVersion | None:
        if event.instance in self._others or len(self._others) >= OTHER_VERSIONS:
            return None
        self._others.add(event.instance)
        return event


def _version(text: str) -> Version | None:
    match = _VERSION.fullmatch(text)
    return None if match is None else Version(int(match[1]), int(match[2]))
