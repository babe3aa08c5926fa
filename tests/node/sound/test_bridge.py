"""The middle of one call, without devices: what goes in, what each ear and the supervisor are given."""

import numpy as np

from lanassist.node.sound.base import Levels, Mode, Party
from lanassist.node.sound.bridge import FIRST_WORD, PATIENCE, Bridge
from lanassist.node.sound.inbox import Inbox
from lanassist.node.sound.opus import OpusDecoder
from lanassist.node.sound.packet import unpack
from lanassist.node.sound.pipes import Hear
from lanassist.node.sound.samples import BLOCK_SECONDS, Samples
from lanassist.node.sound.tones import Tone
from tests.support.hearing import tone_levels
from tests.support.supervisors import AGENT, CUSTOMER, SUPERVISOR, packets_of


class Call:
    """A bridge that mixes both ears itself, with a clock of its own."""

    def __init__(self, sequence: int = 0) -> None:
        self.now = 100.0
        self.sent: list[bytes] = []
        self.shown: list[Levels] = []
        self.inbox = Inbox()
        self.bridge = Bridge(self.sent.append, {}, self.inbox, sequence, lambda: self.now, self.shown.append)
        self.speaks = True
        self._tones: dict[Party, Tone] = {"customer": Tone(CUSTOMER), "agent": Tone(AGENT)}
        self._packets = iter(packets_of(SUPERVISOR, 500))

    def run(self, seconds: float) -> dict[Party, Samples]:
        """What the two parties hear."""
        given: dict[Party, list[Samples]] = {"customer": [], "agent": []}
        for number in range(round(seconds / BLOCK_SECONDS)):
            self.now += BLOCK_SECONDS
            if self.speaks and number % 2 == 0:
                self.inbox.put(Hear(packet=next(self._packets), came=self.now))
            said: dict[Party, Samples] = {party: tone.speak() for party, tone in self._tones.items()}
            self.bridge.tell_supervisor(said)
            for ear, block in self.bridge.for_ears(("customer", "agent"), said).items():
                given[ear].append(block)
        return {ear: np.concatenate(blocks) for ear, blocks in given.items()}


def heard(samples: Samples) -> set[float]:
    return {hertz for hertz in (CUSTOMER, AGENT, SUPERVISOR) if tone_levels(samples, hertz)[-1] > -30}


def test_each_ear_in_each_mode() -> None:
    call = Call()
    expected: dict[Mode, tuple[set[float], set[float]]] = {
        "normal": ({AGENT}, {CUSTOMER}),
        "listen": ({AGENT}, {CUSTOMER}),
        "talk": ({AGENT}, {CUSTOMER, SUPERVISOR}),
        "takeover": ({SUPERVISOR}, set()),
    }
    for mode, (customer, agent) in expected.items():
        call.bridge.turn_to(mode)
        given = call.run(0.5)
        assert heard(given["customer"]) == customer
        assert heard(given["agent"]) == agent


def test_the_supervisor_is_sent_nothing_in_normal_and_fifty_packets_a_second_else() -> None:
    call = Call(sequence=41)
    call.run(0.5)
    assert not call.sent
    call.bridge.turn_to("listen")
    call.run(1.0)
    packets = [unpack(data) for data in call.sent]
    assert [packet.sequence for packet in packets] == list(range(41, 91))
    assert [packet.first for packet in packets] == [True] + [False] * 49
    decoder = OpusDecoder()
    assert heard(np.concatenate([decoder.decode(packet.opus) for packet in packets])) == {CUSTOMER, AGENT}


def test_a_supervisor_who_has_taken_over_hears_the_customer_alone() -> None:
    call = Call()
    call.bridge.turn_to("takeover")
    call.run(1.0)
    decoder = OpusDecoder()
    assert heard(np.concatenate([decoder.decode(unpack(data).opus) for data in call.sent])) == {CUSTOMER}


def test_silence_counts_while_the_supervisor_should_speak() -> None:
    call = Call()
    assert call.bridge.silent_for() == 0
    call.bridge.turn_to("talk")
    call.run(0.3)
    assert call.bridge.silent_for() < PATIENCE
    call.speaks = False
    call.run(0.3)
    assert call.bridge.silent_for() > PATIENCE
    call.bridge.turn_to("listen")
    assert call.bridge.silent_for() == 0


def test_the_first_word_may_take_longer() -> None:
    call = Call()
    call.speaks = False
    call.bridge.turn_to("talk")
    call.run(FIRST_WORD)
    assert call.bridge.silent_for() < PATIENCE
    call.run(0.3)
    assert call.bridge.silent_for() > PATIENCE


def test_levels_of_all_three_are_shown_ten_times_a_second_while_somebody_assists() -> None:
    call = Call()
    call.run(0.5)
    assert not call.shown
    call.bridge.turn_to("talk")
    call.run(0.5)
    levels = call.shown[-1]
    assert len(call.shown) == 5
    assert round(levels.customer) == round(levels.agent) == -15
    assert levels.supervisor > -18
    assert call.bridge.levels().customer == -120


def test_nonsense_from_the_supervisor_is_counted() -> None:
    call = Call()
    call.inbox.put(Hear(packet=b"nonsense", came=call.now))
    assert call.bridge.heard.malformed == 1
