"""Calls, assists and help requests as the CLI prints them. Every text from elsewhere is made inert."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from rich.table import Table
from rich.text import Text

from lanassist.cli.call_text import call_text
from lanassist.cli.inert import inert
from lanassist.cli.render import DASH, ROOMY, age, card_of, clock_time, span, table_of, terminal_width
from lanassist.node.services.assist.commands import (
    AssistOffer,
    AssistState,
    HelpRow,
    ListenIn,
    OwnCalls,
    OwnHelp,
    PastCall,
)
from lanassist.node.services.call import Call
from lanassist.node.services.presence.commands import AgentRow

ASSISTS: Final[Mapping[AssistState, str]] = MappingProxyType(
    {
        "ringing": "Ringing",
        "listening": "Listening",
        "talking": "Talking: only the agent hears you",
        "taken-over": "Taken over: the customer hears you",
        "ended": "Ended",
    }
)
HELP: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {"asked": ("!", "Asks for help", "red"), "accepted": ("✓", "Is being helped", "green")}
)


def kind_of(call: Call | PastCall | None) -> str:
    """Which way it went."""
    if call is None:
        return DASH
    return ("inbound, routed" if call.routed else "inbound") if call.inbound else "outbound"


def offers_table(
    offers: Iterable[AssistOffer], names: Mapping[str, AgentRow], now: float, width: int | None = None
) -> Table:
    """One row an agent: the call, and what of it may be assisted; in a narrow terminal of several lines."""
    narrow = (terminal_width() if width is None else width) < ROOMY
    beside = () if narrow else ("Number", "Kind")
    table = table_of("Agent", "Call", *beside, "Assist", "Listen-in")
    table.columns[1].min_width = len("◑ After call work · 0:59 left")
    rows = sorted(offers, key=lambda offer: (offer.call is None, _name(offer, names).casefold()))
    for offer in rows:
        told = call_text(offer.call, now)
        number = (offer.call.number if offer.call else "") or DASH
        if narrow and offer.call is not None:
            told.append(f"\n{inert(number)}\n{kind_of(offer.call)}")
        table.add_row(
            Text(inert(_name(offer, names))),
            told,
            *(() if narrow else (Text(inert(number)), kind_of(offer.call))),
            Text(inert(_assist(offer))),
            "yes" if offer.listen_in else "required" if offer.listen_in_required else "no",
        )
    return table


def _assist(offer: AssistOffer) -> str:
    """What may be done, and why not the rest; what stands against all of it is said once."""
    deeds = (("listen", offer.listen), ("talk", offer.talk), ("take over", offer.takeover))
    refusals = dict.fromkeys(refusal.text for _, refusal in deeds if refusal is not None)
    may = ", ".join(deed for deed, refusal in deeds if refusal is None)
    if len(refusals) == 1 and not may:
        return next(iter(refusals))
    whys = (f"{deed}: {refusal.text}" for deed, refusal in deeds if refusal is not None)
    return "; ".join([*([may] if may else []), *whys])


def _name(offer: AssistOffer, names: Mapping[str, AgentRow]) -> str:
    return names[offer.node].name if offer.node in names else offer.node


def own_calls_tables(own: OwnCalls) -> tuple[Table, Table]:
    """This agent's call, and those of the last day."""
    call = own.call
    card = card_of(
        [
            ("Call", call_text(call, own.now)),
            ("Kind", kind_of(call)),
            ("Number", (call.number if call else "") or DASH),
            ("Category", (call.category if call else "") or DASH),
            ("Began", clock_time(own.now - call.began) if call else DASH),
        ]
    )
    table = table_of("Began", "Number", "Category", "Kind", "Talk", "Hold", "After call", "Taken over by")
    for past in own.past:
        times = (span(each) for each in (past.talk, past.hold, past.acw))
        table.add_row(
            clock_time(own.now - past.began),
            Text(inert(past.number or DASH)),
            Text(inert(past.category or DASH)),
            kind_of(past),
            *times,
            Text(inert(past.taken_by or DASH)),
        )
    return card, table


def help_table(rows: Iterable[HelpRow], now: float) -> Table:
    """One row an agent who asks for help, or is being helped."""
    table = table_of("Agent", "Help", "For", "Reason", "By")
    ordered = sorted(rows, key=lambda row: (row.state != "asked", row.since))
    for row in ordered:
        shape, word, colour = HELP[row.state]
        notes = [
            note for note, on in (("dismissed", row.dismissed), ("not linked now", not row.online)) if on
        ]
        table.add_row(
            Text(inert(row.agent_name)),
            Text.assemble((f"{shape} {word}", colour), f" ({', '.join(notes)})" if notes else ""),
            span(now - row.since),
            Text(inert(row.reason or DASH)),
            Text("you" if row.mine else inert(row.by_name or DASH)),
        )
    return table


def own_help_card(rows: Iterable[OwnHelp], now: float) -> Table:
    """This agent's own request; there is one."""
    return card_of(line for own in rows for line in _own_help(own, now))


def _own_help(own: OwnHelp, now: float) -> list[tuple[str, str | Text]]:
    words = {"none": "not asked for", "asked": "asked for", "accepted": f"{own.by_name} is helping"}
    nobody = "none is online now"
    return [
        ("Help", words[own.state]),
        ("For", age(own.since, now)),
        ("Reason", own.reason or DASH),
        ("Supervisors online", str(own.supervisors) if own.supervisors else nobody),
    ]


def listen_in_card(own: ListenIn) -> Table:
    """What this agent lets, and what the policy wants."""
    consent = {"notify": "you are told", "ask": "you are asked first", "off": "nobody may assist"}
    return card_of(
        [
            ("All calls", "supervisors may listen in" if own.all_calls else "no"),
            ("This call", "supervisors may listen in" if own.this_call else "no"),
            ("Policy", "required before anybody listens" if own.required else "not required"),
            ("Assist", consent[own.consent]),
        ]
    )
