"""Checks of who gets in: commands, the page, the port, and what happens when a certificate is taken back."""

import os
import socket
import ssl
import time
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from lanassist.cli.demo.checking import Bench, apart
from lanassist.cli.demo.mirror import mirror_of
from lanassist.cli.demo.requesting import request
from lanassist.cli.demo.site import Member
from lanassist.cli.revocations import install_list
from lanassist.node.errors import MissingRole, Offline
from lanassist.node.services.glance.commands import ListDisplays
from lanassist.node.services.presence.commands import AGENTS, ListAgents, SetStatus
from lanassist.node.trust.authority import Authority
from lanassist.node.trust.grants import Role
from lanassist.node.trust.profile import Bearer
from lanassist.web.commands import Launch

PATIENCE: Final = 5.0
GARBAGE_SOCKETS: Final = 100
DEAD_WITHIN: Final = 6.0
CUT_WITHIN: Final = 2.0


async def an_agents_certificate_opens_no_supervisor_command(bench: Bench) -> str:
    """An agent's certificate is refused the supervisor's commands, with 403 and the missing role."""
    text = await bench.refused(bench.site.dana, ListAgents(), MissingRole)
    node = bench.site.dana.client.running
    status, _, _ = await apart(
        lambda: request(
            node.page,
            "POST",
            "/api/presence.agents",
            {"Authorization": f"Bearer {node.token}", "Origin": node.page},
        )
    )
    assert status == 403, f"it was answered {status}"
    return f"“{text}”"


async def the_page_opens_once_by_its_address(bench: Bench) -> str:
    """The one-time address signs a browser in to the supervisor's page, once."""
    url = urlsplit((await bench.ask(bench.site.sam, Launch(path="/supervisor"))).url)
    page, path = f"http://{url.netloc}", f"{url.path}?{url.query}"
    status, headers, _ = await apart(lambda: request(page, "GET", path))
    assert status == 303, f"it was answered {status}"
    assert headers["Location"] == "/supervisor", f"it leads to {headers['Location']}"
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie, "the cookie can be read by scripts"
    assert "samesite=strict" in cookie.lower(), "the cookie is sent from other sites"
    signed_in = {"Cookie": cookie.partition(";")[0]}
    status, headers, body = await apart(lambda: request(page, "GET", "/supervisor", signed_in))
    assert status == 200, f"the page was answered {status}"
    assert b"<html" in body, "what came is not a page"
    assert "default-src 'none'" in headers["Content-Security-Policy"], "the page may load anything"
    status, _, _ = await apart(lambda: request(page, "GET", path))
    assert status == 401, f"the second use was answered {status}"
    return f"{len(body)} bytes, the second use is refused"


async def other_origins_and_strangers_are_refused(bench: Bench) -> str:
    """The page refuses strangers, pages of other origins, and other host names."""
    node = bench.site.sam.client.running
    token = {"Authorization": f"Bearer {node.token}"}
    cases = {
        "a stranger": {"Origin": node.page},
        "no origin": token,
        "another origin": {**token, "Origin": "http://evil.example"},
        "a null origin": {**token, "Origin": "null"},
        "another host": {**token, "Origin": node.page, "Host": "evil.example"},
    }
    for who, headers in cases.items():
        status, _, _ = await apart(
            lambda sent=headers: request(node.page, "POST", "/api/presence.agents", sent)  # type: ignore[misc]
        )
        assert status in (400, 401, 403, 421), f"{who} was answered {status}"
    return ", ".join(cases)


async def only_certificates_of_the_site_get_in(bench: Bench) -> str:
    """The link port lets nobody in without a certificate of this site."""
    folder = bench.site.folder / "elsewhere"
    elsewhere = Authority.init(folder, "other.example")
    bundle = bench.site.folder / "mallory.bundle"
    mallory = Bearer(name="Mallory", email="mallory@other.example", roles=frozenset({Role.SUPERVISOR}))
    elsewhere.issue(elsewhere.unlock(lambda: ""), mallory, bundle)
    port = (await apart(bench.site.dana.state)).link_port
    for who, file in (("nobody", None), ("another site's supervisor", bundle)):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if file is not None:
            context.load_cert_chain(file, file)
        answer = await apart(lambda using=context: _knock(port, using))  # type: ignore[misc]
        assert not answer.startswith(b"HTTP/1.1 101"), f"{who} got in"
    return "none, and one of another site, were refused"


async def garbage_on_the_port_disturbs_nobody(bench: Bench) -> str:
    """Garbage and silent sockets on the link port disturb no other peer."""
    dana = bench.site.dana
    port = (await apart(dana.state)).link_port
    sockets = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(GARBAGE_SOCKETS)]
    try:
        for each in sockets[::2]:
            with suppress(OSError):  # what the caps on strangers turned away already
                each.sendall(os.urandom(512))
        started = time.monotonic()
        await bench.ask(dana, SetStatus(status="break", reason="meeting"))
        await bench.board.until(lambda: _row(bench, dana)["reason"] == "meeting", 2, "a change was lost")
        took = time.monotonic() - started
    finally:
        for each in sockets:
            each.close()
    await bench.ask(dana, SetStatus(status="available"))
    return f"{GARBAGE_SOCKETS} sockets; a change still took {took * 1000:.0f} ms"


async def an_agent_whose_machine_dies_shows_offline(bench: Bench) -> str:
    """An agent whose node is killed shows as offline within 6 s, keeps the row, and comes back."""
    kim = bench.site.kim
    started = time.monotonic()
    await apart(kim.node.kill)
    await bench.board.until(lambda: not _row(bench, kim)["online"], DEAD_WITHIN, "Kim did not go offline")
    took = time.monotonic() - started
    text = await bench.refused(bench.site.sam, ListDisplays(agent=kim.email), Offline)
    await bench.restart(kim)
    await bench.board.until(lambda: _row(bench, kim)["online"], 15, "Kim did not come back")
    return f"after {took:.1f} s: “{text}”"


async def a_revocation_cuts_and_spreads(bench: Bench) -> str:
    """A revoked certificate's live channel is cut within 2 s, and the list spreads to the others."""
    site, dana = bench.site, bench.site.dana
    site.authority.revoke(dana.email, "demo")
    _, document = site.authority.revocations(site.key)
    signed = site.folder / "revocations.json"
    signed.write_text(document)
    async with mirror_of(site.kim.client) as other:
        started = time.monotonic()
        await apart(lambda: install_list(site.sam.home, signed))
        await bench.board.until(lambda: not _row(bench, dana)["online"], CUT_WITHIN, "Dana was not cut")
        took = time.monotonic() - started
        await other.until(lambda: "revocations" in other.topic("site.editions"), 5, "Kim's node did not hear")
    text = await bench.refused(site.sam, ListDisplays(agent=dana.email), Offline)
    return f"after {took * 1000:.0f} ms: “{text}”"


def _row(bench: Bench, agent: Member) -> dict[str, object]:
    rows = bench.board.topic(AGENTS).values()
    return next(row for row in rows if row["email"] == agent.email)


def _knock(port: int, context: ssl.SSLContext) -> bytes:
    """What a stranger hears who opens TLS and asks for the WebSocket."""
    upgrade = (
        b"GET / HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    try:
        with (
            socket.create_connection(("127.0.0.1", port), PATIENCE) as plain,
            context.wrap_socket(plain) as secure,
        ):
            secure.sendall(upgrade)
            return secure.recv(4096)
    except OSError:  # ssl.SSLError is one: the alert that says no
        return b""
