"""An invented agent's call on the page server: its offers, its sound in real Opus, what the page said."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, cast

import msgspec
import numpy as np
import trio

from lanassist.node.errors import NoRoutedCall
from lanassist.node.protocol.messages import NodeId, SessionId
from lanassist.node.services.assist import commands as assist
from lanassist.node.services.assist.listening import Listener
from lanassist.node.services.call import Call
from lanassist.node.services.command import Command, Refusal
from lanassist.node.sound.opus import OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import SAMPLES, Packet, pack, unpack
from lanassist.node.sound.samples import Samples
from lanassist.node.sound.tones import Tone
from lanassist.web.streams import Attached
from tests.support.page_server import FakeSite, agent_row
from tests.support.people import supervisor

SOUND = b"\x10"
LEVELS = b"\x11"
DANA = NodeId("node-dana")


class _Line:
    """The session's channel: what Dana's node sends, and what reached it."""

    def __init__(self) -> None:
        self.put, self._out = trio.open_memory_channel[bytes](1000)
        self.said: list[bytes] = []
        self.renewals = 0

    async def send(self, data: bytes) -> None:
        self.said.append(data)

    async def receive(self) -> bytes:
        return await self._out.receive()

    async def aclose(self) -> None:
        self._out.close()

    async def renew(self) -> None:
        self.renewals += 1


class CallSite(FakeSite):
    """Dana has a routed call in which a tone is heard; what is asked of her node happens at once."""

    tone = 440.0
    line: _Line

    def begin(self) -> None:
        """Dana, and her call from +49 30 1234."""
        self.show(agent_row(self, "Dana Ortiz"))
        call = Call(
            id="call-1",
            state="talking",
            routed=True,
            number="+49 30 1234",
            began=self.now - 42,
            since=self.now - 42,
        )
        self.offer(call)

    def offer(self, call: Call | None, **about: Any) -> None:
        """What Sam may do about Dana's call."""
        why = None if call else Refusal(code=NoRoutedCall.code, text="Dana Ortiz has no routed call.")
        fields: dict[str, Any] = {"listen": why, "talk": why, "takeover": why, **about}
        self.put(assist.OFFERS, DANA, assist.AssistOffer(node=DANA, call=call, **fields))

    def ask_for_help(self, name: str, reason: str = "", **about: Any) -> None:
        """A request by one of the agents."""
        node = NodeId(f"node-{name.split()[0].lower()}")
        usual: dict[str, Any] = {"id": f"help-{node}", "state": "asked", "since": self.now - 42}
        row = assist.HelpRow(agent=node, agent_name=name, reason=reason, **{**usual, **about})
        self.put(assist.REQUESTS, node, row)

    def state(self, state: assist.AssistState, **about: Any) -> None:
        """The session as Dana's node has it."""
        self._run(lambda: self._publish_session(state, **about))

    def spoken(self) -> Samples:
        """What the page's microphone has sent so far."""
        decoder = OpusDecoder()
        packets = [unpack(each[1:]) for each in self.line.said if each[:1] == SOUND]
        return np.concatenate([decoder.decode(each.opus) for each in packets] or [np.zeros(0, np.float32)])

    # --- the surface's side

    async def call(self, command: Command[Any]) -> msgspec.Struct:
        answer = await super().call(command)
        match command:
            case assist.StartAssist():
                self.line = _Line()
                self._publish_session("listening")
                offer = cast("assist.AssistOffer", self.board.topic(assist.OFFERS)[DANA])
                return assist.StartedAssist(
                    session=SessionId("call-1"), agent=DANA, agent_name="Dana Ortiz", call=offer.call
                )
            case assist.TalkAssist():
                self._publish_session("talking")
            case assist.ReleaseAssist():
                self._publish_session("listening")
            case assist.TakeOver():
                self._publish_session("taken-over")
            case assist.CloseAssist() | assist.EndTakenCall():
                self._publish_session("ended", end=Refusal(code="stopped", text="closed by the supervisor"))
        return answer

    def _publish_session(self, state: assist.AssistState, **about: Any) -> None:
        before = self.board.topic(assist.SESSIONS).get("call-1")
        began = before.began if isinstance(before, assist.AssistSession) else trio.current_time()
        offer = cast("assist.AssistOffer", self.board.topic(assist.OFFERS)[DANA])
        row = assist.AssistSession(
            session=SessionId("call-1"),
            agent=DANA,
            agent_name="Dana Ortiz",
            call=offer.call,
            state=state,
            since=trio.current_time(),
            began=began,
            **about,
        )
        self.board.put(assist.SESSIONS, "call-1", row)

    @asynccontextmanager
    async def open_viewer(self, session: str) -> AsyncIterator[Attached]:
        line = self.line
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._speak, line)
            yield Listener(line, line.renew, self._lets_speak)
            nursery.cancel_scope.cancel()

    def _lets_speak(self) -> bool:
        session = cast("assist.AssistSession", self.board.topic(assist.SESSIONS)["call-1"])
        return session.state in ("talking", "taken-over")

    async def _speak(self, line: _Line) -> None:
        encoder, tone = OpusEncoder(), Tone(self.tone)
        start = trio.current_time()
        for number in range(100_000):
            opus = encoder.encode(tone.speak(SAMPLES))
            packet = pack(
                Packet(sequence=number, timestamp=number * SAMPLES, flags=int(number == 0), opus=opus)
            )
            with suppress(trio.WouldBlock):
                line.put.send_nowait(SOUND + packet)
                if number % 5 == 0:
                    line.put.send_nowait(LEVELS + bytes(level % 256 for level in (-20, -50, -90)))
            await trio.sleep_until(start + number * 0.02)


@contextmanager
def invented_call() -> Iterator[CallSite]:
    """A surface over an invented call, for the length of a ``with``."""
    with CallSite(supervisor("Sam")).running() as site:
        assert isinstance(site, CallSite)
        site.begin()
        yield site
