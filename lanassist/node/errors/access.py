"""Who may do what (exit code 3)."""

from lanassist.node.errors.base import LanassistError


class NotAuthorised(LanassistError):
    """Not authorised."""

    code = "not-authorised"
    exit_code = 3
    http_status = 403


class MissingRole(NotAuthorised):
    """This needs the role “{role}”, which the certificate of {who} does not carry. Ask your admin for one
    that does."""

    code = "missing-role"


class MissingGrant(NotAuthorised):
    """The certificate of {who} lacks the grant “{grant}”. Ask your admin for one that carries it."""

    code = "missing-grant"


class LocalAccessDenied(NotAuthorised):
    """This page is not signed in to the node. Run `lanassist open` for a fresh address."""

    code = "local-access-denied"
    http_status = 401


class ForeignOrigin(NotAuthorised):
    """Requests to the node are accepted from its own page only; this one came from {origin}."""

    code = "foreign-origin"
