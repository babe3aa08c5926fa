"""By which names and from where the chat page is reached."""

import pytest

from lanassist.web.chat.guard import Guard

GUARD = Guard(("Desk.lan", "*.chat.lan"), secure=True)
HOST = "desk.lan:47680"
ORIGIN = f"https://{HOST}"


def code(host: tuple[str, ...], origin: tuple[str, ...] = (), **about: object) -> str:
    saying = GUARD.why_not(host, origin, **{"acts": False, **about})  # type: ignore[arg-type]
    return saying.code if saying else ""


@pytest.mark.parametrize(
    "host",
    [
        "desk.lan",
        HOST,
        "DESK.lan:1",
        "a.chat.lan",
        "192.168.1.5:47680",
        "[fd00::5]:47680",
        "[::1]",
        "10.0.0.1",
    ],
)
def test_names_of_its_own_and_addresses_are_answered(host: str) -> None:
    assert code((host,)) == ""


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "desk.lan.evil.example",
        "a.b.chat.lan",
        "chat.lan",
        "",
        "desk.lan:x",
        "desk.lan@evil",
        "a b",
        "desk.lan\r\nX: y",
        "[desk.lan]",
        "*.chat.lan",
        "desk.lan:47680:1",
        "999.1.1.1",
    ],
)
def test_other_names_are_not(host: str) -> None:
    assert code((host,)) == "wrong-host"
    assert b"evil" not in b"".join(value for _, value in GUARD.headers(host))


def test_there_is_one_host() -> None:
    assert code(()) == code((HOST, HOST)) == "wrong-host"


@pytest.mark.parametrize(
    "origin",
    [
        (),
        ("null",),
        ("https://evil.example",),
        (f"http://{HOST}",),
        ("https://desk.lan",),
        ("https://desk.lan:47681",),
        (ORIGIN, ORIGIN),
        (f"{ORIGIN}.evil.example",),
    ],
)
def test_only_the_pages_own_origin_acts(origin: tuple[str, ...]) -> None:
    assert code((HOST,), origin, acts=True) == "foreign-origin"
    assert code((HOST,), origin) == ("foreign-origin" if origin else "")
    assert code((HOST,), (ORIGIN,), acts=True) == ""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (("application/json",), ""),
        (("Application/JSON; charset=utf-8",), ""),
        ((), "malformed"),
        (("text/plain",), "malformed"),
        (("application/json", "text/plain"), "malformed"),
    ],
)
def test_a_body_is_json(kind: tuple[str, ...], expected: str) -> None:
    assert code((HOST,), (ORIGIN,), acts=True, kind=kind) == expected


def test_the_policy_allows_nothing_inline_and_no_frame() -> None:
    headers = dict(GUARD.headers(HOST))
    policy = headers[b"content-security-policy"].decode()
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert f"connect-src 'self' wss://{HOST}" in policy
    assert headers[b"x-content-type-options"] == b"nosniff"
