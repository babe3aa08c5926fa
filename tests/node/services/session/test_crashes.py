"""Both ends of supervision and both real ledgers, while links are cut, nodes crash and disks fill."""

from collections import Counter, deque
from collections.abc import Iterable
from typing import Final

import trio
from hypothesis import example, given, settings, strategies as st

from lanassist.node.errors import LanassistError
from lanassist.node.ledger.copies import Copy, Title
from lanassist.node.ledger.record import Record, read_record
from lanassist.node.ledger.verify import verify
from lanassist.node.notary import Notary
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import GlanceRequest, Message, Request, SessionId
from lanassist.node.services.base import Effect, Send
from lanassist.node.services.permission import Permission
from lanassist.node.services.session import Attendance, Closed, Enter, Opened, Supervision, ending
from lanassist.node.store import ledger
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy
from tests.node.ledger.pair import DANA, SAM, bearer
from tests.support.storage import SmallStorage


class End:
    """One node: what it keeps, and what a crash takes from it."""

    def __init__(self, me: Credentials, peer: Credentials) -> None:
        self.me, self.peer = me, peer
        self.storage = SmallStorage()
        self.words: deque[Message] = deque()
        """On their way to this node."""

    async def boot(self) -> None:
        self.storage.full = False
        self.notary = Notary(self.me, self.storage)
        await self.notary.start(keep_days=400)

    async def records(self) -> list[Record]:
        entries = await self.storage.run(ledger.entries, self.peer.identity.node, 0, 10**6)
        return [read_record(each.body) for each in entries]

    async def copy(self) -> Copy:
        me, peer = self.me.identity, self.peer.identity.node
        copy = Copy(title=Title(site=me.site, owner=me.node, name=me.name))
        copy.certificates = await self.storage.run(ledger.certificates)
        copy.chains[peer] = await self.storage.run(ledger.entries, peer, 0, 10**6)
        return copy


