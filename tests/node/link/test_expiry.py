"""A link does not outlive the certificate that opened it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import trio
import trio.testing

from lanassist.node.link.link import Link
from tests.support.people import supervisor

SAM = supervisor("Sam")


class _Quiet:
    """A channel and transport whose peer sends a heartbeat each second, for ever."""

    async def receive(self) -> bytes:
        await trio.sleep(1.0)
        return b"\x81\xa1t\xa9heartbeat"

    async def send(self, data: bytes) -> None:
        await trio.lowlevel.checkpoint()

    async def abort(self) -> None:
        await trio.lowlevel.checkpoint()


async def test_a_link_ends_when_its_certificate_expires(autojump_clock: trio.testing.MockClock) -> None:
    quiet = _Quiet()
    connection: Any = SimpleNamespace(identity=SAM, node=SAM.node, channel=quiet, transport=quiet)
    began, lifetime = trio.current_time(), 3 * 3600 + 7

    def wall() -> Any:
        return SAM.expires - timedelta(seconds=lifetime) + timedelta(seconds=trio.current_time() - began)

    link = Link(connection, wall)

    async def nothing_comes(message: object) -> None:
        raise AssertionError(message)

    await link.run(nothing_comes)
    assert round(trio.current_time() - began) == lifetime
    assert "its certificate has expired" in str(link.ended)
