"""The authority's key in its file: plain, or sealed under a passphrase.

OpenSSL's own encryption of keys stretches a passphrase with 2,048 rounds only, which a graphics card
undoes fast. So the passphrase goes through scrypt (RFC 7914) first, whose parameters and salt stand in
a line before the key; what it yields is the passphrase of an ordinary encrypted PKCS #8 key.
"""

import base64
import os
import re
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

COST: Final = 2**16
"""64 MiB and about 0.2 s a guess."""
SHORTEST: Final = 8

_STRETCHING: Final = re.compile(
    rb"^Passphrase-Stretching: scrypt ([0-9]{1,8}) ([0-9A-Za-z+/=]{24})$", re.MULTILINE
)


class WrongPassphrase(Exception):
    """The passphrase does not open the key."""


def seal(key: Ed25519PrivateKey, passphrase: str | None, cost: int = COST) -> bytes:
    """The key as a file's content, under ``passphrase`` if there is one."""
    if passphrase is None:
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    salt = os.urandom(16)
    line = f"Passphrase-Stretching: scrypt {cost} {base64.b64encode(salt).decode()}\n".encode()
    encryption = BestAvailableEncryption(_stretch(passphrase, salt, cost))
    return line + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def is_sealed(content: bytes) -> bool:
    """Whether it takes a passphrase to open this key."""
    return b"ENCRYPTED PRIVATE KEY" in content


def unseal(content: bytes, passphrase: str | None) -> Ed25519PrivateKey:
    """The key in a file's content. Raises WrongPassphrase; ValueError if it is damaged."""
    if not is_sealed(content):
        key = load_pem_private_key(content, password=None)
    else:
        found = _STRETCHING.search(content)
        if found is None or int(found[1]) > 2**20:
            raise ValueError("it does not say how its passphrase is stretched")
        if passphrase is None:
            raise WrongPassphrase
        password = _stretch(passphrase, base64.b64decode(found[2]), int(found[1]))
        try:
            key = load_pem_private_key(content, password)
        except ValueError:
            raise WrongPassphrase from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("it is not an Ed25519 key")
    return key


def _stretch(passphrase: str, salt: bytes, cost: int) -> bytes:
    return base64.b64encode(Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode()))
