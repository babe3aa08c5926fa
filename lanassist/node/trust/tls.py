"""TLS contexts of a node, and who is at the other end of a finished handshake.

A context is never changed once made: whatever changes (a renewed certificate) makes a new one. There is
no OpenSSL revocation list in it on purpose; docs/security.md says why.
"""

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Protocol

from cryptography import x509

from lanassist.node.errors import PeerCertificateInvalid
from lanassist.node.trust.bundle import certificate_pem, key_pem
from lanassist.node.trust.certificate import CERTIFICATE_BYTES, UNREADABLE, identity_of
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.tls_failures import tls_error_in, why_refused

__all__ = [
    "Handshaken",
    "client_context",
    "page_context",
    "peer_identity",
    "server_context",
    "tls_error_in",
    "why_refused",
]


class Handshaken(Protocol):
    """An ssl.SSLObject, SSLSocket or trio.SSLStream after its handshake."""

    def getpeercert(self, binary_form: Literal[True]) -> bytes | None: ...


def server_context(credentials: Credentials) -> ssl.SSLContext:
    """For the side that listens. A client without a certificate of the site does not get through."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, credentials)
    context.num_tickets = 0  # a resumed session would not be asked for its certificate again
    context.options |= ssl.OP_NO_TICKET
    return context


def client_context(credentials: Credentials) -> ssl.SSLContext:
    """For the side that dials. Which node answered is for ``peer_identity`` and its caller to check."""
    return _context(ssl.PROTOCOL_TLS_CLIENT, credentials)


def peer_identity(finished: Handshaken, site: str, who: str = "the peer") -> Identity:
    """Who is at the other end, after the handshake. Raises PeerCertificateInvalid about ``who``."""
    der = finished.getpeercert(binary_form=True)
    if not der:
        raise PeerCertificateInvalid(who=who, why="no certificate was presented")
    if len(der) > CERTIFICATE_BYTES:
        raise PeerCertificateInvalid(who=who, why="it is far too large")
    try:
        certificate = x509.load_der_x509_certificate(der)
    except UNREADABLE as error:
        raise PeerCertificateInvalid(who=who, why="it is not well-formed") from error
    return identity_of(certificate, site, who)


def _context(protocol: int, credentials: Credentials) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # nodes are named by URI, which host name checks refuse
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cadata=certificate_pem(credentials.ca).decode())
    with _as_file(key_pem(credentials.key) + certificate_pem(credentials.certificate)) as path:
        context.load_cert_chain(path)
    return context


def page_context(certificate: bytes, key: bytes) -> ssl.SSLContext:
    """For a page that is open to browsers: nobody shows a certificate. Raises ssl.SSLError, ValueError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    with _as_file(key + b"\n" + certificate) as path:
        context.load_cert_chain(path, password=_no_passphrase)
    return context


def _no_passphrase() -> str:
    """OpenSSL would ask on the terminal otherwise."""
    raise ValueError("it is under a passphrase")


@contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """``content`` under a path, as ssl wants it, without touching a disk where the system can do that."""
    if hasattr(os, "memfd_create") and os.path.isdir("/proc/self/fd"):
        handle = os.memfd_create("credentials")
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            yield f"/proc/self/fd/{file.fileno()}"
    else:
        with tempfile.NamedTemporaryFile() as temporary:  # mode 0600
            temporary.write(content)
            temporary.flush()
            yield temporary.name
