"""Who gets a waiting client: a pure choice."""

from collections.abc import Iterable

import msgspec

from lanassist.node.protocol.messages import NodeId


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An agent as routing sees it."""

    node: NodeId
    teams: frozenset[str] = frozenset()
    free: int
    """Places that are left; nobody with none is chosen."""
    idle_since: float = 0.0


def choose(candidates: Iterable[Candidate], team: str = "", last: NodeId | None = None) -> NodeId | None:
    """The team that serves the category first; in it the most free capacity; of those the longest idle.

    Whoever had the client ``last`` and gave it back gets it again only if nobody else can. None: the client
    waits.
    """
    free = [each for each in candidates if each.free > 0]
    if not free:
        return None
    best = min(
        free,
        key=lambda each: (
            each.node == last,
            bool(team) and team not in each.teams,
            -each.free,
            each.idle_since,
            each.node,
        ),
    )
    return best.node
