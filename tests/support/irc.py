"""A real IRC server, and people who use it."""

import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.nodes import eventually

CONFIGURATION = """
[Global]
Name = irc.acme.example
Info = test
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = hello
[Limits]
MaxConnectionsIP = 0
MaxNickLength = 20
PingTimeout = 20
[Options]
DNS = no
Ident = no
PAM = no
"""


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class IrcServer:
    """ngircd on a port of its own, which it keeps when it starts again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._configuration = folder / "ngircd.conf"
        self._configuration.write_text(CONFIGURATION.format(port=self.port))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["/usr/sbin/ngircd", "--nodaemon", "--config", str(self._configuration)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        eventually(self._answers)

    def _answers(self) -> bool:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


class IrcPerson:
    """Somebody with an IRC client; connects again when the server does."""

    def __init__(self, server: IrcServer, nick: str, channel: str = "") -> None:
        self.nick = nick
        self._server = server
        self._channel = channel
        self.said_to_me: list[str] = []
        """By private message, in order."""
        self.noticed: list[str] = []
        self._there = threading.Event()
        self._leaving = False
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._there.wait(20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving = True
        with suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)

    def says(self, to: str, text: str) -> None:
        """Waits until the server has taken it."""
        assert self._there.wait(20)
        assert self._socket is not None
        self._socket.sendall(f"PRIVMSG {to} :{text}\r\n".encode())

    def _run(self) -> None:
        while not self._leaving:
            with suppress(OSError):
                self._talk()
            self._there.clear()
            if not self._leaving:
                time.sleep(0.1)

    def _talk(self) -> None:
        with socket.create_connection(("127.0.0.1", self._server.port), timeout=30) as connection:
            self._socket = connection
            connection.sendall(f"NICK {self.nick}\r\nUSER {self.nick} 0 * :{self.nick}\r\n".encode())
            for line in connection.makefile("rb"):
                self._hear(connection, line.decode().rstrip("\r\n"))

    def _hear(self, connection: socket.socket, line: str) -> None:
        head, _, text = line.partition(" :")
        match head.split():
            case ["PING", *_]:
                connection.sendall(f"PONG :{text}\r\n".encode())
            case [_, "001", *_]:
                if self._channel:
                    connection.sendall(f"JOIN {self._channel}\r\n".encode())
                else:
                    self._there.set()
            case [_, "366", *_]:  # the end of the names in the channel
                self._there.set()
            case [_, "PRIVMSG", to] if to == self.nick:
                self.said_to_me.append(text)
            case [_, "NOTICE", to] if to == self.nick:
                self.noticed.append(text)
