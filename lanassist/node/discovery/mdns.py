"""Announcing this node and hearing of others by mDNS, whatever happens to the machine's interfaces."""

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

import trio

from lanassist.node.config import Settings
from lanassist.node.discovery.interfaces import (
    Interface,
    chosen_interfaces,
    own_addresses,
    present_interfaces,
)
from lanassist.node.discovery.mailbox import Mailbox
from lanassist.node.discovery.radio import Details, Radio, RadioFailed, Station, open_radio
from lanassist.node.discovery.sightings import Found, Gone, OtherVersion, Sightings
from lanassist.node.protocol.limits import CANDIDATES_PER_NODE

WATCH_EVERY: Final = 5.0
"""Seconds between looks at the machine's interfaces, and at names that found no room before."""
HEARING_DEADLINE: Final = 6.0
"""After this long without hearing itself, a node says that multicast does not work here, and starts over."""
HEARING_PATIENCE: Final = 120.0
"""It starts over after twice as long each time, up to this."""
ASKING: Final = 16
"""Names at once whose details are asked for, because they did not come along with the name."""
EVENTS_WAITING: Final = 64

Event = Found | Gone | OtherVersion
_STATIC: Final = "only static peers and nodes met before are dialled."


class Candidates:
    """What mDNS tells about other nodes. Iterate over it, once."""

    def __init__(self, events: trio.MemoryReceiveChannel[Event]) -> None:
        self._events = events
        self._problem = ""
        self._changed = trio.Event()

    @property
    def problem(self) -> str:
        """Why mDNS does not work here, as one sentence for a person; empty if nothing speaks against it."""
        return self._problem

    @problem.setter
    def problem(self, text: str) -> None:
        if text != self._problem:
            self._problem = text
            self._changed.set()
            self._changed = trio.Event()

    async def other_problem(self, known: str) -> str:
        """Wait until the problem is another than ``known`` (which may be none), and return it."""
        while self._problem == known:
            await self._changed.wait()
        return self._problem

    def __aiter__(self) -> "Candidates":
        return self

    async def __anext__(self) -> Event:
        return await self._events.__anext__()


@asynccontextmanager
async def mdns(settings: Settings, instance: str, port: int) -> AsyncIterator[Candidates]:
    """Announce ``instance`` at ``port`` and hear of other nodes, while in the ``async with``.

    It needs no network to start with: without one (or with discovery off) no candidates come and
    ``problem`` says why; both change by themselves once there is one.
    """
    send, receive = trio.open_memory_channel[Event](EVENTS_WAITING)
    candidates = Candidates(receive)
    async with trio.open_nursery() as nursery:
        if settings.discovery.enabled:
            logging.getLogger("zeroconf").setLevel(logging.CRITICAL)  # it logs what strangers send
            nursery.start_soon(_Announcer(settings, instance, port, candidates, send).run)
        else:
            candidates.problem = f"mDNS is switched off (discovery.enabled); {_STATIC}"
        yield candidates
        nursery.cancel_scope.cancel()


