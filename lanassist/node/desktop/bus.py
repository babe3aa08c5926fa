"""The message buses of this machine: where they are, and a connection to one."""

from collections.abc import Mapping
from typing import Any, Final

import trio
from jeepney import DBusAddress, HeaderFields, MessageFlag, MessageType, new_method_call
from jeepney.auth import AuthenticationError
from jeepney.io.trio import open_dbus_connection

SYSTEM_BUS: Final = "unix:path=/run/dbus/system_bus_socket"


class BusMissing(Exception):
    """There is no such bus now, or it went away."""


def session_bus(environ: Mapping[str, str]) -> str:
    """The address of the bus of the desktop session; empty if nothing says."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    return environ.get("DBUS_SESSION_BUS_ADDRESS") or (f"unix:path={runtime}/bus" if runtime else "")


def system_bus(environ: Mapping[str, str]) -> str:
    """The address of the machine's own bus."""
    return environ.get("DBUS_SYSTEM_BUS_ADDRESS") or SYSTEM_BUS


def question(owner: str, path: str, interface: str, method: str, *arguments: str) -> Any:
    """A call that never starts a service that is not running."""
    address = DBusAddress(path, owner, interface)
    call = new_method_call(address, method, "s" * len(arguments), arguments)
    call.header.flags |= MessageFlag.no_auto_start
    return call


async def connect(address: str) -> Any:
    """A connection, to be closed by ``async with``. Raises BusMissing."""
    try:
        return await open_dbus_connection(address)
    except (RuntimeError, ValueError) as error:
        raise BusMissing("an address that is none") from error
    except (OSError, trio.BrokenResourceError, trio.EndOfChannel, AuthenticationError) as error:
        raise BusMissing from error
    except ExceptionGroup as group:  # jeepney says hello to the bus from within a nursery
        raise BusMissing from group


async def ask(connection: Any, call: Any) -> Any | None:
    """The first value of the answer; None if it is an error or empty. Raises BusMissing."""
    serial = next(connection.outgoing_serial)
    try:
        await connection.send(call, serial=serial)
        while True:
            message = await connection.receive()
            if message.header.fields.get(HeaderFields.reply_serial) == serial:
                break
    except (OSError, trio.BrokenResourceError, trio.ClosedResourceError, trio.EndOfChannel) as error:
        raise BusMissing from error
    if message.header.message_type is not MessageType.method_return or not message.body:
        return None
    return message.body[0]
