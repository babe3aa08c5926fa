"""The sound of a call in a terminal: an assist's media channel, joined to this machine's headset."""

import contextlib
from collections.abc import Callable

import trio

from lanassist.cli.call_display import Display
from lanassist.cli.channels import Channel
from lanassist.node.errors import LanassistError
from lanassist.node.services.assist import media
from lanassist.node.sound.base import Fault, Headset


class CallSound:
    """``run`` moves it for as long as the channel is there."""

    def __init__(self, headset: Headset, display: Display, speaks: Callable[[], bool]) -> None:
        """``speaks``: whether anybody is to hear this supervisor."""
        self._headset = headset
        self._display = display
        self._speaks = speaks
        self._open = False
        self._switching = trio.Lock()

    async def run(self, channel: Channel) -> None:
        """Both ways, until this is cancelled. Why the channel ends, the board says."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(channel.renew, media.RENEW)
            nursery.start_soon(self._hear, channel)
            nursery.start_soon(self._speak, channel)
            nursery.start_soon(self._headset_faults)

    async def microphone(self) -> None:
        """Open or shut it, as ``speaks`` has it by now. What goes wrong is shown; the assist goes on."""
        async with self._switching:
            speaks = self._speaks()
            if speaks == self._open:
                return
            self._open = speaks
            try:
                await self._headset.talk(speaks)
            except LanassistError as error:
                self._display.note(error.text)

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
