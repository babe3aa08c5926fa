"""``run_node()``: the composition root and the task tree of a node. It wires; it decides nothing."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import trio

from lanassist.node.assembly import Assembly
from lanassist.node.board import Board
from lanassist.node.config import Settings
from lanassist.node.desktop.base import Desktop
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.desktop.masking import MaskedDesktop
from lanassist.node.desktop.notify import DesktopNotices
from lanassist.node.discovery.mdns import Candidates, mdns
from lanassist.node.enforcement import Enforcement
from lanassist.node.errors import CertificateRefused, LanassistError
from lanassist.node.link.descriptors import raise_file_limit
from lanassist.node.link.endpoint import Endpoint
from lanassist.node.link.links import Links, new_instance
from lanassist.node.link.listener import Listener
from lanassist.node.memory import DATABASE, Memory
from lanassist.node.notary import Notary
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.assist.listening import Listener as AssistListener
from lanassist.node.services.base import PeerBarred
from lanassist.node.services.command import Command
from lanassist.node.services.desk.service import Window
from lanassist.node.services.glance.service import Viewer
from lanassist.node.services.peers.core import Linked
from lanassist.node.services.service import Service
from lanassist.node.services.site.core import SiteCore
from lanassist.node.services.site.service import SiteService
from lanassist.node.services.switchboard import Switchboard
from lanassist.node.store.database import open_database
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.identity import Identity

_log = logging.getLogger(__name__)


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A running node as its surfaces (the local page and API) see it."""

    identity: Identity
    settings: Settings
    home: Path
    board: Board
    call: Callable[[Command[Any]], Any]
    """Carries out a command; awaitable."""
    viewer: Callable[[str], AbstractAsyncContextManager[Viewer | AssistListener]]
    """Attaches to a session's media channel: the pictures of a glance, or the sound of an assist."""
    window: Callable[[str], AbstractContextManager[Window]] | None
    """Of a desk: what it tells a client, by conversation."""
    desktop: Desktop
    candidates: Candidates
    links: Links
    link_port: int
    revoked: trio.Event
    """Set once this node's own certificate has been revoked."""


@asynccontextmanager
async def run_node(home: Path, settings: Settings, environ: Mapping[str, str]) -> AsyncIterator[Node]:
    """A node on ``home``, for the length of an ``async with``.

    Nested from the inside out: what is opened last is closed first, and every goodbye is bounded.
    Raises a LanassistError when identity, storage or port cannot be had.
    """
    raise_file_limit()
    credentials = Credentials.load(home)
    database = home / DATABASE
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with open_database(database) as storage, open_desktop(environ) as desktop:
        notary, notices = Notary(credentials, storage), DesktopNotices(environ)
        wiring = _Wiring(credentials, settings, Memory(storage), notary, desktop, notices)
        async with trio.open_nursery() as nursery:
            await wiring.remember()
            await nursery.start(wiring.links.run)
            listener = Listener(wiring.endpoint, wiring.links)
            port = await nursery.start(listener.serve, settings.link.bind or None, settings.link.port)
            async with mdns(settings, wiring.endpoint.instance, port) as candidates:
                await wiring.open(nursery, candidates)
                yield wiring.node(home, candidates, port)
                await wiring.close()
                await notices.close()
            nursery.cancel_scope.cancel()


class _Wiring:
    """The parts of one node, and the wires between them."""

    def __init__(
        self,
        credentials: Credentials,
        settings: Settings,
        memory: Memory,
        notary: Notary,
        desktop: MaskedDesktop,
        notices: DesktopNotices,
    ) -> None:
        self.me = credentials.identity
        self._settings = settings
        self._memory = memory
        self._notary = notary
        self._desktop = desktop
        self._opened = trio.Event()
        self._board = Board(trio.current_time)
        self.endpoint = Endpoint(credentials, instance=new_instance())
        self.links = Links(self.endpoint, on_up=self._up, on_message=self._heard, on_down=self._down)
        masks = settings.glance.masks
        self._enforcement = Enforcement(self.me, credentials.ca, self.links, desktop, masks)
        self._assembly = Assembly(
            self.me, self.endpoint, self.links, settings, memory, desktop, notices, notary
        )

    # --- opening and closing -------------------------------------------------------------------------

    async def remember(self) -> None:
        """Read what counts before the first connection: the ledger's ends, and what the admin signed."""
        await self._notary.start(self._settings.ledger.keep_days)
        self._held = self._enforcement.again(await self._memory.editions())

    async def open(self, nursery: trio.Nursery, candidates: Candidates) -> None:
        """Make the services and start them."""
        enforcement, assembly = self._enforcement, self._assembly
        site = SiteService(
            SiteCore(enforcement.open, self._held), enforcement.enforce, self._memory.keep_edition
        )
        self._peers = await assembly.peers(candidates)
        self._glance = assembly.glance()
        self._assist = await assembly.assist()
        self._desk = await assembly.desk()
        self._conversations = await assembly.conversations()
        # The site and consent begin first: their facts say what the others may do.
        services: list[Service] = [site, await assembly.consent(), self._peers, await assembly.presence()]
        services += [self._glance, self._assist, await assembly.audit()]
        services += [self._conversations] if self._desk is None else [self._desk, self._conversations]
        self._switchboard = Switchboard(
            self.me, services, self._board, self._memory, self.links.send, trio.current_time, self._notary
        )
        await nursery.start(self._switchboard.run)
        self._opened.set()

    async def close(self) -> None:
        """End every session with a word, then say goodbye to every peer."""
        await self._conversations.leave()
        await self._assist.leave()
        await self._glance.leave()
        await self.links.close("shutdown", "the node was shut down")

    def node(self, home: Path, candidates: Candidates, port: int) -> Node:
        """What the surfaces get to see."""
        return Node(
            identity=self.me,
            settings=self._settings,
            home=home,
            board=self._board,
            call=self._switchboard.call,
            viewer=self._viewer,
            window=None if self._desk is None else self._desk.window,
            desktop=self._desktop,
            candidates=candidates,
            links=self.links,
            link_port=port,
            revoked=self._enforcement.revoked,
        )

    # --- wires ---------------------------------------------------------------------------------------

    async def _up(self, peer: Identity) -> None:
        await self._opened.wait()  # the listener is there first: whoever knew this node dials at once
        link = self.links.live(peer.node)
        if link is not None:
            linked = Linked(identity=peer, instance=link.instance, address=link.address)
            await self._peers.observe(linked)
        await self._switchboard.peer_up(peer)

    async def _heard(self, peer: Identity, message: Any) -> None:
        await self._switchboard.receive(peer, message)

    async def _down(self, peer: NodeId, error: LanassistError | None) -> None:
        _log.info("link to %s is down: %s", peer, error.text if error else "goodbye")
        if isinstance(error, CertificateRefused):
            for supervising in (self._glance, self._assist):
                await supervising.observe(PeerBarred(peer))
        await self._switchboard.peer_down(peer)

    def _viewer(self, session: str) -> AbstractAsyncContextManager[Viewer | AssistListener]:
        return self._assist.listener(session) if self._assist.has(session) else self._glance.viewer(session)
