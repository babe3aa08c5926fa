"""Opens the chat page of a desk: its certificate, its sockets, and the page on them."""

import logging
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import trio
from cryptography import x509

from lanassist.node.config.sections import DeskSettings
from lanassist.node.errors import BadCertificate, FileUnreadable, NoPageCertificate
from lanassist.node.trust.certificate import UNREADABLE
from lanassist.node.trust.page_authority import hosts_of
from lanassist.node.trust.secret_files import read_secret
from lanassist.node.trust.tls import page_context
from lanassist.web.chat.application import ChatPage
from lanassist.web.chat.front_door import FrontDoor
from lanassist.web.chat.guard import Guard
from lanassist.web.chat.listener import ChatListener
from lanassist.web.chat.surface import Surface
from lanassist.web.chat.visitor import Cookie

LARGEST: Final = 64 * 1024
"""Bytes of a certificate with those between it and its authority."""
ENDS_SOON: Final = timedelta(days=14)
_log = logging.getLogger(__name__)


class Secured(msgspec.Struct, frozen=True, kw_only=True):
    """How the page is served: its TLS, if any, and the names in its certificate."""

    context: ssl.SSLContext | None = None
    hosts: tuple[str, ...] = ()


def secured(home: Path, settings: DeskSettings) -> Secured:
    """The page's certificate and key, checked.

    Raises NoPageCertificate, UnsafeKeyFile, FileUnreadable, BadCertificate.
    """
    if settings.plain_http:
        _log.warning("the chat page is served without TLS: anybody on the LAN can read along")
        return Secured()
    path, key_path = home / settings.certificate, home / settings.key
    for each in (path, key_path):
        if not each.is_symlink() and not each.exists():
            raise NoPageCertificate(path=each)
    content, key = _read(path), read_secret(key_path)
    try:
        certificate = x509.load_pem_x509_certificate(content)
        context = page_context(content, key)
    except (ssl.SSLError, *UNREADABLE) as error:
        raise BadCertificate(path=path, why=_plain(error)) from None
    _warn_of_end(certificate, path)
    return Secured(context=context, hosts=hosts_of(certificate))


async def serve_chat(
    home: Path,
    settings: DeskSettings,
    door: FrontDoor,
    *,
    task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve until cancelled; started with the page's address. Raises LanassistErrors that say what to do."""
    tls = secured(home, settings)
    listener = ChatListener(tls.context)
    sockets = await listener.bind(settings.bind, settings.port)
    is_secure = tls.context is not None
    cookie = Cookie(int(sockets[0].socket.getsockname()[1]), secure=is_secure)
    guard = Guard((*own_names(), *tls.hosts, *settings.hosts), secure=is_secure)
    surface = Surface(door, settings, cookie, trio.current_time, lambda: datetime.now().astimezone())
    page = ChatPage(door, surface, guard, cookie, trio.current_time)
    async with trio.open_nursery() as nursery:
        await nursery.start(listener.serve, page, sockets)
        address = listener.address
        if not settings.bind:
            names = [name for name in (*settings.hosts, *tls.hosts) if "*" not in name]
            address = listener.under((*names, socket.gethostname())[0])
        _log.info("the chat page is at %s/chat", address)
        task_status.started(address)


def own_names() -> tuple[str, ...]:
    """What this machine is called where nothing else was configured."""
    name = socket.gethostname().lower()
    return ("localhost", name, f"{name.partition('.')[0]}.local")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise FileUnreadable(path=path, why=(error.strerror or "it is no file").lower()) from error


def _plain(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "it does not belong to the key beside it, or one of the two is damaged"
    return str(error) if str(error).startswith("it ") else "it is damaged, or not a certificate"


def _warn_of_end(certificate: x509.Certificate, path: Path) -> None:
    ends = certificate.not_valid_after_utc
    if datetime.now(UTC) >= ends:
        _log.warning("the chat page's certificate in %s has expired: browsers refuse it", path)
    elif datetime.now(UTC) >= ends - ENDS_SOON:
        _log.warning("the chat page's certificate in %s ends on %s", path, f"{ends:%Y-%m-%d}")
