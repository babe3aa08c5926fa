"""The base of every command, apart from base.py so that a client of the API can have a service's
commands without the event loop: the CLI must answer within 0.3 s of its start.
"""

from typing import Any, ClassVar, Generic, TypeAlias, TypeVar, get_args

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.trust.grants import Role

ReplyT = TypeVar("ReplyT", bound=msgspec.Struct | None)


class Command(msgspec.Struct, Generic[ReplyT], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a local user may ask of a service. Subclasses are named, typed, and say who may."""

    name: ClassVar[str]
    role: ClassVar[Role | None] = Role.SUPERVISOR
    """The role that this node's certificate must carry; None: any."""
    patience: ClassVar[float] = 15.0
    """Seconds after which the node gives up on its answer."""
    asks: ClassVar[bool] = False
    """Whether an agent may be asked first; whoever stops waiting for the answer withdraws the question."""


AnyCommand: TypeAlias = Command[Any]
"""A command, whatever its reply."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why not: the code and the sentence that page, CLI and API all use."""

    code: str
    text: str

    @classmethod
    def of(cls, error: LanassistError | None) -> "Refusal | None":
        """None: nothing stands against it."""
        return None if error is None else cls(code=error.code, text=error.text)


class Done(msgspec.Struct, frozen=True):
    """The reply of a command that has nothing to tell."""

    done: bool = True


def reply_type(command: type[Command[Any]]) -> Any:
    """The type that a command's base names: ``Command[Reply]``."""
    for base in command.__orig_bases__:  # type: ignore[attr-defined]  # set by typing.Generic
        if arguments := get_args(base):
            return arguments[0]
    raise TypeError(f"{command.__name__} does not name its reply")
