"""Where a node can be dialled, as people write it and as programs use it. Pure."""

import ipaddress
import re
from typing import Final

from lanassist.node.errors import BadInput

Address = tuple[str, int]
"""A host (name or IP address; a link-local one with its ``%scope``) and a port."""

_WRITTEN: Final = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|(?P<host>[^\s:\[\]/@]+))(?::(?P<port>\d{1,5}))?", re.ASCII
)
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?")


def parse_address(text: str, default_port: int) -> Address:
    """``host:port``, ``[ipv6]:port``, or either without its port. Raises BadInput."""
    text = text.strip()
    if _is_ip(text):
        return text, default_port
    match = _WRITTEN.fullmatch(text)
    host = (match["v6"] or match["host"]) if match else ""
    port = int(match["port"] or default_port) if match else 0
    if not 0 < port < 65536 or not (_is_ip(host) or _HOST.fullmatch(host)):
        why = "write HOST or HOST:PORT, an IPv6 address with a port as [ADDRESS]:PORT"
        raise BadInput(what=f"“{text}”", why=why)
    return host.lower(), port


def spell_address(address: Address) -> str:
    """As ``parse_address`` reads it."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
