"""What the demo tells of the board, and what the sample windows show."""

from typing import Literal

import msgspec
import pytest
import trio

from lanassist.cli.channels import Batch, Changed
from lanassist.cli.demo.desk import paint
from lanassist.cli.demo.dialogue import ERRANDS, UNFORESEEN, answer_to, as_typed, is_last
from lanassist.cli.demo.mirror import Mirror
from lanassist.cli.demo.processes import clean_environ
from lanassist.cli.demo.showing import Story
from lanassist.node.protocol.messages import Client, NodeId, SessionId
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversations.commands import ALL, ToldConversation
from lanassist.node.services.glance.commands import SESSIONS, GlanceSession
from lanassist.node.services.presence.commands import AGENTS
from tests.cli.agents import NOW, agent

DANA = agent("Dana Fox")
GLANCE = GlanceSession(
    session=SessionId("s"),
    agent=DANA.node,
    agent_name="Dana Fox",
    displays=(1, 2),
    state="running",
    since=NOW,
)


def told(mirror: Mirror, topic: str, key: str, value: msgspec.Struct | None) -> None:
    raw = msgspec.Raw(msgspec.json.encode(value))
    mirror.take(Batch(now=NOW, snapshot=False, changes=[Changed(topic=topic, key=key, value=raw)]))


async def test_a_story_tells_each_change_once() -> None:
    mirror, story = Mirror(), Story()
    told(mirror, AGENTS, "d", DANA)
    told(mirror, SESSIONS, "s", GLANCE)
    story.listen(mirror)
    story.listen(mirror)
    told(mirror, AGENTS, "d", agent("Dana Fox", status="absent", why="break", reason="lunch"))
    ended = msgspec.structs.replace(GLANCE, state="ended", end=Refusal(code="stopped", text="stopped"))
    told(mirror, SESSIONS, "s", ended)
    story.listen(mirror)
    told(mirror, AGENTS, "d", agent("Dana Fox", status="absent", why="offline", online=False))
    story.listen(mirror)
    assert [line[12:] for line in story.text().plain.splitlines()[1:]] == [
        "Dana Fox is available",
        "Sam sees display 1 and 2 of Dana Fox",
        "Dana Fox went on break: lunch",
        "The glance at Dana Fox ended: stopped",
        "Dana Fox is offline",
    ]


def chat(state: Literal["waiting", "open", "done"], *, orphaned: bool = False) -> ToldConversation:
    return ToldConversation(
        conversation="c1",
        desk=NodeId("desk"),
        client=Client(id="maria", name="Maria Lopez"),
        category="Billing",
        state=state,
        owner=DANA.node,
        owner_name="Dana Fox",
        orphaned=orphaned,
        epoch=1,
        since=NOW,
    )


async def test_a_story_follows_a_client_from_the_queue_to_the_end() -> None:
    mirror, story = Mirror(), Story()
    for row in (chat("waiting"), chat("open"), chat("open", orphaned=True), chat("done")):
        told(mirror, ALL, "c1", row)
        story.listen(mirror)
    assert [line[12:] for line in story.text().plain.splitlines()[1:]] == [
        "Maria Lopez waits (Billing)",
        "Dana Fox has Maria Lopez (Billing)",
        "Dana Fox is gone, and Maria Lopez is left alone",
        "Maria Lopez is served",
    ]


def test_every_errand_ends_and_is_typed_before_it_is_sent() -> None:
    for errand in ERRANDS:
        *before, last = [answer_to(exchange.says) for exchange in errand.exchanges]
        assert is_last(last)
        assert not any(is_last(answer) for answer in before)
        drafts = as_typed(last)
        assert (drafts[-1], len(drafts) > 1) == (last, True)
    assert answer_to("what about my llama?") == UNFORESEEN
    assert not is_last(UNFORESEEN)


async def test_one_can_wait_for_the_board(autojump_clock: trio.testing.MockClock) -> None:
    mirror = Mirror()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(mirror.until, lambda: mirror.topic(AGENTS), 5, "no agent came")
        await trio.sleep(1)
        told(mirror, AGENTS, "d", DANA)
    told(mirror, AGENTS, "d", None)
    assert mirror.topic(AGENTS) == {}
    with pytest.raises(TimeoutError, match="no agent came within 5 s"):
        await mirror.until(lambda: mirror.topic(AGENTS), 5, "no agent came")


@pytest.mark.parametrize("tick", [0, 59, 60, 479, 480, 100_000])
def test_the_windows_keep_their_size_and_the_same_tick_looks_the_same(tick: int) -> None:
    assert paint.chat("Dana", tick).size == (540, 640)
    assert paint.chat("Dana", tick).tobytes() == paint.chat("Dana", tick).tobytes()
    assert paint.tickets("Dana", tick).size == (860, 640)
    assert paint.figures(tick).size == (420, 300)


def test_the_windows_move() -> None:
    assert paint.tickets("Dana", 1).tobytes() != paint.tickets("Dana", 2).tobytes()
    assert paint.figures(1).tobytes() != paint.figures(2).tobytes()
    assert paint.clock(1).tobytes() != paint.clock(2).tobytes()


def test_nodes_get_no_display_and_no_settings_by_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANASSIST_HOME", "LANASSIST_LINK_PORT", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.setenv(name, "x")
    assert (
        not {"LANASSIST_HOME", "LANASSIST_LINK_PORT", "DISPLAY", "WAYLAND_DISPLAY"} & clean_environ().keys()
    )
    assert "PATH" in clean_environ()
