"""``lanassist glance record``: a glance of one display that is written to a film until it is stopped."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

from lanassist.cli.channels import run_live
from lanassist.cli.client import NodeClient
from lanassist.cli.inert import inert
from lanassist.cli.offers import offer_of
from lanassist.node.errors import BadInput, LanassistError, StorageFailed, VideoNotInstalled
from lanassist.node.services.glance import video
from lanassist.node.services.glance.commands import StartGlance, StopGlance
from lanassist.node.trust.secret_files import whole_file

SUFFIXES: Final = (".mp4", ".mkv")


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A film that was written."""

    path: str
    agent: str
    agent_name: str
    display: int
    width: int
    height: int
    seconds: float
    pictures: int
    bytes: int


def record(
    node: NodeClient,
    agent: str,
    display: int | None,
    out: Path,
    *,
    reason: str,
    seconds: float | None,
    replace: bool,
) -> tuple[Recording, LanassistError | None]:
    """Film what a display (else the primary one) shows, for so many seconds or until Ctrl+C.

    With the film, why it ended early if it did. Raises VideoNotInstalled, BadInput, FileExists,
    StorageFailed, what the node refuses with, and why the glance ended if no picture had come until then.
    """
    if not video.available():
        raise VideoNotInstalled
    if out.suffix.lower() not in SUFFIXES:
        raise BadInput(what=f"“{out.name}”", why=f"a film's name ends in {' or '.join(SUFFIXES)}")
    if not out.absolute().parent.is_dir():
        raise StorageFailed(path=out, why="its folder does not exist")
    from lanassist.cli.camera import Camera

    offer = offer_of(node, agent, () if display is None else (display,))
    asked = StartGlance(
        agent=offer.agent,
        displays=offer.chosen,
        reason=_told(reason, offer.reason_required),
        video=(video.VP8,),
    )
    with whole_file(out.absolute(), force=replace) as file:
        with _line(f"Asking the node of {inert(agent)}, and {inert(agent)} too where policy wants it"):
            started = node.ask(asked)
        try:
            camera = Camera(node, started, file, out, seconds)
            with _line(f"Recording {inert(started.agent_name)}, until Ctrl+C", seconds) as tell:
                run_live(lambda: camera.run(tell))
        finally:
            with contextlib.suppress(LanassistError):  # it may have ended by itself
                node.ask(StopGlance(session=started.session))
        assert camera.film is not None  # else there was an error
        recording = Recording(
            path=str(out),
            agent=started.agent,
            agent_name=started.agent_name,
            display=started.chosen[0],
            width=camera.film.width,
            height=camera.film.height,
            seconds=round(camera.seconds, 3),
            pictures=camera.pictures,
            bytes=file.seek(0, 2),
        )
    return recording, camera.ended


def _told(reason: str, required: bool) -> str:
    """What the agent reads. Where policy wants a reason, that it is recorded is none."""
    if reason:
        return f"recorded: {reason}"
    return "" if required else "recorded"


@contextlib.contextmanager
def _line(what: str, seconds: float | None = None) -> Iterator[Callable[[float, int], None]]:
    """A line on the terminal with the time that goes by and what was written, and a bar if its end is known.

    Gives what is to be called with the seconds filmed and the bytes written.
    """
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    bar: list[ProgressColumn] = [] if seconds is None else [BarColumn()]
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        *bar,
        TimeElapsedColumn(),
        TextColumn("{task.fields[size]}"),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task(what, total=seconds, size="")

        def tell(filmed: float, size: int) -> None:
            progress.update(task, completed=filmed, size=f"{size / 1e6:.1f} MB")

        yield tell
