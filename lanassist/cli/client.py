"""The running node as the CLI sees it: typed commands in, typed replies or typed refusals out.

Nothing heavy is imported here: every command must answer within 0.3 s of its start.
"""

import http.client
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from lanassist.node.errors import LanassistError, MachineError, NodeNotRunning, by_code
from lanassist.node.services.command import Command, ReplyT, reply_type
from lanassist.node.store.home import RunningNode, read_running

PATIENCE: Final = 20.0
"""Seconds for an answer that waits for nobody else."""
MORE: Final = 5.0
"""Seconds for the answer to a command, beyond what the command itself may take."""


class Answer(msgspec.Struct, frozen=True):
    """What the node says when it refuses."""

    code: str
    text: str


class NodeClient:
    """One running node, over its local API on loopback."""

    def __init__(self, home: Path, running: RunningNode) -> None:
        self.home = home
        self.running = running

    def ask(self, command: Command[ReplyT]) -> ReplyT:
        """The reply to a command. Raises what the node refuses with, NodeNotRunning, MachineError."""
        patience = command.patience + MORE
        status, body = self._post(f"/api/{command.name}", msgspec.json.encode(command), patience)
        try:
            if status >= 400:
                refusal = msgspec.json.decode(body, type=Answer)
                raise refusal_error(refusal.code, refusal.text)
            reply: ReplyT = msgspec.json.decode(body, type=reply_type(type(command)))
            return reply
        except msgspec.DecodeError as error:
            why = f"the node's answer makes no sense ({status}: {error}); CLI and node may differ in version"
            raise MachineError(why=why) from error

    def headers(self) -> dict[str, str]:
        """What every request must carry: the node's secret and its own page as the origin."""
        return {"Authorization": f"Bearer {self.running.token}", "Origin": self.running.page}

    def _post(self, path: str, body: bytes, patience: float) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.running.page).netloc, timeout=patience)
        try:
            connection.request("POST", path, body, {**self.headers(), "Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        except TimeoutError as error:
            why = f"the node (process {self.running.pid}) gave no answer in {patience:.0f} s"
            raise MachineError(why=why) from error
        except (ConnectionRefusedError, ConnectionResetError, http.client.RemoteDisconnected) as error:
            raise NodeNotRunning(home=self.home) from error
        except (OSError, http.client.HTTPException) as error:
            raise MachineError(why=f"the node cannot be reached ({error})") from error
        finally:
            connection.close()


def connect(home: Path) -> NodeClient:
    """The node that runs on ``home``. Raises NodeNotRunning, FileUnreadable."""
    return NodeClient(home, read_running(home))


def refusal_error(code: str, text: str) -> LanassistError:
    """A refusal in the node's own words, as the error of that code, and so with its exit code."""
    return by_code().get(code, LanassistError).worded(text)
