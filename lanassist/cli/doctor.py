"""``lanassist doctor``: what this machine lacks, before somebody needs it."""

import os
import shutil
import sys
import textwrap

import typer

from lanassist.cli import plain
from lanassist.cli.inert import inert
from lanassist.cli.options import Json, home_of

app = typer.Typer(add_completion=False)

MARKS = {"ok": "ok", "warning": "note", "trouble": "TROUBLE"}


def fitted(line: str, indent: int) -> str:
    """In a terminal, what does not fit into a line goes on below where it began."""
    if not sys.stdout.isatty():
        return line
    columns = max(shutil.get_terminal_size().columns, indent + 20)
    first, rest = line[:indent], line[indent:]
    lines = textwrap.wrap(rest, columns - indent, break_long_words=False, break_on_hyphens=False)
    return first + ("\n" + " " * indent).join(lines)


@app.command(epilog="Example: lanassist doctor --json")
def doctor(ctx: typer.Context, json: Json = False) -> None:
    """Check this machine: settings, certificate, ports, display, lock, notices, sound; one line each.

    The exit code is 10 if something is in the way, 0 if there are notes at most.
    """
    from lanassist.cli.checkup import checkup

    findings = list(checkup(home_of(ctx), os.environ))
    if json:
        plain.print_json({"findings": findings})
    else:
        width = max(len(each.what) for each in findings)
        for each in findings:
            advice = f" → {each.do}" if each.do else ""
            print(
                fitted(
                    inert(f"{MARKS[each.state]:<7}  {each.what:<{width}}  {each.found}{advice}"), 11 + width
                )
            )
    if any(each.state == "trouble" for each in findings):
        raise typer.Exit(10)
