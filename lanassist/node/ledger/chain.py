"""The hash chain of a pair of peers: each record's hash covers everything before it."""

import hashlib
from collections.abc import Iterable, Iterator

from lanassist.node.ledger.record import Entry


def genesis(owner: str, peer: str) -> str:
    """What stands for the hash before the first record of the owner's chain with that peer."""
    return hashlib.sha256(b"\x01" + owner.encode() + b"\x00" + peer.encode()).hexdigest()


def link(previous: str, body: str) -> str:
    """``SHA-256(0x00 ‖ previous ‖ record)``, hexadecimal."""
    return hashlib.sha256(b"\x00" + bytes.fromhex(previous) + body.encode()).hexdigest()


def continued(seq: int, last: str, bodies: Iterable[str]) -> Iterator[Entry]:
    """The next entries after entry ``seq`` with the hash ``last``."""
    for body in bodies:
        seq += 1
        hashed = link(last, body)
        yield Entry(seq=seq, previous=last, body=body, hash=hashed)
        last = hashed
