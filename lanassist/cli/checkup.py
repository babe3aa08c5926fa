"""What ``lanassist doctor`` looks at: one finding each, with what to do about it."""

import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec
import trio

from lanassist.cli import client
from lanassist.node.config import Settings
from lanassist.node.config.reading import load_settings
from lanassist.node.desktop.base import DesktopState
from lanassist.node.desktop.bus import BusMissing, ask, connect, question, session_bus
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.desktop.mask_words import own_masks
from lanassist.node.errors import LanassistError, NodeNotRunning
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Mask
from lanassist.web.commands import NodeStatus, ShowNode

LINK_PORT: Final = "port for other nodes"
PAGE_PORT: Final = "port of the page"
EXPIRES_SOON: Final = 14
"""Days before its end at which a certificate is to be renewed."""
PATIENCE: Final = 5.0
"""Seconds until a desktop or bus that does not answer counts as missing."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "warning", "trouble"] = "ok"
    found: str
    do: str = ""
    """What to do about it; empty if it is well."""


def checkup(home: Path, environ: Mapping[str, str], now: datetime | None = None) -> Iterator[Finding]:
    """Everything, one after the other. Never fails."""
    settings = Settings()
    try:
        settings = load_settings(home, environ)
        masks = own_masks(settings.glance.masks)
        yield Finding(what="settings", found="they can be read")
    except LanassistError as error:
        masks = ()
        yield Finding(what="settings", state="trouble", found=error.text, do="correct the setting")
    identity, certificate = _certificate(home, now or datetime.now(UTC))
    yield certificate
    running, node = _node(home)
    yield node
    yield from _ports(settings) if running is None else _ports_in_use(running)
    if identity is None or Role.AGENT in identity.roles:
        state, idle, notices = trio.run(_desktop, environ, masks)
        seen = state if running is None else _as_the_node_sees_it(running, state)
        yield _display(seen)
        yield _lock(seen)
        yield _idle(idle)
        yield _notices(notices, "who watches is told on the agent's page only")
    elif Role.SUPERVISOR in identity.roles:
        notices = trio.run(_notice_server, environ)
        yield _notices(notices, "who asks for help is told on your pages only")
    yield _sound()


def _certificate(home: Path, now: datetime) -> tuple[Identity | None, Finding]:
    what = "certificate"
    try:
        identity = Credentials.load(home, now).identity
    except LanassistError as error:
        do = "ask your admin for one, then `lanassist node install BUNDLE`; also look at this machine's clock"
        return None, Finding(what=what, state="trouble", found=error.text, do=do)
    days = (identity.expires - now).days
    found = f"{identity.name}, {', '.join(sorted(identity.roles))} of {identity.site}; {days} days left"
    if days < EXPIRES_SOON:
        return identity, Finding(what=what, state="warning", found=found, do="ask your admin to renew it")
    return identity, Finding(what=what, found=found)


def _node(home: Path) -> tuple[NodeStatus | None, Finding]:
    """How the node is that runs on this home; None if there is none, or none that answers."""
    what = "node"
    try:
        status = client.connect(home).ask(ShowNode())
    except NodeNotRunning:
        do = "start it with `lanassist node run`"
        return None, Finding(what=what, state="warning", found="it does not run", do=do)
    except LanassistError as error:
        return None, Finding(what=what, state="trouble", found=error.text, do="end it and start it again")
    return status, Finding(what=what, found="it runs")


def _ports_in_use(running: NodeStatus) -> Iterator[Finding]:
    """Those that the node listens on; its settings may have changed since it began."""
    yield Finding(what=LINK_PORT, found=str(running.link_port))
    yield Finding(what=PAGE_PORT, found=str(urlsplit(running.page).port))


def _ports(settings: Settings) -> Iterator[Finding]:
    for what, bind, port in (
        (LINK_PORT, settings.link.bind, settings.link.port),
        (PAGE_PORT, "127.0.0.1", settings.page.port),
    ):
        if not port or (why := _in_the_way(bind, port)) is None:
            yield Finding(what=what, found=str(port) if port else "any free one")
        else:
            do = "end what uses it, or choose another in lanassist.toml"
            yield Finding(what=what, state="trouble", found=f"{port}: {why}", do=do)


def _in_the_way(bind: str, port: int) -> str | None:
    """Why nobody can listen there."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((bind, port))
            server.listen(1)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None


