"""What is said of packets that came over a network: how late, how many are missing, how clean the tone is."""

from benchmarks.audio.far import judged
from lanassist.node.sound.lateness import FRAME
from tests.support.far_calls import Arrivals
from tests.support.supervisors import packets_of

SECONDS = 10


def call(late: float = 0.0, every: int = 100) -> Arrivals:
    """A tone of 440 Hz, of which every so many packets are that late (and what is behind)."""
    arrivals: Arrivals = []
    newest = 0.0
    for number, packet in enumerate(packets_of(440, int(SECONDS / FRAME))):
        newest = max(newest, number * FRAME + (late if number % every == every - 1 else 0.0))
        arrivals.append((newest, packet))
    return arrivals


def test_a_perfect_network_leaves_nothing_to_make_up() -> None:
    found = judged(call())
    assert found["snr_db"] > 30
    assert not any(found[name] for name in ("concealed", "recovered", "skipped", "missing"))
    assert found["late_most_ms"] < 1e-3
    assert round(found["delay_ms"]) == 40


def test_what_is_late_is_said_and_waited_for() -> None:
    found = judged(call(late=0.07, every=25))
    assert 60 <= found["late_ms"] <= 70.1
    assert found["delay_ms"] > 70
    assert found["missing"] == 0


def test_what_never_came_is_missing() -> None:
    arrivals = call()
    del arrivals[250]
    found = judged(arrivals)
    assert (found["missing"], found["recovered"] + found["concealed"]) == (1.0, 1.0)
