"""``lanassist open``: the page of this node in a browser, signed in."""

import typer

from lanassist.cli import plain
from lanassist.cli.client import NodeClient
from lanassist.cli.options import Json, PrintUrl, node_of
from lanassist.web.commands import Launch

app = typer.Typer(add_completion=False)


@app.command("open", epilog="Example: lanassist open --print-url")
def open_(ctx: typer.Context, print_url: PrintUrl = False, json: Json = False) -> None:
    """Open the supervisor's page in your browser, signed in by an address that works once."""
    show_page(node_of(ctx), "/supervisor", print_only=print_url, json=json)


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
