"""The tables of docs/protocol.md, drawn from the code: ``python -m tests.node.protocol.drawn``."""

import inspect
import re
from pathlib import Path

from lanassist.node.protocol import limits
from lanassist.node.protocol.handshake import TABLE
from lanassist.node.protocol.messages import WIRE, tag_of

PAGE = Path(__file__).parents[3] / "docs" / "protocol.md"
LIMITS = (
    "HANDSHAKE_DEADLINE",
    "PRE_AUTH_BYTES",
    "HALF_OPEN_PER_ADDRESS",
    "HALF_OPEN_TOTAL",
    "LINKS_TOTAL",
    "HEARTBEAT_EVERY",
    "SILENCE",
    "DEAD_AFTER",
    "MESSAGE_BYTES",
    "OUTBOX_MESSAGES",
    "OUTBOX_BYTES",
    "CLOSE_DEADLINE",
    "DIAL_DEADLINE",
    "CANDIDATES_PER_NODE",
    "CANDIDATE_STAGGER",
    "BACKOFF_FIRST",
    "BACKOFF_LAST",
    "MEDIA_MESSAGE_BYTES",
    "MEDIA_DEADLINE",
    "UPDATES_IN_FLIGHT",
    "UPDATE_RECTANGLES",
    "DISPLAY_SIDE",
    "SIGNED_DOCUMENT_BYTES",
    "ENTRY_LENGTH",
    "ENTRIES_PER_MESSAGE",
    "ACTS_PER_MESSAGE",
    "HELD",
    "BLOCKS_PER_MESSAGE",
    "TOLD_PER_MESSAGE",
    "CATEGORIES",
    "OPEN_PER_CLIENT",
    "HISTORY",
    "COLLEAGUES_PER_MESSAGE",
    "RESEND",
    "OFFER_ANSWER",
    "REQUEST_ANSWER",
    "TYPING_AGAIN",
    "TYPING",
    "HOLDING_EVERY",
    "PRESENCE_EVERY",
    "CONSENT",
)


def handshake() -> str:
    """Every step that there is; all else breaks the handshake."""
    rows = [
        f"| {before.value} | {side.value} | `{kind.__name__}` | {after.value} |"
        for (before, side, kind), after in TABLE.items()
    ]
    return "\n".join(["| at | who speaks | says | then |", "|---|---|---|---|", *rows])


def messages() -> str:
    """Every message with its tag, its fields and the first sentence of its docstring."""
    rows = []
    for kind in WIRE:
        fields = ", ".join(f"`{name}`" for name in kind.__struct_fields__) or "—"
        meaning = " ".join(inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].split())
        rows.append(f"| `{tag_of(kind)}` | {fields} | {meaning} |")
    return "\n".join(["| tag | fields | meaning |", "|---|---|---|", *rows])


def bounds() -> str:
    """The limits that a peer can run into."""
    rows = [f"| `{name}` | {getattr(limits, name):,} |" for name in LIMITS]
    return "\n".join(["| limit | value |", "|---|---|", *rows])


def redrawn(page: str) -> str:
    """The page with each drawn table between its markers as the code has it now."""
    for name, table in (("handshake", handshake()), ("messages", messages()), ("bounds", bounds())):
        block = re.compile(rf"(<!-- drawn: {name} -->\n).*?(\n<!-- end -->)", re.DOTALL)
        page = block.sub(lambda found, table=table: f"{found[1]}{table}{found[2]}", page)  # type: ignore[misc]
    return page


if __name__ == "__main__":
    PAGE.write_text(redrawn(PAGE.read_text()))
