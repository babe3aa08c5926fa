"""How a command of a terminal fails: one sentence on stderr, the error's exit code, no traceback.

Both command lines (``lanassist`` and ``lanassist-ca``) are groups of this kind.
"""

import contextlib
import os
import sys
from typing import Any, Final

import typer
from typer.core import TyperGroup

from lanassist.cli.inert import inert
from lanassist.node.errors import LanassistError

INTERRUPTED: Final = 130
"""Exit code after Ctrl+C, as shells have it."""
UNREAD: Final = 1
"""Exit code when nobody reads the output any more."""


class Commands(TyperGroup):
    """A group of commands whose mistakes are told in a sentence. Use as ``typer.Typer(cls=Commands)``."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a LanassistError becomes its sentence and its exit code."""
        try:
            return super().invoke(ctx)
        except LanassistError as error:
            print(inert(error.text), file=sys.stderr)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except BaseExceptionGroup as group:
            if group.split((BrokenPipeError, SystemExit))[1] is not None:  # rich makes the one of the other
                raise
            _hush()
            raise typer.Exit(UNREAD) from None


def _hush() -> None:
    """Whoever read the output is gone, like `head`: what is left of it goes nowhere."""
    with contextlib.suppress(OSError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def run(app: typer.Typer) -> None:
    """Run a command line to its end, which is always a SystemExit."""
    try:
        app()
    except KeyboardInterrupt:  # before or after the command itself
        sys.exit(INTERRUPTED)
