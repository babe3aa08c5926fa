"""The tile grid and what is seen on its tiles."""

import numpy as np
from hypothesis import given, strategies as st

from lanassist.node.desktop.base import Pixels, Rectangle
from lanassist.node.services.glance import classify, tiles
from tests.support import scenes


def frame_of(pixels: Pixels) -> tiles.Frame:
    opaque = pixels.copy()
    opaque[:, :, 3] = 255
    return opaque.view(np.uint32)[:, :, 0]


def changed(frame: tiles.Frame, area: Rectangle, pixels: tiles.Frame) -> tiles.Grid:
    changes = tiles.Changes(frame.shape[1], frame.shape[0], area)
    changes.note(area, frame[area.y : area.y + area.height, area.x : area.x + area.width], pixels)
    return changes.grid()


@given(data=st.data(), width=st.integers(1, 300), height=st.integers(1, 300))
def test_rectangles_cover_every_change_and_never_share_a_tile(
    data: st.DataObject, width: int, height: int
) -> None:
    old = np.zeros((height, width), np.uint32)
    random = np.random.default_rng(data.draw(st.integers(0, 1000)))
    new = (random.random((height, width)) < data.draw(st.sampled_from([0.0, 0.0001, 0.01, 1.0]))).astype(
        np.uint32
    )
    grid = changed(old, Rectangle(0, 0, width, height), new)
    kinds = random.integers(1, 4, grid.shape[1:]).astype(np.int64)
    covered, owned = np.zeros_like(old), np.zeros(grid.shape[1:], np.int64)
    for kind, area in tiles.rectangles(grid, kinds):
        covered[area.y : area.y + area.height, area.x : area.x + area.width] = 1
        rows = slice(area.y // 64, (area.y + area.height - 1) // 64 + 1)
        columns = slice(area.x // 64, (area.x + area.width - 1) // 64 + 1)
        owned[rows, columns] += 1
        assert (kinds[rows, columns] == kind).all()
    assert (covered >= (old != new)).all()
    assert owned.max(initial=0) <= 1


def test_a_part_painted_anywhere_is_marked_as_tightly_as_it_changed() -> None:
    frame = np.zeros((200, 300), np.uint32)
    pixels = np.zeros((50, 90), np.uint32)
    pixels[10:13, 20:25] = 7
    grid = changed(frame, Rectangle(100, 70, 90, 50), pixels)
    kinds = np.ones(grid.shape[1:], np.int64)
    assert list(tiles.rectangles(grid, kinds)) == [(1, Rectangle(120, 80, 5, 3))]


def test_the_bounds_of_what_is_marked() -> None:
    grid = tiles.clean_grid(300, 200)
    assert tiles.bounding(grid) is None
    tiles.mark(grid, Rectangle(70, 10, 20, 30))
    tiles.mark(grid, Rectangle(130, 150, 1, 1))
    assert tiles.bounding(grid) == Rectangle(70, 10, 61, 141)
    assert tiles.marked(tiles.part(grid, Rectangle(64, 0, 65, 64))).tolist() == [[True, False]]


def test_a_full_grid_is_one_rectangle() -> None:
    grid = tiles.full_grid(300, 200)
    kinds = np.ones(grid.shape[1:], np.int64)
    assert list(tiles.rectangles(grid, kinds)) == [(1, Rectangle(0, 0, 300, 200))]


def test_what_is_sent_is_unmarked_only_where_it_covers_all_that_was_marked() -> None:
    grid = tiles.full_grid(128, 64)
    tiles.unmark(grid, Rectangle(0, 0, 100, 64))
    assert tiles.marked(grid).tolist() == [[False, True]]
    tiles.unmark(grid, Rectangle(64, 0, 64, 64))
    assert tiles.is_clean(grid)


def test_the_kinds_of_tiles() -> None:
    pixels = np.concatenate(
        [scenes.flat(64, 64, (1, 2, 3)), scenes.text(64, 64), scenes.photo(64, 64), scenes.noise(64, 64)],
        axis=1,
    )
    kinds = classify.classify(frame_of(pixels), tiles.full_grid(256, 64))[0].tolist()
    assert kinds[1:] == [classify.LOSSLESS, classify.PHOTO, classify.PHOTO]
    assert kinds[0] & classify.FILL
    assert classify.colour_of(kinds[0]) == (1, 2, 3)


def test_a_moving_picture_inside_a_window_is_seen_as_one_though_its_tiles_are_not_full() -> None:
    pixels = scenes.flat(256, 256)
    pixels[40:140, 50:200] = scenes.photo(150, 100)
    grid = tiles.clean_grid(256, 256)
    tiles.mark(grid, Rectangle(50, 40, 150, 100))
    kinds = classify.classify(frame_of(pixels), grid)
    assert kinds[1, 1] == classify.PHOTO
    found = [area for kind, area in tiles.rectangles(grid, kinds) if kind == classify.PHOTO]
    assert sum(area.width * area.height for area in found) == 150 * 100


def test_a_small_part_is_never_a_photograph() -> None:
    grid = tiles.clean_grid(64, 64)
    tiles.mark(grid, Rectangle(3, 3, 20, 20))
    assert classify.classify(frame_of(scenes.noise(64, 64)), grid)[0, 0] == classify.LOSSLESS