class Pair:
    """Both, and the link between them."""

    def __init__(self) -> None:
        self.sam, self.dana = End(SAM, DANA), End(DANA, SAM)
        self.now = 0.0
        self.linked = True
        self.shown: set[str] = set()
        """Sessions whose pictures may leave Dana's machine."""
        self.count = 0

    async def boot(self, end: End) -> None:
        await end.boot()
        if end is self.sam:
            self.supervision = Supervision("glance")
        else:
            self.shown.clear()
            self.permission = Permission("glance", "Dana")
            self.attendance = Attendance("glance", _why_not, lambda: "nonce", self.permission)

    async def do(self, end: End, effects: Iterable[Effect]) -> None:
        """As the loop does it: what became of an entry is known before anything else is done."""
        half = self.supervision if end is self.sam else self.attendance
        for effect in effects:
            match effect:
                case Enter(step):
                    await self.do(end, half.entered(await end.notary.enter(step), self.now))
                case Send(message=message) if self.linked:
                    (self.dana if end is self.sam else self.sam).words.append(message)
                case Opened(session) if end is self.dana:
                    await self.both_have_written(session.id)
                    self.shown.add(session.id)
                case Closed(session) if end is self.dana:
                    self.shown.remove(session.id)

    async def both_have_written(self, session: SessionId) -> None:
        assert [each.kind for each in await self.sam.records() if each.session == session] == ["start"]
        written = [each.kind for each in await self.dana.records() if each.session == session]
        assert written == ["start", "opened"]

    # --- what happens --------------------------------------------------------------------------------

    async def start(self) -> None:
        if self.linked:
            self.count += 1
            session = SessionId(f"s{self.count}")
            asked = self.supervision.start(session, DANA.identity, GlanceRequest(displays=(1,)), "", self.now)
            await self.do(self.sam, asked)

    async def renew(self) -> None:
        for session in list(self.supervision.sessions):
            await self.do(self.sam, self.supervision.renew(session, self.now))

    async def change(self) -> None:
        for session in list(self.supervision.sessions):
            await self.do(self.sam, self.supervision.change(session, GlanceRequest(displays=(1, 2))))

    async def stop(self) -> None:
        for session in list(self.supervision.sessions)[:1]:
            await self.do(self.sam, self.supervision.end(session, ending("stopped")))

    async def lock(self) -> None:
        await self.do(self.dana, self.attendance.end_all(ending("locked")))

    async def ask_first(self) -> None:
        self.permission.rule(Policy(glance="ask"))

    async def answer(self) -> None:
        for each in self.attendance.asked[:1]:
            await self.do(self.dana, self.attendance.answered(each.peer.node, each.id, True, self.now))

    async def to_dana(self) -> None:
        if self.dana.words:
            word = self.dana.words.popleft()
            await self.do(self.dana, self.attendance.receive(SAM.identity, word, self.now))

    async def to_sam(self) -> None:
        if self.sam.words:
            word = self.sam.words.popleft()
            await self.do(self.sam, self.supervision.receive(DANA.identity, word, self.now))

    async def talk(self) -> None:
        while self.dana.words or self.sam.words:
            await self.to_dana()
            await self.to_sam()

    async def cut(self) -> None:
        await self._cut(self.sam, self.dana)

    async def _cut(self, *alive: End) -> None:
        self.linked = False
        for end in (self.sam, self.dana):
            end.words.clear()
        if self.sam in alive:
            await self.do(self.sam, self.supervision.peer_down(DANA.identity.node))
        if self.dana in alive:
            await self.do(self.dana, self.attendance.peer_down(SAM.identity.node))
        self.linked = True  # it comes up again

    async def crash_sam(self) -> None:
        await self.boot(self.sam)
        await self._cut(self.dana)

    async def crash_dana(self) -> None:
        await self.boot(self.dana)
        await self._cut(self.sam)

    async def fill_sam(self) -> None:
        self.sam.storage.full = True

    async def fill_dana(self) -> None:
        self.dana.storage.full = True

    async def make_room(self) -> None:
        for end in (self.sam, self.dana):
            end.storage.full = False
            await end.notary.abandon("no service")  # commits what could not be written before

    async def wait(self) -> None:
        self.now += 1.0
        await self.do(self.sam, self.supervision.on_deadline(self.now))
        await self.do(self.dana, self.attendance.on_deadline(self.now))

    # --- what always holds ---------------------------------------------------------------------------

    def check(self) -> None:
        assert self.shown == {session.id for session in self.attendance.sessions.values()}
        assert len(self.attendance.pending) + len(self.attendance.sessions) <= limits.SESSIONS_PER_PEER

    async def settled(self) -> None:
        """Nobody does anything any more: everything ends by itself, and is written."""
        await self.make_room()
        for _ in range(int(limits.CONSENT + 2 * limits.SESSION_ANSWER)):
            await self.wait()
            await self.talk()
        await self.make_room()
        assert not self.shown
        assert not self.supervision.sessions
        assert len(self.attendance.pending) == 0
        for end in (self.sam, self.dana):
            assert await end.storage.run(ledger.running) == []
            kinds = Counter((each.session, each.kind) for each in await end.records())
            for session in {session for session, _ in kinds}:
                assert kinds[session, "start"] == kinds[session, "end"] == 1
                assert kinds[session, "agreed"] <= 1
        copies = [await end.copy() for end in (self.sam, self.dana)]
        assert verify(copies, bearer).wrong == ()


def _why_not(peer: Identity, request: Request | None) -> LanassistError | None:
    return None


DEEDS: Final = (
    *("start", "talk", "talk", "renew", "to_dana", "to_sam", "wait"),
    *("change", "stop", "lock", "ask_first", "answer"),
    *("cut", "crash_sam", "crash_dana", "fill_sam", "fill_dana", "make_room"),
)


async def played(deeds: list[str]) -> None:
    pair = Pair()
    await pair.boot(pair.sam)
    await pair.boot(pair.dana)
    for deed in deeds:
        await getattr(pair, deed)()
        pair.check()
    await pair.settled()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(DEEDS), max_size=30))
@example(["start", "to_dana", "to_sam", "crash_sam"])
@example(["start", "talk", "fill_dana", "lock", "crash_dana", "start", "talk"])
@example(["start", "talk", "fill_sam", "stop", "talk", "make_room", "start", "talk", "change", "talk"])
def test_whatever_happens_both_ledgers_are_whole_and_nothing_is_left_open(deeds: list[str]) -> None:
    trio.run(played, deeds)


def test_without_any_trouble_a_session_runs_and_is_agreed_on_by_both() -> None:
    async def story() -> None:
        pair = Pair()
        await pair.boot(pair.sam)
        await pair.boot(pair.dana)
        await pair.start()
        await pair.talk()
        assert pair.shown == {"s1"}
        await pair.stop()
        await pair.talk()
        kinds = [[each.kind for each in await end.records()] for end in (pair.sam, pair.dana)]
        assert kinds == [["start", "end", "agreed"], ["start", "opened", "end", "agreed"]]
        await pair.settled()

    trio.run(story)
