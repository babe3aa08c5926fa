"""The policy as the admin writes it, in TOML; every mistake is told with its key and what is allowed."""

import json
import tomllib
from types import MappingProxyType
from typing import Any, Final

import msgspec

from lanassist.node.errors import BadPolicy
from lanassist.node.trust.policy import LONGEST_PAUSE, MASKS, Mask, Policy

_CONSENT: Final = '"notify", "ask" or "off"'
_SWITCH: Final = "true or false"
ALLOWED: Final = MappingProxyType(
    {
        "glance": _CONSENT,
        "control": _CONSENT,
        "assist": _CONSENT,
        "reason_required": _SWITCH,
        "listen_in_required": _SWITCH,
        "privacy_pause": f"a number of minutes from 0 to {LONGEST_PAUSE:g}",
        "idle_limit": "a number of seconds from 0 to 86400",
        "masks": f"at most {MASKS} tables, each under a line [[masks]]",
    }
)
"""Each key of the file, and what it may be."""
UNITS: Final = MappingProxyType({"privacy_pause": "minutes", "idle_limit": "seconds"})

_MASK_FIELDS: Final = Mask.__struct_fields__
_FIELDS: Final = {field.name: field.type for field in msgspec.structs.fields(Policy)}

EXAMPLE: Final = """\
# The policy of this site. `lanassist-ca policy DIR policy.toml` signs it; docs/policy.md explains each key.

# What supervisors may do, and what agents hear of it:
#   "notify"  the agent's page and desktop say so while it happens
#   "ask"     the agent is asked first and must say yes within 30 seconds
#   "off"     never
glance = "notify"
control = "notify"
assist = "notify"

# Whether a supervisor must say why, each time.
reason_required = false

# Whether a call may be listened to only while its agent lets listen in.
listen_in_required = false

# Minutes for which agents may pause being watched; 0: not at all.
privacy_pause = 5

# Seconds without key or mouse that make an agent absent; 0: never. Leave it out: each node's own setting.
# idle_limit = 900

# What is always covered in the picture of an agent's screen. Either windows, by title or class (* stands for
# anything, case does not matter) …
[[masks]]
title = "*password*"

[[masks]]
window_class = "keepassxc"

# … or a rectangle of a display, in its pixels from its top left corner.
# [[masks]]
# display = 2
# x = 0
# y = 0
# width = 400
# height = 300
"""


def read_policy(text: str, where: object) -> Policy:
    """The policy in the text of a file called ``where``. Raises BadPolicy."""
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(where=where, why=f"this is not TOML: {error}") from error
    chosen = {key: _checked(where, key, value) for key, value in written.items()}
    return Policy(**chosen)


def written_policy(policy: Policy) -> str:
    """The same policy as the text of a file, every key of it."""
    written = policy.as_written()
    lines = [f"{key} = {_toml(value)}{_unit(key)}" for key, value in written.items() if key != "masks"]
    for mask in policy.masks:
        fields = {name: getattr(mask, name) for name in _MASK_FIELDS}
        kept = {name: value for name, value in fields.items() if value or _has_corner(mask, name)}
        lines += ["", "[[masks]]", *(f"{name} = {_toml(value)}" for name, value in kept.items())]
    return "\n".join(lines) + "\n"


def _unit(key: str) -> str:
    """What a number counts, as a remark at the end of its line."""
    return f"  # {UNITS[key]}" if key in UNITS else ""


def _has_corner(mask: Mask, name: str) -> bool:
    return name in ("x", "y") and not mask.of_windows


def _toml(value: Any) -> str:
    """JSON's words for a string, a number or a switch are TOML's too, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _checked(where: object, key: str, value: Any) -> Any:
    if key not in ALLOWED:
        raise BadPolicy(where=where, why=f"there is no key “{key}”; the keys are {', '.join(ALLOWED)}")
    if key == "masks" and isinstance(value, list):
        value = [_mask(where, number, mask) for number, mask in enumerate(value, start=1)]
    try:
        return msgspec.convert(value, _FIELDS[key])
    except msgspec.ValidationError as error:
        raise BadPolicy(where=where, why=f"“{key}” is {_short(value)}, not {ALLOWED[key]}") from error


def _mask(where: object, number: int, mask: Any) -> Mask:
    if not isinstance(mask, dict):
        raise BadPolicy(where=where, why=f"“masks” is not {ALLOWED['masks']}")
    if unknown := [key for key in mask if key not in _MASK_FIELDS]:
        why = f"mask {number} has no key “{unknown[0]}”; its keys are {', '.join(_MASK_FIELDS)}"
        raise BadPolicy(where=where, why=why)
    try:
        return msgspec.convert(mask, Mask)
    except msgspec.ValidationError as error:
        raise BadPolicy(where=where, why=f"mask {number}: {_words_of(error)}") from error


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _words_of(error: msgspec.ValidationError) -> str:
    """What is wrong, with the key in place of msgspec's path."""
    words, _, path = str(error).partition(" - at `$")
    key = path.strip("`.")
    return f"“{key}”: {words[:1].lower()}{words[1:]}" if key else words
