"""Why a TLS handshake failed, in plain words, for the side that refused and for the side refused."""

import ssl
from typing import Final

EXPIRED: Final = "it has expired"
TOO_EARLY: Final = "it is not valid yet, by the clock of the machine that checked it"
FOREIGN: Final = "it was issued by another site's authority"
NONE: Final = "no certificate was presented"
REVOKED: Final = "it has been revoked"
WRONG_USE: Final = "it may not be used for this"
NOT_BY_AUTHORITY: Final = "it was not signed by the site's authority itself"
DAMAGED: Final = "it is not well-formed, or not valid yet by the other machine's clock"

_VERIFY: Final = {
    # numbers of X509_V_ERR_* (OpenSSL, x509_vfy.h), seen by the side that verifies
    7: "its signature is wrong",
    9: TOO_EARLY,
    10: EXPIRED,
    18: FOREIGN,
    19: FOREIGN,
    20: FOREIGN,
    21: FOREIGN,
    23: REVOKED,
    24: NOT_BY_AUTHORITY,
    25: NOT_BY_AUTHORITY,
    26: WRONG_USE,
    32: NOT_BY_AUTHORITY,
    79: NOT_BY_AUTHORITY,
}
_REASONS: Final = {
    # alerts, seen by the side that was refused
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": EXPIRED,
    "SSL/TLS_ALERT_CERTIFICATE_EXPIRED": EXPIRED,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": REVOKED,
    "SSL/TLS_ALERT_CERTIFICATE_REVOKED": REVOKED,
    "TLSV1_ALERT_UNKNOWN_CA": FOREIGN,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": NONE,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": WRONG_USE,
    "SSL/TLS_ALERT_UNSUPPORTED_CERTIFICATE": WRONG_USE,
    "SSLV3_ALERT_BAD_CERTIFICATE": DAMAGED,
    "SSL/TLS_ALERT_BAD_CERTIFICATE": DAMAGED,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "the other side does not accept it",
    "SSL/TLS_ALERT_CERTIFICATE_UNKNOWN": "the other side does not accept it",
    "TLSV1_ALERT_DECRYPT_ERROR": "its signature is wrong",
    # seen by the side that asked
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": NONE,
    # not about a certificate at all
    "TLSV1_ALERT_PROTOCOL_VERSION": "the other side does not speak TLS 1.3",
    "UNSUPPORTED_PROTOCOL": "the other side does not speak TLS 1.3",
    "WRONG_VERSION_NUMBER": "the other side does not speak TLS",
    "HTTP_REQUEST": "the other side speaks HTTP, not TLS",
    "UNEXPECTED_EOF_WHILE_READING": "the connection ended during the handshake",
}


def why_refused(error: ssl.SSLError) -> str:
    """The end of a sentence: why the certificate, or the handshake, was refused."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY.get(error.verify_code, f"it is not acceptable ({error.verify_message})")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "the connection ended during the handshake"
    reason = getattr(error, "reason", None) or ""  # an error that did not come from OpenSSL has none
    return _REASONS.get(
        reason, f"the handshake failed ({reason.lower().replace('_', ' ') or 'no reason given'})"
    )


def tls_error_in(error: BaseException | None) -> ssl.SSLError | None:
    """The TLS error behind another one: trio.SSLStream raises BrokenResourceError from it."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None
