"""An authority's folder, opened to sign with its key."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from lanassist.node.trust.authority import Authority


def unlocked(folder: Path) -> "tuple[Authority, Ed25519PrivateKey]":
    """Asks for the passphrase if there is one. Raises what ``Authority.open`` and ``unlock`` raise."""
    from lanassist.cli.ca import passphrase
    from lanassist.node.trust.authority import Authority

    authority = Authority.open(folder)
    return authority, authority.unlock(passphrase.ask)
