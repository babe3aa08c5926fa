"""``run_node()``: the composition root and the task tree of a node. It wires; it decides nothing."""

import logging
import random
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import trio

from lanassist.node.board import Board
from lanassist.node.config import Settings
from lanassist.node.config.sections import teams_of
from lanassist.node.desktop.base import Desktop
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.desktop.mask_words import own_masks
from lanassist.node.desktop.masking import MaskedDesktop
from lanassist.node.desktop.notify import DesktopNotices
from lanassist.node.discovery.mdns import Candidates, mdns
from lanassist.node.discovery.roster import Met, Roster
from lanassist.node.errors import BadSignedDocument, CertificateRefused, LanassistError, NoCallSource
from lanassist.node.link.descriptors import raise_file_limit
from lanassist.node.link.dialer import Dialer
from lanassist.node.link.endpoint import Endpoint
from lanassist.node.link.links import Links, new_instance
from lanassist.node.link.listener import Listener
from lanassist.node.memory import DATABASE, Memory, known_agents
from lanassist.node.notary import Notary
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.assist.core import AssistCore, PeerBarred as AssistantBarred
from lanassist.node.services.assist.listening import Listener as AssistListener
from lanassist.node.services.assist.service import AssistService
from lanassist.node.services.assist.sources import source_of
from lanassist.node.services.audit.service import AuditService
from lanassist.node.services.command import Command
from lanassist.node.services.consent.core import ConsentCore
from lanassist.node.services.consent.service import ConsentService
from lanassist.node.services.conversations.core import ConversationsCore
from lanassist.node.services.conversations.service import ConversationsService
from lanassist.node.services.desk.core import DeskCore
from lanassist.node.services.desk.service import DeskService, Window
from lanassist.node.services.glance.codecs import codecs
from lanassist.node.services.glance.core import GlanceCore, PeerBarred
from lanassist.node.services.glance.pump import GlancePump
from lanassist.node.services.glance.service import Channel, GlanceService, Viewer
from lanassist.node.services.peers.core import Linked, PeersCore
from lanassist.node.services.peers.service import PeersService
from lanassist.node.services.presence.core import PresenceCore
from lanassist.node.services.presence.service import PresenceService
from lanassist.node.services.service import Service
from lanassist.node.services.session import Session
from lanassist.node.services.site.commands import LaidDown
from lanassist.node.services.site.core import Edition, SiteCore
from lanassist.node.services.site.service import SiteService
from lanassist.node.services.switchboard import Switchboard
from lanassist.node.sound.supervised import ChildEngine
from lanassist.node.store.database import open_database
from lanassist.node.trust import policy_document
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.revocation import KIND, Revocations
from lanassist.node.trust.signed import open_document

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
        self._ca = credentials.ca
        self._settings = settings
        self._memory = memory
        self._notary = notary
        self._desktop = desktop
        self._own_masks = own_masks(settings.glance.masks)
        desktop.conceal(self._own_masks)
        self._notices = notices
        self._board = Board(trio.current_time)
        self._revoked = trio.Event()
        self.endpoint = Endpoint(credentials, instance=new_instance())
        self.links = Links(self.endpoint, on_up=self._up, on_message=self._heard, on_down=self._down)

    # --- opening and closing -------------------------------------------------------------------------

    async def remember(self) -> None:
        """Read what earlier runs left; revocations count before the first connection."""
        await self._notary.start(self._settings.ledger.keep_days)
        self._known = await self._memory.known_nodes()
        self._static = await self._memory.static_peers()
        self._presence_records = await self._memory.records(PresenceService.name, PresenceService.records)
        self._desk_records = await self._memory.records(DeskService.name, DeskService.records)
        self._conversation_records = await self._memory.records(
            ConversationsService.name, ConversationsService.records
        )
        self._assist_records = await self._memory.records(AssistService.name, AssistService.records)
        self._consent_records = await self._memory.records(ConsentService.name, ConsentService.records)
        self._held = [edition for text in await self._memory.editions() if (edition := self._verified(text))]
        for edition in self._held:
            self._enforce(edition)

    async def open(self, nursery: trio.Nursery, candidates: Candidates) -> None:
        """Make the services and start them."""
        self._glance = self._make_glance()
        self._peers = self._make_peers(candidates)
        self._desk = self._make_desk()
        self._conversations = self._make_conversations()
        self._assist = self._make_assist()
        # The site and consent begin first: their facts say what the others may do.
        services: list[Service] = [self._make_site(), self._make_consent(), self._peers]
        services += [self._make_presence(), self._glance, self._assist, await self._make_audit()]
        services += [self._conversations] if self._desk is None else [self._desk, self._conversations]
        self._switchboard = Switchboard(
            self.me, services, self._board, self._memory, self.links.send, trio.current_time, self._notary
        )
        await nursery.start(self._switchboard.run)

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
            revoked=self._revoked,
        )

    # --- the services --------------------------------------------------------------------------------

    def _make_site(self) -> SiteService:
        return SiteService(SiteCore(self._open_edition, self._held), self._enforce, self._memory.keep_edition)

    def _make_consent(self) -> ConsentService:
        return ConsentService(partial(ConsentCore, self.me), self._consent_records, self._notices)

    def _make_presence(self) -> PresenceService:
        chosen = self._settings.presence
        make = partial(
            PresenceCore,
            self.me,
            known_agents(self._known),
            break_reasons=chosen.break_reasons,
            capacity=chosen.capacity,
        )
        limit = chosen.idle_limit if Role.AGENT in self.me.roles else None
        return PresenceService(make, self._presence_records, self._desktop, idle_limit=limit)

    async def _make_audit(self) -> AuditService:
        audit = AuditService(await self._notary.held(), self._notary, self._notary.storage)
        self._notary.on_appended = audit.appended
        return audit

    def _make_glance(self) -> GlanceService:
        core = GlanceCore(self.me, _new_id)
        chosen = self._settings.glance
        pump = GlancePump(
            self._desktop,
            codecs=codecs(chosen.jpeg_quality),
            updates_per_second=chosen.updates_per_second,
        )
        return GlanceService(core, self._desktop, pump, self.links.door, self._open_media)

    def _make_desk(self) -> DeskService | None:
        """Only a certificate with the role makes a desk."""
        if Role.DESK not in self.me.roles:
            return None
        teams = teams_of(self._settings.desk.categories)
        make = partial(
            DeskCore,
            self.me,
            _new_id,
            teams=teams,
            categories=[name for name in teams if name],
            keep=self._settings.conversations.keep_days * 86400.0,
        )
        return DeskService(make, self._desk_records)

    def _make_conversations(self) -> ConversationsService:
        keep = self._settings.conversations.keep_days * 86400.0
        make = partial(ConversationsCore, self.me, _new_id, keep=keep)
        return ConversationsService(make, self._conversation_records)

    def _make_assist(self) -> AssistService:
        chosen = self._settings.calls
        source = source_of(chosen) if Role.AGENT in self.me.roles else None
        make = partial(
            AssistCore,
            self.me,
            _new_id,
            acw_seconds=chosen.acw_seconds,
            sound_error=NoCallSource().text if source is None else "",
        )
        sound = None if source is None else (ChildEngine(), source)
        door, hang_up = self.links.door, chosen.hang_up
        return AssistService(make, self._assist_records, door, self._open_media, sound, hang_up)

    def _make_peers(self, candidates: Candidates) -> PeersService:
        met = [Met(node=each.node, addresses=each.addresses) for each in self._known]
        dials_all = bool(self.me.roles & {Role.SUPERVISOR, Role.DESK})
        roster = Roster(own=self.me.node, dials_all=dials_all, static=self._static, met=met)
        core = PeersCore(roster, self._known, self._settings.link.port)
        dialer = partial(_dialer, self.endpoint, self.links)
        return PeersService(core, candidates, dialer, self._memory)

    # --- wires ---------------------------------------------------------------------------------------

    async def _up(self, peer: Identity) -> None:
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
            await self._glance.observe(PeerBarred(peer))
            await self._assist.observe(AssistantBarred(peer))
        await self._switchboard.peer_down(peer)

    def _viewer(self, session: str) -> AbstractAsyncContextManager[Viewer | AssistListener]:
        return self._assist.listener(session) if self._assist.has(session) else self._glance.viewer(session)

    async def _open_media(self, session: Session) -> Channel:
        return await self.links.open_media(session.peer.node, session.id, session.nonce)

    # --- what the admin signed -----------------------------------------------------------------------

    def _open_edition(self, text: str) -> Edition:
        body = open_document(text, self._ca)
        policy = None
        if body.kind == KIND:
            Revocations.of(body)
        elif body.kind == policy_document.KIND:
            content = policy_document.policy_of(body)
            policy = LaidDown(edition=body.number, signed=body.issued, policy=content.policy)
        return Edition(kind=body.kind, number=body.number, text=text, policy=policy)

    def _verified(self, text: str) -> Edition | None:
        try:
            return self._open_edition(text)
        except BadSignedDocument as error:
            _log.error("a stored document is ignored: %s", error.text)
            return None

    def _enforce(self, edition: Edition) -> None:
        if edition.policy is not None:
            self._desktop.conceal((*edition.policy.policy.masks, *self._own_masks))
        if edition.kind != KIND:
            return
        revocations = Revocations.read(edition.text, self._ca)
        for cut in self.links.revoke(revocations):
            _log.warning("cut the link to %s (%s): its certificate was revoked", cut.name, cut.node)
        if revocations.covers(self.me):
            _log.error("this node's own certificate was revoked; ask your admin for a new one")
            self._revoked.set()


def _new_id() -> str:
    return secrets.token_hex(16)


def _dialer(endpoint: Endpoint, links: Links, on_attempt: Callable[[Any], object]) -> Dialer:
    return Dialer(endpoint, links, on_attempt=on_attempt, random=random.random)
