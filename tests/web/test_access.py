"""Who may talk to the local page: its own origin, its own user, nobody else."""

import itertools

import msgspec
import pytest

from lanassist.node.errors import LocalAccessDenied
from lanassist.web.access import BROWSER_SESSIONS, LAUNCH_CODE_LIFE, Access, Request

HOST = "127.0.0.1:47601"
ORIGIN = f"http://{HOST}"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(clock: Clock) -> Access:
    secrets = itertools.count()
    access = Access(clock, lambda: f"secret-{next(secrets)}")
    access.authority = HOST
    return access


def signed_in(access: Access) -> str:
    _, cookie = access.exchange(access.launch("/supervisor").partition("code=")[2])
    return f"{access.cookie_name}={cookie}"


def post(**about: object) -> Request:
    return msgspec.structs.replace(
        Request(method="POST", path="/api/glance.start", host=(HOST,), origin=(ORIGIN,)), **about
    )


def test_the_command_line_shows_the_token(access: Access) -> None:
    assert access.why_not(post(authorization=(f"Bearer {access.token}",))) is None
    assert isinstance(access.why_not(post(authorization=("Bearer guess",))), LocalAccessDenied)
    assert isinstance(access.why_not(post()), LocalAccessDenied)


def test_a_launch_code_works_once(access: Access) -> None:
    code = access.launch("/supervisor").partition("code=")[2]
    path, cookie = access.exchange(code)
    assert path == "/supervisor"
    assert access.why_not(post(cookies=(f"other=1; {access.cookie_name}={cookie}",))) is None
    with pytest.raises(LocalAccessDenied):
        access.exchange(code)


def test_a_launch_code_grows_old(access: Access, clock: Clock) -> None:
    code = access.launch("/supervisor").partition("code=")[2]
    clock.now = LAUNCH_CODE_LIFE + 1
    with pytest.raises(LocalAccessDenied):
        access.exchange(code)


@pytest.mark.parametrize(
    "origin",
    [
        (),
        ("null",),
        ("http://evil.example",),
        ("http://127.0.0.1:47602",),
        ("https://127.0.0.1:47601",),
        ("http://localhost:47601",),
        ("http://127.0.0.1:47601.evil.example",),
        (ORIGIN, ORIGIN),
    ],
)
@pytest.mark.parametrize("websocket", [False, True])
def test_only_the_pages_own_origin_may_act_or_stream(
    access: Access, origin: tuple[str, ...], websocket: bool
) -> None:
    request = post(
        origin=origin,
        cookies=(signed_in(access),),
        websocket=websocket,
        method="GET" if websocket else "POST",
    )
    refusal = access.why_not(request)
    assert refusal is not None
    assert refusal.code == "foreign-origin"


@pytest.mark.parametrize(
    "host", [(), ("evil.example",), ("localhost:47601",), ("127.0.0.1",), (HOST, HOST), ("127.0.0.1:47602",)]
)
def test_the_host_must_be_named_exactly(access: Access, host: tuple[str, ...]) -> None:
    refusal = access.why_not(post(host=host, authorization=(f"Bearer {access.token}",)))
    assert refusal is not None
    assert refusal.code == "foreign-origin"


def test_a_page_may_be_opened_without_an_origin_but_not_without_signing_in(access: Access) -> None:
    show = post(method="GET", path="/supervisor", origin=())
    assert isinstance(access.why_not(show), LocalAccessDenied)
    assert access.why_not(msgspec.structs.replace(show, cookies=(signed_in(access),))) is None


def test_signing_out_hangs_up_what_that_browser_has_open(access: Access) -> None:
    cookie = signed_in(access)
    browser = access.browser([cookie])
    assert browser is not None
    hung_up: list[str] = []
    access.hang_up_at_sign_out(browser, lambda: hung_up.append("events"))
    take_back = access.hang_up_at_sign_out(browser, lambda: hung_up.append("media"))
    take_back()
    access.sign_out(browser)
    assert hung_up == ["events"]
    assert isinstance(access.why_not(post(cookies=(cookie,))), LocalAccessDenied)


def test_revocation_signs_everybody_out(access: Access) -> None:
    cookies = [signed_in(access) for _ in range(3)]
    code = access.launch("/supervisor").partition("code=")[2]
    access.sign_everybody_out()
    assert all(isinstance(access.why_not(post(cookies=(cookie,))), LocalAccessDenied) for cookie in cookies)
    with pytest.raises(LocalAccessDenied):
        access.exchange(code)


def test_the_number_of_signed_in_browsers_is_bounded(access: Access) -> None:
    cookies = [signed_in(access) for _ in range(BROWSER_SESSIONS + 3)]
    working = [cookie for cookie in cookies if access.why_not(post(cookies=(cookie,))) is None]
    assert working == cookies[3:]


def test_two_nodes_on_one_machine_do_not_share_a_cookie(access: Access, clock: Clock) -> None:
    other = Access(clock)
    other.authority = "127.0.0.1:50000"
    assert other.cookie_name != access.cookie_name
