"""Whoever is not a node of this site: floods, garbage, other programs, other versions."""

import socket
import time
from contextlib import suppress

import pytest
import trio
import trio.testing

from lanassist.node.errors import (
    LanassistError,
    NotLanassist,
    PortInUse,
    TooBusy,
    Unreachable,
    VersionMismatch,
)
from lanassist.node.link.descriptors import raise_file_limit
from lanassist.node.link.dial import Connect, OwnAddress, dial
from lanassist.node.link.secured import secure
from lanassist.node.link.transport import Transport
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import VERSION, Version
from tests.node.link.pair import LOOPBACK, Node, running
from tests.support.site import Site
from tests.support.waiting import until

FLOOD = 2000
LARGE_CLIENT_HELLO = b"\x16\x03\x01\x3e\x80" + b"\x01\x01\x86\xa0" + bytes(15_996)
MORE_OF_IT = b"\x16\x03\x01\x3e\x80" + bytes(16_000)


def knock_often(address: tuple[str, int]) -> list[socket.socket]:
    """Open FLOOD sockets, as another program would: every second one silent, the others sending garbage."""
    flood = [socket.create_connection(address) for _ in range(FLOOD)]
    for stream in flood[::2]:
        with suppress(ConnectionError):
            stream.sendall(b"GET / HTTP/1.1\r\nHost: garbage\r\n\r\n")
    return flood


async def test_an_honest_peer_joins_through_a_flood_of_silent_and_garbage_sockets(site: Site) -> None:
    assert raise_file_limit() >= FLOOD * 2 + 200
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(sam, dana):
        flood = await trio.to_thread.run_sync(knock_often, dana.address)
        try:
            assert len(flood) == FLOOD
            began = time.monotonic()
            sam.dialer.set_targets([sam.target(dana)])
            await until(lambda: sam.told == ["up Dana Fox"] and dana.told == ["up Sam Reed"], seconds=2)
            assert time.monotonic() - began < 2
            assert len(dana.admission) <= limits.HALF_OPEN_PER_ADDRESS
        finally:
            for stream in flood:
                stream.close()


async def test_an_honest_peer_joins_while_the_flood_goes_on(site: Site) -> None:
    raise_file_limit()
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(sam, dana) as nursery:

        async def keep_knocking() -> None:
            while True:
                await dead_end(await trio.open_tcp_stream(*dana.address))

        async def dead_end(stream: trio.SocketStream) -> None:
            try:
                await cut_off(stream)
            finally:
                await trio.aclose_forcefully(stream)

        for _ in range(limits.HALF_OPEN_PER_ADDRESS * 4):
            nursery.start_soon(keep_knocking)
        await until(lambda: len(dana.admission) == limits.HALF_OPEN_PER_ADDRESS)
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: dana.told == ["up Sam Reed"], seconds=2)


