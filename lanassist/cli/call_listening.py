"""``lanassist call listen``: an agent's call on this machine's sound card, with meters and a key to talk."""

import contextlib
import math
import signal
from typing import Any, Final

import msgspec
import trio

from lanassist.cli import plain
from lanassist.cli.call_display import Display
from lanassist.cli.channels import Channel, events_of, media_of, run_live
from lanassist.cli.client import NodeClient
from lanassist.cli.keys import HeldKey, next_keys, single_keys
from lanassist.node.errors import (
    LanassistError,
    LinkLost,
    NotAssisting,
    NotAuthorised,
    RefusedByPolicy,
    SoundUnavailable,
)
from lanassist.node.protocol.limits import LEASE_EVERY
from lanassist.node.services.assist import media
from lanassist.node.services.assist.commands import (
    SESSIONS,
    AssistSession,
    CloseAssist,
    ListCalls,
    ReleaseAssist,
    StartAssist,
    StartedAssist,
    TakeOver,
    TalkAssist,
)
from lanassist.node.services.command import Command, Refusal
from lanassist.node.services.naming import the_agent
from lanassist.node.services.presence.commands import ListAgents
from lanassist.node.sound.base import Fault, Headset
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
        self._headset = headset
        self._display = Display(started.agent_name, as_json)
        self._key = HeldKey()
        self._pressed = trio.Event()
        self._state = "ringing"
        self._fell_back = False
        self._speaks = False
        self._speaking = trio.Lock()

    async def run(self, *, typed: bool) -> None:
        """Until it ends. Raises what its end means."""
        async with media_of(self._node, self._started.session) as channel, trio.open_nursery() as nursery:
            await nursery.start(_until_a_signal)
            for task in (self._renew, self._hear, self._speak):
                nursery.start_soon(task, channel)
            nursery.start_soon(self._headset_faults)
            nursery.start_soon(self._display.run)
            if typed:
                nursery.start_soon(self._keys, nursery.cancel_scope)
                nursery.start_soon(self._let_go)
            await self._until_the_end()
            nursery.cancel_scope.cancel()

    # --- sound ---------------------------------------------------------------------------------------

    async def _renew(self, channel: Channel) -> None:
        with contextlib.suppress(trio.EndOfChannel):  # the board says why
            while True:
                await channel.send(bytes([media.RENEW]))
                await trio.sleep(LEASE_EVERY)

    async def _hear(self, channel: Channel) -> None:
        with contextlib.suppress(trio.EndOfChannel):
            while True:
                message = await channel.receive()
                if (packet := media.packet_of(message)) is not None:
                    self._headset.play(packet)
                else:
                    with contextlib.suppress(media.MalformedMedia):
                        self._display.levels(media.parse_levels(message))

    async def _speak(self, channel: Channel) -> None:
        with contextlib.suppress(trio.EndOfChannel):
            async for packet in self._headset.packets:
                await channel.send(media.sound(packet))

    async def _headset_faults(self) -> None:
        async for event in self._headset.events:
            if isinstance(event, Fault):
                self._display.note("" if event.over else event.text)

    async def _microphone(self) -> None:
        """Open while the key is held, or while the agent or the customer is to hear this supervisor.

        It stays open where no voice came in time: whoever wants to talk says so again.
        """
        async with self._speaking:
            held = self._key.until is not None or self._fell_back
            speaks = held or self._state in ("talking", "taken-over")
            if speaks == self._speaks:
                return
            self._speaks = speaks
            try:
                await self._headset.talk(speaks)
            except LanassistError as error:
                self._display.note(error.text)

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
            await self._microphone()
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
                    await self._microphone()
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
                await self._microphone()
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


# --- from another terminal ---------------------------------------------------------------------------


def talk_to(node: NodeClient, agent: str, seconds: float | None, *, as_json: bool) -> None:
    """Talk in the assist that runs elsewhere: for so long, or until Ctrl+C (KeyboardInterrupt).

    Raises what the node refuses with, NotAssisting if none runs or it ends.
    """
    row = the_agent(node.ask(ListAgents()).agents, agent)
    running = [each for each in node.ask(ListCalls()).sessions if each.agent == row.node]
    if not running:
        raise NotAssisting
    session = running[-1].session
    done = node.ask(TalkAssist(session=session))
    plain.tell(done, f"{row.name} hears you; the customer does not.", as_json)
    try:
        run_live(lambda: _talking(node, session, seconds))
    finally:
        with contextlib.suppress(LanassistError):
            node.ask(ReleaseAssist(session=session))


async def _talking(node: NodeClient, session: str, seconds: float | None) -> None:
    with trio.move_on_after(math.inf if seconds is None else seconds):
        async with events_of(node) as events:
            while True:
                row = (await events.next()).rows(SESSIONS, AssistSession).get(session)
                if row is not None and row.state == "ended":
                    raise NotAssisting
                if row is not None and row.fell_back:  # a microphone may take a while to open
                    await trio.to_thread.run_sync(node.ask, TalkAssist(session=session))
