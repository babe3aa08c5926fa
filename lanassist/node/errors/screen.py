"""A screen cannot be shown (exit code 9)."""

from lanassist.node.errors.base import LanassistError


class ScreenUnavailable(LanassistError):
    """The screen cannot be shown: {why}."""

    code = "screen-unavailable"
    exit_code = 9
    http_status = 409


class ScreenUnmaskable(ScreenUnavailable):
    """The screen cannot be shown: {why}."""

    code = "screen-unmaskable"
