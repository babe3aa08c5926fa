"""Makes the softphone hang up, by the command that the settings name."""

import logging
import os
import subprocess
from collections.abc import Sequence
from typing import Final

import trio

_log = logging.getLogger(__name__)

PATIENCE: Final = 10.0
"""Seconds; a command that has not ended by then is ended."""
CALL: Final = "LANASSIST_CALL"
"""The variable in which the command finds the call's id."""


async def hang_up(words: Sequence[str], call: str) -> None:
    """Run the command, if there is one. What goes wrong is logged; the agent can hang up by hand."""
    if not words:
        return
    try:
        with trio.fail_after(PATIENCE):
            done = await trio.run_process(
                list(words),
                env={**os.environ, CALL: call.replace("\0", "")},  # which no variable can hold
                check=False,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
    except (OSError, trio.TooSlowError) as error:
        _log.error("the softphone did not hang up: %s: %s", words[0], error or "it took too long")
        return
    if done.returncode:
        _log.error("the softphone did not hang up: %s ended with %d", words[0], done.returncode)
