"""Control of an agent's conversations, held by a command: for one act, or until Ctrl+C."""

import contextlib
import math
import signal
import sys
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from lanassist.cli import plain
from lanassist.cli.board import board_of
from lanassist.cli.client import NodeClient
from lanassist.cli.inert import inert
from lanassist.node.errors import LanassistError, LinkLost, NotAuthorised, NotInControl
from lanassist.node.protocol.limits import LEASE_EVERY
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversations.commands import (
    CONTROL,
    ControlRow,
    ControlStarted,
    ReleaseControl,
    RenewControl,
    TakeControl,
)

STOPPED: Final = "stopped"
"""The end that a user wanted, here or in another terminal."""
ENDINGS: Final[dict[str, type[LanassistError]]] = {
    "link-lost": LinkLost,
    "no-answer": LinkLost,
    "revoked": NotAuthorised,
}
"""The error, and so the exit code, for a session's end; any other is NotInControl."""


class Control(msgspec.Struct, frozen=True):
    """A session to act under."""

    session: str
    held: bool
    """It was there before; somebody holds it in another terminal or on the page."""


def running(node: NodeClient, agent: str) -> ControlRow | None:
    """This supervisor's control of an agent, if it is running now."""
    rows = board_of(node).rows(CONTROL, ControlRow).values()
    return next((row for row in rows if row.agent == agent and row.state == "running"), None)


@contextlib.contextmanager
def momentary_control(node: NodeClient, agent: str, reason: str) -> Iterator[Control]:
    """The control that is held already, or else taken for as long as the ``with`` lasts: below a lease."""
    if (row := running(node, agent)) is not None:
        yield Control(row.session, held=True)
        return
    started = node.ask(TakeControl(agent=agent, reason=reason))
    try:
        yield Control(started.session, held=False)
    finally:
        with contextlib.suppress(LanassistError):  # it may have ended by itself
            node.ask(ReleaseControl(session=started.session))


# --- until Ctrl+C ------------------------------------------------------------------------------------


def hold(node: NodeClient, agent: str, reason: str, seconds: float | None, *, as_json: bool) -> None:
    """Take control and keep it: for so long, until it is released, or until Ctrl+C (KeyboardInterrupt).

    Raises what the node refuses with, and NotInControl, LinkLost or NotAuthorised if it ends otherwise.
    """
    from lanassist.cli.channels import run_live

    started = node.ask(TakeControl(agent=agent, reason=reason))
    try:
        try:
            run_live(lambda: _held(node, started, agent, seconds, as_json))
        finally:
            with contextlib.suppress(LanassistError):
                node.ask(ReleaseControl(session=started.session))
    except KeyboardInterrupt:
        if not as_json:
            with contextlib.suppress(OSError):  # the terminal may be closed
                print("\nHanded back." if sys.stdout.isatty() else "Handed back.", flush=True)  # below the ^C
        raise
    plain.tell(Refusal(code=STOPPED, text="handed back"), "Handed back.", as_json)


def _announce(started: ControlStarted, agent: str, as_json: bool) -> None:
    if as_json:
        plain.print_json(started)
        return
    print(f"You act as {inert(agent)} now (session {started.session[:8]}).")
    print("In another terminal: lanassist control say CONVERSATION TEXT. Ctrl+C hands back.", flush=True)


async def _held(
    node: NodeClient, started: ControlStarted, agent: str, seconds: float | None, as_json: bool
) -> None:
    import trio

    with trio.move_on_after(math.inf if seconds is None else seconds):
        async with trio.open_nursery() as nursery:
            await nursery.start(_until_a_signal)
            _announce(started, agent, as_json)
            nursery.start_soon(_renew, node, started.session)
            await _until_the_end(node, started.session)
            nursery.cancel_scope.cancel()


async def _until_a_signal(task_status: Any) -> None:
    """A terminal that is closed, or a script that kills this command, hands back at once too."""
    import trio

    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGHUP) as signals:
        task_status.started()
        async for _ in signals:
            raise KeyboardInterrupt


async def _renew(node: NodeClient, session: str) -> None:
    import trio

    while True:
        await trio.sleep(LEASE_EVERY)
        with contextlib.suppress(NotInControl):  # the board says why
            await trio.to_thread.run_sync(node.ask, RenewControl(session=session))


async def _until_the_end(node: NodeClient, session: str) -> None:
    from lanassist.cli.channels import events_of

    async with events_of(node) as events:
        while True:
            row = (await events.next()).rows(CONTROL, ControlRow).get(session)
            if row is not None and row.state == "ended":
                end = row.end or Refusal(code=STOPPED, text="")
                if end.code == STOPPED:
                    return
                kind = ENDINGS.get(end.code, NotInControl)
                raise kind.worded(f"Control of {row.agent_name} ended: {end.text}.")
