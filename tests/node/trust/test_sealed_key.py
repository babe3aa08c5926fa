"""The authority's key under a passphrase."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lanassist.node.trust.sealed_key import WrongPassphrase, is_sealed, seal, unseal

KEY = Ed25519PrivateKey.generate()
QUICK = 2**4


def test_a_sealed_key_opens_with_its_passphrase_only() -> None:
    content = seal(KEY, "öpen sesame", QUICK)
    assert is_sealed(content)
    assert unseal(content, "öpen sesame").public_key() == KEY.public_key()
    for wrong in (None, "", "open sesame"):
        with pytest.raises(WrongPassphrase):
            unseal(content, wrong)


def test_each_sealing_has_its_own_salt() -> None:
    assert seal(KEY, "same", QUICK).splitlines()[0] != seal(KEY, "same", QUICK).splitlines()[0]


def test_an_unsealed_key_needs_none() -> None:
    content = seal(KEY, None)
    assert not is_sealed(content)
    assert unseal(content, None).public_key() == KEY.public_key()


@pytest.mark.parametrize("line", [b"", b"Passphrase-Stretching: scrypt 99999999 AAAAAAAAAAAAAAAAAAAAAA==\n"])
def test_a_cost_that_would_take_the_machine_down_is_refused(line: bytes) -> None:
    content = seal(KEY, "open sesame", QUICK)
    with pytest.raises(ValueError, match="stretched"):
        unseal(line + content.split(b"\n", 1)[1], "open sesame")
