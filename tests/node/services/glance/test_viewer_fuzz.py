"""Whatever comes as a picture: a viewer shows it or says what is wrong with it, and stays small."""

import copy
import random
import tracemalloc
from collections.abc import Iterable

from hypothesis import given, strategies as st

from lanassist.node.protocol import limits
from lanassist.node.services.glance import media
from lanassist.node.services.glance.media import MalformedMedia
from lanassist.node.services.glance.picture import Codec, MalformedUpdate, parse
from lanassist.node.services.glance.viewer import Viewer
from tests.support.effort import many
from tests.support.mutation import mutated
from tests.support.recording import recorded

MUTATIONS = many(3000)
ONE_FRAME = limits.DISPLAY_PIXELS * 4
"""Bytes of the largest display that may be declared."""


def outcome(viewer: Viewer, update: bytes) -> str:
    """What is wrong with it; “drawn” if nothing is. Any other exception is a bug."""
    return outcome_of(viewer, media.pieces(update))


def outcome_of(viewer: Viewer, messages: Iterable[bytes]) -> str:
    """The same of messages."""
    try:
        for message in messages:
            viewer.feed(message)
    except (MalformedUpdate, MalformedMedia) as error:
        return str(error)
    return "drawn"


def at_each_update() -> list[Viewer]:
    """A viewer that has been shown all updates before the first, the second, …"""
    viewer, viewers = Viewer([1]), []
    for update in recorded():
        viewers.append(copy.deepcopy(viewer))
        assert outcome(viewer, update) == "drawn"
    return viewers


def test_every_kind_of_patch_is_among_what_is_mutated() -> None:
    kinds = {patch.codec for update in recorded() for patch in parse(update).patches}
    assert kinds >= {Codec.FILL, Codec.LOSSLESS, Codec.JPEG, Codec.COPY, Codec.CACHED, Codec.KEEP}


def test_mutated_updates_are_drawn_or_refused_with_words_in_bounded_memory() -> None:
    chance, updates, viewers = random.Random(2026), recorded(), at_each_update()
    came = {"drawn": 0, "refused": 0}
    tracemalloc.start()
    try:
        for _ in range(MUTATIONS):
            number = chance.randrange(len(updates))
            viewer = copy.deepcopy(viewers[number])
            words = outcome(viewer, mutated(updates[number], chance, updates))
            assert words
            came["drawn" if words == "drawn" else "refused"] += 1
        peak = tracemalloc.get_traced_memory()[1]
        viewer = Viewer([1])
        left = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert min(came.values()) > MUTATIONS // 50, came
    assert peak < 1.1 * ONE_FRAME
    assert left < 32 * 2**20


def test_a_viewer_that_goes_on_after_nonsense_never_grows() -> None:
    """The session ends at the first refusal; even if it did not, nothing piles up."""
    chance, updates = random.Random(7), recorded()
    viewer = Viewer([1])
    tracemalloc.start()
    try:
        for update in updates:
            outcome(viewer, update)
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20):
            for update in updates:
                outcome(viewer, mutated(update, chance))
                outcome(viewer, update)
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert after < before + ONE_FRAME


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_bytes_of_any_kind_are_refused_with_words(messages: list[bytes]) -> None:
    assert outcome_of(Viewer([1]), messages)


@given(st.binary(max_size=400))
def test_updates_of_any_bytes_are_refused_with_words(update: bytes) -> None:
    assert outcome(Viewer([1, 2]), update)


def test_pieces_without_an_end_are_refused_at_the_limit() -> None:
    viewer, piece = Viewer([1]), bytes((media.PIECE, 0)) + bytes(limits.MEDIA_MESSAGE_BYTES - 2)
    most = limits.UPDATE_BYTES // len(piece)
    assert outcome_of(viewer, [piece] * most) == "drawn"
    assert "more than" in outcome_of(viewer, [piece] * 2)
