"""What comes out of a command that stays, when it is interrupted."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from lanassist.cli.channels import run_live
from lanassist.node.errors import NodeNotRunning


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """As Python has it, also where whoever runs the tests has it ignored."""
    kept = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, kept)


async def watching() -> None:
    """Somebody reads what the node says and hands it on; Ctrl+C comes while he is at work."""
    handing, handed = trio.open_memory_channel[bytes](0)

    async def read() -> None:
        async with handing:
            signal.raise_signal(signal.SIGINT)
            await trio.sleep_forever()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        try:
            await handed.receive()
        except trio.EndOfChannel:
            raise NodeNotRunning(home=Path("home")) from None


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_is_never_taken_for_a_node_that_is_gone() -> None:
    with pytest.raises(KeyboardInterrupt):
        run_live(watching)
