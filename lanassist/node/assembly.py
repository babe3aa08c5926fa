"""The services of one node, each made of its core, its settings and what earlier runs left of it."""

import random
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from lanassist.node.config import Settings
from lanassist.node.config.sections import teams_of
from lanassist.node.desktop.base import Desktop
from lanassist.node.desktop.notify import DesktopNotices
from lanassist.node.discovery.mdns import Candidates
from lanassist.node.discovery.roster import Met, Roster
from lanassist.node.errors import NoCallSource
from lanassist.node.link.dialer import Dialer
from lanassist.node.link.endpoint import Endpoint
from lanassist.node.link.links import Links
from lanassist.node.memory import Memory, known_agents
from lanassist.node.notary import Notary
from lanassist.node.services.assist.core import AssistCore
from lanassist.node.services.assist.service import AssistService
from lanassist.node.services.assist.sources import source_of
from lanassist.node.services.attachment import Channel
from lanassist.node.services.audit.service import AuditService
from lanassist.node.services.base import Record
from lanassist.node.services.consent.core import ConsentCore
from lanassist.node.services.consent.service import ConsentService
from lanassist.node.services.conversations.core import ConversationsCore
from lanassist.node.services.conversations.service import ConversationsService
from lanassist.node.services.desk.core import DeskCore
from lanassist.node.services.desk.service import DeskService
from lanassist.node.services.glance.codecs import codecs
from lanassist.node.services.glance.core import GlanceCore
from lanassist.node.services.glance.pump import GlancePump
from lanassist.node.services.glance.service import GlanceService
from lanassist.node.services.peers.core import PeersCore
from lanassist.node.services.peers.service import PeersService
from lanassist.node.services.presence.core import PresenceCore
from lanassist.node.services.presence.service import PresenceService
from lanassist.node.services.service import Service
from lanassist.node.services.session import Session
from lanassist.node.sound.supervised import ChildEngine
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity


class Assembly:
    """Makes the services; each reads what it kept, so each is made once a run."""

    def __init__(
        self,
        me: Identity,
        endpoint: Endpoint,
        links: Links,
        settings: Settings,
        memory: Memory,
        desktop: Desktop,
        notices: DesktopNotices,
        notary: Notary,
    ) -> None:
        self._me = me
        self._endpoint = endpoint
        self._settings = settings
        self._memory = memory
        self._links = links
        self._desktop = desktop
        self._notices = notices
        self._notary = notary

    async def consent(self) -> ConsentService:
        """Asks the agent, and keeps pauses."""
        return ConsentService(partial(ConsentCore, self._me), await self._kept(ConsentService), self._notices)

    async def presence(self) -> PresenceService:
        """Who is at work."""
        chosen = self._settings.presence
        make = partial(
            PresenceCore,
            self._me,
            known_agents(await self._memory.known_nodes()),
            break_reasons=chosen.break_reasons,
            capacity=chosen.capacity,
        )
        limit = chosen.idle_limit if Role.AGENT in self._me.roles else None
        return PresenceService(make, await self._kept(PresenceService), self._desktop, idle_limit=limit)

    async def audit(self) -> AuditService:
        """Reads the ledger that the notary writes."""
        audit = AuditService(await self._notary.held(), self._notary, self._notary.storage)
        self._notary.on_appended = audit.appended
        return audit

    def glance(self) -> GlanceService:
        """Screens."""
        chosen = self._settings.glance
        pump = GlancePump(
            self._desktop,
            codecs=codecs(chosen.jpeg_quality, chosen.moving_quality),
            updates_per_second=chosen.updates_per_second,
        )
        core = GlanceCore(self._me, _new_id)
        return GlanceService(core, self._desktop, pump, self._links.door, self._open_media)

    async def desk(self) -> DeskService | None:
        """Only a certificate with the role makes a desk."""
        if Role.DESK not in self._me.roles:
            return None
        teams = teams_of(self._settings.desk.categories)
        make = partial(
            DeskCore,
            self._me,
            _new_id,
            teams=teams,
            categories=[name for name in teams if name],
            keep=self._keep,
        )
        return DeskService(make, await self._kept(DeskService))

    async def conversations(self) -> ConversationsService:
        """Clients in hand, those of others, and control."""
        make = partial(ConversationsCore, self._me, _new_id, keep=self._keep)
        return ConversationsService(make, await self._kept(ConversationsService))

    async def assist(self) -> AssistService:
        """Calls and help."""
        chosen = self._settings.calls
        source = source_of(chosen) if Role.AGENT in self._me.roles else None
        make = partial(
            AssistCore,
            self._me,
            _new_id,
            acw_seconds=chosen.acw_seconds,
            sound_error=NoCallSource().text if source is None else "",
        )
        sound = None if source is None else (ChildEngine(), source)
        kept = await self._kept(AssistService)
        door, notices = self._links.door, self._notices
        return AssistService(make, kept, door, self._open_media, sound, notices, chosen.hang_up)

    async def peers(self, candidates: Candidates) -> PeersService:
        """Whom this node knows, and whom it dials."""
        known = await self._memory.known_nodes()
        roster = Roster(
            own=self._me.node,
            dials_all=bool(self._me.roles & {Role.SUPERVISOR, Role.DESK}),
            static=await self._memory.static_peers(),
            met=[Met(node=each.node, addresses=each.addresses) for each in known],
        )
        core = PeersCore(roster, known, self._settings.link.port)
        return PeersService(core, candidates, self._dialer, self._memory)

    @property
    def _keep(self) -> float:
        """Seconds for which a conversation that is done is kept."""
        return self._settings.conversations.keep_days * 86400.0

    async def _kept(self, service: type[Service]) -> list[Record]:
        return await self._memory.records(service.name, service.records)

    async def _open_media(self, session: Session) -> Channel:
        return await self._links.open_media(session.peer.node, session.id, session.nonce)

    def _dialer(self, on_attempt: Callable[[Any], object]) -> Dialer:
        return Dialer(self._endpoint, self._links, on_attempt=on_attempt, random=random.random)


def _new_id() -> str:
    return secrets.token_hex(16)
