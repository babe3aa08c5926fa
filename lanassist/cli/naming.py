"""Which agent a user means, by the same rule as the node's own commands."""

from collections.abc import Iterable

from lanassist.node.errors import AmbiguousAgent, UnknownAgent
from lanassist.node.services.presence.commands import AgentRow


def the_agent(rows: Iterable[AgentRow], text: str) -> AgentRow:
    """The one agent of that node id, e-mail or name, else the one whose name begins so.

    Raises UnknownAgent, AmbiguousAgent.
    """
    wanted, known = text.casefold(), list(rows)
    exact = [row for row in known if wanted in (row.node, row.email.casefold(), row.name.casefold())]
    found = exact or [row for row in known if row.name.casefold().startswith(wanted)]
    if not found:
        raise UnknownAgent(agent=text)
    if len(found) > 1:
        raise AmbiguousAgent(agent=text, candidates=", ".join(row.email for row in found))
    return found[0]
