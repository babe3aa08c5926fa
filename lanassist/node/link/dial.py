"""Dialling one node: every address that it may have, its certificate checked, its answer awaited.

Each thing that can go wrong has its own error: CertificateRefused, PeerCertificateInvalid, WrongPeer,
VersionMismatch, NotLanassist, TooBusy, Unreachable.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import trio

from lanassist.node.errors import (
    CertificateRefused,
    LanassistError,
    NotLanassist,
    PeerCertificateInvalid,
    Refused,
    TooBusy,
    TrustError,
    Unreachable,
    VersionMismatch,
    WrongPeer,
)
from lanassist.node.link.channel import Channel, ChannelClosed, dialled
from lanassist.node.link.connection import Address, Connection
from lanassist.node.link.endpoint import Endpoint
from lanassist.node.link.secured import HandshakeFailed, SecuredStream, secure
from lanassist.node.link.transport import Transport, spelled
from lanassist.node.protocol import limits
from lanassist.node.protocol.codec import MalformedMessage
from lanassist.node.protocol.handshake import Handshake, Side, spoken
from lanassist.node.protocol.messages import Hello, NodeId, Ready, Refusal, Welcome
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.tls import peer_identity
from lanassist.node.trust.tls_failures import why_refused

Connect = Callable[[str, int], Awaitable[trio.abc.Stream]]


class OwnAddress(Exception):
    """This node answered itself: no peer, and nothing to tell anybody."""


class AlreadyLinked(Exception):
    """There is a link to this node, and it is to stay; ``node`` says which."""

    def __init__(self, node: NodeId) -> None:
        self.node = node
        super().__init__(node)


@dataclass(frozen=True, eq=False)
class _Answered:
    """Somebody of this site answered the phone, and proved who."""

    address: Address
    identity: Identity
    transport: Transport
    stream: SecuredStream


def _always(_: Identity, __: str) -> bool:
    return True


@asynccontextmanager
async def dial(
    endpoint: Endpoint,
    addresses: Sequence[Address],
    expected: NodeId | None,
    hello: Hello,
    *,
    wanted: Callable[[Identity, str], bool] = _always,
    connect: Connect = trio.open_tcp_stream,
) -> AsyncIterator[Connection]:
    """A connection to ``expected`` (None: whoever is there), open for the length of the ``with``.

    ``wanted(identity, instance)`` may decline a peer that is linked already. Raises one of the errors
    named above, OwnAddress or AlreadyLinked. At the end the connection is cut, so say goodbye first.
    """
    answered = await _first_to_answer(endpoint, addresses, expected, connect)
    who = spelled(answered.address)
    try:
        with trio.CancelScope(deadline=trio.current_time() + limits.HANDSHAKE_DEADLINE) as opening:
            try:
                async with dialled(answered.stream, who) as channel:
                    connection = await _greet(endpoint, answered, channel, hello, wanted)
                    opening.deadline = math.inf
                    yield connection
                    return
            except ChannelClosed as closed:
                raise _cut_short(who, answered.stream, closed) from None
        raise NotLanassist(address=who, why=f"it did not answer within {limits.HANDSHAKE_DEADLINE:.0f} s")
    finally:
        await answered.transport.abort()


async def _greet(
    endpoint: Endpoint,
    answered: _Answered,
    channel: Channel,
    hello: Hello,
    wanted: Callable[[Identity, str], bool],
) -> Connection:
    """Hello, their answer, Ready."""
    who = spelled(answered.address)
    handshake = Handshake(Side.DIALLER, endpoint.version)
    await channel.send(handshake.say(hello))
    try:
        answer = handshake.hear(await channel.receive())
    except MalformedMessage as malformed:
        raise NotLanassist(address=who, why=f"its answer is malformed ({malformed})") from None
    if isinstance(answer, Refusal):
        raise _refusal(who, answered.identity.node, answer, handshake)
    if handshake.version is None or not isinstance(answer, Welcome):
        raise _mismatch(who, handshake)
    if not wanted(answered.identity, answer.instance):
        raise AlreadyLinked(answered.identity.node)
    await channel.send(handshake.say(Ready()))
    answered.transport.lift()
    return Connection(
        identity=answered.identity,
        instance=answer.instance,
        version=handshake.version,
        dialled=True,
        address=answered.address,
        channel=channel,
        transport=answered.transport,
    )


async def _first_to_answer(
    endpoint: Endpoint, addresses: Sequence[Address], expected: NodeId | None, connect: Connect
) -> _Answered:
    """Try the addresses, the next one beside a slow one. Raises the most telling of their errors."""
    failures: list[Exception] = []
    winners: list[_Answered] = []

    async def attempt(address: Address, done: trio.Event) -> None:
        try:
            answered = await _answered(endpoint, address, expected, connect)
        except (LanassistError, OwnAddress) as failure:
            failures.append(failure)
        else:
            winners.append(answered)
            nursery.cancel_scope.cancel()
        finally:
            done.set()

    async with trio.open_nursery() as nursery:
        for address in addresses[: limits.CANDIDATES_PER_NODE]:
            done = trio.Event()
            nursery.start_soon(attempt, address, done)
            with trio.move_on_after(limits.CANDIDATE_STAGGER):
                await done.wait()
    for late in winners[1:]:
        await late.transport.abort()
    if winners:
        return winners[0]
    raise min(failures, key=_rank, default=Unreachable(address="This node", why="no address of it is known"))


def _rank(failure: Exception) -> int:
    """How much an error tells about what is wrong; the lowest tells most."""
    order = (TrustError, NotLanassist, Unreachable, Exception)
    return next(rank for rank, kind in enumerate(order) if isinstance(failure, kind))


async def _answered(
    endpoint: Endpoint, address: Address, expected: NodeId | None, connect: Connect
) -> _Answered:
    """One address: TCP, TLS, and is it the one we mean?"""
    who = spelled(address)
    with trio.move_on_after(limits.DIAL_DEADLINE):
        try:
            transport = Transport(await connect(*address))
        except OSError as error:
            raise Unreachable(address=who, why=_plain(error)) from None
        known = False
        try:
            stream, finished = await secure(transport, endpoint.client, server_side=False)
            identity = _checked(endpoint, who, peer_identity(finished, endpoint.identity.site, who), expected)
            known = True
            return _Answered(address, identity, transport, stream)
        except HandshakeFailed as failed:
            raise _handshake_error(who, failed) from None
        finally:
            if not known:
                await transport.abort()
    raise Unreachable(address=who, why=f"no answer within {limits.DIAL_DEADLINE:.0f} s")


def _checked(endpoint: Endpoint, who: str, identity: Identity, expected: NodeId | None) -> Identity:
    if identity.node == endpoint.node:
        raise OwnAddress
    if endpoint.revoked(identity):
        raise PeerCertificateInvalid(who=f"{identity.name} ({who})", why="it has been revoked")
    if expected is not None and identity.node != expected:
        raise WrongPeer(address=who, found=identity.name, expected=expected)
    return identity


def _handshake_error(who: str, failed: HandshakeFailed) -> LanassistError:
    if failed.cause is None:
        return NotLanassist(address=who, why="the connection ended during the handshake")
    if "CERTIFICATE_VERIFY_FAILED" in (failed.cause.reason or ""):
        return PeerCertificateInvalid(who=who, why=why_refused(failed.cause))
    return NotLanassist(address=who, why=why_refused(failed.cause))


def _cut_short(who: str, stream: SecuredStream, closed: ChannelClosed) -> LanassistError:
    """The connection ended between the TLS handshake and their answer."""
    if stream.failure is not None and "ALERT" in (stream.failure.reason or ""):
        return CertificateRefused(who=who, why=why_refused(stream.failure))
    return NotLanassist(address=who, why=f"{closed} before the handshake was done")


def _refusal(who: str, node: NodeId, refusal: Refusal, handshake: Handshake) -> Exception:
    match refusal.code:
        case VersionMismatch.code:
            return _mismatch(who, handshake)
        case CertificateRefused.code:
            return CertificateRefused(who=who, why=refusal.text)
        case TooBusy.code:
            return TooBusy(who=who)
        case "already-linked":
            return AlreadyLinked(node)
        case _:
            return Refused(reason=refusal.text)


def _mismatch(who: str, handshake: Handshake) -> VersionMismatch:
    theirs = "an unknown version" if handshake.theirs is None else spoken(handshake.theirs)
    return VersionMismatch(who=who, theirs=theirs, ours=spoken(handshake.ours))


def _plain(error: OSError) -> str:
    """The innermost reason that the system gave."""
    inner: BaseException = error
    while inner.__cause__ is not None or isinstance(inner, BaseExceptionGroup):
        inner = inner.exceptions[0] if isinstance(inner, BaseExceptionGroup) else inner.__cause__ or inner
    return (getattr(inner, "strerror", None) or str(inner)).lower()
