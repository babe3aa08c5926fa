"""A throw-away site for the benchmark: one node that holds the links, and all that dial it."""

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lanassist.node.protocol.messages import NodeId
from lanassist.node.trust import profile
from lanassist.node.trust.bundle import certificate_pem, key_pem, read_certificate, read_key
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.grants import Role

SITE = "bench.example"


class _Person(msgspec.Struct, frozen=True):
    certificate: bytes
    key: bytes


class _People(msgspec.Struct, frozen=True):
    authority: bytes
    holder: _Person
    callers: list[_Person]


def write_people(path: Path, count: int) -> None:
    """Issue certificates for a holder and ``count`` callers into one file."""
    authority_key = Ed25519PrivateKey.generate()
    authority = profile.authority_certificate(authority_key, SITE)

    def person(number: int, role: Role) -> _Person:
        key = Ed25519PrivateKey.generate()
        bearer = profile.Bearer(name=f"Person {number}", email=f"p{number}@{SITE}", roles=frozenset({role}))
        node = NodeId(f"{number:016x}")
        certificate = profile.leaf_builder(authority, key.public_key(), node, bearer).sign(
            authority_key, None
        )
        return _Person(certificate_pem(certificate), key_pem(key))

    people = _People(
        certificate_pem(authority),
        person(0, Role.SUPERVISOR),
        [person(number, Role.AGENT) for number in range(1, count + 1)],
    )
    path.touch(mode=0o600)
    path.write_bytes(msgspec.msgpack.encode(people))


def read_people(path: Path) -> tuple[Credentials, list[Credentials]]:
    """The holder and the callers."""
    people = msgspec.msgpack.decode(path.read_bytes(), type=_People)
    authority = read_certificate(people.authority, path)

    def credentials(person: _Person) -> Credentials:
        return Credentials.of(
            read_certificate(person.certificate, path), read_key(person.key, path), authority, path
        )

    return credentials(people.holder), [credentials(person) for person in people.callers]
