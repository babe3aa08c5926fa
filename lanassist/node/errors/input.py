"""What a user asked for cannot be understood or found (exit code 2)."""

from lanassist.node.errors.base import LanassistError


class BadInput(LanassistError):
    """{what} is not usable: {why}."""

    code = "bad-input"
    exit_code = 2


class UnknownAgent(BadInput):
    """No agent called “{agent}” is known here. `lanassist agents list` shows those that are."""

    code = "unknown-agent"
    http_status = 404


class AmbiguousAgent(BadInput):
    """“{agent}” fits more than one agent ({candidates}). Give the full e-mail address."""

    code = "ambiguous-agent"


class UnknownDisplay(BadInput):
    """{agent} has no display {display}; there is {available}."""

    code = "unknown-display"


class UnknownSession(BadInput):
    """No such glance is running; it may have ended. `lanassist glance start AGENT` begins one."""

    code = "unknown-session"
    http_status = 404


class UnknownConversation(BadInput):
    """There is no such conversation here."""

    code = "unknown-conversation"
    http_status = 404


class NoSuchConversation(UnknownConversation):
    """There is no conversation “{name}” here, by id or client. `lanassist chats list` shows those that are.

    An agent's own are in `lanassist chats mine`.
    """

    code = "no-such-conversation"


class UnknownClient(BadInput):
    """No client of that name is known here."""

    code = "unknown-client"
    http_status = 404


class NoSuchClient(UnknownClient):
    """There is no client “{name}” here. `lanassist chats list` shows who writes."""

    code = "no-such-client"


class AmbiguousName(BadInput):
    """“{name}” fits more than one: {candidates}. Give the beginning of an id."""

    code = "ambiguous-name"


class UnknownCommand(BadInput):
    """There is no command “{command}”. The API's own page lists all of them."""

    code = "unknown-command"
    http_status = 404


class BadSetting(BadInput):
    """{where}: {why}. docs/settings.md lists every setting."""

    code = "bad-setting"


class BadPolicy(BadInput):
    """{where}: {why}. docs/policy.md explains every key."""

    code = "bad-policy"
