"""``lanassist call listen``: an agent's call on this machine's sound card, with meters and a key to talk."""

import contextlib
import math
import signal
from typing import Any, Final

import msgspec
import trio

from lanassist.cli.call_display import Display
from lanassist.cli.call_sound import CallSound
from lanassist.cli.channels import events_of, media_of, run_live
from lanassist.cli.client import NodeClient
from lanassist.cli.keys import HeldKey, next_keys, single_keys
from lanassist.node.errors import (
    LanassistError,
    LinkLost,
    NotAuthorised,
    RefusedByPolicy,
    SoundUnavailable,
)
from lanassist.node.services.assist.commands import (
    SESSIONS,
    AssistSession,
    CloseAssist,
    ReleaseAssist,
    StartAssist,
    StartedAssist,
    TakeOver,
    TalkAssist,
)
from lanassist.node.services.command import Command, Refusal
from lanassist.node.sound.base import Headset
from lanassist.node.sound.supervised import ChildHeadset

DONE: Final = frozenset({"stopped", "call-ended", "taken-call-ended"})
"""Ends that nobody needs to be warned of."""
ENDINGS: Final[dict[str, type[LanassistError]]] = {
    "link-lost": LinkLost,
    "sound-lost": LinkLost,
    "no-answer": LinkLost,
    "lease": LinkLost,
    "revoked": NotAuthorised,
    "sound": SoundUnavailable,
}
"""The error, and so the exit code, for another end; any that is not here is RefusedByPolicy."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a user wants to listen to, and with what."""

    agent: str
    reason: str = ""
    output: str = ""
    microphone: str = ""
    seconds: float | None = None


def listen_to(node: NodeClient, wish: Wish, *, as_json: bool) -> None:
    """Listen until the call or the assist ends, or Ctrl+C (KeyboardInterrupt); the call goes on.

    Raises what the node refuses with, SoundUnavailable, and what ENDINGS has for an end that nobody wanted.
    """
    run_live(lambda: _listen(node, wish, ChildHeadset(), as_json))


async def _listen(node: NodeClient, wish: Wish, headset: Headset, as_json: bool) -> None:
    async with trio.open_nursery() as nursery:
        await nursery.start(headset.run)
        # Sound first: nobody is told of a listener who could not hear.
        await headset.open(wish.output, wish.microphone)
        try:
            await _assist(node, wish, headset, as_json)
        finally:
            with trio.CancelScope(shield=True), trio.move_on_after(3.0):
                await headset.close()
        nursery.cancel_scope.cancel()


async def _assist(node: NodeClient, wish: Wish, headset: Headset, as_json: bool) -> None:
    asked = StartAssist(agent=wish.agent, reason=wish.reason)
    # Who leaves while the agent is still being asked leaves at once, and that withdraws the question.
    started = await trio.to_thread.run_sync(node.ask, asked, abandon_on_cancel=True)
    try:
        with trio.move_on_after(math.inf if wish.seconds is None else wish.seconds):
            with single_keys() as typed:
                await _Listening(node, started, headset, as_json).run(typed=typed)
    finally:
        with contextlib.suppress(LanassistError), trio.CancelScope(shield=True):  # it may be over
            await trio.to_thread.run_sync(node.ask, CloseAssist(session=started.session))


class _Listening:
    """One assist, from its start to its end."""

    def __init__(self, node: NodeClient, started: StartedAssist, headset: Headset, as_json: bool) -> None:
        self._node = node
        self._started = started
        self._display = Display(started.agent_name, as_json)
        self._sound = CallSound(headset, self._display, self._speaks)
        self._key = HeldKey()
        self._pressed = trio.Event()
        self._state = "ringing"
        self._fell_back = False

    async def run(self, *, typed: bool) -> None:
        """Until it ends. Raises what its end means."""
        async with media_of(self._node, self._started.session) as channel, trio.open_nursery() as nursery:
            await nursery.start(_until_a_signal)
            nursery.start_soon(self._sound.run, channel)
            nursery.start_soon(self._display.run)
            if typed:
                nursery.start_soon(self._keys, nursery.cancel_scope)
                nursery.start_soon(self._let_go)
            await self._until_the_end()
            nursery.cancel_scope.cancel()

    def _speaks(self) -> bool:
        """While the key is held, or while the agent or the customer is to hear this supervisor.

        It stays so where no voice came in time: whoever wants to talk says so again.
        """
        held = self._key.until is not None or self._fell_back
        return held or self._state in ("talking", "taken-over")

    # --- keys ----------------------------------------------------------------------------------------

    async def _keys(self, listening: trio.CancelScope) -> None:
        while keys := await next_keys():
            for key in keys:
                if key == " ":
                    await self._press()
                elif key in "tT":
                    over = self._state == "taken-over"
                    session = self._started.session
                    await self._ask(ReleaseAssist(session=session) if over else TakeOver(session=session))
                elif key in "qQ\x04":
                    listening.cancel()

    async def _press(self) -> None:
        if self._key.press(trio.current_time()):
            self._pressed.set()
            await self._sound.microphone()
            await self._ask(TalkAssist(session=self._started.session))

    async def _let_go(self) -> None:
        """Notice that the key does not repeat any more."""
        while True:
            await self._pressed.wait()
            self._pressed = trio.Event()
            while self._key.until is not None:
                await trio.sleep_until(self._key.until)
                if self._key.let_go(trio.current_time()) and self._state != "taken-over":
                    self._state = "listening"
                    await self._sound.microphone()
                    await self._ask(ReleaseAssist(session=self._started.session))

    async def _ask(self, command: Command[Any]) -> None:
        """A refusal is shown; the assist goes on."""
        try:
            await trio.to_thread.run_sync(self._node.ask, command)
        except LanassistError as error:
            self._display.note(error.text)
        else:
            self._display.note("")

    # --- the session ---------------------------------------------------------------------------------

    async def _until_the_end(self) -> None:
        async with events_of(self._node) as events:
            while True:
                row = (await events.next()).rows(SESSIONS, AssistSession).get(self._started.session)
                if row is None:
                    continue
                again = row.fell_back and self._key.until is not None
                self._state, self._fell_back = row.state, row.fell_back
                self._display.show(row)
                await self._sound.microphone()
                if again:
                    await self._ask(TalkAssist(session=self._started.session))
                if row.state == "ended":
                    self._display.end()
                    _say_why(row)
                    return


def _say_why(row: AssistSession) -> None:
    end = row.end or Refusal(code="stopped", text="")
    if end.code not in DONE:
        kind = ENDINGS.get(end.code, RefusedByPolicy)
        raise kind.worded(f"The assist in {row.agent_name}'s call ended: {end.text.rstrip('.')}.")


async def _until_a_signal(task_status: Any) -> None:
    """A terminal that is closed, or a script that kills this command, ends it in order too."""
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGHUP) as signals:
        task_status.started()
        async for _ in signals:
            raise KeyboardInterrupt
