"""The chat page over real sockets: requirement 12 of docs/security.md, told as attempts."""

import json
from contextlib import suppress

import httpx
import pytest
import trio
from trio_websocket import ConnectionClosed

from lanassist.node.errors import StorageFailed
from lanassist.node.protocol.limits import ENTRY_LENGTH, OPEN_PER_CLIENT
from lanassist.node.services.base import AnyCommand
from lanassist.node.services.conversations.commands import BlockClient, DoAct, SetDraft
from lanassist.node.services.desk.commands import (
    COMMANDS,
    LeaveConversation,
    ReadConversation,
    SendAsClient,
    StartConversation,
    TypeAsClient,
)
from lanassist.node.services.registry import COMMANDS as EVERY_COMMAND
from lanassist.web.chat import bounds, words
from lanassist.web.chat.files import FILES
from tests.support.waiting import until
from tests.web.chat.front import Front

DOES = {StartConversation, SendAsClient, TypeAsClient, LeaveConversation, ReadConversation}
"""Everything that a customer may ever cause."""


# --- what customers do -------------------------------------------------------------------------------


async def test_a_conversation_from_first_to_last(front: Front) -> None:
    async with front.browser() as eve:
        talk = await front.begin(eve, "my invoice is wrong")
        async with front.live(eve, talk) as live:
            assert await live.texts() == ["my invoice is wrong"]
            assert (await live.until("view"))["position"] == 1
            dana = front.agent()
            assert await live.kinds() == ["joined"]
            assert await live.until("view") == {"t": "view", "state": "open", "position": 0, "agent": "Dana"}
            dana.ask(SetDraft(conversation=talk, text="let me"))
            front.pass_on()
            assert (await live.until("typing"))["typing"] is True
            front.says(dana, talk, "let me look")
            assert await live.texts() == ["let me look"]
            said = await eve.post("/chat/say", json={"conversation": talk, "id": "1", "text": "thank you"})
            assert said.json() == {"seq": 4}
            assert await live.texts() == ["thank you"]
            dana.ask(DoAct(conversation=talk, kind="complete"))
            front.pass_on()
            assert await live.kinds() == ["complete"]
            assert (await live.until("view"))["state"] == "done"
    assert {type(command) for command in front.asked} <= DOES


async def test_what_is_said_twice_is_said_once(front: Front) -> None:
    async with front.browser() as eve:
        first = await front.start(eve, id="same")
        again = await front.start(eve, id="same")
        assert first.json()["conversation"] == again.json()["conversation"]
        talk = first.json()["conversation"]
        words_ = {"conversation": talk, "id": "w", "text": "hello"}
        assert [(await eve.post("/chat/say", json=words_)).json() for _ in range(3)] == [{"seq": 2}] * 3
        found = (await eve.get("/chat/read", params={"conversation": talk})).json()
        assert [line["text"] for line in found["lines"]] == ["help", "hello"]
        assert (found["view"]["state"], found["more"]) == ("waiting", False)


async def test_a_page_that_was_away_reads_on_where_it_was(front: Front) -> None:
    dana = front.agent()
    async with front.browser() as eve:
        talk = await front.begin(eve)
        for number in range(5):
            front.says(dana, talk, f"line {number}")
        async with front.live(eve, talk, after=4) as live:
            assert await live.texts() == ["line 2", "line 3", "line 4"]
        later = (await eve.get("/chat/read", params={"conversation": talk, "after": 6})).json()
        assert [line["text"] for line in later["lines"]] == ["line 4"]


async def test_a_page_that_falls_behind_is_told_all_the_same(front: Front) -> None:
    dana = front.agent()
    async with front.browser() as eve:
        talk = await front.begin(eve)
        async with front.live(eve, talk) as live:
            await live.next()
            await live.next()
            for number in range(300):
                front.says(dana, talk, f"{number}")
            seen: list[str] = []
            while len(seen) < 300:
                told = await live.next()
                seen += [line["text"] for line in told.get("lines", ())]
    assert seen == [str(number) for number in range(300)]


async def test_leaving_ends_it_and_writing_again_opens_it(front: Front) -> None:
    dana = front.agent()
    async with front.browser() as eve:
        talk = await front.begin(eve)
        assert dana.holds() == [talk]
        left = await eve.post("/chat/leave", json={"conversation": talk, "id": "bye"})
        assert left.status_code == 204
        assert dana.holds() == []
        await eve.post("/chat/say", json={"conversation": talk, "id": "2", "text": "one more thing"})
        assert dana.holds() == [talk]


