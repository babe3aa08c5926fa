"""The log is JSON lines, inert, and without secrets."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from lanassist.node.logs import log_to, without_secrets


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    log_to(written, "info")
    yield written
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_hostile_text_stays_inside_its_line(stream: io.StringIO) -> None:
    logging.getLogger("x").info("%s", 'a\r\n{"level": "error"}\x1b[2J\u202e', extra={"peer": "b\nc"})
    (line,) = stream.getvalue().splitlines()
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["text"] == 'a\r\n{"level": "error"}\x1b[2J\u202e'
    assert json.loads(line)["peer"] == "b\nc"


def test_a_traceback_is_one_line_too(stream: io.StringIO) -> None:
    try:
        raise ValueError("Bearer abc.def")
    except ValueError:
        logging.getLogger("x").exception("it broke")
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["level"] == "error"
    assert "abc.def" not in line
    assert "ValueError" in json.loads(line)["traceback"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer s3cret", "Authorization: Bearer ***"),
        ("GET /launch?code=s3cret&x=1", "GET /launch?code=***&x=1"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_secrets_are_left_out(text: str, clean: str) -> None:
    assert without_secrets(text) == clean
