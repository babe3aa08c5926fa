"""Discovery between real machines of a small network, with real mDNS and a foreign browser for it."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from lanassist.node.protocol.limits import KNOWN_NAMES
from lanassist.node.protocol.messages import VERSION
from tests.support.avahi import avahi_browse
from tests.support.namespaces import Namespace, network

pytestmark = pytest.mark.e2e

DEADLINE = 15.0
T = TypeVar("T")


class Announcer:
    """A process in a namespace that announces itself, and what it has heard of others."""

    def __init__(self, machine: Namespace, instance: str, port: int) -> None:
        self.instance = instance
        words = [sys.executable, "-m", "tests.support.announcer", instance, str(port)]
        self.process = machine.popen(*words, stdout=subprocess.PIPE)
        self.heard: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.heard.append(msgspec.json.decode(line, type=dict[str, Any]))
                self._news.notify_all()

    def hears(self, event: str, **fields: Any) -> dict[str, Any]:
        """An event with these fields, heard already or within the deadline."""

        def found() -> dict[str, Any] | None:
            lines = [line for line in self.heard if line["event"] == event and fields.items() <= line.items()]
            return lines[-1] if lines else None

        with self._news:
            line = self._news.wait_for(found, DEADLINE)
        assert line is not None, f"{self.instance} did not hear {event} {fields}, only {self.heard[-20:]}"
        return line

    def end(self, kill: bool = False) -> None:
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(timeout=10)
        self._reader.join(timeout=10)


@pytest.fixture
def lan() -> Iterator[list[Namespace]]:
    with network(3) as machines:
        yield machines


@pytest.fixture
def announce() -> Iterator[Callable[[Namespace, str, int], Announcer]]:
    started: list[Announcer] = []

    def start(machine: Namespace, instance: str, port: int = 47600) -> Announcer:
        started.append(Announcer(machine, instance, port))
        return started[-1]

    yield start
    for announcer in started:
        announcer.end(kill=True)


Start = Callable[..., Announcer]


def test_nodes_of_a_network_find_each_other(lan: list[Namespace], announce: Start) -> None:
    one, two = announce(lan[0], "instance-one", 1111), announce(lan[1], "instance-two", 2222)
    found = one.hears("Found", instance="instance-two")
    assert found["addresses"] == [["10.77.0.2", 2222]]
    found = two.hears("Found", instance="instance-one")
    assert found["addresses"] == [["10.77.0.1", 1111]]


def test_nodes_of_a_network_without_ipv4_find_each_other(lan: list[Namespace], announce: Start) -> None:
    for machine in lan[:2]:
        machine.run("ip", "address", "flush", "dev", "eth0", "scope", "global")
    one = announce(lan[0], "instance-one")
    announce(lan[1], "instance-two", 2222)
    ((host, port),) = one.hears("Found", instance="instance-two")["addresses"]
    assert host.startswith("fe80::")
    assert "%" in host  # without the scope it could not be dialled
    assert port == 2222


def test_a_killed_node_is_found_again_after_its_restart(lan: list[Namespace], announce: Start) -> None:
    one, first = announce(lan[0], "instance-one"), announce(lan[2], "run-one-of-three")
    one.hears("Found", instance="run-one-of-three")
    first.end(kill=True)
    announce(lan[2], "run-two-of-three")
    one.hears("Found", instance="run-two-of-three")
    # Nobody said goodbye: only the link's heartbeat can tell that the first run is over.
    assert [line for line in one.heard if line["event"] == "Gone"] == []


def test_a_machine_that_is_plugged_in_late_is_found(lan: list[Namespace], announce: Start) -> None:
    lan[0].up(False)
    one = announce(lan[0], "instance-one")
    problem = one.hears("Problem")
    assert "none here does multicast; only static peers" in problem["text"]
    two = announce(lan[1], "instance-two")
    lan[0].up(True)
    one.hears("Problem", text="")
    one.hears("Found", instance="instance-two")
    two.hears("Found", instance="instance-one")


def resident_mib(process: subprocess.Popen[str]) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def test_a_flood_of_names_costs_a_bounded_amount(lan: list[Namespace], announce: Start) -> None:
    one = announce(lan[0], "instance-one")
    announce(lan[1], "instance-two")
    one.hears("Found", instance="instance-two")
    before = resident_mib(one.process)
    flooder = (sys.executable, "-m", "tests.support.flooder", lan[2].address)
    lan[2].run(*flooder, "20000")

    # A goodbye in the name of another, again and again, for the flood may drown it: once it is heard, so is
    # the flood. It is told as what it is, a hint; the roster takes nothing from a node that was met.
    def goodbye() -> dict[str, Any] | None:
        lan[2].run(*flooder, "0", "instance-two")
        return next((line for line in one.heard if line["event"] == "Gone"), None)

    until(goodbye, "goodbye")
    found = [line for line in one.heard if line["event"] == "Found"]
    assert 1000 < len(found) <= KNOWN_NAMES + 9  # the place that came free may be taken again
    assert resident_mib(one.process) - before < 64
    assert one.process.poll() is None


# --- a foreign browser -------------------------------------------------------------------------------


def until(probe: Callable[[], T | None], what: str) -> T:
    """What ``probe`` gives, as soon as it gives something."""
    give_up = time.monotonic() + DEADLINE
    while (found := probe()) is None:
        assert time.monotonic() < give_up, f"there was no {what} in {DEADLINE} s"
        time.sleep(0.05)
    return found


@pytest.fixture
def avahi(lan: list[Namespace], tmp_path: Path) -> Iterator[list[str]]:
    """``avahi-browse`` on the third machine."""
    with avahi_browse(lan[2], tmp_path) as browse:
        yield browse


def test_avahi_resolves_a_node_and_learns_nothing_about_it(
    lan: list[Namespace], announce: Start, avahi: list[str]
) -> None:
    announce(lan[0], "instance-one", 1111)

    def resolved() -> list[str] | None:
        browsed = subprocess.run([*avahi, "_lanassist._tcp"], capture_output=True, text=True, timeout=30)
        lines = [line.split(";") for line in browsed.stdout.splitlines() if line.startswith("=")]
        return next((line for line in lines if line[3] == "instance-one"), None)

    interface, _, name, _, _, host, address, port, text = until(resolved, "answer by avahi-browse")[1:]
    assert (interface, name, host) == ("eth0", "instance-one", "instance-one.local")
    assert (address, port) == ("10.77.0.1", "1111")
    assert sorted(text.split()) == ['"id=instance-one"', f'"v={VERSION.major}.{VERSION.minor}"']
    assert os.uname().nodename not in ";".join((name, host, text))
