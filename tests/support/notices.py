"""A small server of desktop notices on a message bus of our own."""

from typing import Any

import trio
from jeepney import HeaderFields, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.trio import open_dbus_connection

from tests.support.dbus import Bus

NAME = "org.freedesktop.Notifications"


class NoticeServer:
    """What it was asked to show: summary, body, and the id of what it takes the place of."""

    def __init__(self, bus: Bus, *capabilities: str, silent: bool = False) -> None:
        self.shown: list[tuple[str, str, int]] = []
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
                program, replaced, _, summary, body, actions, _, _ = call.body
                assert (program, actions) == ("lanassist", [])
                self.shown.append((summary, body, replaced))
                return new_method_return(call, "u", (len(self.shown),))
        return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")
