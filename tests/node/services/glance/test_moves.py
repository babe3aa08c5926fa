"""What is taken for a move, and what is not."""

import numpy as np
import pytest

from lanassist.node.desktop.base import Pixels, Rectangle
from lanassist.node.services.glance import moves
from lanassist.node.services.glance.moves import Move
from lanassist.node.services.glance.tiles import Frame
from tests.support import scenes


def frame(pixels: Pixels) -> Frame:
    return np.ascontiguousarray(pixels).view(np.uint32)[:, :, 0]


def saved(before: Frame, after: Frame, move: Move) -> float:
    """Share of the changed pixels that the move puts right."""
    moved, to = before.copy(), move.area
    moved[to.y : to.y + to.height, to.x : to.x + to.width] = before[
        move.y : move.y + to.height, move.x : move.x + to.width
    ]
    return 1 - np.count_nonzero(moved != after) / np.count_nonzero(before != after)


@pytest.mark.parametrize("by", [-200, -48, -1, 1, 5, 66, 300])
def test_scrolled_text_is_found_in_either_direction(by: int) -> None:
    page = frame(scenes.text(600, 1200))
    move = moves.find(page[400:900], page[400 + by : 900 + by])
    assert move is not None
    assert (move.x - move.area.x, move.y - move.area.y) == (0, by)
    assert saved(page[400:900], page[400 + by : 900 + by], move) > 0.35


def test_what_slides_sideways_is_found() -> None:
    page = frame(scenes.text(1200, 500))
    move = moves.find(page[:, 100:700], page[:, 140:740])
    assert move is not None
    assert (move.x - move.area.x, move.y - move.area.y) == (40, 0)


def test_only_the_part_that_scrolled_is_moved() -> None:
    page, before = scenes.text(400, 900), scenes.text(800, 600, seed=5)
    after = before.copy()
    before[100:500, 200:600] = page[:400]
    after[100:500, 200:600] = page[60:460]
    after[:20, :300] = scenes.photo(300, 20)
    move = moves.find(frame(before), frame(after))
    assert move is not None
    assert move.area.within(Rectangle(200, 100, 400, 350)) == move.area
    assert move.y - move.area.y == 60


@pytest.mark.parametrize("scene", [scenes.text, scenes.photo, scenes.noise])
def test_other_content_is_no_move(scene: object) -> None:
    assert moves.find(frame(scene(600, 400, 1)), frame(scene(600, 400, 2))) is None  # type: ignore[operator]


def test_nothing_changed_and_nothing_to_see() -> None:
    text, flat = frame(scenes.text(600, 400)), frame(scenes.flat(600, 400))
    assert moves.find(text, text) is None
    assert moves.find(flat, text) is None
    assert moves.find(text, flat) is None
    assert moves.find(text[:10, :10], flat[:10, :10]) is None
