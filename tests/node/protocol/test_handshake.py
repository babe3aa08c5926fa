"""Two ends of a handshake, and everything that either might say out of turn."""

import pytest
from hypothesis import given, strategies as st

from lanassist.node.protocol.codec import MalformedMessage, encode
from lanassist.node.protocol.handshake import TABLE, Handshake, OutOfTurn, Side, Step, in_common, spoken
from lanassist.node.protocol.messages import (
    VERSION,
    Heartbeat,
    Hello,
    Message,
    Ready,
    Refusal,
    Version,
    Welcome,
)

HELLO = Hello(version=VERSION, instance="i")
WELCOME = Welcome(version=VERSION, instance="j")
REFUSAL = Refusal(code="too-busy", text="No room.")
ANY: tuple[Message, ...] = (HELLO, WELCOME, REFUSAL, Ready(), Heartbeat())
versions = st.builds(Version, st.integers(0, 100), st.integers(0, 100))


def pair(dialler: Version = VERSION, listener: Version = VERSION) -> tuple[Handshake, Handshake]:
    return Handshake(Side.DIALLER, dialler), Handshake(Side.LISTENER, listener)


def test_hello_welcome_ready_opens_both_ends() -> None:
    sam, dana = pair()
    assert dana.hear(sam.say(HELLO)) == HELLO
    assert sam.hear(dana.say(WELCOME)) == WELCOME
    assert (sam.step, dana.step) == (Step.WELCOMED, Step.WELCOMED)
    assert dana.hear(sam.say(Ready())) == Ready()
    assert (sam.step, dana.step) == (Step.OPEN, Step.OPEN)
    assert (sam.version, dana.version) == (VERSION, VERSION)


def test_a_refusal_ends_it_for_both() -> None:
    sam, dana = pair()
    dana.hear(sam.say(HELLO))
    assert sam.hear(dana.say(REFUSAL)) == REFUSAL
    assert (sam.step, dana.step) == (Step.REFUSED, Step.REFUSED)
    for message in ANY:
        with pytest.raises(OutOfTurn):
            sam.say(message)
        with pytest.raises(OutOfTurn):
            dana.say(message)


def test_a_newer_version_says_what_it_is_also_to_one_that_cannot_speak_it() -> None:
    sam, dana = pair(dialler=Version(1, 0), listener=Version(2, 4))
    dana.hear(sam.say(HELLO))
    assert dana.version is None
    sam.hear(dana.say(Refusal(version=dana.ours, code="version-mismatch", text="")))
    assert sam.theirs == Version(2, 4)
    assert sam.version is None


@given(versions, versions)
def test_the_version_in_common_is_the_same_seen_from_both_sides(ours: Version, theirs: Version) -> None:
    common = in_common(ours, theirs)
    assert common == in_common(theirs, ours)
    assert (common is None) == (ours.major != theirs.major)
    if common is not None:
        assert common.minor == min(ours.minor, theirs.minor)


@given(st.lists(st.tuples(st.sampled_from(Side), st.sampled_from(ANY)), max_size=8))
def test_both_ends_always_agree_how_far_they_are(said: list[tuple[Side, Message]]) -> None:
    """Whatever is said by whom: it is refused at the speaker's end exactly if the table has no such row."""
    sam, dana = pair()
    for speaker, message in said:
        here, there = (sam, dana) if speaker is Side.DIALLER else (dana, sam)
        if (here.step, speaker, type(message)) in TABLE:
            there.hear(here.say(message))
        else:
            with pytest.raises(OutOfTurn):
                here.say(message)
            with pytest.raises(OutOfTurn):
                there.hear(encode(message))
        assert sam.step == dana.step


@given(st.binary(max_size=200))
def test_garbage_is_nothing_but_malformed(data: bytes) -> None:
    _, dana = pair()
    with pytest.raises(MalformedMessage):
        dana.hear(data)


def test_an_unknown_message_is_not_skipped_before_the_channel_is_open() -> None:
    with pytest.raises(OutOfTurn):
        pair()[1].hear(b"\x81\xa1t\xa6future")


def test_a_version_is_written_with_a_point() -> None:
    assert spoken(Version(1, 12)) == "1.12"
