"""Whether ledgers are whole, each by itself and against each other. Needs nothing but the site's authority.

Each chain is walked from its first record to the first that is wrong; then the signed heads say whether its
end is missing, and the ledgers of two peers are laid side by side. What is found wrong is told by record.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from lanassist.node.ledger.copies import Copy, HeadLine
from lanassist.node.ledger.heads import SignedHead
from lanassist.node.ledger.statements import Head, Party, Unreadable
from lanassist.node.ledger.walk import WalkedChain, WalkedSession, Wrong as Wrong, walked

Bearer = Callable[[bytes], Party | None]
"""Who bears a certificate (DER) that the site's authority issued; None if it did not."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, and all that is wrong with it, the first first."""

    ledgers: int
    chains: int
    records: int
    sessions: int
    wrong: tuple[Wrong, ...]


def verify(copies: Sequence[Copy], bearer: Bearer, on_record: Callable[[], object] = lambda: None) -> Verdict:
    """Look at everything; ``on_record`` is called at each record."""
    certificates: dict[str, bytes] = {}
    for copy in copies:
        certificates.update(_genuine(copy, bearer))
    chains = {
        (copy.title.owner, peer): walked(copy.title, peer, entries, certificates, on_record)
        for copy in copies
        for peer, entries in sorted(copy.chains.items())
    }
    wrong = [chain.wrong for chain in chains.values() if chain.wrong is not None]
    owners = {copy.title.owner for copy in copies}
    for copy in copies:
        wrong += _against_heads(copy.heads, chains, owners, certificates)
    wrong += _side_by_side(chains, owners)
    return Verdict(
        ledgers=len(copies),
        chains=len(chains),
        records=sum(len(chain.hashes) for chain in chains.values()),
        sessions=sum(len(chain.sessions) for chain in chains.values()),
        wrong=tuple(dict.fromkeys(wrong)),
    )


def _genuine(copy: Copy, bearer: Bearer) -> dict[str, bytes]:
    """Certificates that the site's authority issued, by their true serial."""
    found: dict[str, bytes] = {}
    for der in copy.certificates.values():
        if (party := bearer(der)) is not None:
            found[f"{party.node}/{party.serial}"] = der
    return found


# --- signed heads ------------------------------------------------------------------------------------


def _against_heads(
    heads: Iterable[HeadLine],
    chains: dict[tuple[str, str], WalkedChain],
    owners: set[str],
    certificates: dict[str, bytes],
) -> Iterator[Wrong]:
    for line in heads:
        try:
            head = line.head.head()
        except Unreadable:
            continue  # nobody has signed that
        if not _is_signed(line.head, head, certificates):
            continue
        if line.conflict:
            what = "its owner signed this as the end of it after both had signed a later one"
            yield Wrong(owner=head.owner.node, peer=head.peer, seq=head.seq, what=what)
        elif head.owner.node in owners and head.seq:
            chain = chains.get((head.owner.node, head.peer))
            if chain is not None and chain.wrong is not None and chain.wrong.seq <= head.seq:
                continue  # told already
            if chain is not None and head.seq <= chain.pruned:
                continue
            yield from _missing(chain, head)


def _missing(chain: WalkedChain | None, head: Head) -> Iterator[Wrong]:
    there = {} if chain is None else chain.hashes
    found = there.get(head.seq)
    if found is None:
        first = max(there, default=0) + 1
        what = f"it is missing: both ends have signed that there are {head.seq}"
        yield Wrong(owner=head.owner.node, peer=head.peer, seq=first, what=what)
    elif found != head.hash:
        what = "both ends have signed another record in its place, or before it"
        yield Wrong(owner=head.owner.node, peer=head.peer, seq=head.seq, what=what)


def _is_signed(signed: SignedHead, head: Head, certificates: dict[str, bytes]) -> bool:
    owner = certificates.get(f"{head.owner.node}/{head.owner.serial}")
    if owner is None or not signed.signed_by_owner(owner):
        return False
    if not signed.peer_signature:
        return True
    peer = certificates.get(f"{head.peer}/{signed.peer_serial}")
    return peer is not None and signed.signed_by_peer(peer)


# --- two ledgers side by side ------------------------------------------------------------------------


def _side_by_side(chains: dict[tuple[str, str], WalkedChain], owners: set[str]) -> Iterator[Wrong]:
    for (owner, peer), chain in chains.items():
        if peer not in owners:
            continue
        other = chains.get((peer, owner)) or WalkedChain(owner=peer, peer=owner, hashes={}, sessions={})
        if other.wrong is not None:
            continue  # what stands after the first wrong record is not known
        for (service, name, asked), session in chain.sessions.items():
            theirs = other.sessions.get((service, name, not asked))
            if what := _differs(session, theirs, other):
                seq = max(other.hashes, default=0) + 1 if theirs is None else theirs.seq
                yield Wrong(owner=peer, peer=owner, seq=seq, session=name, what=what)


def _differs(mine: WalkedSession, theirs: WalkedSession | None, other: WalkedChain) -> str:
    """What is wrong with the other's record of a session, in the light of mine; empty: nothing."""
    # The supervisor's ledger proves by the grant that the agent's had it; the agent's proves by the
    # acceptance, which stands in “opened”, that the supervisor's had it.
    proven = mine.record.asked or mine.opened
    if theirs is None:
        missing = "the session is missing: the other end proves that it was here"
        return missing if proven and not other.pruned else ""
    if theirs.start != mine.start:
        return "the two ends tell of different sessions under the same name"
    if mine.theirs and mine.theirs != theirs.end:
        return "its end is missing: the other end has the signature under it"
    return ""
