"""Small networks for tests: network namespaces on a bridge, with no way to any other network.

Needs root and iproute2. Nothing of it outlives the ``with``: processes are killed, namespaces deleted
(the bridge lives in one of its own).
"""

import contextlib
import ctypes
import itertools
import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

CLONE_NEWNET: Final = 0x40000000
_numbers: Final = itertools.count(1)


class Namespace:
    """One machine of the small network: its interface is ``eth0``, its address ``address``."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self._processes: list[subprocess.Popen[str]] = []

    def command(self, *words: str) -> list[str]:
        """The same command, inside."""
        return ["ip", "netns", "exec", self.name, *words]

    def run(self, *words: str, timeout: float = 30.0) -> subprocess.CompletedProcess[str]:
        """Run a command inside to its end; its failure is the test's."""
        return subprocess.run(
            self.command(*words), check=True, capture_output=True, text=True, timeout=timeout
        )

    def popen(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """Start a process inside; it is killed at the end of the network if it still runs.

        ``ip`` replaces itself by the command, so that ``pid`` is the command's own.
        """
        process: subprocess.Popen[str] = subprocess.Popen(self.command(*words), text=True, **options)
        self._processes.append(process)
        return process

    def up(self, connected: bool) -> None:
        """Plug the machine in or out of the network."""
        self.run("ip", "link", "set", "eth0", "up" if connected else "down")
        if connected:
            self.run("ip", "route", "replace", "224.0.0.0/4", "dev", "eth0")

    def connect(self, host: str, port: int) -> socket.socket:
        """A TCP connection made inside, for use outside. Raises OSError."""
        with ThreadPoolExecutor(1) as thread:  # a thread's namespace is its own, and this one ends here
            return thread.submit(self._connect, host, port).result()

    def _connect(self, host: str, port: int) -> socket.socket:
        enter(self.name)
        return socket.create_connection((host, port), timeout=30)

    def end(self) -> None:
        """Kill what still runs inside."""
        for process in self._processes:
            process.kill()
            process.wait(timeout=10)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()


def enter(name: str) -> None:
    """From now on this thread, and no other, is in that namespace. Raises OSError."""
    with Path("/run/netns", name).open() as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"the namespace {name} cannot be entered")


@contextmanager
def network(machines: int) -> Iterator[list[Namespace]]:
    """``machines`` namespaces on one bridge, addresses 10.77.0.1, 10.77.0.2, …"""
    prefix = f"lan{os.getpid()}n{next(_numbers)}"
    hub = Namespace(f"{prefix}hub", "")
    made = [Namespace(f"{prefix}m{number}", f"10.77.0.{number}") for number in range(1, machines + 1)]
    try:
        _ip("netns", "add", hub.name)
        hub.run("ip", "link", "add", "bridge", "type", "bridge", "mcast_snooping", "0")
        hub.run("ip", "link", "set", "bridge", "up")
        for number, machine in enumerate(made, 1):
            _plug_in(hub, machine, f"port{number}")
        yield made
    finally:
        for machine in (*made, hub):
            machine.end()
            with contextlib.suppress(subprocess.CalledProcessError):
                _ip("netns", "delete", machine.name)


def _plug_in(hub: Namespace, machine: Namespace, port: str) -> None:
    _ip("netns", "add", machine.name)
    hub.run("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", machine.name)
    hub.run("ip", "link", "set", port, "master", "bridge", "up")
    machine.run("ip", "address", "add", f"{machine.address}/24", "dev", "eth0")
    machine.run("ip", "link", "set", "lo", "up")
    machine.up(True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True, timeout=30)
