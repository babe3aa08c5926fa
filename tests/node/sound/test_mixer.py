"""Who hears whom, measured with tones at every change of mode."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, strategies as st

from lanassist.node.sound.base import HEARS, MODES, PARTIES, Mode, Party
from lanassist.node.sound.level import level_of
from lanassist.node.sound.mixer import RAMP, Ear
from lanassist.node.sound.samples import BLOCK, Samples, from_pcm, silence, to_pcm
from lanassist.node.sound.tones import Tone
from tests.support.hearing import tone_levels

HERTZ: dict[Party, float] = {"customer": 440, "agent": 680, "supervisor": 1000}
MODE_BLOCKS = 20
INAUDIBLE = -72.0


def spoken(blocks: int) -> dict[Party, list[Samples]]:
    tones = {party: Tone(hertz) for party, hertz in HERTZ.items()}
    return {party: [tone.speak() for _ in range(blocks)] for party, tone in tones.items()}


def heard(ear: Ear, *modes: Mode) -> list[Samples]:
    """What that ear is given while the modes follow each other, 200 ms each."""
    voices = spoken(MODE_BLOCKS * len(modes))
    given: list[Samples] = []
    for number, mode in enumerate(modes):
        ear.turn_to(mode)
        blocks = range(number * MODE_BLOCKS, (number + 1) * MODE_BLOCKS)
        given.append(
            np.concatenate([ear.mix({who: voices[who][b] for who in PARTIES}, BLOCK) for b in blocks])
        )
    return given


@pytest.mark.parametrize(("ear", "mode"), list(product(PARTIES, MODES)))
def test_an_ear_hears_whom_the_table_gives_it_and_nobody_else(ear: Party, mode: Mode) -> None:
    (given,) = heard(Ear(ear), mode)
    for party in PARTIES:
        loudest = tone_levels(given[RAMP:], HERTZ[party]).max()
        assert (loudest > -15) == (party in HEARS[mode][ear])
        assert party in HEARS[mode][ear] or loudest < INAUDIBLE


@pytest.mark.parametrize(("before", "after"), list(product(MODES, MODES)))
def test_the_customer_never_hears_the_supervisor_but_in_take_over(before: Mode, after: Mode) -> None:
    first, second = heard(Ear("customer"), before, after)
    for mode, samples in ((before, first), (after, second[RAMP:])):
        if mode != "takeover":
            assert tone_levels(samples, HERTZ["supervisor"]).max() < INAUDIBLE


@given(st.lists(st.sampled_from([mode for mode in MODES if mode != "takeover"]), min_size=1, max_size=12))
def test_without_take_over_a_supervisor_changes_not_one_sample_of_the_customers(modes: list[Mode]) -> None:
    alone, beside = Ear("customer"), Ear("customer")
    agent, noise = Tone(680), np.random.default_rng(1)
    for mode in modes:
        alone.turn_to(mode)
        beside.turn_to(mode)
        said, whispered = agent.speak(), noise.uniform(-1, 1, BLOCK).astype(np.float32)
        assert "supervisor" not in beside.hears
        given = beside.mix({"agent": said, "supervisor": whispered}, BLOCK)
        assert np.array_equal(given, alone.mix({"agent": said}, BLOCK))


@pytest.mark.parametrize(("before", "after"), list(product(MODES, MODES)))
def test_a_change_of_mode_does_not_click(before: Mode, after: Mode) -> None:
    """Between two samples there is never more than the tones' own steepness, and the ramps'."""
    for party in PARTIES:
        given = np.concatenate(heard(Ear(party), before, after))
        steepest = sum(0.25 * 2 * np.pi * hertz / 48_000 for hertz in HERTZ.values()) + 3 * 0.25 / RAMP
        assert np.abs(np.diff(given)).max() <= steepest


def test_loud_voices_are_cut_off_at_full_scale_and_never_wrap() -> None:
    ear = Ear("supervisor")
    ear.turn_to("listen")
    loud = np.ones(BLOCK, dtype=np.float32)
    ear.mix({"customer": loud, "agent": loud}, BLOCK)
    mixed = ear.mix({"customer": loud, "agent": loud}, BLOCK)
    assert mixed.max() == 1.0
    assert np.frombuffer(to_pcm(mixed), dtype="<i2").min() == 32767


def test_a_voice_that_comes_another_way_is_not_mixed() -> None:
    ear = Ear("agent", elsewhere={"customer"})
    ear.turn_to("talk")
    assert ear.hears == {"supervisor"}
    given = ear.mix({"customer": np.ones(BLOCK, dtype=np.float32)}, BLOCK)
    assert not given.any()


def test_who_should_be_heard_and_says_nothing_is_silent() -> None:
    ear = Ear("supervisor")
    ear.turn_to("listen")
    assert not ear.mix({}, BLOCK).any()
    assert ear.mix({"customer": silence()}, BLOCK).size == BLOCK


@given(st.lists(st.floats(-2, 2, width=32), min_size=1, max_size=50))
def test_samples_survive_as_sixteen_bits(values: list[float]) -> None:
    samples = np.array(values, dtype=np.float32)
    back = from_pcm(to_pcm(samples))
    assert np.abs(back - np.clip(samples, -1, 1)).max() <= 1 / 32767


def test_the_level_of_a_tone() -> None:
    level = level_of(Tone(1000, 0.5).speak(4800))
    assert level == -9.0
    assert level_of(silence()) == -120
