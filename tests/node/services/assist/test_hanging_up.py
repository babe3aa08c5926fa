"""The softphone is made to hang up by the command that the settings name."""

import logging
import sys
from pathlib import Path

import pytest

from lanassist.node.services.assist.hanging_up import hang_up


@pytest.mark.parametrize("call", ["c1", "c\x001"])
async def test_the_command_finds_the_calls_id(call: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = f"import os, pathlib; pathlib.Path({str(out)!r}).write_text(os.environ['LANASSIST_CALL'])"
    await hang_up([sys.executable, "-c", script], call)
    assert out.read_text() == "c1"


async def test_without_a_command_nothing_happens() -> None:
    await hang_up([], "c1")


@pytest.mark.parametrize("words", [["/nowhere/phone"], [sys.executable, "-c", "raise SystemExit(3)"]])
async def test_what_goes_wrong_is_logged(words: list[str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        await hang_up(words, "c1")
    assert "the softphone did not hang up" in caplog.text
