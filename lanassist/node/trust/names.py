"""The grammar of the words in a certificate: site, node, name, e-mail, team.

The same rules hold where the authority issues and where a node reads, so nothing that a peer shows can
smuggle control characters, reversed text or a second meaning into a page, a log or a terminal.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from lanassist.node.protocol.messages import NodeId

NAME_BYTES: Final = 64
"""As UTF-8; X.509 bounds a common name to this (RFC 5280, ub-common-name)."""
EMAIL_LENGTH: Final = 254
SITE_LENGTH: Final = 100
TEAM_LENGTH: Final = 64
TEAMS: Final = 64

WhyNot = Callable[[str], str | None]
"""Says what is wrong with a text, as the end of a sentence; None if nothing is."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SITE = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NODE = re.compile(r"[0-9a-f]{16}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # needed to write Persian and Indic names


def why_not_site(site: str) -> str | None:
    """What is wrong with the name of a site; None if it is well-formed."""
    if len(site) > SITE_LENGTH or not _SITE.fullmatch(site):
        return f"{site!r} is no name of a site: it looks like acme.example, in lower case"
    return None


def why_not_text(text: str, longest: int) -> str | None:
    """What keeps ``text`` from being shown as it is: hidden characters, edges of space, its length."""
    if not text:
        return "it is empty"
    if len(text) > longest:
        return f"it is longer than {longest} characters"
    if text != text.strip():
        return "it begins or ends with a space"
    if any(unicodedata.category(c) in _HIDDEN and c not in _JOINERS for c in text):
        return "it contains characters that cannot be seen"
    return None


def why_not_name(name: str) -> str | None:
    """What is wrong with a person's or machine's name; None if it can be certified."""
    why = why_not_text(name, NAME_BYTES)
    if why is None and len(name.encode()) > NAME_BYTES:
        return f"it is longer than {NAME_BYTES} bytes"
    return why


def why_not_email(email: str) -> str | None:
    """What is wrong with an e-mail address; None if it can be certified."""
    if len(email) > EMAIL_LENGTH or not _EMAIL.fullmatch(email):
        return "it is no e-mail address like dana@acme.example"
    return None


def why_not_team(team: str) -> str | None:
    """What is wrong with the name of a team; None if it can be certified."""
    return why_not_text(team, TEAM_LENGTH)


def uri_of(site: str, node: NodeId) -> str:
    """The one URI by which a certificate names its node."""
    return f"spiffe://{site}/node/{node}"


def read_uri(uri: str) -> tuple[str, NodeId]:
    """Site and node in the URI of a certificate. Raises ValueError if it is not exactly of that form."""
    site, slash, node = uri.removeprefix("spiffe://").partition("/node/")
    if not uri.startswith("spiffe://") or not slash or why_not_site(site) or not _NODE.fullmatch(node):
        raise ValueError("it names its node in a form that lanassist does not use")
    return site, NodeId(node)
