"""``lanassist audit``: what the ledger says of every glance, control and assist, and whether it is whole."""

from pathlib import Path
from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.options import Force, Json, home_of

app = typer.Typer(
    help="Read, check and hand on the ledger of all supervision.",
    epilog="Example: lanassist audit verify",
    no_args_is_help=True,
    add_completion=False,
)

Authority = Annotated[
    Path | None,
    typer.Option("--ca", help="The site's certificate; else that of this node's home.", metavar="FILE"),
]
Own = Annotated[bool, typer.Option("--own", help="Check this node's own ledger beside the exports.")]


@app.command("list", epilog="Example: lanassist audit list --since 7d --agent dana")
def list_sessions(
    ctx: typer.Context,
    agent: Annotated[str, typer.Option("--agent", help="Only of this agent.", metavar="WHO")] = "",
    supervisor: Annotated[
        str, typer.Option("--supervisor", help="Only by this supervisor.", metavar="WHO")
    ] = "",
    since: Annotated[
        str, typer.Option("--since", help="Only what began in this time: 2h, 7d.", metavar="LENGTH")
    ] = "",
    mine: Annotated[bool, typer.Option("--mine", help="Only those in which you were watched.")] = False,
    json: Json = False,
) -> None:
    """The sessions in this node's ledger, the oldest first; the node may be running or not."""
    from lanassist.cli import audit_view, ledgers
    from lanassist.cli.audit_choice import Choice

    home = home_of(ctx)
    choice = Choice.of(agent=agent, supervisor=supervisor, since=since, mine=mine)
    copy = ledgers.own_ledger(home)
    people = ledgers.people([copy], ledgers.authority(home, None))
    found = choice.sessions(copy, people)
    if json:
        plain.print_json([audit_view.as_plain(each, people) for each in found])
    elif not found:
        print("No such session is in this ledger.")
    else:
        from lanassist.cli import render

        render.print_table(audit_view.sessions_table(found, people))


@app.command(epilog="Example: lanassist audit verify dana.jsonl sam.jsonl --ca ca.pem")
def verify(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Exports, or folders of them; none: this node's own ledger.", metavar="PATH"),
    ] = None,
    own: Own = False,
    ca: Authority = None,
    json: Json = False,
) -> None:
    """Whether ledgers are whole: every hash and signature, every signed head, and both sides together.

    Works offline. Names the first record that is wrong, and leaves with exit code 11.
    """
    from lanassist.cli import audit_view, ledgers
    from lanassist.cli.inert import inert
    from lanassist.node.errors import LedgerBroken
    from lanassist.node.ledger.verify import verify as look_at

    home = home_of(ctx)
    authority = ledgers.authority(home, ca)
    copies = ledgers.exported(paths or [])
    if own or not paths:
        copies.append(ledgers.own_ledger(home))
    people = ledgers.people(copies, authority)
    total = sum(len(chain) for copy in copies for chain in copy.chains.values())
    with ledgers.progress("Checking signatures", total) as advance:
        verdict = look_at(copies, ledgers.bearer(authority), lambda: advance(1))
    if json:
        plain.print_json(verdict)
    for wrong in verdict.wrong[1:] if not json else ():
        print(inert(audit_view.wrong_words(wrong, people)))
    if verdict.wrong:
        raise LedgerBroken(first=audit_view.wrong_words(verdict.wrong[0], people))
    if not json:
        print(audit_view.verdict_words(verdict))


@app.command(epilog="Example: lanassist audit export dana.jsonl")
def export(
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Argument(help="The file to write: .jsonl (all of it) or .csv (sessions).", metavar="OUT")
    ],
    force: Force = False,
    json: Json = False,
) -> None:
    """Write this node's ledger into a file: .jsonl can be verified anywhere, .csv is for spreadsheets."""
    from lanassist.cli import audit_view, ledgers
    from lanassist.cli.audit_choice import Choice
    from lanassist.node.errors import BadInput, FileExists
    from lanassist.node.ledger.copies import write_line
    from lanassist.node.trust.secret_files import write_whole

    if out.suffix not in (".jsonl", ".csv"):
        raise BadInput(what=str(out), why="its name must end in .jsonl or .csv")
    if not force and out.exists():
        raise FileExists(path=out)
    home = home_of(ctx)
    with ledgers.progress("Reading the ledger") as advance:
        copy = ledgers.own_ledger(home, advance)
    if out.suffix == ".csv":
        people = ledgers.people([copy], ledgers.authority(home, None))
        content = audit_view.as_csv(Choice().sessions(copy, people), people).encode()
    else:
        content = b"".join(write_line(line) for line in copy.lines())
    write_whole(out.absolute(), content, force=force)
    records = sum(len(chain) for chain in copy.chains.values())
    plain.tell({"path": str(out), "records": records}, f"{out}: {records} records", json)
