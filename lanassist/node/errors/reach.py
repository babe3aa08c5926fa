"""Nobody answers, or somebody else (exit code 4)."""

from lanassist.node.errors.base import LanassistError


class Offline(LanassistError):
    """{agent} is offline{since}."""

    code = "agent-offline"
    exit_code = 4
    http_status = 409


class LinkLost(LanassistError):
    """The link to {agent} was lost."""

    code = "link-lost"
    exit_code = 4
    http_status = 409


class LinkBroken(LinkLost):
    """The link to {agent} was lost: {why}."""

    code = "link-broken"


class Unreachable(LanassistError):
    """{address} cannot be reached: {why}."""

    code = "unreachable"
    exit_code = 4
    http_status = 503


class VersionMismatch(LanassistError):
    """{who} speaks protocol {theirs}, this node {ours}: no version in common. Update the older of the two."""

    code = "version-mismatch"
    exit_code = 4


class NotLanassist(LanassistError):
    """{address} does not answer like a lanassist node: {why}."""

    code = "not-lanassist"
    exit_code = 4


class TooBusy(LanassistError):
    """{who} has no room for another connection right now; trying again by itself."""

    code = "too-busy"
    exit_code = 4
