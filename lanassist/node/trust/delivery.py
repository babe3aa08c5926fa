"""A certificate delivered: recorded, in a bundle for its node, and instead of those that it replaces."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from lanassist.node.trust.bundle import Bundle
from lanassist.node.trust.certificate import identity_of
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.register import Issued, Register
from lanassist.node.trust.secret_files import write_whole


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What was issued, where its bundle lies, and what that took back."""

    identity: Identity
    bundle: Path
    has_key: bool
    revoked: tuple[Identity, ...] = ()


def deliver(
    register: Register, bundle: Bundle, out: Path, *, force: bool, instead_of: Sequence[Issued] = ()
) -> Delivery:
    """Record, write the bundle, revoke what it replaces: all three, or none of them.

    The register is locked by whoever calls. Raises FileExists, StorageFailed.
    """
    register.add(bundle.certificate)
    try:
        write_whole(out, bundle.pem(), force=force)
        try:
            if instead_of:
                register.revoke(instead_of, "renewed with less")
        except BaseException:
            with suppress(OSError):
                out.unlink(missing_ok=True)
            raise
    except BaseException:
        register.drop(bundle.certificate)
        raise
    return Delivery(
        identity=identity_of(bundle.certificate, register.site),
        bundle=out,
        has_key=bundle.key is not None,
        revoked=tuple(each.identity for each in instead_of),
    )
