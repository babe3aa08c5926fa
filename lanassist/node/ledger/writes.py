"""Values of the ledger while it is written: whose session it is, how it stands, what is to be committed."""

import msgspec

from lanassist.node.ledger.record import Proof
from lanassist.node.ledger.statements import Party


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """The other end of a session."""

    node: str
    serial: str
    certificate: bytes
    """DER."""

    @property
    def party(self) -> Party:
        return Party(node=self.node, serial=self.serial)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Which session, on which side of it."""

    peer: str
    service: str
    session: str
    asked: bool

    @property
    def key(self) -> str:
        return f"{self.service}/{self.session}/{'asked' if self.asked else 'watched'}"


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A session whose start is written and whose end is not."""

    place: Place
    party: Party
    """The other end."""
    start: str
    number: int = 0
    """Of the last change or renewal."""
    renewal: Proof | None = None


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be committed, all of it or nothing."""

    place: Place
    records: tuple[str, ...] = ()
    """Canonical; to be appended to the chain with the peer."""
    running: Running | None = None
    """The session as it is now; None: it is over, if ``over``."""
    over: bool = False
    peer: Peer | None = None
    """Of a start: the other end, whose certificate is to be kept for whoever verifies."""
