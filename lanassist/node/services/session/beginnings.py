"""How many sessions one supervisor's node may begin, how often, and under which names. Pure."""

import re
from collections import deque
from collections.abc import Iterable
from typing import Final

from lanassist.node.errors import BadInput
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.session.endings import Ending, ending
from lanassist.node.services.session.session import Session

_NAME: Final = re.compile(r"[0-9A-Za-z_-]+")


class Beginnings:
    """Names of the last minute, by peer.

    A name is used once in that time, which is longer than a question to the agent stands: a yes that is on
    its way cannot come to mean what the supervisor has put in the place of what the agent read.
    """

    def __init__(self) -> None:
        self._last: dict[NodeId, deque[tuple[float, str]]] = {}

    def why_not(self, peer: NodeId, name: str, there: Iterable[Session], now: float) -> Ending | None:
        """Why this peer may not begin another; else it is counted. ``there``: all sessions there are."""
        if not _NAME.fullmatch(name):
            return Ending.of(BadInput(what="The session's name", why="it is empty or has odd characters"))
        everybody = list(there)
        mine = {session.id for session in everybody if session.peer.node == peer}
        last = self._last.setdefault(peer, deque())
        while last and last[0][0] <= now - limits.BEGINNINGS_WITHIN:
            last.popleft()
        if name in mine or any(name == before for _, before in last):
            return Ending.of(BadInput(what="The session's name", why="it was used a moment ago"))
        if (
            len(mine) >= limits.SESSIONS_PER_PEER
            or len(everybody) >= limits.SESSIONS_PER_NODE
            or len(last) >= limits.BEGINNINGS
        ):
            return ending("too-many")
        last.append((now, name))
        return None
