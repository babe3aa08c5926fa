"""Acts: what owners do in their conversations, applied under the present epoch, and once."""

from lanassist.node.protocol.messages import Act, Append, AppendAnswered
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.book import Book, Conversation
from lanassist.node.services.desk.handover import Handover
from lanassist.node.services.desk.owners import Owners
from lanassist.node.services.desk.windows import Windows
from lanassist.node.trust.identity import Identity


class Acts:
    """Takes acts into the log, or says that they never will be in it."""

    def __init__(
        self,
        decision: Decision,
        book: Book,
        owners: Owners,
        windows: Windows,
        handover: Handover,
        categories: tuple[str, ...],
    ) -> None:
        self._decision = decision
        self._book = book
        self._owners = owners
        self._windows = windows
        self._handover = handover
        self._categories = categories

    def append(self, peer: Identity, message: Append, now: float) -> None:
        found = self._book.get(message.conversation)
        accepted: list[str] = []
        refused: list[str] = []
        for act in message.acts:
            taken = found is not None and self._take(found, act, peer, message.epoch, now)
            (accepted if taken else refused).append(act.id)
        answer = AppendAnswered(
            conversation=message.conversation,
            accepted=tuple(accepted),
            refused=tuple(refused),
            returned=tuple(
                act.id
                for act in message.acts
                if found is not None and act.kind == "complete" and found.returned(act.id)
            ),
        )
        self._decision.send(peer.node, answer)
        if found is None:
            return
        if refused and found.record.owner != peer.node:
            self._owners.release(peer.node, found, "completed" if found.record.state == "done" else "moved")
        if accepted and found.record.owner == peer.node:
            self._windows.show(found, now)
            self._owners.tell(found, now)

    def _take(self, found: Conversation, act: Act, peer: Identity, epoch: int, now: float) -> bool:
        """Whether it is in the log."""
        if found.has(act.id):
            return True
        if not self._handover.acting(found, peer, epoch) or not self._usable(act):
            return False
        self._windows.tell(found, self._book.act(found, act, peer, now))
        if act.kind == "complete":
            if found.unread(act.seen):
                self._handover.hand_back(found, "waiting", "moved", now)
            else:
                self._handover.hand_back(found, "done", "completed", now)
        return True

    def _usable(self, act: Act) -> bool:
        return act.kind != "categorise" or not self._categories or act.text in self._categories