async def test_typing_reaches_the_agent_and_too_much_of_it_nobody(front: Front) -> None:
    front.agent()
    async with front.browser() as eve:
        talk = await front.begin(eve)
        for _ in range(bounds.TYPING.burst + 5):
            answer = await eve.post("/chat/typing", json={"conversation": talk, "typing": True})
            assert answer.status_code == 204
    assert sum(isinstance(command, TypeAsClient) for command in front.asked) == bounds.TYPING.burst


# --- whose conversation ------------------------------------------------------------------------------


async def test_a_client_can_name_nobody_elses_conversation(front: Front) -> None:
    dana = front.agent()
    async with front.browser() as eve, front.browser() as mallory:
        talk = await front.begin(eve, "my secret")
        await front.begin(mallory)
        said = {"conversation": talk, "id": "x", "text": "I am Eve"}
        answers = [
            await mallory.post("/chat/say", json=said),
            await mallory.post("/chat/leave", json={"conversation": talk, "id": "y"}),
            await mallory.post("/chat/typing", json={"conversation": talk, "typing": True}),
            await mallory.get("/chat/read", params={"conversation": talk}),
            await mallory.get("/chat/transcript", params={"conversation": talk}),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert all("secret" not in answer.text for answer in answers)
        async with front.live(mallory, talk) as live:
            with pytest.raises(ConnectionClosed):
                await live.next()
            assert live.socket.closed is not None
            assert live.socket.closed.code == 4404
    assert dana.holds()[0] == talk


async def test_without_the_cookie_nothing_is_said_or_read(front: Front) -> None:
    async with front.browser() as eve, front.browser() as stranger:
        talk = await front.begin(eve)
        client = next(each.client.id for each in front.asked if isinstance(each, StartConversation))
        front.asked.clear()
        for cookies in ({}, {front.cookie.name: client}, {front.cookie.name: "A" * 42}):
            stranger.cookies = httpx.Cookies(cookies)
            for answer in (
                await stranger.get("/chat/read", params={"conversation": talk}),
                await stranger.post("/chat/say", json={"conversation": talk, "id": "x", "text": "x"}),
            ):
                assert answer.status_code == 401
        assert await front.turned_away(stranger, talk) == 401
    assert front.asked == []


async def test_a_start_begins_nothing_before_the_browser_keeps_the_cookie(front: Front) -> None:
    fields = {"id": "one", "name": "Eve", "category": "billing", "text": "help"}
    async with httpx.AsyncClient(base_url=front.url, headers={"Origin": front.url}) as eve:
        answer = await eve.post("/chat/start", json=fields)
        assert answer.status_code == 401
        assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]
        assert front.asked == []


# --- nothing else ------------------------------------------------------------------------------------


async def test_the_routes_are_these_and_no_others(front: Front) -> None:
    static = {("GET", f"/static/{name}") for name in FILES}
    assert set(front.surface.routes) == static | {
        ("GET", "/"),
        ("GET", "/chat"),
        ("GET", "/chat/read"),
        ("GET", "/chat/transcript"),
        ("POST", "/chat/start"),
        ("POST", "/chat/say"),
        ("POST", "/chat/typing"),
        ("POST", "/chat/leave"),
    }


async def test_nothing_of_the_local_api_is_here(front: Front) -> None:
    every: tuple[type[AnyCommand], ...] = (*EVERY_COMMAND, *COMMANDS)
    names = [command.name for command in every]
    paths = [f"/api/{name}" for name in names] + [
        "/api/openapi.json",
        "/api/events",
        "/api/media/x",
        "/launch?code=x",
        "/sign-out",
        "/supervisor",
        "/supervisor/agents",
        "/agent",
        "/static/frame/app.css",
        "/static/dashboard/supervisor.html",
        "/static/../run.py",
        "/static/%2e%2e/run.py",
        "/static//chat.js",
        "/chat/",
        "/chat/start/x",
        "/CHAT",
        "/chat/live",
        "/.well-known/x",
    ]
    async with front.browser() as eve:
        await front.begin(eve)
        front.asked.clear()
        for path in paths:
            for method in ("GET", "POST"):
                answer = await eve.request(method, path, json={} if method == "POST" else None)
                front.team.now += 1  # so that the rate allows the next one
                assert answer.status_code in (404, 413), (method, path, answer.status_code)
        for method in ("HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECTX"):
            front.team.now += 1
            assert (await eve.request(method, "/chat/read")).status_code == 404
    assert front.asked == []


