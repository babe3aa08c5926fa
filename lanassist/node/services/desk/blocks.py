"""The block list: the newest word on each client wins, on every desk, in whatever order the words come."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

from lanassist.node.errors import ClientBlocked
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Block, Blocks, BlocksDigest, NodeId
from lanassist.node.services.desk.records import BlockRecord, block_from

REQUESTS_KEPT = 16
"""Of each client, so that a request that comes again is known."""


class BlockList:
    """What this desk knows of blocked clients."""

    def __init__(self, records: Iterable[BlockRecord]) -> None:
        self._records = {record.client: record for record in records}
        self._digest = ""

    def why_not(self, client: str, now: float) -> ClientBlocked | None:
        """The refusal if the client is blocked."""
        record = self._records.get(client)
        if record is None or not record.holds(now):
            return None
        return ClientBlocked(reason=f": {record.reason}" if record.reason else "")

    def name_of(self, client: str) -> str:
        """As the client called itself when somebody wrote about it last."""
        record = self._records.get(client)
        return "" if record is None else record.name

    def written(self, request: str, client: str) -> bool:
        """Whether this request has had its effect."""
        record = self._records.get(client)
        return record is not None and request in record.requests

    def write(self, me: NodeId, block: Block, request: str, now: float) -> BlockRecord:
        """A new word, newer than what is known here."""
        before = self._records.get(block.client)
        newer = Block(
            client=block.client,
            number=1 if before is None else before.number + 1,
            node=me,
            blocked=block.blocked,
            reason=block.reason,
            by=block.by,
            name=block.name,
            seconds=block.seconds,
        )
        requests = () if before is None else before.requests
        return self._put(block_from(newer, now, (*requests[1 - REQUESTS_KEPT :], request)))

    def learn(self, blocks: Iterable[Block], now: float) -> Sequence[BlockRecord]:
        """Another desk's words; those that were news are returned."""
        news = []
        for block in blocks:
            mine = self._records.get(block.client)
            if mine is None or mine.edition < (block.number, block.node):
                news.append(self._put(block_from(block, now, () if mine is None else mine.requests)))
        return news

    def digest(self) -> BlocksDigest:
        """Equal on two desks that know the same."""
        if not self._digest:
            editions = sorted((each.client, each.number, each.node) for each in self._records.values())
            self._digest = blake2b(repr(editions).encode(), digest_size=16).hexdigest()
        return BlocksDigest(digest=self._digest)

    def all(self, now: float) -> Iterator[Blocks]:
        """Everything, in messages."""
        return told(list(self._records.values()), now)

    def __iter__(self) -> Iterator[BlockRecord]:
        return iter(self._records.values())

    def _put(self, record: BlockRecord) -> BlockRecord:
        self._records[record.client] = record
        self._digest = ""
        return record


def told(records: Sequence[BlockRecord], now: float) -> Iterator[Blocks]:
    """The entries in as many messages as they need."""
    step = limits.BLOCKS_PER_MESSAGE
    for first in range(0, len(records), step):
        yield Blocks(blocks=tuple(each.told(now) for each in records[first : first + step]))
