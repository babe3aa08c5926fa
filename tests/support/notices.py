"""A small server of desktop notices on a message bus of our own; and a desktop that takes its time."""

from typing import Any

import trio
from jeepney import HeaderFields, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.trio import open_dbus_connection

from tests.support.dbus import Bus

NAME = "org.freedesktop.Notifications"
NEVER = 0
"""Milliseconds after which a lasting notice goes."""


class NoticeServer:
    """What it was asked to show (summary, body, whose place it takes), and what it still shows."""

    def __init__(self, bus: Bus, *capabilities: str, silent: bool = False) -> None:
        self.shown: list[tuple[str, str, int]] = []
        self.standing: dict[int, str] = {}
        """Summaries of those that were neither closed nor go by themselves, by id."""
        self._bus = bus
        self._capabilities = list(capabilities)
        self._silent = silent

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Serve until cancelled; started once the name is owned."""
        connection = await open_dbus_connection(self._bus.address)
        async with connection:
            await connection.send(message_bus.RequestName(NAME))
            task_status.started()
            while True:
                message = await connection.receive()
                if message.header.message_type is MessageType.method_call and not self._silent:
                    await connection.send(self._answer(message))

    def _answer(self, call: Any) -> Any:
        match call.header.fields[HeaderFields.member]:
            case "GetCapabilities":
                return new_method_return(call, "as", (self._capabilities,))
            case "Notify":
                program, replaced, _, summary, body, actions, _, expires = call.body
                assert (program, actions) == ("lanassist", [])
                self.shown.append((summary, body, replaced))
                number = len(self.shown)
                self.standing.pop(replaced, None)
                if expires == NEVER:
                    self.standing[number] = summary
                return new_method_return(call, "u", (number,))
            case "CloseNotification":
                self.standing.pop(call.body[0], None)
                return new_method_return(call)
        return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")


class SlowDesktop:
    """Shows and takes down one notice at a time, when it is told to; nothing is shown if it shows none."""

    def __init__(self, may: int = 0, *, shows: bool = True) -> None:
        self.done: list[str] = []
        self.may = trio.Semaphore(may)
        self.shows = shows

    async def show(self, key: str, summary: str, body: str, *, lasting: bool = False) -> bool:
        await self.may.acquire()
        self.done.append(f"{key}: {summary} {body}".strip() + " for good" * lasting)
        return self.shows

    async def withdraw(self, key: str) -> None:
        await self.may.acquire()
        self.done.append(f"{key} is gone")
