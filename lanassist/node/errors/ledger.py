"""The ledger does not hold (exit code 11)."""

from lanassist.node.errors.base import LanassistError


class LedgerBroken(LanassistError):
    """The ledger is not whole. {first}."""

    code = "ledger-broken"
    exit_code = 11
    http_status = 409
