"""Bytes to message and back, whatever the bytes."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, strategies as st

from lanassist.node.protocol import limits
from lanassist.node.protocol.codec import MalformedMessage, decode, encode
from lanassist.node.protocol.messages import WIRE, Heartbeat, Message, Presence, tag_of
from tests.node.protocol.strategies import any_message


@given(any_message)
def test_every_message_comes_back_as_it_went(message: Message) -> None:
    assert decode(encode(message)) == message


@given(any_message, st.dictionaries(st.text(min_size=1), st.integers(-9, 9) | st.text(), max_size=3))
def test_fields_of_a_newer_version_are_ignored(message: Message, extra: dict[str, object]) -> None:
    fields = msgspec.msgpack.decode(encode(message))
    assert decode(msgspec.msgpack.encode({**extra, **fields})) == message or set(extra) & known(message)


def known(message: Message) -> set[str]:
    return {*message.__struct_fields__, "t"}


def test_a_tag_of_a_newer_version_is_skipped() -> None:
    assert decode(msgspec.msgpack.encode({"t": "of-the-future", "n": [1, {"deep": None}]})) is None


@given(st.binary(max_size=500))
def test_garbage_is_a_message_skipped_or_malformed_and_nothing_else(data: bytes) -> None:
    try:
        message = decode(data)
    except MalformedMessage:
        return
    assert message is None or type(message) in WIRE


@given(any_message, st.data())
def test_a_damaged_message_is_a_message_skipped_or_malformed(message: Message, data: st.DataObject) -> None:
    damaged = bytearray(encode(message))
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(MalformedMessage):
        decode(bytes(damaged))


@given(any_message, st.data())
def test_a_message_cut_short_is_malformed(message: Message, data: st.DataObject) -> None:
    whole = encode(message)
    with pytest.raises(MalformedMessage):
        decode(whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": "x" * (limits.REASON_LENGTH + 1)},
        {"status_age": -1.0},
        {"status_age": float("nan")},
        {"displays": [{"number": 1, "x": 0, "y": 0, "width": 0, "height": 1}]},
        {"displays": [{"number": 17, "x": 0, "y": 0, "width": 1, "height": 1}]},
        {"displays": [{"number": 1, "x": 0, "y": 0, "width": 1, "height": 1}] * 17},
        {"status": 7},
        {"locked": "yes"},
    ],
)
def test_every_field_is_bounded(fields: dict[str, object]) -> None:
    with pytest.raises(MalformedMessage):
        decode(msgspec.msgpack.encode({"t": "presence", "status": "break", **fields}))


def test_a_message_beyond_the_limit_is_not_even_looked_at() -> None:
    with pytest.raises(MalformedMessage, match="more than 1048576"):
        decode(bytes(limits.MESSAGE_BYTES + 1))


def test_nesting_without_end_is_malformed() -> None:
    for nested in (
        b"\x91" * 500_000,
        b"\x81\xa1t" * 100_000,
        b"\x82\xa1t\xa8presence\xa1x" + b"\x91" * 100_000,
    ):
        with pytest.raises(MalformedMessage):
            decode(nested)


def test_no_two_messages_share_a_tag() -> None:
    assert len({tag_of(kind) for kind in WIRE}) == len(WIRE)


def test_a_message_class_without_a_tag_is_not_for_the_wire() -> None:
    class Untagged(msgspec.Struct):
        pass

    with pytest.raises(TypeError):
        tag_of(Untagged)  # type: ignore[arg-type]


def test_the_smallest_message_is_small() -> None:
    assert len(encode(Heartbeat())) == 13
    assert len(encode(Presence(status="available"))) < 150
