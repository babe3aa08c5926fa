"""zeroconf at work: the only importer of it. Everything in a Radio blocks and is called in worker threads."""

import concurrent.futures
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import trio
from msgspec import Struct
from zeroconf import Error, IPVersion, ServiceBrowser, ServiceInfo, ServiceStateChange, Zeroconf

from lanassist.node.discovery.interfaces import Interface
from lanassist.node.discovery.sightings import SERVICE, announcement, service_name

START_DEADLINE: Final = 10.0
CLOSE_DEADLINE: Final = 2.0
ASK_MILLISECONDS: Final = 3000

T = TypeVar("T")
Heard = Callable[[str, bool], None]
"""Called in any thread with a service's name, and whether it went."""


class RadioFailed(Exception):
    """mDNS could not be started; the text says why."""


class Station(Struct, frozen=True, kw_only=True):
    """What this node announces, and where."""

    interfaces: tuple[Interface, ...]
    instance: str
    addresses: tuple[str, ...]
    port: int


class Details(Struct, frozen=True, kw_only=True):
    """What is known of a name; nothing of it is checked."""

    text: Mapping[str, str | None]
    addresses: tuple[str, ...]
    port: int | None


class Radio:
    """Announces a station and listens for others, from its making to ``close``."""

    def __init__(self, station: Station, heard: Heard) -> None:
        """Raises OSError and zeroconf's Error."""
        self._heard = heard
        addresses: list[Any] = [text for each in station.interfaces for text in each.v4]
        version = IPVersion.V4Only
        if not addresses:
            addresses = [each.index for each in station.interfaces]
            version = IPVersion.V6Only
        self._zeroconf = Zeroconf(interfaces=addresses, ip_version=version, use_asyncio=False)
        try:
            self._browser = ServiceBrowser(self._zeroconf, SERVICE, handlers=[self._on_change])
            # The instance is random, so that there is nobody to ask whether the name is free.
            self._zeroconf.register_service(_info(station), cooperating_responders=True)
        except BaseException:
            self._zeroconf.close()
            raise

    def _on_change(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        self._heard(name, state_change is ServiceStateChange.Removed)

    def close(self) -> None:
        """Say goodbye and stop."""
        self._browser.cancel()
        self._zeroconf.close()

    def known(self, names: Iterable[str]) -> dict[str, Details | None]:
        """What has been heard of each name already; None where that is not complete."""

        def read() -> dict[str, Details | None]:
            infos = {name: ServiceInfo(SERVICE, name) for name in names if name.endswith(f".{SERVICE}")}
            return {
                name: _details(info) if info.load_from_cache(self._zeroconf) else None
                for name, info in infos.items()
            }

        return self._in_its_thread(read, {})

    def names(self) -> list[str]:
        """Every name of a node in zeroconf's cache (which zeroconf bounds)."""

        def read() -> list[str]:
            records = self._zeroconf.cache.entries_with_name(SERVICE)
            return [alias for record in records if (alias := getattr(record, "alias", ""))]

        return self._in_its_thread(read, [])

    def ask(self, name: str) -> Details | None:
        """Ask the network for a name's details; None if nobody answers in time."""
        with contextlib.suppress(OSError, Error, RuntimeError):
            info = ServiceInfo(SERVICE, name)
            if info.request(self._zeroconf, ASK_MILLISECONDS):
                return _details(info)
        return None

    def _in_its_thread(self, read: Callable[[], T], otherwise: T) -> T:
        """Run where zeroconf's cache does not change meanwhile; ``otherwise`` if it is closing."""
        answer: concurrent.futures.Future[T] = concurrent.futures.Future()

        def run() -> None:
            try:
                answer.set_result(read())
            except BaseException as error:
                answer.set_exception(error)

        if (loop := self._zeroconf.loop) is None or loop.is_closed():
            return otherwise
        try:
            loop.call_soon_threadsafe(run)
        except RuntimeError:  # closed just now
            return otherwise
        try:
            return answer.result(timeout=CLOSE_DEADLINE)
        except concurrent.futures.TimeoutError:
            return otherwise


def _info(station: Station) -> ServiceInfo:
    return ServiceInfo(
        SERVICE,
        service_name(station.instance),
        port=station.port,
        properties=announcement(station.instance),
        parsed_addresses=list(station.addresses),
        server=f"{station.instance}.local.",  # not the machine's name, which may tell whose it is
    )


def _details(info: ServiceInfo) -> Details:
    return Details(
        text=dict(info.decoded_properties),
        addresses=tuple(info.parsed_scoped_addresses()),
        port=info.port,
    )


@asynccontextmanager
async def open_radio(station: Station, heard: Heard) -> AsyncIterator[Radio]:
    """A Radio, started and closed in threads and in bounded time. Raises RadioFailed."""
    gate = threading.Lock()
    made: list[Radio] = []
    given_up = False

    def start() -> None:
        radio = Radio(station, heard)
        with gate:
            if not given_up:
                made.append(radio)
                return
        radio.close()

    try:
        try:
            with trio.fail_after(START_DEADLINE):
                await trio.to_thread.run_sync(start, abandon_on_cancel=True)
        except (OSError, Error) as error:
            raise RadioFailed(getattr(error, "strerror", None) or str(error)) from error
        except trio.TooSlowError as error:
            raise RadioFailed("it did not start in time") from error
        yield made[0]
    finally:
        with gate:
            given_up = True
        for radio in made:
            with trio.move_on_after(CLOSE_DEADLINE, shield=True):
                await trio.to_thread.run_sync(radio.close, abandon_on_cancel=True)
