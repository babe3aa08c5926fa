"""Who a browser is."""

import secrets

import pytest

from lanassist.web.chat.visitor import Cookie, client_of

SECRET = secrets.token_urlsafe(32)


def test_the_cookie_is_for_this_page_alone_and_out_of_reach_of_scripts() -> None:
    setting = Cookie(47680, secure=True).setting(SECRET)
    assert setting.startswith(f"__Host-lanassist-chat-47680={SECRET}; Path=/; ")
    for word in ("HttpOnly", "SameSite=Strict", "Secure"):
        assert f"; {word}" in setting
    assert "Secure" not in Cookie(47680, secure=False).setting(SECRET)


def test_a_secret_is_read_back() -> None:
    cookie = Cookie(1, secure=True)
    assert cookie.secret([f"a=b; {cookie.name}={SECRET}; c=d"]) == SECRET


STRANGE = {
    "empty": "",
    "short": "short",
    "longer": SECRET + "x",
    "other letters": SECRET[:-1] + "é",
    "a path": "../../etc",
    "a query": "'; --" * 10,
}


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
def test_anything_else_is_no_secret(value: str) -> None:
    cookie = Cookie(1, secure=False)
    assert cookie.secret([f"{cookie.name}={value}"]) is None


def test_two_different_secrets_are_none() -> None:
    cookie = Cookie(1, secure=False)
    other = secrets.token_urlsafe(32)
    assert cookie.secret([f"{cookie.name}={SECRET}; {cookie.name}={other}"]) is None
    assert cookie.secret([f"{cookie.name}={SECRET}", f"{cookie.name}={other}"]) is None


def test_the_clients_id_is_a_hash_of_it() -> None:
    assert client_of(SECRET) == client_of(SECRET) != client_of(secrets.token_urlsafe(32))
    assert SECRET not in client_of(SECRET)
    assert len(client_of(SECRET)) == 33
