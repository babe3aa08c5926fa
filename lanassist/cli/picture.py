"""``lanassist glance save``: a glance of one display that lasts until its picture is exact."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import trio
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from lanassist.cli.channels import media_of, run_live
from lanassist.cli.client import NodeClient
from lanassist.cli.inert import inert
from lanassist.cli.looking import why_ended
from lanassist.node.errors import BadInput, FileExists, LanassistError, ScreenUnavailable, StorageFailed
from lanassist.node.services.glance.commands import StartedGlance, StartGlance, StopGlance
from lanassist.node.services.glance.media import RENEW, MalformedMedia
from lanassist.node.services.glance.picture import MalformedUpdate
from lanassist.node.services.glance.viewer import Viewer
from lanassist.node.trust.secret_files import write_whole

SUFFIX: Final = ".png"
PATIENCE: Final = 30.0
"""Seconds until a picture must be whole; a large display over a slow link takes a few."""


class SavedPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that was written."""

    path: str
    agent: str
    agent_name: str
    display: int
    width: int
    height: int


def save_picture(
    node: NodeClient, agent: str, display: int | None, out: Path, *, reason: str = "", replace: bool
) -> SavedPicture:
    """Write what a display (else the primary one) shows now as a PNG file.

    Raises BadInput, FileExists, StorageFailed, what the node refuses with, and ScreenUnavailable, LinkLost or
    ScreenLocked if the glance ends before the picture is whole. Nothing is half written.
    """
    if out.suffix.lower() != SUFFIX:
        raise BadInput(what=f"“{out.name}”", why=f"a picture's name ends in {SUFFIX}")
    if not replace and out.exists():
        raise FileExists(path=out)
    if not out.absolute().parent.is_dir():
        raise StorageFailed(path=out, why="its folder does not exist")
    wanted = () if display is None else (display,)
    with _progress(f"Asking the node of {inert(agent)}, and {inert(agent)} too where policy wants it"):
        started = node.ask(StartGlance(agent=agent, displays=wanted, reason=reason, lossless=True))
    viewer = Viewer(started.chosen)
    try:
        with _progress(f"Waiting for the screen of {inert(started.agent_name)}"):
            run_live(lambda: _look(node, started, viewer))
    finally:
        with contextlib.suppress(LanassistError):  # it may have ended by itself
            node.ask(StopGlance(session=started.session))
    number = started.chosen[0]
    write_whole(out.absolute(), viewer.png(number), force=replace)
    frame = viewer.frame(number)
    assert frame is not None
    return SavedPicture(
        path=str(out),
        agent=started.agent,
        agent_name=started.agent_name,
        display=number,
        width=frame.shape[1],
        height=frame.shape[0],
    )


async def _look(node: NodeClient, started: StartedGlance, viewer: Viewer) -> None:
    with trio.move_on_after(PATIENCE):
        try:
            async with media_of(node, started.session) as channel, trio.open_nursery() as nursery:
                nursery.start_soon(channel.renew, RENEW)
                while not viewer.exact(started.chosen[0]):
                    if (drawn := viewer.feed(await channel.receive())) is not None:
                        await channel.send(drawn)
                nursery.cancel_scope.cancel()
        except* trio.EndOfChannel:
            if not viewer.exact(started.chosen[0]):  # else it ended just after the picture was whole
                why = await why_ended(node, started)
                raise why or ScreenUnavailable(why="the glance ended before the picture was whole") from None
        except* (MalformedMedia, MalformedUpdate) as group:
            raise ScreenUnavailable(why=f"what came is not a picture ({group.exceptions[0]})") from None
        return
    raise ScreenUnavailable(why=f"no whole picture came within {PATIENCE:.0f} s")


@contextlib.contextmanager
def _progress(what: str) -> Iterator[None]:
    """A line on the terminal once this takes longer than QUIET."""
    if not sys.stderr.isatty():
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(what)
        yield
