"""``lanassist demo``: a whole site on this machine, thrown away at the end."""

from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: lanassist demo --check")
def demo(
    check: Annotated[
        bool, typer.Option("--check", help="Check each capability, print a line for each, exit 0 or 1.")
    ] = False,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Open no browser; only print the address.")
    ] = False,
) -> None:
    """A throw-away site on this machine: a supervisor, two agents, a desk with customers.

    Runs until Ctrl+C.
    Agents show your own display if there is one, else virtual ones.
    """
    if check:
        from lanassist.cli.demo.checking import check_site

        if not check_site():
            raise typer.Exit(1)
    else:
        from lanassist.cli.demo.showing import show_site

        show_site(open_browser=not no_open)
