"""The site's shell: keeps signed documents over restarts, and enforces revocations at once."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from lanassist.node.protocol.messages import DocumentNumber, Message, SignedDocument
from lanassist.node.services.base import AnyCommand, Effect
from lanassist.node.services.service import Service
from lanassist.node.services.site.commands import COMMANDS
from lanassist.node.services.site.core import Adopt, Edition, SiteCore


class SiteService(Service):
    """Signed documents on this node."""

    name: ClassVar[str] = "site"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = COMMANDS
    messages: ClassVar[tuple[type[Message], ...]] = (DocumentNumber, SignedDocument)

    def __init__(
        self, core: SiteCore, enforce: Callable[[Edition], None], keep: Callable[[Edition], Awaitable[None]]
    ) -> None:
        super().__init__(core)
        self._enforce = enforce
        self._keep = keep

    async def perform(self, effect: Effect) -> None:
        if isinstance(effect, Adopt):
            # Acted on before it is kept: a disk that is full must not keep a revoked link alive.
            self._enforce(effect.edition)
            await self._keep(effect.edition)
