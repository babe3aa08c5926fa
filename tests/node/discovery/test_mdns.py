"""mDNS for real, on loopback: two nodes in one process, a flood, and machines without a network."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
from zeroconf import Zeroconf

from lanassist.node.config import DiscoverySettings, LinkSettings, Settings
from lanassist.node.discovery import radio
from lanassist.node.discovery.interfaces import Interface, present_interfaces
from lanassist.node.discovery.mailbox import Mailbox
from lanassist.node.discovery.mdns import Candidates, mdns
from lanassist.node.discovery.sightings import Found, Gone

MDNS = "lanassist.node.discovery.mdns"
ON_LOOPBACK = Settings(discovery=DiscoverySettings(interfaces=("lo",)))


def new_instance() -> str:
    return secrets.token_hex(8)


@asynccontextmanager
async def node(instance: str, port: int, settings: Settings = ON_LOOPBACK) -> AsyncIterator[Candidates]:
    async with mdns(settings, instance, port) as candidates:
        yield candidates


async def event_of(candidates: Candidates, instance: str) -> object:
    """The next event about one instance; other nodes may be about on this machine."""
    with trio.fail_after(10):
        async for event in candidates:
            if event.instance == instance:
                return event
    raise AssertionError("no more events")


async def problem_of(candidates: Candidates, known: str = "") -> str:
    with trio.fail_after(10):
        return await candidates.other_problem(known)


async def test_two_nodes_find_each_other_and_miss_each_other() -> None:
    one, two = new_instance(), new_instance()
    async with node(one, 1111) as ones:
        async with node(two, 2222) as twos:
            found = await event_of(twos, one)
            assert isinstance(found, Found)
            assert ("127.0.0.1", 1111) in found.addresses
            assert isinstance(await event_of(ones, two), Found)
            assert ones.problem == ""
        assert await event_of(ones, two) == Gone(instance=two)


async def test_the_addresses_to_announce_can_be_set() -> None:
    one, two = new_instance(), new_instance()
    elsewhere = Settings(
        discovery=ON_LOOPBACK.discovery, link=LinkSettings(advertise=("198.51.100.7",), bind="127.0.0.1")
    )
    bound = Settings(discovery=ON_LOOPBACK.discovery, link=LinkSettings(bind="127.0.0.9"))
    async with node(one, 1111, elsewhere) as ones, node(two, 2222, bound) as twos:
        assert await event_of(twos, one) == Found(instance=one, addresses=(("198.51.100.7", 1111),))
        assert await event_of(ones, two) == Found(instance=two, addresses=(("127.0.0.9", 2222),))


async def test_a_name_that_came_without_its_details_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = new_instance(), new_instance()
    known = radio.Radio.known
    monkeypatch.setattr(radio.Radio, "known", lambda self, names: dict.fromkeys(known(self, names)))
    async with node(one, 1111), node(two, 2222) as twos:
        assert isinstance(await event_of(twos, one), Found)


async def test_names_that_found_no_room_are_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MDNS}.WATCH_EVERY", 0.2)
    put = Mailbox.put
    heard: set[str] = set()

    def forgetful(self: Mailbox, name: str, gone: bool) -> None:
        if name in heard:
            put(self, name, gone)
        heard.add(name)

    monkeypatch.setattr(Mailbox, "put", forgetful)
    one, two = new_instance(), new_instance()
    async with node(one, 1111), node(two, 2222) as twos:
        assert isinstance(await event_of(twos, one), Found)


async def test_after_a_change_of_networks_nodes_are_found_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MDNS}.WATCH_EVERY", 0.2)
    one, two = new_instance(), new_instance()
    present = present_interfaces()
    async with node(one, 1111), node(two, 2222) as twos:
        await event_of(twos, one)
        moved = [
            Interface(name=each.name, index=each.index, v4=each.v4, loopback=each.loopback)
            for each in present
            if each.loopback
        ]
        monkeypatch.setattr(f"{MDNS}.present_interfaces", lambda: moved)
        assert await event_of(twos, one) == Gone(instance=one)
        assert isinstance(await event_of(twos, one), Found)


async def test_switched_off_it_says_so_and_nothing_comes() -> None:
    async with mdns(Settings(discovery=DiscoverySettings(enabled=False)), new_instance(), 1) as candidates:
        assert candidates.problem.startswith("mDNS is switched off")
        with trio.move_on_after(0.05):
            async for _ in candidates:
                raise AssertionError("nothing should come")


async def test_without_an_interface_it_says_so_and_waits_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MDNS}.WATCH_EVERY", 0.05)
    one, two = new_instance(), new_instance()
    monkeypatch.setattr(f"{MDNS}.present_interfaces", list)
    async with node(one, 1111) as ones:
        problem = await problem_of(ones)
        assert "lo (discovery.interfaces) is not up" in problem
        monkeypatch.setattr(f"{MDNS}.present_interfaces", present_interfaces)
        async with node(two, 2222):
            assert isinstance(await event_of(ones, two), Found)
        assert await problem_of(ones, problem) == ""


async def test_a_machine_without_multicast_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MDNS}.present_interfaces", list)
    async with mdns(Settings(), new_instance(), 1) as candidates:
        assert "none here does multicast; only static peers" in await problem_of(candidates)


async def test_packets_that_never_come_back_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MDNS}.HEARING_DEADLINE", 0.05)
    monkeypatch.setattr(Mailbox, "put", lambda self, name, gone: None)
    async with node(new_instance(), 1) as candidates:
        assert "does not hear its own mDNS" in await problem_of(candidates)


async def test_announcements_that_were_lost_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MDNS}.HEARING_DEADLINE", 0.3)
    one, two = new_instance(), new_instance()
    put = Mailbox.put
    async with node(two, 2222):
        monkeypatch.setattr(Mailbox, "put", lambda self, name, gone: None)
        async with node(one, 1111) as ones:
            problem = await problem_of(ones)
            assert "does not hear its own mDNS" in problem
            monkeypatch.setattr(Mailbox, "put", put)
            assert await problem_of(ones, problem) == ""
            assert isinstance(await event_of(ones, two), Found)


async def test_a_radio_that_does_not_start_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MDNS}.WATCH_EVERY", 0.05)
    one, two = new_instance(), new_instance()

    def refused(*args: object, **named: object) -> Zeroconf:
        raise OSError(1, "Operation not permitted")

    with monkeypatch.context() as patch:
        patch.setattr(radio, "Zeroconf", refused)
        async with node(one, 1111) as ones:
            assert "does not work on this machine (Operation not permitted)" in await problem_of(ones)
            patch.undo()
            async with node(two, 2222):
                assert isinstance(await event_of(ones, two), Found)


async def test_a_radio_that_hangs_is_given_up_and_closed_later(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = trio.Event()
    token = trio.lowlevel.current_trio_token()
    release = trio.Event()

    class Slow:
        def __init__(self, *_: object) -> None:
            trio.from_thread.run(release.wait, trio_token=token)

        def close(self) -> None:
            trio.from_thread.run_sync(closed.set, trio_token=token)

    monkeypatch.setattr(radio, "START_DEADLINE", 0.05)
    monkeypatch.setattr(radio, "Radio", Slow)
    station = radio.Station(interfaces=(), instance=new_instance(), addresses=(), port=1)
    with pytest.raises(radio.RadioFailed, match="did not start in time"):
        async with radio.open_radio(station, lambda name, gone: None):
            raise AssertionError("it never opens")
    release.set()
    with trio.fail_after(10):
        await closed.wait()
