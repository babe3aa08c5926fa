"""Which interfaces mDNS uses."""

from lanassist.node.discovery.interfaces import (
    Interface,
    chosen_interfaces,
    own_addresses,
    present_interfaces,
)

LO = Interface(name="lo", index=1, v4=("127.0.0.1",), v6=("::1",), multicast=False, loopback=True)
ETH = Interface(name="eth0", index=2, v4=("10.0.0.4",), v6=("fe80::4", "fd00::4"))
WIFI = Interface(name="wlan0", index=3, v4=("10.1.0.4",))
TUNNEL = Interface(name="tun0", index=4, v4=("10.9.0.4",), multicast=False)
CABLE = Interface(name="veth0", index=5, v6=("fe80::9",))
ALL = [LO, ETH, WIFI, TUNNEL, CABLE]


def names(present: list[Interface], *wanted: str) -> list[str]:
    return [each.name for each in chosen_interfaces(present, wanted)]


def test_all_that_do_multicast_are_used_unless_some_are_named() -> None:
    assert names(ALL) == ["eth0", "wlan0"]
    assert names(ALL, "wlan0") == ["wlan0"]
    assert names(ALL, "10.0.0.4", "tun0") == ["eth0", "tun0"]
    assert names(ALL, "fd00::4") == ["eth0"]
    assert names(ALL, "eth7") == []


def test_loopback_is_used_only_when_named() -> None:
    assert names([LO]) == []
    assert names([LO], "lo") == ["lo"]
    assert names([LO], "127.0.0.1") == ["lo"]


def test_an_interface_with_ipv6_alone_is_used_when_there_is_no_other() -> None:
    assert names([LO, CABLE]) == ["veth0"]


def test_link_local_addresses_are_announced_only_when_there_is_no_other() -> None:
    assert own_addresses([ETH, WIFI]) == ["10.0.0.4", "10.1.0.4", "fd00::4"]
    assert own_addresses([CABLE]) == ["fe80::9"]


def test_this_machine_has_a_loopback_interface() -> None:
    loopback = [each for each in present_interfaces() if each.loopback]
    assert any("127.0.0.1" in each.v4 for each in loopback)