@pytest.mark.parametrize("path", ["/api/events", "/chat", "/chat/read", "/api/media/x"])
async def test_there_is_one_socket(front: Front, path: str) -> None:
    async with front.browser() as eve:
        talk = await front.begin(eve)
        answer = await front.raw(f"GET {path}?conversation={talk} HTTP/1.1", front.upgrade(eve))
        assert b" 404 " in answer.partition(b"\r\n")[0]


async def test_every_answer_carries_the_headers_that_keep_it_inert(front: Front) -> None:
    async with front.browser() as eve:
        answers = [
            await eve.get(path) for path in ("/chat", "/static/chat/chat.js", "/nothing", "/chat/read")
        ]
    for answer in answers:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


# --- where from --------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1"])
async def test_a_page_of_somebody_else_does_nothing(front: Front, origin: str | None) -> None:
    async with front.browser() as eve:
        talk = await front.begin(eve)
        front.asked.clear()
        headers = {} if origin is None else {"Origin": origin}
        eve.headers.pop("Origin")
        body = {"conversation": talk, "id": "x", "text": "x"}
        answer = await eve.post("/chat/say", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign-origin")
        assert await front.turned_away(eve, talk, Origin=origin or "") == 403
    assert front.asked == []


async def test_another_name_is_not_answered(front: Front) -> None:
    async with front.browser() as eve:
        for host, status in (("evil.example", 421), (f"desk.lan:{front.port}", 200), ("10.0.0.1", 200)):
            answer = await eve.get("/chat", headers={"Host": host, "Origin": f"http://{host}"})
            assert answer.status_code == status


async def test_a_form_of_somebody_else_is_not_taken(front: Front) -> None:
    async with front.browser() as eve:
        await front.begin(eve)
        front.asked.clear()
        answer = await eve.post("/chat/say", content=b"{}", headers={"Content-Type": "text/plain"})
        assert answer.status_code == 400
    assert front.asked == []


# --- what with ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "status", "code"),
    [
        ({"name": ""}, 400, "nameless"),
        ({"name": "\u200b \x00"}, 400, "nameless"),
        ({"name": "x" * (bounds.NAME_LENGTH + 1)}, 400, "malformed"),
        ({"contact": "x" * (bounds.CONTACT_LENGTH + 1)}, 400, "malformed"),
        ({"category": "billing = sales"}, 400, "no-category"),
        ({"category": "sales"}, 400, "no-category"),
        ({"category": ""}, 400, "no-category"),
        ({"text": ""}, 400, "empty"),
        ({"text": " \n\x07 "}, 400, "empty"),
        ({"text": "x" * (ENTRY_LENGTH + 1)}, 400, "malformed"),
        ({"id": "a b"}, 400, "malformed"),
        ({"id": "x" * 65}, 400, "malformed"),
        ({"via": "irc"}, 400, "malformed"),
        ({"client": "c0"}, 400, "malformed"),
        ({"text": 5}, 400, "malformed"),
    ],
)
async def test_what_is_not_well_formed_is_declined(
    front: Front, about: dict[str, str], status: int, code: str
) -> None:
    async with front.browser() as eve:
        await front.begin(eve)
        front.asked.clear()
        answer = await front.start(eve, **about)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert front.asked == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"\xff\xfe", b'"\\ud800"', b"[" * 5000, b'{"id":"' + b"a" * 60_000]
)
async def test_garbage_is_declined(front: Front, body: bytes) -> None:
    async with front.browser() as eve:
        await front.begin(eve)
        answer = await eve.post("/chat/say", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "conversation=",
        "conversation=a%20b",
        "conversation=a&conversation=b",
        "conversation=a&after=-1",
        "conversation=a&after=1e9",
        "conversation=a&after=99999999999",
        "&".join("abcdefghijkl"),
        "conversation=%ff",
    ],
)
async def test_queries_are_checked(front: Front, query: str) -> None:
    async with front.browser() as eve:
        await front.begin(eve)
        front.asked.clear()
        answer = await eve.get(f"/chat/read?{query}")
        assert answer.status_code == 400
    assert front.asked == []


