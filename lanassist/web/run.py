"""A node with its local page, as one process: what ``lanassist node run`` runs."""

import logging
import os
import secrets
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import trio

from lanassist import __version__
from lanassist.node.app import Node, run_node
from lanassist.node.config import load_settings
from lanassist.node.errors import DeskNotCertified, LanassistError, NotAuthorised, first_of
from lanassist.node.services.command import Command
from lanassist.node.services.registry import COMMANDS as SERVICE_COMMANDS
from lanassist.node.store.home import ClaimedHome, RunningNode, claimed_home
from lanassist.web.access import Access
from lanassist.web.chat.front_door import FrontDoor
from lanassist.web.chat.opening import serve_chat
from lanassist.web.commands import (
    COMMANDS,
    Discovery,
    Launch,
    LaunchAddress,
    NodeStatus,
    OwnIdentity,
    ShowNode,
)
from lanassist.web.server import application, serve
from lanassist.web.streams import Streams

_log = logging.getLogger(__name__)
SELF = "self"


def run(home: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Run a node until SIGINT or SIGTERM. Raises a LanassistError when it cannot start."""
    settings = load_settings(home, environ)
    with claimed_home(home) as claimed:
        try:
            trio.run(_main, claimed, settings, environ, strict_exception_groups=True)
        except BaseExceptionGroup as group:
            foreseen, bugs = group.split(LanassistError)
            if foreseen is None or bugs is not None:
                raise
            raise first_of(foreseen) from None


async def _main(claimed: ClaimedHome, settings: Any, environ: Mapping[str, str]) -> None:
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with run_node(claimed.path, settings, environ) as node, trio.open_nursery() as nursery:
            surface = _Surface(node)
            await nursery.start(surface.serve)
            await surface.open_chat(nursery)
            claimed.announce(surface.whereabouts())
            _log.info("node of %s is up on port %d", node.identity.name, node.link_port)
            await anext(signals)
            nursery.cancel_scope.cancel()


class _Surface:
    """The local page of a node, and the commands about the node itself."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._access = Access(time.monotonic, lambda: secrets.token_urlsafe(32))
        self._since = trio.current_time()
        self._chat = ""
        node.board.put(SELF, SELF, self._identity())

    async def serve(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """The page on its port, until cancelled. Raises PortInUse."""
        node = self._node
        streams = Streams(node.board, self._access, node.viewer)
        app = application(node.identity, self._access, streams, (*SERVICE_COMMANDS, *COMMANDS), self._call)
        async with trio.open_nursery() as nursery:
            await nursery.start(serve, app, self._access, node.settings.page.port)
            nursery.start_soon(self._sign_out_when_revoked)
            task_status.started()

    async def open_chat(self, nursery: trio.Nursery) -> None:
        """The customers' page, if this node is to serve it. Raises what is in its way."""
        node = self._node
        if not node.settings.desk.enabled:
            return
        if node.window is None:
            raise DeskNotCertified(who=node.identity.name)
        door = FrontDoor(call=self._call, window=node.window)
        self._chat = await nursery.start(serve_chat, node.home, node.settings.desk, door)

    def whereabouts(self) -> RunningNode:
        """How this user's own programs reach the page."""
        return RunningNode(
            pid=os.getpid(),
            page=self._access.origin,
            token=self._access.token,
            link_port=self._node.link_port,
        )

    async def _sign_out_when_revoked(self) -> None:
        await self._node.revoked.wait()
        self._access.sign_everybody_out()

    async def _call(self, command: Command[Any]) -> Any:
        match command:
            case ShowNode():
                return self._status()
            case _ if self._node.revoked.is_set():
                raise NotAuthorised.worded(
                    "The certificate of this node was revoked. Ask your admin for a new one."
                )
            case Launch(path=path):
                return LaunchAddress(url=self._access.launch(path))
        reply: msgspec.Struct = await self._node.call(command)
        return reply

    def _identity(self) -> OwnIdentity:
        me = self._node.identity
        return OwnIdentity(
            site=me.site,
            node=me.node,
            name=me.name,
            email=me.email,
            roles=tuple(sorted(me.roles)),
            teams=tuple(sorted(me.teams)),
            grants=tuple(sorted(me.grants)),
            expires=me.expires.isoformat(),
        )

    def _status(self) -> NodeStatus:
        node = self._node
        return NodeStatus(
            identity=self._identity(),
            version=__version__,
            pid=os.getpid(),
            home=str(node.home),
            link_port=node.link_port,
            page=self._access.origin,
            chat=self._chat,
            uptime=trio.current_time() - self._since,
            discovery=self._discovery(),
            peers_live=len(node.links.identities),
            locked=node.desktop.state.locked,
            displays=node.desktop.state.displays,
            desktop_error=node.desktop.state.error,
        )

    def _discovery(self) -> Discovery:
        problem = self._node.candidates.problem
        if not self._node.settings.discovery.enabled:
            return Discovery(state="off", text=problem)
        return Discovery(state="unavailable" if problem else "on", text=problem)
