"""The notary: signs and commits at both ends of real certificates, and says what it will not write."""

import msgspec

from lanassist.node.errors import BadSignature, LedgerUnwritable
from lanassist.node.notary import Notary
from lanassist.node.protocol.messages import GlanceRequest, SessionId, Signed
from lanassist.node.services.session import Entered, NotEntered, Session, Step, ending
from lanassist.node.store import ledger
from lanassist.node.trust.credentials import Credentials
from tests.support.site import Site
from tests.support.storage import SmallStorage

SITE = Site()
SAM, EVE, DANA = SITE.supervisor(), SITE.supervisor("Eve Snow"), SITE.agent()


class End:
    """One node."""

    def __init__(self, me: Credentials) -> None:
        self.me = me
        self.storage = SmallStorage()
        self.notary = Notary(me, self.storage)

    async def enter(self, step: Step) -> Entered | NotEntered:
        return await self.notary.enter(step)

    async def kinds(self, peer: Credentials) -> list[str]:
        entries = await self.storage.run(ledger.entries, peer.identity.node, 0, 100)
        return [msgspec.json.decode(each.body)["kind"] for each in entries]


def session(peer: Credentials, *, asked: bool, displays: tuple[int, ...] = (1,)) -> Session:
    return Session(
        id=SessionId("s1"),
        peer=peer.identity,
        asked=asked,
        request=GlanceRequest(displays=displays),
        reason="coaching",
        state="asking",
        since=0.0,
        until=1.0,
    )


def step(kind: str, of: Session, theirs: Signed | None = None, **more: object) -> Step:
    return Step(kind=kind, service="glance", session=of, theirs=theirs or Signed(), **more)  # type: ignore[arg-type]


async def signed(end: End, what: Step) -> Signed:
    outcome = await end.enter(what)
    assert isinstance(outcome, Entered), outcome
    return outcome.signed


async def started(sam: End, dana: End) -> tuple[Session, Session]:
    at_sam = session(DANA, asked=True)
    intent = await signed(sam, step("intent", at_sam))
    at_sam = msgspec.structs.replace(at_sam, intent=intent)
    at_dana = msgspec.structs.replace(session(SAM, asked=False), intent=intent)
    grant = await signed(dana, step("grant", at_dana, intent))
    acceptance = await signed(sam, step("acceptance", at_sam, grant))
    await signed(dana, step("opening", at_dana, acceptance))
    return at_sam, at_dana


async def refusal(end: End, what: Step) -> str:
    outcome = await end.enter(what)
    assert isinstance(outcome, NotEntered)
    assert isinstance(outcome.error, BadSignature)
    return str(outcome.error.details["why"])


async def test_both_ends_write_the_same_session() -> None:
    sam, dana = End(SAM), End(DANA)
    at_sam, at_dana = await started(sam, dana)
    change = await signed(sam, step("change", at_sam))
    await signed(dana, step("changed", at_dana, change))
    renewal = await signed(sam, step("renewal", at_sam))
    await signed(dana, step("renewed", at_dana, renewal))
    over = await signed(sam, step("end", at_sam, ending=ending("stopped")))
    await signed(dana, step("end", at_dana, ending=ending("stopped")))
    await signed(dana, step("settled", at_dana, over))
    assert await sam.kinds(DANA) == ["start", "change", "end"]
    assert await dana.kinds(SAM) == ["start", "opened", "change", "end", "agreed"]
    assert '"renewal":{' in (await dana.storage.run(ledger.entries, SAM.identity.node, 3, 1))[0].body


async def test_what_was_not_signed_or_not_so_is_not_written() -> None:
    sam, dana = End(SAM), End(DANA)
    intent = await signed(sam, step("intent", session(DANA, asked=True)))
    asks = session(SAM, asked=False)
    assert "too old" in await refusal(dana, step("grant", asks))
    forged = Signed(statement=intent.statement.replace(b"coaching", b"chatting"), signature=intent.signature)
    assert "signature" in await refusal(dana, step("grant", asks, forged))
    more = session(SAM, asked=False, displays=(1, 2))
    assert "not what is asked for" in await refusal(dana, step("grant", more, intent))
    eves = session(EVE, asked=False)
    assert "signature" in await refusal(dana, step("grant", eves, intent))
    assert "no such session" in await refusal(dana, step("opening", asks, intent))
    assert await dana.kinds(SAM) == []


