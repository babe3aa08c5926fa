"""A request for a certificate, made on the machine that will use it, so that its key never travels."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID

from lanassist.node.errors import BadInput, FileUnreadable
from lanassist.node.trust.certificate import CERTIFICATE_BYTES, UNREADABLE


class Request:
    """A request whose signature shows that its maker has the key. Its words are proposals, no more."""

    def __init__(self, request: x509.CertificateSigningRequest, public_key: Ed25519PublicKey) -> None:
        self.public_key = public_key
        self.name = _word(request, NameOID.COMMON_NAME)
        self.email = _word(request, NameOID.EMAIL_ADDRESS)


def read_request(path: Path) -> Request:
    """A request made by `lanassist node request`, whose signature shows that its maker has the key.

    Raises FileUnreadable, BadInput.
    """
    try:
        with path.open("rb") as file:
            content = file.read(CERTIFICATE_BYTES)
    except OSError as error:
        raise FileUnreadable(path=path, why=(error.strerror or "it is no file").lower()) from error
    try:
        request = x509.load_pem_x509_csr(content)
        if not request.is_signature_valid:
            raise BadInput(what=str(path), why="its signature does not fit its key")
    except UNREADABLE as error:
        raise BadInput(what=str(path), why="it is not a certificate request") from error
    public_key = request.public_key()
    if not isinstance(public_key, Ed25519PublicKey):
        raise BadInput(
            what=str(path), why="its key is not an Ed25519 key; make it with `lanassist node request`"
        )
    return Request(request, public_key)


def _word(request: x509.CertificateSigningRequest, oid: x509.ObjectIdentifier) -> str:
    found = [each.value for each in request.subject.get_attributes_for_oid(oid)]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else ""
