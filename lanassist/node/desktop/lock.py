"""Whether the screen is locked, as far as anything on this machine tells.

Asked: logind (the session's LockedHint, on the system bus) and the screen savers that desktops provide
(org.freedesktop.ScreenSaver, org.gnome.ScreenSaver, on the session bus). Locked if any of them says so.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

import msgspec
import trio
from jeepney import HeaderFields, MatchRule, MessageType
from jeepney.bus_messages import message_bus

from lanassist.node.desktop.bus import BusMissing, connect, question, session_bus, system_bus

Tell = Callable[[bool | None], None]

RETRY_FIRST: Final = 0.5
RETRY_LAST: Final = 30.0
"""Seconds between attempts to reach a bus that is not there."""
FIRST_ANSWER: Final = 1.0
"""Seconds that the node's start waits for the first answer at most."""


class Source(msgspec.Struct, frozen=True):
    """Something on a bus that knows: whom to ask what, and the signals after which to ask again."""

    owner: str
    path: str
    interface: str
    method: str
    arguments: tuple[str, ...]
    signal: str

    def question(self) -> Any:
        """The call."""
        return question(self.owner, self.path, self.interface, self.method, *self.arguments)

    def signals(self) -> tuple[Any, Any]:
        """Its own signal, and its coming and going."""
        rule = MatchRule(
            type="signal",
            sender=message_bus.bus_name,
            interface=message_bus.interface,
            member="NameOwnerChanged",
        )
        rule.add_arg_condition(0, self.owner)
        return MatchRule(type="signal", sender=self.owner, interface=self.interface, member=self.signal), rule


def _screen_saver(name: str, path: str) -> Source:
    return Source(name, path, name, "GetActive", (), "ActiveChanged")


SCREEN_SAVERS: Final = (
    _screen_saver("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    _screen_saver("org.freedesktop.ScreenSaver", "/ScreenSaver"),
    _screen_saver("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
)
LOGIND: Final = (
    Source(
        "org.freedesktop.login1",
        "/org/freedesktop/login1/session/auto",
        "org.freedesktop.DBus.Properties",
        "Get",
        ("org.freedesktop.login1.Session", "LockedHint"),
        "PropertiesChanged",
    ),
)


def verdict(answers: Iterable[bool | None]) -> bool | None:
    """Locked if any says so, unlocked if any says that, None if nothing tells."""
    known = [answer for answer in answers if answer is not None]
    return any(known) if known else None


async def watch_lock(
    environ: Mapping[str, str], tell: Tell, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Call ``tell`` with True, False or None at the start and whenever that changes, until cancelled."""
    buses = {address: sources for address, sources in _buses(environ) if address}
    answers: dict[str, bool | None] = {}
    complete = trio.Event()

    def heard(address: str, answer: bool | None) -> None:
        answers[address] = answer
        tell(verdict(answers.values()))
        if len(answers) == len(buses):
            complete.set()

    async with trio.open_nursery() as nursery:
        for address, sources in buses.items():
            nursery.start_soon(_follow, address, sources, partial(heard, address))
        if buses:
            with trio.move_on_after(FIRST_ANSWER):
                await complete.wait()
        task_status.started()


def _buses(environ: Mapping[str, str]) -> list[tuple[str, tuple[Source, ...]]]:
    return [(session_bus(environ), SCREEN_SAVERS), (system_bus(environ), LOGIND)]


async def _follow(address: str, sources: tuple[Source, ...], tell: Tell) -> None:
    """One bus, for ever: it may be missing, go away and come back."""
    pause = RETRY_FIRST
    while True:
        try:
            connection = await connect(address)
        except BusMissing:
            tell(None)
        else:
            pause = RETRY_FIRST
            async with connection:
                await _listen(connection, sources, tell)
            tell(None)
        await trio.sleep(pause)
        pause = min(RETRY_LAST, pause * 2)


async def _listen(connection: Any, sources: tuple[Source, ...], tell: Tell) -> None:
    """Ask every source now and again after each signal; returns when the bus is gone."""
    answers: dict[Source, bool | None] = dict.fromkeys(sources)
    asked: dict[int, Source] = {}

    async def ask() -> None:
        for source in sources:
            serial = next(connection.outgoing_serial)
            asked[serial] = source
            await connection.send(source.question(), serial=serial)

    try:
        for source in sources:
            for rule in source.signals():
                await connection.send(message_bus.AddMatch(rule))
        await ask()
        while True:
            message = await connection.receive()
            if message.header.message_type is MessageType.signal:
                await ask()
                continue
            answered = message.header.fields.get(HeaderFields.reply_serial, 0)
            if answered in asked:
                answers[asked.pop(answered)] = _answer(message)
                told = verdict(answers.values())
                if told or not asked:
                    tell(told)
    except (OSError, trio.BrokenResourceError, trio.ClosedResourceError, trio.EndOfChannel):
        return


def _answer(message: Any) -> bool | None:
    """Yes or no; None for an error or anything else. A property comes as (signature, value)."""
    value = message.body[0] if message.body else None
    if isinstance(value, tuple) and len(value) == 2:
        value = value[1]
    return value if isinstance(value, bool) else None
