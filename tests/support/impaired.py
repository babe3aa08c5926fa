"""Two machines joined by a poor network: two namespaces, and a process that hands packets on between them.

It stands in for ``tc netem``, which not every kernel has: each namespace has a TUN device, and one process
reads both. Needs root, iproute2 and /dev/net/tun. Nothing of it outlives the ``with``.
"""

import contextlib
import fcntl
import itertools
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from tests.support.namespaces import Namespace, enter
from tests.support.wire import ETHERNET, Counts, Poor, Wire

TUNSETIFF: Final = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
DEVICE: Final = "eth0"
HURRY: Final = -11
"""Niceness, as sound engines have it."""
_numbers: Final = itertools.count(1)


class Machine(Namespace):
    """One of the two. What it runs comes before other work: how late it is shall be the network's doing."""

    def command(self, *words: str) -> list[str]:
        """The same command, inside."""
        return ["nice", "-n", str(HURRY), *super().command(*words)]


class Impaired:
    """The two machines, ``near`` and ``far``, and what has become of their packets."""

    def __init__(self, near: Machine, far: Machine, process: subprocess.Popen[bytes]) -> None:
        self.near = near
        self.far = far
        self._process = process

    def end(self) -> tuple[Counts, Counts]:
        """No packet passes from now on; the counts from near to far, and from far to near."""
        out, _ = self._process.communicate(timeout=30)
        return msgspec.json.decode(out.splitlines()[-1], type=tuple[Counts, Counts])


@contextmanager
def impaired(poor: Poor) -> Iterator[Impaired]:
    """Addresses 10.78.0.1 and 10.78.0.2; their interfaces are ``eth0``."""
    prefix = f"poor{os.getpid()}n{next(_numbers)}"
    machines = [Machine(f"{prefix}m{number}", f"10.78.0.{number}") for number in (1, 2)]
    try:
        for machine in machines:
            subprocess.run(["ip", "netns", "add", machine.name], check=True, capture_output=True, timeout=30)
        names = [machine.name for machine in machines]
        words = [sys.executable, "-m", "tests.support.impaired", *names, msgspec.json.encode(poor).decode()]
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == b"ready\n", "no poor network"
                for machine in machines:
                    machine.run("ip", "address", "add", f"{machine.address}/24", "dev", DEVICE)
                    machine.run("ip", "link", "set", "lo", "up")
                    machine.up(True)
                yield Impaired(machines[0], machines[1], process)
            finally:
                process.kill()
    finally:
        for machine in machines:
            machine.end()
            with contextlib.suppress(subprocess.CalledProcessError):
                subprocess.run(["ip", "netns", "delete", machine.name], check=True, capture_output=True)


# --- the process -----------------------------------------------------------------------------------------


def _device_in(namespace: str) -> int:
    """A TUN device in that namespace: what is sent to it is read here, what is written here arrives there."""
    enter(namespace)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    return device


def _hand_on(devices: list[int], wires: list[Wire], until: int) -> None:
    """Until the file ``until`` ends."""
    while True:
        due = [at for wire in wires if (at := wire.next_at) is not None]
        patience = max(0.0, min(due) - time.monotonic()) if due else None
        readable, _, _ = select.select([*devices, until], [], [], patience)
        if until in readable:
            return
        for device, other, wire in zip(devices, reversed(devices), wires, strict=True):
            if device in readable:
                _read(device, wire)
            for packet in wire.take(time.monotonic()):
                with contextlib.suppress(OSError):  # its device is down
                    os.write(other, packet)


def _read(device: int, wire: Wire) -> None:
    """All that is there."""
    with contextlib.suppress(BlockingIOError):
        while True:
            wire.put(os.read(device, ETHERNET + 100), time.monotonic())


def main() -> None:
    """The process: two names of namespaces and a Poor as JSON; it ends with its standard input."""
    near, far, poor = sys.argv[1:]
    with contextlib.suppress(OSError):
        os.nice(HURRY)
    wires = [Wire(msgspec.json.decode(poor, type=Poor), direction) for direction in (0, 1)]
    devices = [_device_in(name) for name in (near, far)]
    print("ready", flush=True)
    _hand_on(devices, wires, sys.stdin.fileno())
    print(msgspec.json.encode([wire.counts for wire in wires]).decode(), flush=True)


if __name__ == "__main__":
    main()
