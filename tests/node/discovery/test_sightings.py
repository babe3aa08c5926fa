"""What an announcement says, and which of the announcements heard are news."""

import pytest
from hypothesis import given, strategies as st

from lanassist.node.discovery.sightings import (
    OTHER_VERSIONS,
    SERVICE,
    Found,
    Gone,
    OtherVersion,
    Sightings,
    announcement,
    service_name,
)
from lanassist.node.protocol.limits import CANDIDATES_PER_NODE, KNOWN_NAMES
from lanassist.node.protocol.messages import VERSION, Version

OWN = "own-instance"
DANA = "danas-instance"
NAME = service_name(DANA)
TEXT: dict[str, str | None] = dict(announcement(DANA))


def see(sightings: Sightings, *addresses: str, port: int = 47600) -> object:
    return sightings.seen(NAME, TEXT, addresses, port)


def test_an_announcement_tells_protocol_and_instance_and_nothing_else() -> None:
    assert announcement(DANA) == {"v": f"{VERSION.major}.{VERSION.minor}", "id": DANA}
    assert NAME == "danas-instance._lanassist._tcp.local."


def test_a_node_is_found_once_and_again_when_its_addresses_change() -> None:
    sightings = Sightings(OWN)
    assert see(sightings, "10.0.0.4") == Found(instance=DANA, addresses=(("10.0.0.4", 47600),))
    assert see(sightings, "10.0.0.4") is None
    assert see(sightings, "10.0.0.4", port=5) == Found(instance=DANA, addresses=(("10.0.0.4", 5),))
    assert NAME in sightings


def test_a_goodbye_is_told_once() -> None:
    sightings = Sightings(OWN)
    see(sightings, "10.0.0.4")
    assert sightings.gone(NAME) == Gone(instance=DANA)
    assert sightings.gone(NAME) is None
    assert len(sightings) == 0


def test_a_nodes_own_announcement_shows_that_multicast_works() -> None:
    assert not Sightings(OWN).heard_own
    sightings = Sightings(OWN)
    assert sightings.seen(service_name(OWN), dict(announcement(OWN)), ["10.0.0.1"], 1) is None
    assert sightings.heard_own
    assert len(sightings) == 0


def test_after_a_change_of_networks_everybody_is_met_anew() -> None:
    sightings = Sightings(OWN)
    see(sightings, "10.0.0.4")
    assert sightings.forget() == [Gone(instance=DANA)]
    assert see(sightings, "10.0.0.4") is not None


@pytest.mark.parametrize(
    "text",
    [
        {},
        {"v": None, "id": None},
        {"v": "1", "id": DANA},
        {"v": "1.0.0", "id": DANA},
        {"v": "٣.0", "id": DANA},
        {"v": "-1.0", "id": DANA},
        {"v": "1.0", "id": "short"},
        {"v": "1.0", "id": "another-instance"},
        {"v": "1.0", "id": DANA + "\n"},
        {"v": "1.0", "id": "x" * 64},
    ],
)
def test_a_malformed_announcement_is_no_news(text: dict[str, str | None]) -> None:
    sightings = Sightings(OWN)
    assert sightings.seen(NAME, text, ["10.0.0.4"], 47600) is None
    assert len(sightings) == 0


def test_a_name_that_is_not_the_instances_is_no_news() -> None:
    assert Sightings(OWN).seen(f"other.{SERVICE}", TEXT, ["10.0.0.4"], 47600) is None


def test_a_newer_minor_version_is_one_of_us() -> None:
    text = {"v": f"{VERSION.major}.{VERSION.minor + 7}", "id": DANA}
    assert isinstance(Sightings(OWN).seen(NAME, text, ["10.0.0.4"], 1), Found)


def test_another_major_version_is_told_once_and_not_dialled() -> None:
    sightings = Sightings(OWN)
    text = {"v": "99.1", "id": DANA}
    assert sightings.seen(NAME, text, ["10.0.0.4"], 1) == OtherVersion(
        instance=DANA, version=Version(99, 1), addresses=(("10.0.0.4", 1),)
    )
    assert sightings.seen(NAME, text, ["10.0.0.4"], 1) is None
    assert len(sightings) == 0


def test_a_flood_of_other_versions_is_bounded() -> None:
    sightings = Sightings(OWN)
    told = [
        sightings.seen(service_name(instance), {"v": "99.1", "id": instance}, ["10.0.0.4"], 1)
        for instance in (f"instance-{number}" for number in range(1000))
    ]
    assert sum(event is not None for event in told) == OTHER_VERSIONS


@pytest.mark.parametrize(
    "address",
    ["224.0.0.251", "0.0.0.0", "::", "127.0.0.1", "::1", "ff02::fb", "fe80::1", "a.host.example", ""],
)
def test_an_address_that_cannot_be_a_node_is_not_dialled(address: str) -> None:
    assert see(Sightings(OWN), address) is None


def test_loopback_is_dialled_when_mdns_runs_on_it() -> None:
    found = see(Sightings(OWN, loopback=True), "127.0.0.1")
    assert found == Found(instance=DANA, addresses=(("127.0.0.1", 47600),))


@pytest.mark.parametrize("port", [0, None])
def test_without_a_port_there_is_nothing_to_dial(port: int | None) -> None:
    assert Sightings(OWN).seen(NAME, TEXT, ["10.0.0.4"], port) is None


def test_ipv4_comes_first_and_link_local_last() -> None:
    found = see(Sightings(OWN), "fe80::1%2", "fd00::1", "169.254.0.1", "10.0.0.4")
    assert isinstance(found, Found)
    assert [host for host, _ in found.addresses] == ["10.0.0.4", "169.254.0.1", "fd00::1", "fe80::1%2"]


def test_a_node_has_a_bounded_number_of_addresses() -> None:
    found = see(Sightings(OWN), *(f"10.0.0.{number}" for number in range(1, 200)))
    assert isinstance(found, Found)
    assert len(found.addresses) == CANDIDATES_PER_NODE


def test_a_flood_of_names_takes_bounded_room_and_drops_nobody_who_was_there() -> None:
    sightings = Sightings(OWN)
    see(sightings, "10.0.0.4")
    for number in range(20_000):
        instance = f"flood-{number:06}"
        sightings.seen(service_name(instance), dict(announcement(instance)), ["10.6.6.6"], 666)
    assert len(sightings) == KNOWN_NAMES
    assert NAME in sightings
    assert see(sightings, "10.0.0.5") is not None


def test_an_instance_that_cannot_be_a_name_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="cannot be announced"):
        Sightings("a.b")


@given(
    name=st.text(),
    text=st.dictionaries(st.text(), st.none() | st.text()),
    addresses=st.lists(st.text() | st.ip_addresses().map(str)),
    port=st.none() | st.integers(),
)
def test_no_announcement_breaks_anything(
    name: str, text: dict[str, str | None], addresses: list[str], port: int | None
) -> None:
    sightings = Sightings(OWN)
    sightings.seen(name, text, addresses, port)
    sightings.seen(NAME, TEXT, addresses, port)
    sightings.gone(name)
    assert len(sightings) <= 1
