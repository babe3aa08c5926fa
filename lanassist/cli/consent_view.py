"""How the CLI shows who waits for the agent's yes, and the pause."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from lanassist.cli.inert import inert
from lanassist.cli.render import DASH, span, table_of
from lanassist.node.services.consent.commands import OwnPause
from lanassist.node.services.facts import Wish
from lanassist.node.services.permission import minutes_in_words

WANTS = {"glance": "view display", "control": "take control", "assist": "assist the call"}


def requests_table(wishes: Iterable[Wish], now: float) -> Table:
    """One row a supervisor who waits."""
    table = table_of("Supervisor", "Wants to", "Reason", "Left", "Session")
    for wish in wishes:
        numbers = " and ".join(str(number) for number in wish.displays)
        table.add_row(
            Text(inert(wish.name)),
            f"{WANTS[wish.kind]} {numbers}".strip(),
            Text(inert(wish.reason or DASH)),
            span(wish.until - now),
            Text(inert(wish.session[:8])),
        )
    return table


def pause_in_words(own: OwnPause, now: float) -> str:
    """Whether watching is paused, and whether it may be."""
    if own.until is not None:
        return f"Watching is paused: {span(own.until - now)} left."
    if own.allowed:
        return f"You may pause being watched for {minutes_in_words(own.allowed)}."
    return "The policy of your site has no privacy pause."
