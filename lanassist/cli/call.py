"""``lanassist call``: an agent's own calls; as a supervisor, listen to an agent's, talk, and take over."""

from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.client import NodeClient
from lanassist.cli.lengths import seconds_of
from lanassist.cli.options import Agent, Json, PrintUrl, node_of
from lanassist.node.errors import MissingRole
from lanassist.node.services.assist.commands import (
    BeginCall,
    CloseAssist,
    EndAcw,
    EndCall,
    EndTakenCall,
    HoldCall,
    ListCalls,
    ReleaseAssist,
    ResumeCall,
    ShowCalls,
    TakeOver,
)
from lanassist.node.services.presence.commands import ListAgents

app = typer.Typer(
    help="Calls: your own as an agent; listen, talk and take over as a supervisor.",
    epilog="Example: lanassist call listen dana",
    no_args_is_help=True,
    add_completion=False,
)

Id = Annotated[str, typer.Option("--id", help="The softphone's own name for the call.", metavar="ID")]
Reason = Annotated[str, typer.Option("--reason", help="Why, as the agent reads it.")]
Output = Annotated[
    str, typer.Option("--output", help="Your headset, by name; else the default.", metavar="DEVICE")
]
Microphone = Annotated[
    str, typer.Option("--microphone", help="Your microphone, by name; else the default.", metavar="DEVICE")
]
Length = Annotated[str, typer.Option("--for", help="End it after this: 10s, 5m.", metavar="TIME")]


# --- an agent's own ----------------------------------------------------------------------------------


@app.command(epilog="Example: lanassist call begin --inbound --routed --from '+49 30 1234' --category Bills")
def begin(
    ctx: typer.Context,
    inbound: Annotated[bool, typer.Option("--inbound/--outbound", help="Which way the call goes.")] = True,
    routed: Annotated[
        bool,
        typer.Option("--routed", help="It came from the site's queue: only such a call is assisted."),
    ] = False,
    number: Annotated[
        str, typer.Option("--from", "--to", help="The customer's number.", metavar="NUMBER")
    ] = "",
    category: Annotated[str, typer.Option("--category", help="What it is about.")] = "",
    call: Id = "",
    json: Json = False,
) -> None:
    """Say that a call is on: for a softphone's hook, or by hand. Ends After Call Work."""
    begun = node_of(ctx).ask(
        BeginCall(
            direction="inbound" if inbound else "outbound",
            routed=routed,
            number=number,
            category=category,
            id=call,
        )
    )
    words = f"The call is on ({begun.call})."
    plain.tell(begun, f"{words} {begun.sound_error}" if begun.sound_error else words, json)


@app.command(epilog="Example: lanassist call hold")
def hold(ctx: typer.Context, json: Json = False) -> None:
    """Say that the customer waits."""
    plain.tell(node_of(ctx).ask(HoldCall()), "The customer is on hold.", json)


@app.command(epilog="Example: lanassist call resume")
def resume(ctx: typer.Context, json: Json = False) -> None:
    """Say that you speak with the customer again."""
    plain.tell(node_of(ctx).ask(ResumeCall()), "You speak with the customer again.", json)


@app.command(epilog="Example: lanassist call end")
def end(
    ctx: typer.Context,
    agent: Annotated[
        str | None,
        typer.Argument(help="As a supervisor: the agent whose call you have taken over.", metavar="[AGENT]"),
    ] = None,
    call: Id = "",
    json: Json = False,
) -> None:
    """Say that your call is over; After Call Work begins. With AGENT: end the call that you took over."""
    node = node_of(ctx)
    if agent is not None:
        plain.tell(node.ask(EndTakenCall(agent=agent)), "The call is ended.", json)
    else:
        plain.tell(node.ask(EndCall(id=call)), "The call is over.", json)


@app.command("end-acw", epilog="Example: lanassist call end-acw")
def end_acw(ctx: typer.Context, json: Json = False) -> None:
    """End After Call Work before its time."""
    plain.tell(node_of(ctx).ask(EndAcw()), "You are free for the next one.", json)


