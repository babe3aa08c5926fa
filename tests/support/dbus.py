"""A real message bus of our own, and small services on it that say whether the screen is locked."""

import os
import select
import subprocess
import tempfile
from types import TracebackType
from typing import Any, Self

import trio
from jeepney import DBusAddress, HeaderFields, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.trio import open_dbus_connection

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"""


class Bus:
    """``with Bus() as bus: … bus.address``. It can be stopped and started again at the same address."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bus-")
        self._socket = os.path.join(self._folder.name, "socket")
        self.address = f"unix:path={self._socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()

    def start(self) -> None:
        """Returns once it listens."""
        config = os.path.join(self._folder.name, "bus.conf")
        with open(config, "w") as file:
            file.write(CONFIG.format(socket=self._socket))
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", f"--print-address={writing}"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        select.select([reading], [], [], 10.0)
        answer = os.read(reading, 1000)
        os.close(reading)
        if not answer:
            raise RuntimeError("dbus-daemon did not start")

    def stop(self) -> None:
        """End it; everyone on it is cut off."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None
        if os.path.exists(self._socket):
            os.unlink(self._socket)


class LockService:
    """Owns a name on a bus and answers whether the screen is locked; says so when that changes."""

    def __init__(self, bus: Bus, name: str, path: str) -> None:
        self.locked = False
        self._bus = bus
        self._name = name
        self._path = path
        self._connection: Any = None

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Serve until cancelled; started once the name is owned."""
        self._connection = await open_dbus_connection(self._bus.address)
        async with self._connection:
            await self._connection.send(message_bus.RequestName(self._name))
            task_status.started()
            while True:
                message = await self._connection.receive()
                if message.header.message_type is MessageType.method_call:
                    await self._connection.send(self._answer(message))

    async def turns(self, locked: bool) -> None:
        """Lock or unlock, and tell."""
        self.locked = locked
        await self._connection.send(self.signal())

    def _answer(self, call: Any) -> Any:
        answer = self.answer(call)
        return answer if answer is not None else new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")

    def answer(self, call: Any) -> Any:
        raise NotImplementedError

    def signal(self) -> Any:
        raise NotImplementedError


class ScreenSaver(LockService):
    """org.freedesktop.ScreenSaver, or one of its relatives."""

    def __init__(
        self, bus: Bus, name: str = "org.freedesktop.ScreenSaver", path: str = "/org/freedesktop/ScreenSaver"
    ) -> None:
        super().__init__(bus, name, path)

    def answer(self, call: Any) -> Any:
        fields = call.header.fields
        if (fields[HeaderFields.member], fields[HeaderFields.path]) != ("GetActive", self._path):
            return None
        return new_method_return(call, "b", (self.locked,))

    def signal(self) -> Any:
        address = DBusAddress(self._path, interface=self._name)
        return new_signal(address, "ActiveChanged", "b", (self.locked,))


class Logind(LockService):
    """A session of org.freedesktop.login1."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus, "org.freedesktop.login1", "/org/freedesktop/login1/session/auto")

    def answer(self, call: Any) -> Any:
        return new_method_return(call, "v", (("b", self.locked),))

    def signal(self) -> Any:
        session = DBusAddress(
            "/org/freedesktop/login1/session/_32", interface="org.freedesktop.DBus.Properties"
        )
        values = {"LockedHint": ("b", self.locked)}
        changed: tuple[str, Any, list[str]] = ("org.freedesktop.login1.Session", values, [])
        return new_signal(session, "PropertiesChanged", "sa{sv}as", changed)
