"""Errors by their codes, as another node names them, and out of exception groups."""

from typing import TypeVar

from lanassist.node.errors.base import LanassistError

ErrorT = TypeVar("ErrorT", bound=BaseException)


class Refused(LanassistError):
    """{reason}"""

    # A refusal that a peer or the node has worded; it keeps the code and exit code of its kind.
    code = "refused"
    http_status = 409


def said_elsewhere(code: str, text: str) -> LanassistError:
    """A refusal that came from another node: its own words, with the exit code of its kind."""
    return by_code().get(code, Refused).worded(text)


def _tree(kind: type[LanassistError]) -> list[type[LanassistError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _tree(child))]


def first_of(group: BaseExceptionGroup[ErrorT]) -> ErrorT:
    """The first error in nurseries within nurseries: the one sentence to tell."""
    inner = group.exceptions[0]
    return first_of(inner) if isinstance(inner, BaseExceptionGroup) else inner


def by_code() -> dict[str, type[LanassistError]]:
    """Every error class by its code, for turning a refusal that came over a wire into its exit code."""
    return {kind.code: kind for kind in _tree(LanassistError)}
