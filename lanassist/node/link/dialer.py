"""Keeps dialling the nodes that are wanted: one task each, backing off while they cannot be had."""

from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from typing import Literal

import msgspec
import trio

from lanassist.node.errors import LanassistError, TooBusy, Unreachable
from lanassist.node.link.connection import Address
from lanassist.node.link.dial import AlreadyLinked, Connect, OwnAddress, dial
from lanassist.node.link.endpoint import Endpoint
from lanassist.node.link.links import Links
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import NodeId


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be linked with. ``expected`` None: whoever answers at these addresses."""

    key: str
    addresses: tuple[Address, ...]
    expected: NodeId | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with one target. ``own``: these addresses are this node itself, which is no peer."""

    key: str
    state: Literal["connecting", "live", "unreachable", "refused", "own"]
    why: str = ""
    node: NodeId | None = None
    """Who answered, once known."""


class Backoff:
    """Seconds to wait between attempts: doubling up to ``last``, each shortened by up to a half by chance."""

    def __init__(
        self,
        random: Callable[[], float],
        first: float = limits.BACKOFF_FIRST,
        last: float = limits.BACKOFF_LAST,
    ) -> None:
        self._random = random
        self._first = first
        self._last = last
        self._next = first

    def reset(self) -> None:
        """It worked: begin again with short waits."""
        self._next = self._first

    def wait(self) -> float:
        """How long to wait now."""
        wait, self._next = self._next, min(self._next * 2, self._last)
        return wait * (1 - self._random() / 2)


class _Pursuit:
    """One target, and what its task is doing about it."""

    def __init__(self, target: Target, backoff: Backoff) -> None:
        self.target = target
        self.backoff = backoff
        self.dropped = False
        self.idle = trio.CancelScope()

    def redirect(self, target: Target) -> None:
        """Other addresses: do not wait out the backoff of the old ones."""
        if target != self.target:
            self.target = target
            self.backoff.reset()
            self.idle.cancel()

    def drop(self) -> None:
        """Not wanted any more; a link that lives is left alone."""
        self.dropped = True
        self.idle.cancel()


class Dialer:
    """Pursues every target until it is linked, and again at once when the link drops.

    ``on_attempt`` is called with each change of how it stands; ``random`` gives numbers in [0, 1).
    """

    def __init__(
        self,
        endpoint: Endpoint,
        links: Links,
        *,
        on_attempt: Callable[[Attempt], object],
        random: Callable[[], float],
        connect: Connect = trio.open_tcp_stream,
    ) -> None:
        self._endpoint = endpoint
        self._links = links
        self._on_attempt = on_attempt
        self._random = random
        self._connect = connect
        self._wanted: dict[str, Target] = {}
        self._pursuits: dict[str, _Pursuit] = {}
        self._news = trio.Event()
        self._room = trio.CapacityLimiter(limits.DIALS_AT_ONCE)

    def set_targets(self, targets: Iterable[Target]) -> None:
        """These and no others, from now on. Links that live are never cut by this."""
        self._wanted = {target.key: target for target in targets}
        self._news.set()

    async def run(self) -> None:
        """Dial until cancelled."""
        async with trio.open_nursery() as nursery:
            while True:
                self._news = trio.Event()
                for key in [key for key in self._pursuits if key not in self._wanted]:
                    self._pursuits.pop(key).drop()
                for key, target in self._wanted.items():
                    if key in self._pursuits:
                        self._pursuits[key].redirect(target)
                        continue
                    pursuit = _Pursuit(target, Backoff(self._random))
                    self._pursuits[key] = pursuit
                    nursery.start_soon(self._pursue, pursuit)
                await self._news.wait()

    async def _pursue(self, pursuit: _Pursuit) -> None:
        while not pursuit.dropped:
            known = pursuit.target.expected
            if known is not None and self._links.live(known):
                self._report(pursuit, "live", node=known)
                await self._links.until_down(known)
            elif await self._attempt(pursuit):
                pursuit.backoff.reset()
            else:
                await self._wait(pursuit, pursuit.backoff.wait())

    async def _wait(self, pursuit: _Pursuit, seconds: float) -> None:
        pursuit.idle = trio.CancelScope(deadline=trio.current_time() + seconds)
        with pursuit.idle:
            await trio.sleep_forever()

    async def _attempt(self, pursuit: _Pursuit) -> bool:
        """Dial once and hold what comes of it; whether that was worth dialling again at once."""
        self._report(pursuit, "connecting")
        try:
            return await self._linked(pursuit)
        except AlreadyLinked as linked:
            self._report(pursuit, "live", node=linked.node)
            await self._links.until_down(linked.node)
        except OwnAddress:
            self._report(pursuit, "own")
        except (Unreachable, TooBusy) as error:
            self._report(pursuit, "unreachable", error)
        except LanassistError as error:
            self._report(pursuit, "refused", error)
        return False

    async def _linked(self, pursuit: _Pursuit) -> bool:
        target, hello = pursuit.target, self._endpoint.hello()
        pursuit.idle = trio.CancelScope()
        dialled = dial(
            self._endpoint,
            target.addresses,
            target.expected,
            hello,
            wanted=lambda identity, instance: self._links.wants(identity, instance, dialled=True),
            connect=self._connect,
        )
        with pursuit.idle as dialling:
            async with AsyncExitStack() as held:
                async with self._room:  # a flood of announced names must not open thousands of sockets
                    connection = await held.enter_async_context(dialled)
                pursuit.idle = trio.CancelScope()  # from here on only the link itself ends
                self._report(pursuit, "live", node=connection.node)
                since = trio.current_time()
                await self._links.hold(connection)
                return trio.current_time() - since > limits.HEARTBEAT_EVERY
        assert dialling.cancelled_caught
        return True

    def _report(
        self,
        pursuit: _Pursuit,
        state: Literal["connecting", "live", "unreachable", "refused", "own"],
        error: LanassistError | None = None,
        node: NodeId | None = None,
    ) -> None:
        if not pursuit.dropped:
            why = "" if error is None else error.text
            self._on_attempt(Attempt(key=pursuit.target.key, state=state, why=why, node=node))
