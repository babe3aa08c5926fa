"""What is on the node's board at this moment, for commands that look once. Imports no trio, which would
take a third of a second; what stays and watches uses channels.py.
"""

import socket
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec
from wsproto import ConnectionType, WSConnection
from wsproto.events import BytesMessage, CloseConnection, RejectConnection, Request, TextMessage

from lanassist.cli.client import PATIENCE, NodeClient
from lanassist.node.errors import LocalAccessDenied, MachineError, NodeNotRunning

EVENTS: Final = "/api/events"
RowT = TypeVar("RowT", bound=msgspec.Struct)


class Changed(msgspec.Struct, frozen=True):
    """One value that was put up on the node's board, or taken down."""

    topic: str
    key: str
    value: msgspec.Raw = msgspec.Raw(b"null")

    @property
    def gone(self) -> bool:
        return bytes(self.value) == b"null"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the event WebSocket; the first, with ``snapshot``, holds the whole board."""

    now: float
    snapshot: bool
    changes: list[Changed]

    def rows(self, topic: str, kind: type[RowT]) -> dict[str, RowT]:
        """The rows of one topic that are in this message, by key."""
        return {
            change.key: msgspec.json.decode(change.value, type=kind)
            for change in self.changes
            if change.topic == topic and not change.gone
        }


def board_of(node: NodeClient) -> Batch:
    """The whole board as it is now. Raises NodeNotRunning, LocalAccessDenied, MachineError."""
    address = urlsplit(node.running.page)
    try:
        with socket.create_connection((address.hostname or "", address.port or 0), PATIENCE) as wire:
            return msgspec.json.decode(_first_message(node, wire, address.netloc), type=Batch)
    except TimeoutError as error:
        raise MachineError(why=f"the node gave no answer in {PATIENCE:.0f} s") from error
    except OSError as error:
        raise NodeNotRunning(home=node.home) from error


def _first_message(node: NodeClient, wire: socket.socket, host: str) -> bytes:
    connection = WSConnection(ConnectionType.CLIENT)
    headers = [(name.encode(), value.encode()) for name, value in node.headers().items()]
    wire.sendall(connection.send(Request(host=host, target=EVENTS, extra_headers=headers)))
    parts: list[bytes] = []
    while data := wire.recv(1 << 16):
        connection.receive_data(data)
        for event in connection.events():
            match event:
                case RejectConnection():
                    raise refused(EVENTS, event.status_code)
                case CloseConnection():
                    raise NodeNotRunning(home=node.home)
                case TextMessage() | BytesMessage():
                    parts.append(_as_bytes(event))
                    if event.message_finished:
                        return b"".join(parts)
    raise NodeNotRunning(home=node.home)


def _as_bytes(event: TextMessage | BytesMessage) -> bytes:
    return event.data.encode() if isinstance(event.data, str) else bytes(event.data)


def refused(path: str, status: int) -> LocalAccessDenied | MachineError:
    """What a WebSocket that was not opened means."""
    return LocalAccessDenied() if status in (401, 403) else MachineError(why=f"{path} was answered {status}")
