"""The checks of ``lanassist demo --check``, in the order in which they run."""

import signal
import time
from functools import partial
from typing import Any, Final

import numpy as np
import trio
from PIL import Image

from lanassist.cli.demo import checks_of_access as access, checks_of_calls as calls, checks_of_chats as chats
from lanassist.cli.demo.checking import Bench, Check, apart
from lanassist.cli.demo.mirror import Mirror, mirror_of
from lanassist.cli.demo.screens import MONITORS
from lanassist.cli.demo.site import Member
from lanassist.cli.demo.viewing import Viewing, pixels_of, viewing
from lanassist.cli.picture import save_picture
from lanassist.node.errors import UnknownDisplay
from lanassist.node.services.glance.commands import (
    SESSIONS,
    WATCHERS,
    ListDisplays,
    StartGlance,
    StopGlance,
    SwitchGlance,
)
from lanassist.node.services.presence.commands import AGENTS, SetStatus

SHOWN_WITHIN: Final = 1.0
"""A change of an agent shows at the supervisor's within this."""


def _row(bench: Bench, agent: Member) -> dict[str, Any]:
    rows = bench.board.topic(AGENTS).values()
    return next((row for row in rows if row["email"] == agent.email), {})


def _session(bench: Bench, look: Viewing) -> dict[str, Any]:
    found: dict[str, Any] = bench.board.topic(SESSIONS).get(look.session, {})
    return found


def _watcher(watched: Mirror, look: Viewing) -> dict[str, Any] | None:
    rows = watched.topic(WATCHERS).values()
    return next((row for row in rows if row["session"] == look.session), None)


# --- presence ----------------------------------------------------------------------------------------


async def agents_are_known_by_their_certificates(bench: Bench) -> str:
    """Sam's dashboard has both agents, with name, e-mail and team from their certificates."""
    for agent in bench.site.agents:
        row = _row(bench, agent)
        assert (row["name"], row["teams"]) == (agent.name, ["support"]), f"{agent.name} shows as {row}"
        assert row["status"] == "available", f"{agent.name} is {row['status']}"
    return ", ".join(agent.email for agent in bench.site.agents)


async def a_break_shows_with_its_reason(bench: Bench) -> str:
    """A break with its reason shows within a second, and so does its end."""
    started = time.monotonic()
    await bench.ask(bench.site.dana, SetStatus(status="break", reason="lunch"))
    await bench.board.until(
        lambda: _row(bench, bench.site.dana).get("reason") == "lunch", SHOWN_WITHIN, "the break did not show"
    )
    took = time.monotonic() - started
    await bench.ask(bench.site.dana, SetStatus(status="available"))
    await bench.board.until(
        lambda: _row(bench, bench.site.dana)["status"] == "available", SHOWN_WITHIN, "its end did not show"
    )
    return f"after {took * 1000:.0f} ms"


async def displays_have_their_real_layout(bench: Bench) -> str:
    """Both displays of an agent are known with place and size."""
    found = await bench.ask(bench.site.sam, ListDisplays(agent=bench.site.dana.email))
    places = [(each.x, each.y, each.width, each.height) for each in found.displays]
    assert places == [monitor[1:] for monitor in MONITORS], f"shows as {places}"
    return " and ".join(f"{each.width}×{each.height}" for each in found.displays)


# --- glance ------------------------------------------------------------------------------------------


async def a_saved_picture_is_exact(bench: Bench) -> str:
    """A saved picture of each display equals the display in every pixel."""
    dana = bench.site.dana
    assert dana.screen is not None
    dana.screen.desk.signal(signal.SIGSTOP)  # so that both pictures are of the same moment
    try:
        for number, monitor in enumerate(MONITORS, 1):
            out = bench.site.folder / f"display-{number}.png"
            client = bench.site.sam.client
            await apart(partial(save_picture, client, dana.email, number, out, replace=True))
            shown = pixels_of(dana.screen.display, monitor)
            saved = np.asarray(Image.open(out).convert("RGB"))
            assert saved.shape == shown.shape, f"display {number}: {saved.shape} instead of {shown.shape}"
            differ = int((saved != shown).any(axis=2).sum())
            assert differ == 0, f"{differ} pixels of display {number} differ"
    finally:
        dana.screen.desk.signal(signal.SIGCONT)
    return f"{sum(monitor.width * monitor.height for monitor in MONITORS):,} pixels compared"


async def a_glance_moves_and_the_agent_sees_who_watches(bench: Bench) -> str:
    """A live glance moves, and the agent's own node says who watches."""
    sam, dana = bench.site.sam, bench.site.dana
    async with mirror_of(dana.client) as watched, _viewing(bench, (1,)) as look:
        await look.pictures(5, within=5)
        watcher = _watcher(watched, look)
        assert watcher is not None, "the agent's node shows no watcher"
        assert (watcher["name"], watcher["displays"]) == (sam.name, [1]), f"shows {watcher}"
        await bench.ask(sam, StopGlance(session=look.session))
        await watched.until(lambda: not watched.topic(WATCHERS), 2, "the watcher did not go")
    return f"“{watcher['name']} sees display 1”"


