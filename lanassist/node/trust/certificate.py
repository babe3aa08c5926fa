"""Reading a certificate: what a node may conclude from one whose chain OpenSSL has already verified."""

from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lanassist.node.errors import PeerCertificateInvalid
from lanassist.node.trust import names
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity

CLAIMS_OID: Final = x509.ObjectIdentifier("2.25.334386823347090382498592862780847331006")
"""The extension with roles, teams and grants: a UTF8String of canonical JSON (see Claims)."""
CLAIMS_BYTES: Final = 8 * 1024
CERTIFICATE_BYTES: Final = 16 * 1024
WORDS: Final = 64
"""Roles, grants or teams in one certificate."""

_UTF8_STRING: Final = 0x0C

UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    msgspec.MsgspecError,
    RecursionError,
)
"""All that reading a certificate that somebody else has made can raise."""


class Claims(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """What a certificate says about its bearer, sorted. Words this version does not know are ignored."""

    grants: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def pack(self) -> x509.UnrecognizedExtension:
        """The extension as it stands in a certificate; not critical, or OpenSSL would refuse it."""
        text = msgspec.json.encode(self, order="sorted")
        if len(text) > CLAIMS_BYTES:
            raise ValueError("roles, teams and grants are too long together")
        length = len(text).to_bytes(2, "big")
        header = bytes([len(text)]) if len(text) < 0x80 else _long_form(length)
        return x509.UnrecognizedExtension(CLAIMS_OID, bytes([_UTF8_STRING]) + header + text)


def identity_of(certificate: x509.Certificate, site: str | None, who: str = "the peer") -> Identity:
    """Who ``certificate`` says its bearer is, on ``site`` (None: whichever site it names).

    The chain, its dates and signatures are OpenSSL's part; this checks what OpenSSL lets pass.
    Raises PeerCertificateInvalid about ``who`` with the reason.
    """
    try:
        return _read(certificate, site)
    except UNREADABLE as error:
        raise PeerCertificateInvalid(who=who, why=_plain(error)) from error


def site_of(authority: x509.Certificate) -> str:
    """The site whose authority this is. Raises ValueError if it is no authority of a site."""
    try:
        basic = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
        (uri,) = _uris(authority)
    except UNREADABLE as error:
        raise ValueError("it is not the certificate of a site's authority") from error
    site = uri.removeprefix("spiffe://")
    if not basic.ca or not uri.startswith("spiffe://") or names.why_not_site(site):
        raise ValueError("it is not the certificate of a site's authority")
    return site


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number as lanassist writes it: hexadecimal, lower case."""
    return f"{certificate.serial_number:x}"


def _read(certificate: x509.Certificate, site: str | None) -> Identity:
    _check_usage(certificate)
    uris = _uris(certificate)
    if len(uris) != 1:
        raise ValueError("it names no node" if not uris else "it names more than one node")
    found, node = names.read_uri(uris[0])
    if site is not None and found != site:
        raise ValueError(f"it belongs to another site, {found}")
    claims = _claims(certificate)
    return Identity(
        site=found,
        node=node,
        name=_subject(certificate, NameOID.COMMON_NAME, "name", names.why_not_name),
        email=_subject(certificate, NameOID.EMAIL_ADDRESS, "e-mail address", names.why_not_email),
        roles=_known_roles(claims),
        teams=frozenset(claims.teams),
        grants=frozenset(Grant(word) for word in claims.grants if word in set(Grant)),
        serial=serial_of(certificate),
        issued=certificate.not_valid_before_utc,
        expires=certificate.not_valid_after_utc,
        certificate=certificate.public_bytes(Encoding.DER),
    )


def _check_usage(certificate: x509.Certificate) -> None:
    extensions = certificate.extensions
    if extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        raise ValueError("it is an authority's certificate, not a node's")
    if not extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
        raise ValueError("it may not be used for this")
    # OpenSSL accepts a certificate with no extended key usage at all as good for every use.
    usages = set(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    if not usages >= {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}:
        raise ValueError("it may not be used for this")
    if not isinstance(certificate.public_key(), Ed25519PublicKey):
        raise ValueError("its key is not an Ed25519 key")


def _uris(certificate: x509.Certificate) -> list[str]:
    alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return alternative.get_values_for_type(x509.UniformResourceIdentifier)


def _subject(
    certificate: x509.Certificate, oid: x509.ObjectIdentifier, what: str, why_not: names.WhyNot
) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    if len(found) != 1 or not isinstance(found[0].value, str):
        raise ValueError(f"it carries no single {what}")
    if why := why_not(found[0].value):
        raise ValueError(f"its {what} is not acceptable: {why}")
    return found[0].value


def _claims(certificate: x509.Certificate) -> Claims:
    extension = certificate.extensions.get_extension_for_oid(CLAIMS_OID).value
    assert isinstance(extension, x509.UnrecognizedExtension)
    claims = msgspec.json.decode(_utf8_string(extension.value), type=Claims)
    for words in (claims.roles, claims.teams, claims.grants):
        if len(words) > WORDS or any(names.why_not_team(word) for word in words):
            raise ValueError("its roles, teams or grants are not well-formed")
    return claims


def _known_roles(claims: Claims) -> frozenset[Role]:
    """Words of a newer version are ignored: authority only ever adds up, so ignoring takes, never gives."""
    roles = frozenset(Role(word) for word in claims.roles if word in set(Role))
    if not roles:
        raise ValueError("it carries no role that this version knows")
    return roles


def _utf8_string(der: bytes) -> bytes:
    """The content of one DER UTF8String, with the one encoding of its length that DER allows."""
    if not 2 <= len(der) <= CLAIMS_BYTES + 4 or der[0] != _UTF8_STRING:
        raise ValueError("its roles and grants are not readable")
    header = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
    content = der[header:]
    length = len(content)
    expected = bytes([length]) if length < 0x80 else _long_form(length.to_bytes(2, "big"))
    if der[1:header] != expected:
        raise ValueError("its roles and grants are not readable")
    return content


def _long_form(length: bytes) -> bytes:
    short = length.lstrip(b"\0")
    return bytes([0x80 | len(short)]) + short


def _plain(error: Exception) -> str:
    if isinstance(error, x509.ExtensionNotFound):
        missing = {
            x509.ExtendedKeyUsage.oid: "it does not say what it may be used for",
            x509.SubjectAlternativeName.oid: "it names no node",
            CLAIMS_OID: "it carries no roles",
        }
        return missing.get(error.oid, "it may not be used for this")
    ours = type(error) is ValueError and str(error).startswith("it")
    return str(error) if ours else "it is not well-formed"
