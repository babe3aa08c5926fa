"""``lanassist glance``: an agent's screen, in the page or as a picture."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer

from lanassist.cli import plain
from lanassist.cli.options import Agent, Force, Json, PrintUrl, Why, node_of
from lanassist.node.services.audit.commands import ListWatched
from lanassist.node.services.glance.commands import (
    ListDisplays,
    StopGlance,
    SwitchGlance,
)

app = typer.Typer(
    help="See an agent's screen; as an agent, who watches yours.",
    epilog="Example: lanassist glance start dana",
    no_args_is_help=True,
    add_completion=False,
)

Displays = Annotated[
    list[int] | None,
    typer.Option("--display", min=1, max=16, help="Number of a display; may be given more than once."),
]


@app.command(epilog="Example: lanassist glance displays dana@acme.example")
def displays(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """The displays of an agent, with the numbers that the other commands take."""
    found = node_of(ctx).ask(ListDisplays(agent=agent))
    if json:
        plain.print_json(found)
    else:
        from lanassist.cli import render

        render.print_table(render.displays_table(found.displays))


@app.command(epilog="Example: lanassist glance start dana --display 1 --display 2")
def start(
    ctx: typer.Context,
    agent: Agent,
    display: Displays = None,
    reason: Why = "",
    print_url: PrintUrl = False,
    json: Json = False,
) -> None:
    """Open the page at an agent, with a glance at the displays named (else at the primary one)."""
    from lanassist.cli.offers import offer_of
    from lanassist.cli.open import show_page

    node = node_of(ctx)
    offer = offer_of(node, agent, tuple(display or ()))
    chosen = ",".join(str(number) for number in offer.chosen)
    query = {"agent": offer.agent, "glance": chosen, **({"reason": reason} if reason else {})}
    path = "/supervisor/agents?" + urlencode(query, safe=",")
    show_page(node, path, print_only=print_url, json=json)


@app.command(epilog="Example: lanassist glance switch dana --display 2")
def switch(ctx: typer.Context, agent: Agent, display: Displays = None, json: Json = False) -> None:
    """Choose other displays in the glance that is running, without ending it."""
    if not display:
        raise typer.BadParameter("name at least one display", param_hint="--display")
    reply = node_of(ctx).ask(SwitchGlance(agent=agent, displays=tuple(display)))
    plain.tell(reply, "The glance shows the displays that you chose.", json)


@app.command(epilog="Example: lanassist glance stop dana")
def stop(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """End the glance at an agent."""
    plain.tell(node_of(ctx).ask(StopGlance(agent=agent)), "The glance is ended.", json)


@app.command(epilog="Example: lanassist glance save dana screen.png --display 2")
def save(
    ctx: typer.Context,
    agent: Agent,
    out: Annotated[Path, typer.Argument(help="The picture to write, a PNG file.", metavar="OUT.png")],
    display: Annotated[
        int | None, typer.Option("--display", min=1, max=16, help="Number of a display.")
    ] = None,
    reason: Why = "",
    force: Force = False,
    json: Json = False,
) -> None:
    """Save what a display shows now, exact in every pixel. Overwrites nothing without --force.

    The agent is told of this glance like of any other.
    """
    from lanassist.cli.picture import save_picture

    saved = save_picture(node_of(ctx), agent, display, out, reason=reason, replace=force)
    words = f"{saved.path}: display {saved.display} of {saved.agent_name}, {saved.width}×{saved.height}"
    plain.tell(saved, words, json)


@app.command(epilog="Example: lanassist glance record dana screen.mp4 --seconds 60")
def record(
    ctx: typer.Context,
    agent: Agent,
    out: Annotated[Path, typer.Argument(help="The film to write.", metavar="OUT.mp4|OUT.mkv")],
    display: Annotated[
        int | None, typer.Option("--display", min=1, max=16, help="Number of a display.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=1, help="How long, else until Ctrl+C.")
    ] = None,
    reason: Why = "",
    force: Force = False,
    json: Json = False,
) -> None:
    """Film what a display shows until Ctrl+C. Needs the extra `video`. Overwrites nothing without --force.

    The agent is told of this glance like of any other, and that it is recorded.
    """
    from lanassist.cli.recording import record as film

    done, ended = film(node_of(ctx), agent, display, out, reason=reason, seconds=seconds, replace=force)
    what = f"display {done.display} of {done.agent_name}, {done.width}×{done.height}"
    plain.tell(done, f"{done.path}: {done.seconds:.1f} s of {what}, {done.bytes / 1e6:.1f} MB", json)
    if ended is not None:
        raise ended


@app.command(epilog="Example: lanassist glance url dana --display 2")
def url(
    ctx: typer.Context,
    agent: Agent,
    display: Annotated[
        int | None, typer.Option("--display", min=1, max=16, help="Just this one, 1:1 from its corner.")
    ] = None,
    reason: Why = "",
    json: Json = False,
) -> None:
    """Print the one-time address of the page at an agent, with a glance; or of one display alone."""
    from lanassist.cli.offers import offer_of
    from lanassist.cli.open import show_page

    node = node_of(ctx)
    offer = offer_of(node, agent, () if display is None else (display,))
    chosen = offer.chosen[0]
    query = (
        {"agent": offer.agent, "glance": chosen}
        if display is None
        else {"agent": offer.agent, "display": chosen}
    )
    path = "/supervisor/agents?" if display is None else "/supervisor/glance?"
    show_page(
        node, path + urlencode(query | ({"reason": reason} if reason else {})), print_only=True, json=json
    )


@app.command(epilog="Example: lanassist glance watchers")
def watchers(ctx: typer.Context, json: Json = False) -> None:
    """Who watches you now, and who has watched, with the reasons: screen, calls, and control."""
    found = node_of(ctx).ask(ListWatched())
    if json:
        plain.print_json(plain.aged(found.watched, found.now))
    elif not found.watched:
        print("Nobody watches you, and nobody has watched you.")
    else:
        from lanassist.cli import render

        render.print_table(render.watchers_table(found.watched, found.now))