async def test_a_silent_socket_is_closed_after_the_handshake_deadline(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    dana = Node(site.agent())
    near, far = trio.testing.memory_stream_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(dana.listener.handle, far)
        began = trio.current_time()
        assert await near.receive_some() == b""
        assert trio.current_time() - began == pytest.approx(limits.HANDSHAKE_DEADLINE)
    assert len(dana.admission) == 0


class Counting(trio.abc.ReceiveStream):
    """Has much to say, and counts how much of it is read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.count = 0

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        await trio.lowlevel.checkpoint()
        data = self.content[self.count :][:max_bytes]
        self.count += len(data)
        return data

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()


async def test_at_most_16_kib_are_read_of_an_endless_tls_greeting(site: Site) -> None:
    incoming, outgoing = Counting(LARGE_CLIENT_HELLO + MORE_OF_IT * 5), trio.testing.MemorySendStream()
    with trio.fail_after(5):
        await Node(site.agent()).listener.handle(trio.StapledStream(outgoing, incoming))
    assert incoming.count == limits.PRE_AUTH_BYTES


async def cut_off(stream: trio.abc.ReceiveStream) -> bool:
    """Whether the other side has ended the connection without a word."""
    try:
        return await stream.receive_some() == b""
    except trio.BrokenResourceError:
        return True


async def test_at_most_16_kib_are_read_before_hello(site: Site) -> None:
    """Also of somebody with a proper certificate, who never gets to the point."""
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(dana):
        transport = Transport(await trio.open_tcp_stream(*dana.address))
        stream, _ = await secure(transport, sam.endpoint.client, server_side=False)
        with trio.fail_after(3):
            with suppress(trio.BrokenResourceError):
                await stream.send_all(b"GET /lanassist HTTP/1.1\r\nX-Header: " + bytes(20_000))
            assert await cut_off(stream)
        assert dana.told == []
        await transport.abort()


async def what_dialling_says(node: Node, connect: Connect) -> LanassistError:
    """The error of a dial over ``connect``."""
    with pytest.raises(LanassistError) as caught:
        async with dial(node.endpoint, [("printer", 47600)], None, node.endpoint.hello(), connect=connect):
            pass
    return caught.value


def program(answer: bytes, *, hang_up: bool) -> Connect:
    """Some other program that says ``answer`` to whatever comes first."""

    async def connect(host: str, port: int) -> trio.abc.Stream:
        near, far = trio.testing.memory_stream_pair()
        await far.send_all(answer)
        if hang_up:
            await far.send_eof()
        return near

    return connect


@pytest.mark.parametrize(
    ("answer", "hang_up", "why"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", False, "the other side does not speak TLS"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", True, "the other side does not speak TLS"),
        (b"\x00\xff" * 500, True, "the other side does not speak TLS"),
        (b"", True, "the connection ended during the handshake"),
    ],
    ids=["ssh", "http", "garbage", "nothing"],
)
async def test_another_program_on_the_port_is_not_lanassist(
    site: Site, answer: bytes, hang_up: bool, why: str
) -> None:
    error = await what_dialling_says(Node(site.supervisor()), program(answer, hang_up=hang_up))
    assert isinstance(error, NotLanassist)
    assert error.text == f"printer:47600 does not answer like a lanassist node: {why}."


async def test_a_program_that_never_answers_is_given_up(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    error = await what_dialling_says(Node(site.supervisor()), program(b"", hang_up=False))
    assert isinstance(error, Unreachable)
    assert error.text == "printer:47600 cannot be reached: no answer within 5 s."


async def test_nobody_listening_is_unreachable(site: Site) -> None:
    async def connect(host: str, port: int) -> trio.abc.Stream:
        return await trio.open_tcp_stream(LOOPBACK, 1)

    error = await what_dialling_says(Node(site.supervisor()), connect)
    assert isinstance(error, Unreachable)
    assert "connection refused" in error.text


@pytest.mark.parametrize("theirs", [Version(2, 0), Version(0, 9)])
async def test_no_version_in_common_names_both(site: Site, theirs: Version) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent(), version=theirs)
    async with running(dana):
        with pytest.raises(VersionMismatch) as caught:
            async with dial(sam.endpoint, [dana.address], None, sam.endpoint.hello()):
                pass
    both = f"speaks protocol {theirs.major}.{theirs.minor}, this node {VERSION.major}.{VERSION.minor}"
    assert both in caught.value.text
    assert dana.told == []


async def test_the_lower_minor_version_is_spoken(site: Site) -> None:
    sam, dana = Node(site.supervisor(), version=Version(1, 7)), Node(site.agent(), version=Version(1, 3))
    async with running(dana), dial(sam.endpoint, [dana.address], None, sam.endpoint.hello()) as connection:
        assert connection.version == Version(1, 3)


async def test_a_full_node_says_so(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent(), capacity=0)
    async with running(dana):
        with pytest.raises(TooBusy):
            async with dial(sam.endpoint, [dana.address], None, sam.endpoint.hello()):
                pass


async def test_this_node_is_no_peer_of_its_own(site: Site) -> None:
    sam = Node(site.supervisor())
    async with running(sam):
        with pytest.raises(OwnAddress):
            async with dial(sam.endpoint, [sam.address], None, sam.endpoint.hello()):
                pass


async def test_a_port_in_use_is_named(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(dana):
        with pytest.raises(PortInUse) as caught:
            await sam.listener.serve(LOOPBACK, dana.endpoint.port)
        assert f"Port {dana.endpoint.port} on 127.0.0.1 is in use" in caught.value.text
