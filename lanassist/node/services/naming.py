"""Which agent a person means: one rule for every command, on the node and on the command line. Pure."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from lanassist.node.errors import AmbiguousAgent, UnknownAgent


class Named(Protocol):
    """An agent as a certificate or a row names it."""

    @property
    def node(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...


NamedT = TypeVar("NamedT", bound=Named)


def the_agent(known: Iterable[NamedT], text: str) -> NamedT:
    """The one agent of that node id, e-mail or name, else the one whose name begins so.

    Raises UnknownAgent, AmbiguousAgent.
    """
    wanted, everyone = text.casefold(), list(known)
    exact = [each for each in everyone if wanted in (each.node, each.email.casefold(), each.name.casefold())]
    found = exact or [each for each in everyone if each.name.casefold().startswith(wanted)]
    if not found:
        raise UnknownAgent(agent=text)
    if len(found) > 1:
        raise AmbiguousAgent(agent=text, candidates=", ".join(each.email for each in found))
    return found[0]
