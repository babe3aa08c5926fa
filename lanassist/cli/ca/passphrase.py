"""Where the passphrase of an authority comes from: a file that is named, or a prompt. Never argv."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lanassist.node.errors import BadInput

VARIABLE: Final = "LANASSIST_CA_PASSPHRASE_FILE"


def given(environment: Mapping[str, str] = os.environ) -> str | None:
    """The first line of the file that the environment names; None if it names none.

    Raises UnsafeKeyFile if others could read it, FileUnreadable, BadInput if it is empty.
    """
    from lanassist.node.trust.secret_files import read_secret

    name = environment.get(VARIABLE)
    if not name:
        return None
    line = read_secret(Path(name)).decode("utf-8", "replace").split("\n", 1)[0].rstrip("\r")
    if not line:
        raise BadInput(what=name, why="its first line, the passphrase, is empty")
    return line


def ask() -> str:
    """The passphrase of the key that is there."""
    found = given()
    return found if found is not None else _prompt("Passphrase of the authority's key: ")


def choose() -> str:
    """A passphrase for a new key, asked twice. Raises BadInput if the two differ."""
    found = given()
    if found is not None:
        return found
    first = _prompt("New passphrase for the authority's key: ")
    if _prompt("The same again: ") != first:
        raise BadInput(what="The passphrase", why="the two are not the same")
    return first


def _prompt(words: str) -> str:
    import getpass

    if not sys.stdin.isatty():
        raise BadInput(
            what="The passphrase", why=f"there is no terminal to ask on; name a file in {VARIABLE}"
        )
    try:
        return getpass.getpass(words)
    except EOFError:
        raise BadInput(what="The passphrase", why="none was typed") from None