@app.command("list", epilog="Example: lanassist call list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """As a supervisor: every agent's call, and what may be done with it. As an agent: your own calls."""
    node = node_of(ctx)
    try:
        _list_all(node, json)
    except MissingRole:
        _list_own(node, json)


def _list_all(node: NodeClient, json: bool) -> None:
    found = node.ask(ListCalls())
    if json:
        calls, sessions = plain.aged(found.offers, found.now), plain.aged(found.sessions, found.now)
        plain.print_json({"calls": calls, "sessions": sessions})
        return
    from lanassist.cli import call_view, render

    names = {str(row.node): row for row in node.ask(ListAgents()).agents}
    render.print_table(call_view.offers_table(found.offers, names, found.now))


def _list_own(node: NodeClient, json: bool) -> None:
    own = node.ask(ShowCalls())
    if json:
        call = None if own.call is None else plain.aged(own.call, own.now)
        plain.print_json({"call": call, "past": plain.aged(own.past, own.now)})
        return
    if own.call is None and not own.past:
        print("No call is on, and there was none of late.")
        return
    from lanassist.cli import call_view, render

    call_card, past = call_view.own_calls_tables(own)
    render.print_table(call_card, *([past] if own.past else []))


# --- a supervisor in an agent's call -----------------------------------------------------------------


@app.command(epilog="Example: lanassist call listen dana@acme.example --reason coaching")
def listen(
    ctx: typer.Context,
    agent: Agent,
    reason: Reason = "",
    output: Output = "",
    microphone: Microphone = "",
    length: Length = "",
    page: Annotated[
        bool, typer.Option("--page", help="In the page instead of on this sound card; a click begins it.")
    ] = False,
    print_url: PrintUrl = False,
    json: Json = False,
) -> None:
    """Listen to an agent's call until it ends, q or Ctrl+C. The call goes on without you.

    Hold the space bar to talk: only the agent hears you.
    Press t to take the call over, and t again to give it back.
    From another terminal: `call talk`, `call takeover`, `call close`.
    """
    node = node_of(ctx)
    if page or print_url:
        from lanassist.cli.call_page import open_assist

        open_assist(node, agent, reason, print_only=print_url, json=json)
        return
    from lanassist.cli.call_listening import Wish, listen_to
    from lanassist.cli.call_page import heard_agent

    heard_agent(node, agent)  # what stands against it is said before what this machine's sound lacks
    wish = Wish(agent=agent, reason=reason, output=output, microphone=microphone, seconds=seconds_of(length))
    listen_to(node, wish, as_json=json)


@app.command(epilog="Example: lanassist call talk dana --for 10s")
def talk(ctx: typer.Context, agent: Agent, length: Length = "", json: Json = False) -> None:
    """Talk to the agent whose call you listen to in another terminal or the page, until Ctrl+C.

    Only the agent hears you. With --for: for so long.
    """
    from lanassist.cli.call_talking import talk_to

    talk_to(node_of(ctx), agent, seconds_of(length), as_json=json)


@app.command(epilog="Example: lanassist call takeover dana")
def takeover(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """Take over the call that you listen to; the agent goes to After Call Work at once."""
    done = node_of(ctx).ask(TakeOver(agent=agent))
    plain.tell(done, "The call is yours; the agent is in After Call Work.", json)


@app.command(epilog="Example: lanassist call release dana")
def release(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """Only listen again; a call that you took over is given back to the agent."""
    plain.tell(node_of(ctx).ask(ReleaseAssist(agent=agent)), "You only listen.", json)


@app.command(epilog="Example: lanassist call close dana")
def close(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """End the assist. The call goes on with the agent, also one that you took over."""
    plain.tell(node_of(ctx).ask(CloseAssist(agent=agent)), "The assist is closed; the call goes on.", json)
