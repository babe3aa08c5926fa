"""Updates cut into messages and put together again."""

import pytest
from hypothesis import given, strategies as st

from lanassist.node.protocol import limits
from lanassist.node.services.glance import media


@given(st.lists(st.binary(min_size=1, max_size=300_000), min_size=1, max_size=3))
def test_updates_come_out_as_they_went_in(updates: list[bytes]) -> None:
    assembler = media.Assembler()
    for update in updates:
        messages = list(media.pieces(update))
        assert all(len(message) <= limits.MEDIA_MESSAGE_BYTES for message in messages)
        assert [assembler.feed(message) for message in messages] == [None] * (len(messages) - 1) + [update]


def test_an_update_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UPDATE_BYTES", 1000)
    assembler = media.Assembler()
    assembler.feed(bytes((media.PIECE, 0)) + bytes(900))
    with pytest.raises(media.MalformedMedia, match="more than 1000"):
        assembler.feed(bytes((media.PIECE, 0)) + bytes(900))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x01",
        b"\x01\x01",
        b"\x01\x02abc",
        b"\x02\x01abc",
        b"\x01\x00" + bytes(limits.MEDIA_MESSAGE_BYTES),
    ],
)
def test_what_is_not_a_piece_is_refused(message: bytes) -> None:
    with pytest.raises(media.MalformedMedia):
        media.Assembler().feed(message)


def test_drawn_says_display_and_sequence() -> None:
    assert len(media.drawn(3, 77)) == 6
    assert media.parse_drawn(media.drawn(3, 2**32 - 1)) == (3, 2**32 - 1)


@pytest.mark.parametrize("message", [b"", b"\x02", b"\x03\x01\x00\x00\x00\x00", bytes(7)])
def test_what_is_not_drawn_is_refused(message: bytes) -> None:
    with pytest.raises(media.MalformedMedia):
        media.parse_drawn(message)
