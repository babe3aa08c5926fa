"""Calls and help (exit codes 2 and 7)."""

from lanassist.node.errors.base import LanassistError
from lanassist.node.errors.input import BadInput


class NoRoutedCall(LanassistError):
    """{agent} has no routed call."""

    code = "no-routed-call"
    exit_code = 7
    http_status = 409


class OutboundCall(NoRoutedCall):
    """{agent} is on an outbound call: assist is for inbound calls."""

    code = "outbound-call"


class NoCall(NoRoutedCall):
    """There is no call {that}."""

    code = "no-call"


class CallOngoing(LanassistError):
    """A call is on already{which}. End it first: `lanassist call end`."""

    code = "call-ongoing"
    http_status = 409


class NotAssisting(BadInput):
    """No such assist is running; it may have ended. `lanassist call listen AGENT` begins one."""

    code = "not-assisting"
    http_status = 404


class NoHelpAsked(BadInput):
    """{agent} does not ask for help (any more)."""

    code = "no-help-asked"
    http_status = 404