class _Announcer:
    """Keeps a radio for the interfaces that there are, and turns what it hears into events."""

    def __init__(
        self,
        settings: Settings,
        instance: str,
        port: int,
        candidates: Candidates,
        events: trio.MemorySendChannel[Event],
    ) -> None:
        self._settings = settings
        self._instance = instance
        self._port = port
        self._candidates = candidates
        self._events = events
        self._asking: set[str] = set()
        self._sightings = Sightings(instance)
        self._heard_itself = trio.Event()
        self._patience = HEARING_DEADLINE

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            interfaces = await self._interfaces()
            if interfaces:
                try:
                    await self._on_air(interfaces)
                except RadioFailed as error:
                    self._candidates.problem = f"mDNS does not work on this machine ({error}); {_STATIC}"
                    await trio.sleep(WATCH_EVERY)
            else:
                self._candidates.problem = _nothing_to_use(self._settings.discovery.interfaces)
                await trio.sleep(WATCH_EVERY)

    async def _interfaces(self) -> tuple[Interface, ...]:
        present = await trio.to_thread.run_sync(present_interfaces)
        return chosen_interfaces(present, self._settings.discovery.interfaces)

    async def _on_air(self, interfaces: tuple[Interface, ...]) -> None:
        """Announce and listen on these interfaces until the machine's interfaces are others."""
        self._asking.clear()
        loopback = any(each.loopback for each in interfaces)
        self._sightings = Sightings(self._instance, loopback=loopback)
        self._heard_itself = trio.Event()
        mailbox = Mailbox(trio.lowlevel.current_trio_token())
        async with (
            open_radio(self._station(interfaces), mailbox.put) as radio,
            trio.open_nursery() as nursery,
        ):
            nursery.start_soon(self._listen, radio, mailbox)
            nursery.start_soon(self._check_hearing, nursery.cancel_scope)
            while await self._interfaces() == interfaces:
                await trio.sleep(WATCH_EVERY)
                for name in await trio.to_thread.run_sync(radio.names):
                    if name not in self._sightings:
                        mailbox.put(name, False)
            nursery.cancel_scope.cancel()
        for gone in self._sightings.forget():
            await self._events.send(gone)

    def _station(self, interfaces: tuple[Interface, ...]) -> Station:
        link = self._settings.link
        addresses = link.advertise or ([link.bind] if link.bind else own_addresses(interfaces))
        return Station(
            interfaces=interfaces,
            instance=self._instance,
            addresses=tuple(addresses[:CANDIDATES_PER_NODE]),
            port=self._port,
        )

    async def _check_hearing(self, on_air: trio.CancelScope) -> None:
        """Tell whether multicast works at all, by whether this node hears its own announcement.

        If not, start over, ever less often: an address that was not ready yet (IPv6 looks for duplicates
        first) loses the announcements, and they are not repeated by themselves.
        """
        with trio.move_on_after(self._patience):
            await self._heard_itself.wait()
        if self._heard_itself.is_set():
            self._candidates.problem = ""
            self._patience = HEARING_DEADLINE
        else:
            self._candidates.problem = f"This node does not hear its own mDNS: no multicast here; {_STATIC}"
            self._patience = min(2 * self._patience, HEARING_PATIENCE)
            on_air.cancel()

    async def _listen(self, radio: Radio, mailbox: Mailbox) -> None:
        async with trio.open_nursery() as nursery:
            while True:
                names = await mailbox.take()
                for name in [name for name, gone in names.items() if gone]:
                    await self._tell(self._sightings.gone(name))
                there = [name for name, gone in names.items() if not gone]
                for name, details in (await trio.to_thread.run_sync(radio.known, there)).items():
                    if details is not None:
                        await self._take_in(name, details)
                    elif len(self._asking) < ASKING and name not in self._asking:
                        self._asking.add(name)
                        nursery.start_soon(self._ask, radio, name)

    async def _ask(self, radio: Radio, name: str) -> None:
        """Ask the network for what is not known of a name."""
        details = await trio.to_thread.run_sync(radio.ask, name, abandon_on_cancel=True)
        self._asking.discard(name)
        if details is not None:
            await self._take_in(name, details)

    async def _take_in(self, name: str, details: Details) -> None:
        await self._tell(self._sightings.seen(name, details.text, details.addresses, details.port))
        if self._sightings.heard_own:
            self._heard_itself.set()

    async def _tell(self, event: Event | None) -> None:
        if event is not None:
            await self._events.send(event)


def _nothing_to_use(wanted: Iterable[str]) -> str:
    if names := ", ".join(wanted):
        return f"mDNS has no interface to use: {names} (discovery.interfaces) is not up; {_STATIC}"
    return f"mDNS has no interface to use: none here does multicast; {_STATIC}"
