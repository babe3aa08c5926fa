"""The certificates of the benchmark's site, in one file, for the processes that act its people."""

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lanassist.node.protocol.messages import NodeId
from lanassist.node.trust import profile
from lanassist.node.trust.bundle import Bundle, parse_bundle
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.grants import Role
from lanassist.node.trust.installation import install_bundle

SITE = "bench.example"
WATCHED = "Dana Watched"
"""The one agent who is a real node of its own."""


class People(msgspec.Struct, frozen=True):
    """Bundles."""

    desk: bytes
    agents: list[bytes]


class Authority:
    """Issues what the benchmark needs."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self._certificate = profile.authority_certificate(self._key, SITE)
        self._issued = 0

    def bundle(self, name: str, role: Role) -> bytes:
        self._issued += 1
        key = Ed25519PrivateKey.generate()
        roles = frozenset({role})
        bearer = profile.Bearer(
            name=name, email=f"p{self._issued}@{SITE}", roles=roles, grants=profile.default_grants(roles)
        )
        node = NodeId(f"{self._issued:016x}")
        builder = profile.leaf_builder(self._certificate, key.public_key(), node, bearer)
        certificate = builder.sign(self._key, None)
        return Bundle(certificate=certificate, authority=self._certificate, key=key).pem()

    def home(self, folder: Path, name: str, role: Role) -> Path:
        """A node's home with that identity in it."""
        bundle = folder.with_suffix(".bundle")
        bundle.touch(mode=0o600)
        bundle.write_bytes(self.bundle(name, role))
        install_bundle(folder, bundle)
        return folder

    def write(self, path: Path, agents: int) -> None:
        """The desk and the simulated agents."""
        people = People(
            self.bundle("The Desk", Role.DESK),
            [self.bundle(f"Agent {number:03}", Role.AGENT) for number in range(1, agents + 1)],
        )
        path.touch(mode=0o600)
        path.write_bytes(msgspec.msgpack.encode(people))


def read_people(path: Path) -> tuple[Credentials, list[Credentials]]:
    """The desk and the agents."""
    people = msgspec.msgpack.decode(path.read_bytes(), type=People)

    def credentials(bundle: bytes) -> Credentials:
        parsed = parse_bundle(bundle, path)
        assert parsed.key is not None
        return Credentials.of(parsed.certificate, parsed.key, parsed.authority, path)

    return credentials(people.desk), [credentials(bundle) for bundle in people.agents]