async def displays_are_switched_without_ending(bench: Bench) -> str:
    """Other displays are chosen during a glance, which goes on."""
    sam = bench.site.sam
    async with _viewing(bench, (1,)) as look:
        await look.pictures(2, within=5)
        look.choose((1, 2))
        await bench.ask(sam, SwitchGlance(session=look.session, displays=(1, 2)))
        await look.pictures(1, within=5, display=2)
        frame = look.viewer.frame(2)
        assert frame is not None
        assert frame.shape[:2] == (MONITORS[1].height, MONITORS[1].width)
        assert _session(bench, look)["state"] == "running"
        text = await bench.refused(sam, SwitchGlance(session=look.session, displays=(7,)), UnknownDisplay)
    return f"and display 7: “{text}”"


async def a_tile_of_the_wall_is_small_and_the_agent_is_told_so(bench: Bench) -> str:
    """A glance for the wall is scaled down, and the agent's own node says that it is one."""
    dana = bench.site.dana
    async with mirror_of(dana.client) as watched, _viewing(bench, (1,), scale=0.25) as look:
        await look.pictures(1, within=5)
        frame = look.viewer.frame(1)
        assert frame is not None
        wanted = (-(-MONITORS[0].height // 4), -(-MONITORS[0].width // 4))
        assert frame.shape[:2] == wanted, f"it is {frame.shape[1]}×{frame.shape[0]}"
        await watched.until(lambda: _watcher(watched, look), 2, "the agent's node shows no watcher")
        watcher = _watcher(watched, look)
        assert watcher is not None
        assert watcher["wall"], "the agent's node shows a glance in full"
    return f"{wanted[1]}×{wanted[0]} of {MONITORS[0].width}×{MONITORS[0].height}"


async def stopping_says_why_on_both_sides(bench: Bench) -> str:
    """Stop ends the glance on both sides, with the reason, and the picture channel with it."""
    sam, dana = bench.site.sam, bench.site.dana
    async with mirror_of(dana.client) as watched, _viewing(bench, (1,)) as look:
        await look.pictures(1, within=5)
        await bench.ask(sam, StopGlance(session=look.session))
        with trio.fail_after(2):
            await look.ended.wait()
        await watched.until(lambda: not watched.topic(WATCHERS), 2, "the agent's node still shows a watcher")
        await bench.board.until(lambda: _session(bench, look)["state"] == "ended", 2, "it did not end")
        return f"“{_session(bench, look)['end']['text']}”"


async def a_viewer_that_is_gone_ends_the_glance(bench: Bench) -> str:
    """A viewer that no longer renews its lease loses the glance within 5 s."""
    async with _viewing(bench, (1,)) as look:
        await look.pictures(1, within=5)
        look.renewing = False
        started = time.monotonic()
        await bench.board.until(lambda: _session(bench, look)["state"] == "ended", 5, "it did not end")
        return f"after {time.monotonic() - started:.1f} s: “{_session(bench, look)['end']['text']}”"


async def nobody_watching_costs_nothing(bench: Bench) -> str:
    """While nobody watches, the agent's node captures nothing, however much moves."""
    node = bench.site.dana.node
    before, started = node.cpu_seconds(), time.monotonic()
    await trio.sleep(2)
    share = (node.cpu_seconds() - before) / (time.monotonic() - started)
    assert share < 0.05, f"it uses {share:.1%} of a processor"
    return f"{share:.1%} of a processor over 2 s"


def _viewing(bench: Bench, displays: tuple[int, ...], scale: float = 1.0) -> Any:
    sam = bench.site.sam

    async def ask(command: StartGlance) -> Any:
        return await bench.ask(sam, command)

    return viewing(sam.client, ask, bench.site.dana.email, displays, scale)


CHECKS: Final[tuple[Check, ...]] = (
    agents_are_known_by_their_certificates,
    a_break_shows_with_its_reason,
    displays_have_their_real_layout,
    nobody_watching_costs_nothing,
    a_saved_picture_is_exact,
    a_glance_moves_and_the_agent_sees_who_watches,
    displays_are_switched_without_ending,
    a_tile_of_the_wall_is_small_and_the_agent_is_told_so,
    stopping_says_why_on_both_sides,
    a_viewer_that_is_gone_ends_the_glance,
    chats.the_chat_page_serves_customers_and_nothing_else,
    chats.customers_are_served_from_the_first_word_to_the_last,
    chats.a_draft_shows_while_it_is_typed,
    chats.a_whisper_reaches_the_agent_alone,
    chats.a_supervisor_acts_as_the_agent_under_control,
    chats.a_client_is_assigned_only_to_who_can_take_it,
    chats.a_blocked_client_cannot_write,
    chats.the_client_of_a_dead_agent_is_given_to_another,
    calls.only_a_routed_call_can_be_assisted,
    calls.help_is_asked_for_and_given,
    calls.both_sides_of_a_call_are_heard,
    calls.a_customer_never_hears_the_whisper,
    calls.a_call_is_taken_over,
    access.an_agents_certificate_opens_no_supervisor_command,
    access.the_page_opens_once_by_its_address,
    access.other_origins_and_strangers_are_refused,
    access.only_certificates_of_the_site_get_in,
    access.garbage_on_the_port_disturbs_nobody,
    access.an_agent_whose_machine_dies_shows_offline,
    access.a_revocation_cuts_and_spreads,
)
