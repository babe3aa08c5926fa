"""The command line: one noun a module, loaded only when it is named."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer

from lanassist import __version__
from lanassist.cli.failures import Commands, run

NOUNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "agents": "agents",
        "chats": "chats",
        "control": "control",
        "glance": "glance",
        "call": "call",
        "help": "help",
        "listen-in": "listen_in",
        "status": "status",
        "consent": "consent",
        "audit": "audit",
        "policy": "policy",
        "peers": "peers",
        "node": "node",
        "open": "open",
        "doctor": "doctor",
        "demo": "demo",
    }
)
"""Noun on the command line, and the module of this package that has it as ``app``."""

EPILOG: Final = (
    "Example: lanassist agents list --watch. `--home` may stand anywhere; every command has --help."
)


class Nouns(Commands):
    """The nouns, imported one at a time."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(NOUNS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in NOUNS:
            return None
        module = importlib.import_module(f"lanassist.cli.{NOUNS[cmd_name]}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, home_first(args))


def home_first(arguments: list[str]) -> list[str]:
    """The arguments with ``--home DIR`` moved to the front, so that it may stand after any command."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    moved: list[str] = []
    rest: list[str] = []
    words = iter(arguments[:end])
    for word in words:
        if word == "--home":
            moved += [word, *[value for value in [next(words, None)] if value is not None]]
        else:
            (moved if word.startswith("--home=") else rest).append(word)
    return moved + rest + arguments[end:]


app = typer.Typer(
    cls=Nouns,
    name="lanassist",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, and so secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"lanassist {__version__}")
        raise typer.Exit


@app.callback()
def lanassist(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(envvar="LANASSIST_HOME", help="The node's home; else in your user data.", metavar="DIR"),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Peer-to-peer supervision for contact-centre and help-desk teams on a LAN."""
    ctx.obj = home


def main() -> None:
    """The console script ``lanassist``."""
    run(app)
