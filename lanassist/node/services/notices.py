"""Notices on this machine's desktop, as cores decide them. Pure."""

import msgspec

from lanassist.node.services.base import Effect


class Notify(Effect, frozen=True):
    """Show it on the desktop; a later notice of the same key takes its place."""

    key: str
    summary: str
    body: str = ""
    lasting: bool = False
    """It stays until it is withdrawn or clicked away, where the desktop has such notices."""


class Withdraw(Effect, frozen=True):
    """Take the notice of this key down, if it is still there."""

    key: str


class NoticeTried(msgspec.Struct, frozen=True):
    """To the core that decided it: whether the desktop has shown the notice of this key."""

    key: str
    shown: bool
