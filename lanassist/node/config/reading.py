"""Settings from the file and the environment; every mistake is told with its place and what is allowed."""

import ipaddress
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from lanassist.node.config.listing import Place, Setting, all_settings, sections
from lanassist.node.config.sections import FILE, Settings
from lanassist.node.errors import BadSetting, FileUnreadable

_SWITCH = {"on": True, "off": False, "yes": True, "no": False}


def load_settings(home: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the node whose home is ``home``.

    Raises BadSetting, naming file or variable, key and what is allowed, and FileUnreadable.
    """
    known = all_settings()
    chosen: dict[str, dict[str, Any]] = {section: {} for section in sections()}
    for (section, name), value in (*_from_file(home / FILE, known), *_from_environment(environ, known)):
        chosen[section][name] = value
    built: dict[str, Any] = {name: kind(**chosen[name]) for name, kind in sections().items()}
    return Settings(**built)


def _from_file(path: Path, known: Mapping[Place, Setting]) -> Iterator[tuple[Place, Any]]:
    for section, table in _document(path).items():
        names = [name for of, name in known if of == section]
        if not names:
            why = f"there is no section “{section}”; the sections are {', '.join(sections())}"
            raise BadSetting(where=path, why=why)
        if not isinstance(table, dict):
            raise BadSetting(where=path, why=f"“{section}” is a section: write [{section}] on a line above")
        for name, value in table.items():
            if name not in names:
                why = f"section [{section}] has no setting “{name}”; it has {', '.join(names)}"
                raise BadSetting(where=path, why=why)
            place = (section, name)
            yield place, _checked(f"{path}: {section}.{name}", known[place], value, strict=True)


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FileUnreadable(path=path, why=error.strerror or str(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting(where=path, why=f"this is not TOML: {error}") from error


def _from_environment(
    environ: Mapping[str, str], known: Mapping[Place, Setting]
) -> Iterator[tuple[Place, Any]]:
    """What the environment gives. A regular name comes after its aliases, and so wins over them."""
    named = {name: place for place, setting in known.items() for name in reversed(setting.environment)}
    prefixes = tuple(f"LANASSIST_{section}_".upper() for section in sections())
    for name in environ:
        if name.startswith(prefixes) and name not in named:
            raise BadSetting(where=name, why="there is no setting of this name")
    for name, place in named.items():
        if name in environ:
            yield place, _checked(name, known[place], _parsed(known[place], environ[name]), strict=False)


def _parsed(setting: Setting, text: str) -> Any:
    if setting.is_list:
        return [part.strip() for part in text.split(",") if part.strip()]
    if setting.bare is bool:
        return _SWITCH.get(text.strip().lower(), text.strip())
    return text.strip()


def _checked(where: str, setting: Setting, value: Any, *, strict: bool) -> Any:
    try:
        converted = msgspec.convert(value, setting.kind, strict=strict)
        if setting.of_addresses:
            for text in converted if setting.is_list else filter(None, [converted]):
                ipaddress.ip_address(text)
    except ValueError as error:  # msgspec.ValidationError is one
        raise BadSetting(where=where, why=f"{value!r} is not {setting.allowed}") from error
    return converted