# --- the desktop ---------------------------------------------------------------------------------------


async def _desktop(
    environ: Mapping[str, str], masks: tuple[Mask, ...]
) -> tuple[DesktopState, float | None, str]:
    """The desktop's state with these masks on it, how long it is idle, and who shows notices."""
    async with open_desktop(environ) as desktop:
        desktop.conceal(masks)
        idle = None
        if not desktop.state.error:
            with trio.move_on_after(PATIENCE):
                try:
                    await trio.to_thread.run_sync((await desktop.open_capture()).close)
                except LanassistError as error:
                    return DesktopState(error=str(error.details.get("why", error.text))), None, ""
        with trio.move_on_after(PATIENCE):
            idle = await desktop.idle_for()
        return desktop.state, idle, await _notice_server(environ)


def _as_the_node_sees_it(running: NodeStatus, here: DesktopState) -> DesktopState:
    """What a node that runs shows of its screen, wherever this command was typed."""
    return DesktopState(
        displays=running.displays, error=running.desktop_error, locked=running.locked, masks=here.masks
    )


async def _notice_server(environ: Mapping[str, str]) -> str:
    """The name of what shows notices; empty if nothing does."""
    name = "org.freedesktop.Notifications"
    call = question(name, "/org/freedesktop/Notifications", name, "GetServerInformation")
    try:
        with trio.fail_after(PATIENCE):
            async with await connect(session_bus(environ)) as connection:
                return str(await ask(connection, call) or "")
    except (BusMissing, trio.TooSlowError):
        return ""


def _display(state: DesktopState) -> Finding:
    if state.error:
        do = "until then no supervisor can look at this screen"
        return Finding(what="display", state="trouble", found=state.error, do=do)
    shown = ", ".join(f"{each.number}: {each.width} × {each.height}" for each in state.displays)
    masked = f"; {len(state.masks)} masks of its own" if state.masks else ""
    return Finding(what="display", found=(shown or "none") + masked)


def _lock(state: DesktopState) -> Finding:
    if state.locked is not None:
        return Finding(what="lock", found="locked" if state.locked else "not locked, and it would be noticed")
    do = "start the node inside the desktop session; logind or a screen saver must tell it on D-Bus"
    return Finding(what="lock", state="warning", found="nobody tells whether the screen is locked", do=do)


def _idle(idle: float | None) -> Finding:
    if idle is not None:
        return Finding(what="idle", found=f"{idle:.0f} s since key or mouse")
    do = "agents who walk away are not noticed; they must take a break themselves"
    return Finding(what="idle", state="warning", found="nobody tells how long nothing was touched", do=do)


def _notices(server: str, without: str) -> Finding:
    if server:
        return Finding(what="notices", found=f"shown by {server}")
    do = f"{without}; a notification daemon would show it on the desktop"
    return Finding(what="notices", state="warning", found="nothing shows notices on this desktop", do=do)


def _sound() -> Finding:
    problems = [text for check in (_opus, _pulse) if (text := _problem(check))]
    if not problems:
        return Finding(what="sound", found="Opus and the sound server's library are there")
    do = "install the libraries of docs/admin-guide.md; without them there is no call assist on this machine"
    return Finding(what="sound", state="warning", found="; ".join(problems), do=do)


def _problem(check: Callable[[], object]) -> str:
    try:
        check()
    except (ImportError, OSError, LanassistError) as error:
        return str(error) or type(error).__name__
    return ""


def _opus() -> None:
    from lanassist.node.sound.opus import OpusEncoder

    OpusEncoder()


def _pulse() -> None:
    import ctypes

    ctypes.CDLL("libpulse.so.0")
