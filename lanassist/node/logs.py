"""A node's log: JSON lines on stderr, one event a line, every text inert, no secret in any of them."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import IO, Any, Final

LEVELS: Final = ("debug", "info", "warning", "error")
_SECRETS: Final = re.compile(r"(?i)(bearer\s+|[?&](?:code|nonce|token)=|cookie:\s*)[^\s&\"']+")
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line of ASCII JSON: time (RFC 3339, UTC), level, logger, text, extras, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": without_secrets(record.getMessage()),
        }
        extras = {name: value for name, value in vars(record).items() if name not in _OWN}
        line |= {name: _plain(value) for name, value in extras.items()}
        if record.exc_info:
            line["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line)


def without_secrets(text: str) -> str:
    """``text`` with the values of tokens, cookies and one-time codes replaced."""
    return _SECRETS.sub(r"\1***", text)


def _plain(value: object) -> Any:
    return value if isinstance(value, int | float | bool) or value is None else without_secrets(str(value))


def log_to(stream: IO[str] = sys.stderr, level: str = "info") -> None:
    """Write this process's log to ``stream``, from ``level`` (one of LEVELS) up."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    for chatty in ("hypercorn.access", "zeroconf", "trio-websocket"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLogger().level))
