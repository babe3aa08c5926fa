"""How people write where a node is."""

import pytest

from lanassist.node.discovery.addresses import Address, parse_address, spell_address
from lanassist.node.errors import BadInput


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.4", ("10.0.0.4", 47600)),
        ("10.0.0.4:5000", ("10.0.0.4", 5000)),
        (" Desk.Example:5000 ", ("desk.example", 5000)),
        ("desk", ("desk", 47600)),
        ("fd00::7", ("fd00::7", 47600)),
        ("[fd00::7]", ("fd00::7", 47600)),
        ("[fd00::7]:5000", ("fd00::7", 5000)),
        ("[fe80::1%eth0]:5000", ("fe80::1%eth0", 5000)),
    ],
)
def test_an_address_is_read(text: str, address: Address) -> None:
    assert parse_address(text, 47600) == address
    assert parse_address(spell_address(address), 1) == address


@pytest.mark.parametrize(
    "text",
    ["", ":5000", "desk:", "desk:0", "desk:65536", "desk:http", "a b", "[desk]:1", "http://desk", "-x", "a@b",
     "fd00::7:x", "[fd00::7", "desk\n:1", "д:1", "desk:٣"],
)  # fmt: skip
def test_anything_else_is_told_how_to_write_it(text: str) -> None:
    with pytest.raises(BadInput, match="write HOST or HOST:PORT"):
        parse_address(text, 47600)
