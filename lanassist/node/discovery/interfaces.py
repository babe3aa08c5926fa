"""This machine's network interfaces, and which of them mDNS uses."""

import fcntl
import ipaddress
import socket
import struct
import sys
from collections.abc import Iterable, Sequence
from typing import Final

import ifaddr
from msgspec import Struct

IFF_UP: Final = 0x1
IFF_LOOPBACK: Final = 0x8
IFF_MULTICAST: Final = 0x1000
_SIOCGIFFLAGS: Final = 0x8913


class Interface(Struct, frozen=True, kw_only=True):
    """One interface that is up and has an address."""

    name: str
    index: int
    v4: tuple[str, ...] = ()
    v6: tuple[str, ...] = ()
    multicast: bool = True
    loopback: bool = False


def present_interfaces() -> list[Interface]:
    """Those of this machine (of its network namespace), in the order of their names."""
    found = []
    for adapter in ifaddr.get_adapters():
        flags = _flags(adapter.name)
        v4 = sorted(ip.ip for ip in adapter.ips if isinstance(ip.ip, str))
        v6 = sorted(ip.ip[0] for ip in adapter.ips if not isinstance(ip.ip, str))
        if flags & IFF_UP and (v4 or v6):
            interface = Interface(
                name=adapter.name,
                index=adapter.index or 0,
                v4=tuple(v4),
                v6=tuple(v6),
                multicast=bool(flags & IFF_MULTICAST),
                loopback=bool(flags & IFF_LOOPBACK),
            )
            found.append(interface)
    return sorted(found, key=lambda interface: interface.name)


def _flags(name: str) -> int:
    if not sys.platform.startswith("linux"):
        loopback = IFF_LOOPBACK if name.startswith("lo") else 0
        return IFF_UP | IFF_MULTICAST | loopback
    request = struct.pack("16sH14x", name.encode()[:15], 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request)
        except OSError:  # gone since it was listed
            return 0
    flags: int = struct.unpack("16sH14x", answer)[1]
    return flags


def chosen_interfaces(present: Iterable[Interface], wanted: Sequence[str]) -> tuple[Interface, ...]:
    """Those named in ``wanted`` (by name or address); none named: all that do multicast, not loopback.

    An interface with IPv6 alone is used only if there is none with IPv4.
    """
    if wanted:
        chosen = [each for each in present if {each.name, *each.v4, *each.v6} & set(wanted)]
    else:
        chosen = [each for each in present if each.multicast and not each.loopback]
    with_v4 = [each for each in chosen if each.v4]
    return tuple(with_v4 or chosen)


def own_addresses(chosen: Iterable[Interface]) -> list[str]:
    """Where nodes on those interfaces reach this machine: IPv4, then IPv6, or else link-local."""
    found = {ipaddress.ip_address(text) for each in chosen for text in (*each.v4, *each.v6)}
    routable = {address for address in found if not (address.version == 6 and address.is_link_local)}
    ordered = sorted(routable or found, key=lambda address: (address.version, str(address)))
    return [str(address) for address in ordered]