async def test_what_is_signed_but_is_no_text_is_not_written() -> None:
    sam, dana = End(SAM), End(DANA)
    at_sam, at_dana = await started(sam, dana)
    renewal = await signed(sam, step("renewal", at_sam))
    statement = renewal.statement.removesuffix(b"}") + b',"more":"\xff"}'
    garbled = Signed(statement=statement, signature=sam.notary.sign(statement))
    assert "cannot be read" in await refusal(dana, step("renewed", at_dana, garbled))


async def test_a_statement_counts_once_and_in_its_own_session() -> None:
    sam, dana = End(SAM), End(DANA)
    at_sam, at_dana = await started(sam, dana)
    renewal = await signed(sam, step("renewal", at_sam))
    await signed(dana, step("renewed", at_dana, renewal))
    assert "before" in await refusal(dana, step("renewed", at_dana, renewal))
    assert "was due" in await refusal(dana, step("changed", at_dana, renewal))
    other_sam, other_dana = End(SAM), End(DANA)
    elsewhere, _ = await started(other_sam, other_dana)
    foreign = await signed(other_sam, step("renewal", elsewhere))
    assert "another session" in await refusal(dana, step("renewed", at_dana, foreign))


async def test_a_name_counts_once_with_one_peer_also_over_restarts() -> None:
    sam, dana = End(SAM), End(DANA)
    at_sam, at_dana = await started(sam, dana)
    await signed(dana, step("end", at_dana, ending=ending("stopped")))
    assert "before" in await refusal(dana, step("grant", at_dana, at_sam.intent))
    dana.notary = Notary(DANA, dana.storage)
    await dana.notary.start(keep_days=400)
    assert "before" in await refusal(dana, step("grant", at_dana, at_sam.intent))
    assert await dana.kinds(SAM) == ["start", "opened", "end"]
    eves, at_eve = End(EVE), session(DANA, asked=True)
    of_eve = await signed(eves, step("intent", at_eve))
    await signed(dana, step("grant", session(EVE, asked=False), of_eve))


async def test_on_a_full_disk_nothing_begins_and_an_end_is_written_later() -> None:
    sam, dana = End(SAM), End(DANA)
    at_sam, _ = await started(sam, dana)
    sam.storage.full = True
    assert isinstance(outcome := await sam.enter(step("change", at_sam)), NotEntered)
    assert isinstance(outcome.error, LedgerUnwritable)
    assert outcome.error.exit_code == 10
    assert isinstance(await sam.enter(step("end", at_sam, ending=ending("stopped"))), NotEntered)
    assert await sam.kinds(DANA) == ["start"]
    sam.storage.full = False
    intent = await signed(sam, step("intent", msgspec.structs.replace(at_sam, id=SessionId("s2"))))
    assert intent.statement
    await sam.notary.abandon("glance")
    assert await sam.kinds(DANA) == ["start", "end"]


async def test_after_a_crash_what_was_open_is_closed_as_lost() -> None:
    sam, dana = End(SAM), End(DANA)
    await started(sam, dana)
    again = Notary(DANA, dana.storage)
    await again.start(keep_days=400)
    assert await dana.kinds(SAM) == ["start", "opened", "end"]
    last = (await dana.storage.run(ledger.entries, SAM.identity.node, 2, 1))[0].body
    assert "crashed" in last
    await again.start(keep_days=400)
    assert len(await dana.kinds(SAM)) == 3


async def test_what_is_old_is_removed_only_as_far_as_the_peer_has_signed_beyond() -> None:
    sam, dana = End(SAM), End(DANA)
    at_sam, _ = await started(sam, dana)
    await sam.enter(step("end", at_sam, ending=ending("stopped")))
    await Notary(SAM, sam.storage).start(keep_days=-1)  # everything is old
    assert await sam.kinds(DANA) == ["start", "end"]
