"""The base of every command, apart from base.py so that a client of the API can have a service's
commands without the event loop: the CLI must answer within 0.3 s of its start.
"""

from typing import ClassVar, Generic, TypeVar

import msgspec

from lanassist.node.trust.grants import Role

ReplyT = TypeVar("ReplyT", bound=msgspec.Struct | None)


class Command(msgspec.Struct, Generic[ReplyT], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a local user may ask of a service. Subclasses are named, typed, and say who may."""

    name: ClassVar[str]
    role: ClassVar[Role | None] = Role.SUPERVISOR
    """The role that this node's certificate must carry; None: any."""


class Done(msgspec.Struct, frozen=True):
    """The reply of a command that has nothing to tell."""

    done: bool = True
