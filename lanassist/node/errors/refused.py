"""Somebody, or the policy of the site, does not want it (exit code 8)."""

from lanassist.node.errors.base import LanassistError
from lanassist.node.errors.input import BadInput


class RefusedByPolicy(LanassistError):
    """{agent}'s machine refuses this: {why}."""

    code = "refused-by-policy"
    exit_code = 8
    http_status = 409


class PolicyOff(RefusedByPolicy):
    """The policy of your site does not allow {what}."""

    code = "policy-off"


class ReasonRequired(RefusedByPolicy):
    """The policy of your site wants a reason for {what}. Say why, then try again."""

    code = "reason-required"


class WatchingIsPaused(RefusedByPolicy):
    """{agent} has paused watching: {left} left."""

    code = "watching-paused"


class AgentDeclined(RefusedByPolicy):
    """{agent} was asked and said no."""

    code = "agent-declined"


class AgentSilent(RefusedByPolicy):
    """{agent} was asked and did not answer within {seconds} seconds."""

    code = "agent-silent"


class PauseNotAllowed(RefusedByPolicy):
    """{why}"""

    code = "pause-not-allowed"


class NobodyAsks(BadInput):
    """Nobody waits for your answer to that; it may be over already."""

    code = "nobody-asks"
    http_status = 404


class ClientBlocked(RefusedByPolicy):
    """This client is blocked{reason}."""

    code = "client-blocked"


class ControlTaken(RefusedByPolicy):
    """{agent}'s conversations are under the control of {holder}."""

    code = "control-taken"


class NotInControl(RefusedByPolicy):
    """Control of {agent}'s conversations is not in your hands (any more)."""

    code = "not-in-control"


class TakeControlFirst(RefusedByPolicy):
    """Take control of {agent} first."""

    code = "take-control-first"


class ListenInRequired(RefusedByPolicy):
    """{agent} does not let listen in, and this site's policy requires it."""

    code = "listen-in-required"


class BeingAssisted(RefusedByPolicy):
    """{agent} is being assisted by {holder}."""

    code = "being-assisted"


class HelpTaken(RefusedByPolicy):
    """{holder} is helping {agent} already."""

    code = "help-taken"


class ScreenLocked(RefusedByPolicy):
    """The screen of {agent} is locked."""

    code = "screen-locked"
