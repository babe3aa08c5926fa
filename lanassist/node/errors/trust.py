"""Certificates, keys and signed documents (exit code 3)."""

from lanassist.node.errors.base import LanassistError


class TrustError(LanassistError):
    """A certificate was not accepted."""

    code = "trust"
    exit_code = 3
    http_status = 403


class NoIdentity(TrustError):
    """{home} holds no identity yet. Install the bundle that your admin issued:
    `lanassist node install BUNDLE`."""

    code = "no-identity"


class NoPageCertificate(TrustError):
    """The chat page has no certificate: {path} is not there. Make one with
    `lanassist-ca page-certificate` and put it there with its key, or set desk.plain_http to true to do
    without."""

    code = "no-page-certificate"


class DeskNotCertified(TrustError):
    """desk.enabled is on, but the certificate of {who} does not carry the role “desk”. Ask your admin for
    one that does, or turn it off."""

    code = "desk-not-certified"


class UnsafeKeyFile(TrustError):
    """{path} is not safe to use as a key: {why}. Fix it with `{fix}`."""

    code = "unsafe-key-file"


class BadCertificate(TrustError):
    """The certificate in {path} cannot be used: {why}."""

    code = "bad-certificate"


class CertificateRefused(TrustError):
    """{who} refused this node's certificate: {why}."""

    code = "certificate-refused"


class PeerCertificateInvalid(TrustError):
    """The certificate of {who} is not acceptable: {why}."""

    code = "peer-certificate-invalid"


class WrongPeer(TrustError):
    """{address} answered as {found}, but {expected} was meant. Not connected."""

    code = "wrong-peer"


class BadSignature(TrustError):
    """{who}'s node did not sign this session as it must: {why}."""

    code = "bad-signature"


class BadSignedDocument(TrustError):
    """{path} is not a document signed by this site's authority: {why}."""

    code = "bad-signed-document"
