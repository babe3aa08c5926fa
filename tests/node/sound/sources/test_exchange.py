"""A softphone call's turns: what the supervisor is told, and what the agent's headset is given."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lanassist.node.sound.bridge import Bridge
from lanassist.node.sound.inbox import Inbox
from lanassist.node.sound.packet import SAMPLES
from lanassist.node.sound.pipes import Hear
from lanassist.node.sound.samples import Samples
from lanassist.node.sound.sources.exchange import Exchange
from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.tones import Tone
from tests.support.hearing import tone_levels
from tests.support.supervisors import AGENT, CUSTOMER, SUPERVISOR, packets_of


class Microphone:
    """Gives a packet's worth of a tone a turn, while it is plugged in."""

    def __init__(self, hertz: float) -> None:
        self._tone = Tone(hertz)
        self.plugged = True

    def read(self) -> Samples:
        if not self.plugged:
            raise StreamLost("unplugged")
        return self._tone.speak(SAMPLES)

    come = read


class Headset:
    """Wants a packet's worth a turn; what was hushed is not heard."""

    def __init__(self) -> None:
        self.wanted = SAMPLES
        self.heard: list[Samples] = []
        self.hushed = 0

    def add(self, samples: Samples) -> None:
        assert samples.size == self.wanted
        self.heard.append(samples)

    def hush(self) -> None:
        self.hushed += 1


class Lender:
    """A stream that is always lent; None: it never is."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def use(self, what: Callable[[Any], Any]) -> Any:
        return None if self._stream is None else what(self._stream)


def lent(stream: object) -> Any:
    return Lender(stream)


class Call:
    """An exchange with both of the agent's devices, a turn after the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.inbox = Inbox()
        self.bridge = Bridge(
            lambda packet: None,
            {"customer": {"agent"}, "agent": {"customer"}},
            self.inbox,
            clock=lambda: self.now,
        )
        self.told: list[dict[str, Samples]] = []
        monkeypatch.setattr(self.bridge, "tell_supervisor", lambda voices: self.told.append(dict(voices)))
        self.exchange = Exchange(self.bridge)
        self.customer, self.headset = Microphone(CUSTOMER), Headset()
        self.exchange.agent = lent(Microphone(AGENT))
        self.exchange.headset = lent(self.headset)
        self._packets = iter(packets_of(SUPERVISOR, 500))

    def turns(self, count: int) -> None:
        for _ in range(count):
            self.now += 0.02
            self.inbox.put(Hear(packet=next(self._packets), came=self.now))
            self.exchange.turn(self.customer)  # type: ignore[arg-type]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    return Call(monkeypatch)


def audible(blocks: list[Samples], hertz: float) -> bool:
    return bool(tone_levels(np.concatenate(blocks), hertz)[-1] > -30)


def test_the_supervisor_is_told_both_voices(call: Call) -> None:
    call.bridge.turn_to("listen")
    call.turns(20)
    assert audible([said["customer"] for said in call.told], CUSTOMER)
    assert audible([said["agent"] for said in call.told], AGENT)


def test_without_the_agents_microphone_there_is_still_the_customers_voice(call: Call) -> None:
    call.exchange.agent = lent(None)
    call.bridge.turn_to("listen")
    call.turns(20)
    assert audible([said["customer"] for said in call.told], CUSTOMER)
    assert not any(said["agent"].any() for said in call.told)


def test_a_customers_stream_that_is_lost_is_the_keepers_to_mend(call: Call) -> None:
    call.customer.plugged = False
    with pytest.raises(StreamLost):
        call.turns(1)


def test_a_whisper_is_in_the_headset_and_a_released_key_hushes_it_once(call: Call) -> None:
    call.bridge.turn_to("talk")
    call.turns(20)
    assert audible(call.headset.heard, SUPERVISOR)
    assert call.headset.hushed == 0
    call.bridge.turn_to("listen")
    call.turns(10)
    assert call.headset.hushed == 1
    assert not np.concatenate(call.headset.heard[-9:]).any()


def test_a_headset_that_wants_nothing_is_given_nothing(call: Call) -> None:
    call.headset.wanted = 0
    call.bridge.turn_to("talk")
    call.turns(5)
    assert not call.headset.heard


def test_what_is_closed_is_forgotten(call: Call) -> None:
    call.bridge.turn_to("listen")
    call.exchange.forget("agent")
    call.exchange.forget("headset")
    call.turns(5)
    assert set(call.told[-1]) == {"customer"}
    assert not call.headset.heard
