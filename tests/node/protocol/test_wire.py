"""No change of the wire is an accident."""

from tests.node.protocol.wire import GOLDEN, schema


def test_the_wire_is_as_it_was_agreed() -> None:
    assert schema().decode() == GOLDEN.read_text(), (
        "The messages differ from tests/node/protocol/wire.json. If that is meant, raise VERSION and run "
        "`python -m tests.node.protocol.wire`."
    )
