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
        await supervisor.engine.set_mode(mode)
        print(supervisor.engine.pid, flush=True)
        await trio.sleep_forever()


if __name__ == "__main__":
    trio.run(whisper, sys.argv[1], cast("Mode", sys.argv[2]))