async def test_the_longest_words_in_the_longest_spelling_fit(front: Front) -> None:
    async with front.browser() as eve:
        talk = await front.begin(eve)
        body = json.dumps({"conversation": talk, "id": "x" * 64, "text": "😀" * ENTRY_LENGTH})
        assert len(body) > 12 * ENTRY_LENGTH
        answer = await eve.post("/chat/say", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 200


# --- how often ---------------------------------------------------------------------------------------


async def test_too_many_words_wait_and_are_told_so_kindly(front: Front) -> None:
    async with front.browser() as eve:
        talk = await front.begin(eve)  # a start counts as words
        answers = []
        for number in range(bounds.WORDS.burst):
            body = {"conversation": talk, "id": f"w{number}", "text": "spam"}
            answers.append(await eve.post("/chat/say", json=body))
        assert [answer.status_code for answer in answers] == [200] * (bounds.WORDS.burst - 1) + [429]
        assert answers[-1].headers["retry-after"] == "1"
        assert answers[-1].json()["text"].endswith("in a moment.")
        front.team.now += 1
        again = {"conversation": talk, "id": "w-last", "text": "spam"}
        assert (await eve.post("/chat/say", json=again)).status_code == 200


async def test_an_address_starts_only_so_many(front: Front) -> None:
    codes = []
    for _ in range(front.settings.starts + 1):
        async with front.browser() as somebody:
            codes.append((await front.start(somebody)).status_code)
    assert codes == [200] * front.settings.starts + [429]


async def test_a_client_has_only_so_many_open(front: Front) -> None:
    async with front.browser() as eve:
        codes = [(await front.start(eve)).status_code for _ in range(OPEN_PER_CLIENT + 1)]
    assert codes == [200] * OPEN_PER_CLIENT + [409]


async def test_an_address_asks_only_so_often(front: Front) -> None:
    async with front.browser() as eve:
        codes = [(await eve.get("/nothing")).status_code for _ in range(bounds.REQUESTS.burst + 1)]
    assert codes == [404] * bounds.REQUESTS.burst + [429]


async def test_a_client_has_only_so_many_sockets(front: Front) -> None:
    async with front.browser() as eve, trio.open_nursery() as nursery:
        talk = await front.begin(eve)

        async def look() -> None:
            async with front.live(eve, talk) as live:
                while True:
                    await live.socket.get_message()

        for _ in range(bounds.LIVE_PER_CLIENT):
            nursery.start_soon(look)
        await until(lambda: front.watching() == bounds.LIVE_PER_CLIENT)
        assert await front.turned_away(eve, talk) == 429
        nursery.cancel_scope.cancel()
    await until(lambda: front.watching() == 0)


# --- what is told ------------------------------------------------------------------------------------


async def test_a_blocked_client_is_told_so_politely_and_not_why(front: Front) -> None:
    front.agent()
    sam = front.team.supervisor("Sam")
    async with front.browser() as eve:
        talk = await front.begin(eve)
        client = next(each.client.id for each in front.asked if isinstance(each, StartConversation))
        async with front.live(eve, talk) as live:
            await live.next()
            await live.next()
            sam.ask(BlockClient(client=client, reason="a rude idiot"))
            front.pass_on()
            told = await live.next()
            assert told["t"] == "view"
            assert told["state"] == "done"
        answers = [
            await eve.post("/chat/say", json={"conversation": talk, "id": "x", "text": "x"}),
            await front.start(eve),
        ]
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (403, "client-blocked")
            assert "idiot" not in answer.text
        read = await eve.get("/chat/read", params={"conversation": talk})
        assert "idiot" not in read.text


async def test_the_teams_own_trouble_stays_with_the_team(front: Front) -> None:
    front.trouble = StorageFailed(path="/home/desk/secret.db", why="the disk is full")
    async with front.browser() as eve:
        answer = await front.start(eve)
        assert (answer.status_code, answer.json()["text"]) == (503, words.CLOSED.text)
        assert answer.headers["retry-after"] == "5"


async def test_notes_and_categories_are_for_nobody_outside(front: Front) -> None:
    dana = front.agent()
    async with front.browser() as eve:
        talk = await front.begin(eve)
        dana.ask(DoAct(conversation=talk, kind="note", text="pays late"))
        dana.ask(DoAct(conversation=talk, kind="categorise", text="dunning"))
        front.says(dana, talk, "hello")
        for path in ("/chat/read", "/chat/transcript"):
            text = (await eve.get(path, params={"conversation": talk})).text
            assert "hello" in text
            assert "late" not in text
            assert "dunning" not in text


# --- connections -------------------------------------------------------------------------------------


async def pour(stream: trio.SocketStream, most: int) -> int:
    """Send chunks of a body until they are not taken any more; how many bytes that were."""
    sent = 0
    try:
        while sent < most:
            await stream.send_all(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            sent += 0x10000
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        pass
    return sent


async def test_a_body_without_end_is_not_read_to_it(front: Front) -> None:
    headers = {"Host": front.authority, "Content-Type": "application/json", "Origin": front.url}
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    async with await trio.open_tcp_stream("127.0.0.1", front.port) as stream:
        head = f"POST /chat/say HTTP/1.1\r\n{fields}Transfer-Encoding: chunked\r\n\r\n"
        await stream.send_all(head.encode())
        assert await pour(stream, 50_000_000) < 50_000_000
    async with front.browser() as eve:
        assert (await eve.get("/chat")).status_code == 200


@pytest.mark.parametrize(
    "words_",
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 40,
        b"GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET " + b"a" * 100_000,
        b"GET /chat HTTP/1.1\r\n" + b"X: y\r\n" * 20_000,
        b"GET /chat HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\0" * 5000,
    ],
)
async def test_what_is_no_request_ends_its_own_connection_only(front: Front, words_: bytes) -> None:
    async with await trio.open_tcp_stream("127.0.0.1", front.port) as stream:
        answer = b""
        try:
            await stream.send_all(words_)
            with trio.fail_after(bounds.HEAD_SECONDS + 5):
                while part := await stream.receive_some():
                    answer += part
        except trio.BrokenResourceError:
            pass
        assert b" 200 " not in answer
    async with front.browser() as eve:
        assert (await eve.get("/chat")).status_code == 200


async def test_frames_that_are_none_end_the_socket_only(front: Front) -> None:
    async with front.browser() as eve:
        talk = await front.begin(eve)
        for frames in (
            b"\xff" * 40,
            b"\x81\xfe\xff\xff\0\0\0\0" + b"x" * 70_000,
            b"\x88\x82\0\0\0\0\0\0" * 9,
        ):
            request = f"GET /chat/live?conversation={talk} HTTP/1.1"
            answer = await front.raw(request, front.upgrade(eve), frames)
            assert b" 101 " in answer
        await until(lambda: front.watching() == 0)
        assert (await eve.get("/chat")).status_code == 200


async def test_a_flood_of_one_address_ends_only_itself(front: Front) -> None:
    streams = [
        await trio.open_tcp_stream("127.0.0.1", front.port)
        for _ in range(bounds.CONNECTIONS_PER_ADDRESS + 20)
    ]
    async with front.browser() as eve:
        assert (await eve.get("/chat")).status_code == 200
    for stream in streams:
        await stream.aclose()


async def ended(front: Front, words_: bytes) -> bytes:
    """What is answered to somebody who says that, and then nothing, until the connection is closed."""
    answer = b""
    async with await trio.open_tcp_stream("127.0.0.1", front.port) as stream:
        await stream.send_all(words_)
        with trio.fail_after(5), suppress(trio.BrokenResourceError):
            while part := await stream.receive_some():
                answer += part
    return answer


@pytest.mark.parametrize(
    ("words_", "status"),
    [
        (b"", b""),
        (b"GET /chat HT", b""),
        (b"POST /chat/say HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{", b"408"),
    ],
)
async def test_who_dawdles_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, words_: bytes, status: bytes
) -> None:
    monkeypatch.setattr(bounds, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(bounds, "BODY_SECONDS", 0.2)
    async with Front().open() as front:
        assert (await ended(front, words_))[9:12] == status


async def test_who_takes_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SEND_SECONDS", 0.2)
    async with Front().open() as front, front.browser() as eve:
        dana = front.agent()
        talk = await front.begin(eve)
        head = f"GET /chat/live?conversation={talk} HTTP/1.1\r\nHost: {front.authority}\r\n"
        fields = "".join(f"{name}: {value}\r\n" for name, value in front.upgrade(eve).items())
        async with await trio.open_tcp_stream("127.0.0.1", front.port) as stream:
            await stream.send_all(f"{head}{fields}\r\n".encode())
            await until(lambda: front.watching() == 1)
            with trio.fail_after(20):
                while front.watching():
                    for _ in range(20):
                        front.says(dana, talk, "x" * ENTRY_LENGTH)
                    await trio.lowlevel.checkpoint()
