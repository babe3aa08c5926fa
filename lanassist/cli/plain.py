"""What the CLI prints for scripts: JSON, in ASCII, with ages instead of the node's clock readings."""

import json
from typing import Any, Final

import msgspec

from lanassist.cli.inert import inert

TIMES: Final = frozenset(
    {"at", "began", "ended", "since", "online_since", "last_activity", "last_heard", "until", "waiting_since"}
)
"""Fields that hold readings of the node's monotonic clock, which mean nothing outside the node."""
AHEAD: Final = frozenset({"until"})
"""Those of them that lie in the future: told as the seconds that are left."""


def print_json(value: Any) -> None:
    """One JSON document on one line, in ASCII, so that no name can act on a terminal."""
    print(json.dumps(msgspec.to_builtins(value)), flush=True)


def aged(value: Any, now: float) -> Any:
    """``value`` as plain data, with the node's clock readings turned into ages in seconds.

    ``since`` becomes ``since_seconds``: so many seconds ago; ``until_seconds``: so many are left.
    """
    if isinstance(value, list | tuple):
        return [aged(each, now) for each in value]
    return dict(_aged_field(name, field, now) for name, field in msgspec.to_builtins(value).items())


def _aged_field(name: str, field: Any, now: float) -> tuple[str, Any]:
    if isinstance(field, dict):
        return name, aged(field, now)
    if name not in TIMES:
        return name, field
    if field is None:
        return f"{name}_seconds", None
    return f"{name}_seconds", round(max(0.0, field - now if name in AHEAD else now - field), 3)


def tell(reply: Any, words: str, as_json: bool) -> None:
    """What a command did: a sentence for people, or its reply for scripts."""
    if as_json:
        print_json(reply)
    else:
        print(inert(words))
