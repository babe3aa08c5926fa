"""``lanassist open``: the page of this node in a browser, signed in."""

from enum import StrEnum
from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.client import NodeClient
from lanassist.cli.options import Json, PrintUrl, node_of
from lanassist.node.trust.grants import Role
from lanassist.web.commands import Launch, ShowNode

app = typer.Typer(add_completion=False)


class Page(StrEnum):
    """Whose page."""

    SUPERVISOR = "supervisor"
    AGENT = "agent"


@app.command("open", epilog="Example: lanassist open agent --print-url")
def open_(
    ctx: typer.Context,
    page: Annotated[
        Page | None, typer.Argument(help="Which page, if your certificate opens both.", show_default=False)
    ] = None,
    print_url: PrintUrl = False,
    json: Json = False,
) -> None:
    """Open your page in the browser, signed in by an address that works once."""
    node = node_of(ctx)
    show_page(node, f"/{page or _usual(node)}", print_only=print_url, json=json)


def _usual(node: NodeClient) -> Page:
    """The supervisor's page, unless the certificate is an agent's alone."""
    roles = node.ask(ShowNode()).identity.roles
    return Page.AGENT if Role.AGENT in roles and Role.SUPERVISOR not in roles else Page.SUPERVISOR


def show_page(node: NodeClient, path: str, *, print_only: bool, json: bool = False) -> None:
    """Open a page of the node in the browser, or print its one-time address where there is none."""
    url = node.ask(Launch(path=path)).url
    if json:
        plain.print_json({"url": url})
    elif print_only:
        print(url)
    elif not _open_browser(url):
        print("There is no browser to open here. This address signs one in, once, within two minutes:")
        print(url)


def _open_browser(url: str) -> bool:
    import os
    import webbrowser

    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")):
        return False  # a text browser in this terminal is not what anybody meant
    return webbrowser.open(url)
