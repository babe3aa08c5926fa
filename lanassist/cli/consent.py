"""``lanassist consent``: an agent's own say in being supervised."""

from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.inert import inert
from lanassist.cli.options import Json, node_of
from lanassist.node.services.consent.commands import (
    Allow,
    Deny,
    ListRequests,
    OwnPause,
    PauseWatching,
    ResumeWatching,
)

app = typer.Typer(
    help="Your own say in being watched: requests that wait for your yes, and the privacy pause.",
    epilog="Example: lanassist consent allow sam",
    no_args_is_help=True,
    add_completion=False,
)

Who = Annotated[
    str,
    typer.Argument(
        help="The start of a supervisor's name or of the session; nobody: the only one.", metavar="[WHO]"
    ),
]


@app.command(epilog="Example: lanassist consent requests --json")
def requests(ctx: typer.Context, json: Json = False) -> None:
    """Who waits for your yes, and whether watching is paused."""
    found = node_of(ctx).ask(ListRequests())
    if json:
        waiting = plain.aged(found.requests, found.now)
        plain.print_json({"requests": waiting, "pause": plain.aged(found.pause, found.now)})
        return
    from lanassist.cli import consent_view, render

    if found.requests:
        render.print_table(consent_view.requests_table(found.requests, found.now))
    else:
        print("Nobody waits for your yes.")
    print(consent_view.pause_in_words(found.pause, found.now))


@app.command(epilog="Example: lanassist consent allow sam")
def allow(ctx: typer.Context, who: Who = "", json: Json = False) -> None:
    """Say yes to a supervisor who waits."""
    plain.tell(node_of(ctx).ask(Allow(session=who)), "Allowed.", json)


@app.command(epilog="Example: lanassist consent deny sam")
def deny(ctx: typer.Context, who: Who = "", json: Json = False) -> None:
    """Say no to a supervisor who waits. No answer in 30 seconds is a no too."""
    plain.tell(node_of(ctx).ask(Deny(session=who)), "Denied.", json)


@app.command(epilog="Example: lanassist consent pause --minutes 2")
def pause(
    ctx: typer.Context,
    minutes: Annotated[
        float | None, typer.Option("--minutes", min=0.1, max=480, help="For how long; else as policy allows.")
    ] = None,
    json: Json = False,
) -> None:
    """End every glance at your screen and let nobody look for a while, if policy allows a pause."""
    _tell(node_of(ctx).ask(PauseWatching(minutes=minutes)), json)


@app.command(epilog="Example: lanassist consent resume")
def resume(ctx: typer.Context, json: Json = False) -> None:
    """End the pause before its time."""
    _tell(node_of(ctx).ask(ResumeWatching()), json)


def _tell(own: OwnPause, as_json: bool) -> None:
    from lanassist.node.services.permission import minutes_in_words

    if as_json:
        plain.print_json({"paused": own.until is not None, "minutes": own.minutes, "allowed": own.allowed})
    elif own.until is None:
        print("Watching is not paused.")
    else:
        print(inert(f"Watching is paused for {minutes_in_words(own.minutes)}."))
