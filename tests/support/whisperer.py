"""A node that whispers: `python -m tests.support.whisperer MICROPHONE MODE`. Says its engine's process id."""

import sys
from typing import cast

import trio

from lanassist.node.sound.base import Mode, Softphone
from tests.support.supervisors import supervised


async def whisper(microphone: str, mode: Mode) -> None:
    """A softphone's call in that mode, and a supervisor who speaks, until this process is killed."""
    async with supervised() as supervisor:
        await supervisor.engine.begin(Softphone(microphone=microphone), "call")
        await supervisor.until(mode, lambda: True)
        print(supervisor.engine.pid, flush=True)
        while True:  # a key that a busy machine lets go is pressed again
            await supervisor.until(mode, lambda: True)
            await trio.sleep(0.05)


if __name__ == "__main__":
    trio.run(whisper, sys.argv[1], cast("Mode", sys.argv[2]))
