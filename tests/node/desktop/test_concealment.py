"""Which windows a mask hides, and for how long. Pure."""

import re

import pytest
from hypothesis import given, strategies as st

from lanassist.node.desktop.base import Rectangle
from lanassist.node.desktop.concealment import (
    LINGER,
    MOST_PLACES,
    Client,
    Trail,
    Window,
    around,
    hidden,
    matches,
    rectangles,
)
from lanassist.node.desktop.mask_words import own_masks
from lanassist.node.errors import BadSetting
from lanassist.node.protocol.messages import Display
from lanassist.node.trust.policy import Mask

AREA = Rectangle(10, 20, 300, 200)
VAULT = Mask(window_class="vault")


def window(number: int, *clients: Client, popup: bool = False, unknown: bool = False) -> Window:
    return Window(id=number, area=AREA, clients=clients, popup=popup, unknown=unknown)


def client(
    number: int, *classes: str, title: str = "", owner: int = 0, dialog_of: int = 0, pid: int = 0
) -> Client:
    titles = (title,) if title else ()
    return Client(id=number, classes=classes, titles=titles, owner=owner, transient_for=dialog_of, pid=pid)


# --- patterns


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("", "anything", True),
        ("*", "", True),
        ("Vault", "vault", True),
        ("Vault", "vaults", False),
        ("*bank*", "My Bank – Browser", True),
        ("*bank", "My Bank – Browser", False),
        ("my*browser", "My Bank – Browser", True),
        ("ab*ba", "aba", False),
        ("a*b*c", "a c b", False),
        ("*.pdf — *", "Payroll.PDF — Viewer", True),
        ("STRASSE*", "Straße 7", True),
        ("[a-z]?", "b!", False),
    ],
)
def test_a_pattern_knows_stars_and_no_case(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_patterns_do_as_regular_expressions_do(pattern: str, text: str) -> None:
    expression = "".join(".*" if each == "*" else each for each in pattern)
    assert matches(pattern, text) is (not pattern or re.fullmatch(expression, text) is not None)


def test_a_pattern_of_many_stars_takes_no_longer() -> None:
    assert not matches("*a" * 60 + "b", "a" * 100_000)


# --- which windows


def test_either_word_of_a_class_counts_and_title_and_class_must_both_fit() -> None:
    letters = window(1, client(1, "editor", "Vault", title="Letters"))
    assert hidden([letters], [VAULT]) == {1}
    assert hidden([letters], [Mask(title="letters", window_class="vault")]) == {1}
    assert hidden([letters], [Mask(title="sums", window_class="vault")]) == frozenset()


def test_a_frame_is_hidden_for_what_is_in_it() -> None:
    framed = window(1, client(1, "mutter-x11-frames", owner=900), client(2, "Vault", owner=7))
    assert hidden([framed, window(5, client(5, "Editor", owner=8))], [VAULT]) == {1}


def test_dialogs_and_their_dialogs_go_with_a_masked_window() -> None:
    windows = [
        window(3, client(3, "Other", dialog_of=2, owner=9)),
        window(2, client(2, "Other", dialog_of=1, owner=9)),
        window(1, client(1, "Vault", owner=7)),
    ]
    assert hidden(windows, [VAULT]) == {1, 2, 3}


def test_popups_of_the_same_program_go_with_it_and_those_of_others_do_not() -> None:
    vault = window(1, client(10, owner=900), client(1, "Vault", owner=7, pid=77))
    own, child = window(2, client(2, owner=7), popup=True), window(3, client(3, owner=8, pid=77), popup=True)
    others = [window(4, client(4, owner=900), popup=True), window(5, client(5, "Vault2", owner=7))]
    assert hidden([vault, own, child, *others], [VAULT]) == {1, 2, 3}


def test_a_process_number_that_nobody_told_connects_nothing() -> None:
    windows = [window(1, client(1, "Vault", owner=7)), window(2, client(2, owner=8), popup=True)]
    assert hidden(windows, [VAULT]) == {1}


def test_a_window_of_which_nothing_is_known_is_hidden_but_only_if_windows_are_to_be() -> None:
    assert hidden([window(1, unknown=True)], [VAULT]) == {1}
    assert hidden([window(1, unknown=True)], [Mask(display=1, width=10, height=10)]) == frozenset()


def test_a_window_is_hidden_if_it_was_in_any_of_its_states() -> None:
    before, after = window(1, client(1, title="Bank")), window(1, client(1, title="News"))
    assert hidden([after, before], [Mask(title="bank")]) == {1}


def test_what_is_drawn_around_a_window_is_a_part_of_it_if_it_is_within_reason() -> None:
    framed = Window(id=1, area=AREA, extents=(1, 2, 30, 4))
    assert framed.outer == Rectangle(9, -10, 303, 234)
    assert Window(id=1, area=AREA, extents=(1, 2, 30, 2**31)).outer == AREA


def test_areas_of_displays_are_clipped_to_them_and_follow_them() -> None:
    displays = (
        Display(number=1, x=0, y=0, width=800, height=600),
        Display(number=2, x=800, y=50, width=640, height=480),
    )
    masks = [
        Mask(display=2, x=600, y=10, width=100, height=100),
        Mask(display=3, width=5, height=5),
        Mask(display=1, x=900, width=5, height=5),
        VAULT,
    ]
    assert list(rectangles(masks, displays)) == [Rectangle(1400, 60, 40, 100)]


# --- for how long

HERE, THERE = Rectangle(0, 0, 10, 10), Rectangle(50, 0, 10, 10)


def test_a_place_stays_covered_for_a_while_after_the_window_has_left_it() -> None:
    trail = Trail()
    trail.move(frozenset([HERE]), [], 100.0)
    trail.move(frozenset([THERE]), [HERE], 200.0)
    assert trail.covered(200.0) == {HERE, THERE}
    assert trail.next_change() == 200.0 + LINGER
    assert trail.covered(200.1 + LINGER) == {THERE}
    assert trail.next_change() is None


def test_a_window_that_comes_back_stays_covered() -> None:
    trail = Trail()
    trail.move(frozenset([HERE]), [], 0.0)
    trail.move(frozenset(), [], 1.0)
    trail.move(frozenset([HERE]), [], 1.5)
    assert trail.covered(1000.0) == {HERE}


def test_a_place_passed_between_two_looks_was_covered_though_nobody_saw_it() -> None:
    trail = Trail()
    trail.move(frozenset([HERE]), [], 0.0)
    trail.move(frozenset([HERE]), [HERE, THERE], 1.0)
    assert trail.covered(1.0) == {HERE, THERE}


def test_of_very_many_places_the_rectangle_around_them_is_covered() -> None:
    trail = Trail()
    passed = [Rectangle(x, 2 * x, 10, 10) for x in range(MOST_PLACES + 1)]
    trail.move(frozenset(), passed, 0.0)
    assert trail.covered(0.5) == {around(passed)} == {Rectangle(0, 0, MOST_PLACES + 10, 2 * MOST_PLACES + 10)}
    assert trail.covered(LINGER + 0.1) == frozenset()


# --- as they are written in a node's settings


def test_masks_of_the_settings() -> None:
    texts = [
        "class=KeePassXC",
        "title=* salary = *",
        "class=fire*  title=*Bank*",
        "display=2 area=400x300+10+20",
    ]
    assert own_masks(texts) == (
        Mask(window_class="KeePassXC"),
        Mask(title="* salary = *"),
        Mask(window_class="fire*", title="*Bank*"),
        Mask(display=2, x=10, y=20, width=400, height=300),
    )


@pytest.mark.parametrize(
    "text",
    ["", "KeePassXC", "class=", "display=1", "display=17 area=1x1+0+0", "display=1 area=0x5+0+0", "klass=a"],
)
def test_what_is_no_mask_is_told_with_how_to_write_one(text: str) -> None:
    with pytest.raises(BadSetting, match=r"glance\.masks.*is not a mask.*write “class=PATTERN”"):
        own_masks([text])


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (Mask(title="*Bank*"), "windows called “*Bank*”"),
        (Mask(title="*Bank*", window_class="fire*"), "windows of “fire*” called “*Bank*”"),
        (Mask(display=1, x=5, y=6, width=7, height=8), "7 × 8 pixels of display 1 at 5, 6"),
    ],
)
def test_a_mask_in_words(mask: Mask, words: str) -> None:
    assert mask.words == words
