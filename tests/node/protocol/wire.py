"""The wire's schema as it is in the code. ``python -m tests.node.protocol.wire`` writes it to wire.json.

Do that only when the wire is meant to change, and raise VERSION in protocol/messages with it: the minor
number for new messages and optional fields, the major number for anything that an older node would misread.
"""

from pathlib import Path

import msgspec

from lanassist.node.protocol.messages import VERSION, WIRE

GOLDEN = Path(__file__).with_name("wire.json")


def schema() -> bytes:
    """Every message, field, type and bound, as JSON."""
    messages, components = msgspec.json.schema_components(WIRE, ref_template="#/{name}")
    for component in components.values():
        component.pop("description", None)  # docstrings may change without changing the wire
    document = {"version": VERSION, "messages": messages, "components": components}
    return msgspec.json.format(msgspec.json.encode(document, order="deterministic")) + b"\n"


if __name__ == "__main__":
    GOLDEN.write_bytes(schema())
