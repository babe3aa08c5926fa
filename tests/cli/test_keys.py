"""Whether a key is held, as far as a terminal can tell."""

from lanassist.cli.keys import FIRST_REPEAT, NEXT_REPEAT, HeldKey


def test_a_key_is_held_until_it_does_not_repeat_any_more() -> None:
    key = HeldKey()
    assert key.press(10.0)
    assert not key.let_go(10.0 + FIRST_REPEAT - 0.01)
    assert not key.press(10.5)
    assert not key.press(10.55)
    assert not key.let_go(10.55 + NEXT_REPEAT - 0.01)
    assert key.let_go(10.55 + NEXT_REPEAT + 0.01)
    assert key.press(12.0)


def test_a_tap_ends_by_itself() -> None:
    key = HeldKey()
    key.press(10.0)
    assert key.let_go(10.0 + FIRST_REPEAT)
    assert not key.let_go(99.0)
