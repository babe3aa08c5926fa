"""Sessions that are over and stay on the board, so that a page that comes back can still say why."""

from lanassist.node.protocol.messages import SessionId


class Past:
    """The last few of one service, by their names."""

    def __init__(self, shown: int) -> None:
        self._shown = shown
        self._ended: list[SessionId] = []

    def over(self, session: SessionId) -> list[SessionId]:
        """It has ended. Gives those that are shown no more."""
        self._ended.append(session)
        forgotten, self._ended = self._ended[: -self._shown], self._ended[-self._shown :]
        return forgotten
