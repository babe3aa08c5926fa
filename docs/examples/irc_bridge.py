#!/usr/bin/env python3
"""Bridges an IRC server and a desk, with Python's standard library alone. docs/connector.md explains it.

    python3 irc_bridge.py HOME irc.example.net:6667 helpdesk '#help'

Runs beside the desk's node, as the same user. Whoever writes to the bot, or in the channel with the bot's
name first, is a client; answers come as private messages. It may be killed at any moment.
"""

import asyncio
import http.client
import json
import re
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LINE = 400  # bytes of text in an IRC line, which has 512 with all that stands around it
JSON = {"Content-Type": "application/json", "Connection": "close"}
CONTROL = re.compile(r"\x03\d{0,2}(?:,\d{1,2})?|[\x00-\x1f\x7f-\x9f]")
WORDS = {
    "say": "{text}",
    "joined": "{name} is with you now.",
    "queued": "Please wait for somebody else.",
    "complete": "This is closed. Write again to begin anew.",
}


def ask(home: Path, command: str, **fields: Any) -> Any:
    """The desk's answer, or its refusal (a code and a text). While its node is away, it is asked again."""
    while True:
        try:
            node = json.loads((home / "run" / "node.json").read_bytes())
            headers = {"Authorization": f"Bearer {node['token']}", "Origin": node["page"]}
            connection = http.client.HTTPConnection(node["page"].removeprefix("http://"), timeout=40)
            connection.request("POST", f"/api/{command}", json.dumps(fields), headers | JSON)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            if answer.status == 403:
                sys.exit(told["text"])
            if answer.status < 500 and answer.status != 401:  # 401: it started again, and has a new token
                return told
        except (OSError, http.client.HTTPException, ValueError):
            pass
        time.sleep(1)


def lines(text: str) -> Iterator[str]:
    """Text in pieces that IRC can carry: without control characters, and no letter cut in two."""
    for line in (CONTROL.sub(" ", each).strip() for each in re.split(r"[\r\n]+", text)):
        while line:
            piece = line.encode()[:LINE].decode(errors="ignore")
            yield piece
            line = line[len(piece) :]


def put(writer: asyncio.StreamWriter | None, *what: str) -> None:
    if writer:
        writer.write("".join(f"{each}\r\n" for each in what).encode())


class Bridge:
    """Carries words both ways. ``open``: the conversation of each client who has one."""

    def __init__(self, home: str, server: str, nick: str, channel: str = "") -> None:
        self.home, self.server, self.nick, self.channel = Path(home), server, nick, channel
        self.irc: asyncio.StreamWriter | None = None
        self.heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue(1000)
        self.open: dict[str, str] = {}
        self.token, self.absent, self.verdict = "", False, asyncio.Queue[bool]()

    async def ask(self, command: str, **fields: Any) -> Any:
        return await asyncio.to_thread(ask, self.home, command, **fields)

    async def run(self) -> None:
        after = ""
        while rows := (await self.ask("connector.list", connector="irc", after=after))["conversations"]:
            self.open |= {each["client"]: each["conversation"] for each in rows}
            after = rows[-1]["conversation"]
        await asyncio.gather(self.talk(), self.inwards(), self.outwards())

    async def talk(self) -> None:
        """Keep a connection to the IRC server, and hear what it says."""
        host, _, port = self.server.partition(":")
        while True:
            try:
                reader, writer = await asyncio.open_connection(host, int(port or 6667))
                put(writer, f"NICK {self.nick}", f"USER {self.nick} 0 * :help desk")
                while line := await asyncio.wait_for(reader.readline(), 300):  # servers ping more often
                    self.hear(writer, line.decode(errors="replace").rstrip("\r\n"))
                writer.close()
            except (OSError, ValueError) as error:
                print(f"irc: {error}", flush=True)
            self.irc = None
            self.verdict.put_nowait(False)
            await asyncio.sleep(1)

    def hear(self, writer: asyncio.StreamWriter, line: str) -> None:
        head, _, text = line.partition(" :")
        words = head.split()
        who = words.pop(0)[1:].partition("!")[0] if line.startswith(":") else ""
        what, *to = words or [""]
        if what == "PING":
            put(writer, f"PONG :{text or to[-1]}")
        elif what == "001":  # we are in
            put(writer, *([f"JOIN {self.channel}"] if self.channel else []))
            self.irc = writer
            print("irc: connected", flush=True)
        elif what == "433":
            raise OSError(f"the nick {self.nick} is taken")
        elif what == "401":  # no such nick
            self.absent = True
        elif what == "PONG" and self.token in (text, *to):
            self.verdict.put_nowait(not self.absent)
        elif what == "PRIVMSG" and not text.startswith("\x01"):
            named = re.match(rf"{re.escape(self.nick)}[:,] *", text, re.IGNORECASE)
            said = CONTROL.sub("", text[named.end() if named else 0 :]).strip()
            if said and (named or to[0].lower() == self.nick.lower()) and not self.heard.full():
                self.heard.put_nowait((who, said))

    async def inwards(self) -> None:
        """What people write, one after the other; by its id it counts once, however often it is asked."""
        while True:
            nick, text = await self.heard.get()
            client, said = f"irc:{nick.lower()}", {"id": secrets.token_hex(16), "text": text}
            if client in self.open:
                told = await self.ask("desk.send", conversation=self.open[client], client=client, **said)
            else:
                who = {"id": client, "name": nick, "contact": f"{nick} on IRC"}
                told = await self.ask("desk.start", via="irc", client=who, **said)
                self.open[client] = told.get("conversation")
            if "code" in told:
                self.open.pop(client, None)
                put(self.irc, f"NOTICE {nick} :{told['text']}")

    async def outwards(self) -> None:
        """What people are told. ``held``: what they could not be told just now; it is taken again later."""
        held: dict[str, int] = {}
        again = 0.0
        while True:
            if time.monotonic() > again or len(held) > 900:
                held, again = {}, time.monotonic() + 3
            news = await self.ask("connector.take", connector="irc", wait=3 if held else 25, in_hand=held)
            for entry in news["entries"]:
                conversation, seq = entry["conversation"], entry["seq"]
                if conversation in held or not await self.told(entry):
                    held[conversation] = seq
                    continue
                await self.ask("connector.acknowledge", connector="irc", conversation=conversation, seq=seq)
                if entry["kind"] == "complete" and entry["state"] == "done":
                    self.open.pop(entry["client"], None)

    async def told(self, entry: Any) -> bool:
        """Whether the server has worked it off, as its answer to our ping shows, and knows that nick."""
        if self.irc is None:
            await asyncio.sleep(0.2)
            return False
        self.token, self.absent, self.verdict = secrets.token_hex(8), False, asyncio.Queue()
        pieces = lines(WORDS[entry["kind"]].format(**entry))
        nick = entry["client"].removeprefix("irc:")
        put(self.irc, *(f"PRIVMSG {nick} :{piece}" for piece in pieces), f"PING {self.token}")
        return await self.verdict.get()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is lost by ending at once
    asyncio.run(Bridge(*sys.argv[1:]).run())
