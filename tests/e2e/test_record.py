"""Recording a glance from the command line: the film plays, whatever ends it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pytest
from av.video.reformatter import Interpolation

from lanassist.node.desktop.base import Pixels
from tests.support import scenes
from tests.support.disks import small_disk
from tests.support.film import Film, playing
from tests.support.nodes import ANSWER_DEADLINE, LiveNode, LiveSite, eventually
from tests.support.paint import Painter
from tests.support.xserver import Monitor, XServer

pytestmark = pytest.mark.e2e

WIDTH, HEIGHT = 800, 600
WHOLE, SMALLER = Monitor("only", 0, 0, WIDTH, HEIGHT), Monitor("only", 0, 0, 640, 480)
X, Y = 160, 90
FILM = Film(480, 320)
NO_EXTRA = 'import sys\nsys.modules["av"] = None\n'


@pytest.fixture(scope="module")
def x() -> Iterator[XServer]:
    with XServer(WIDTH, HEIGHT, (WHOLE,)) as server:
        yield server


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, x: XServer) -> Iterator[tuple[LiveNode, LiveNode]]:
    """Sam, who supervises, and Dana."""
    with LiveSite(tmp_path_factory.mktemp("team")) as site:
        sam = site.node("Sam", "supervisor").launch()
        dana = site.node("Dana", "agent", settings={"DISPLAY": x.display}).launch()
        sam.ready().meet(dana.ready())
        sam.sees(dana, online=True)
        yield sam, dana


@pytest.fixture
def sam(team: tuple[LiveNode, LiveNode]) -> LiveNode:
    return team[0]


@pytest.fixture
def dana(team: tuple[LiveNode, LiveNode]) -> Iterator[LiveNode]:
    yield team[1]
    eventually(team[1].watchers, lambda watchers: watchers == [])


@pytest.fixture
def text(x: XServer) -> Pixels:
    """What stands on the display."""
    content = scenes.text(WIDTH, HEIGHT)
    with Painter(x.display) as painter:
        painter.put(content)
    return content


class Shot(NamedTuple):
    """One picture of a film."""

    at: float
    picture: Pixels


def frames(path: Path) -> list[Shot]:
    """What a player shows of it."""
    with av.open(str(path)) as film:
        return [Shot(float(frame.time or 0), _pixels(frame)) for frame in film.decode(video=0)]


def _pixels(frame: av.VideoFrame) -> Pixels:
    exact = frame.reformat(format="bgra", interpolation=Interpolation.ACCURATE_RND)
    return exact.to_ndarray().astype(np.uint8)


def part(picture: Pixels) -> Pixels:
    return np.ascontiguousarray(picture[Y : Y + FILM.height, X : X + FILM.width])


@contextmanager
def recording(sam: LiveNode, dana: LiveNode, out: Path) -> Iterator[subprocess.Popen[str]]:
    """A recording that has begun to write."""
    with sam.terminal("glance", "record", "dana", out) as process:
        try:
            eventually(dana.watchers)
            eventually(lambda: [path for path in out.parent.glob(f".{out.name}.*") if path.stat().st_size])
            yield process
        finally:
            process.kill()


def ends(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code and what it said."""
    said, complained = process.communicate(timeout=ANSWER_DEADLINE)
    return process.returncode, said, complained


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
def test_a_film_of_a_film(
    sam: LiveNode, dana: LiveNode, x: XServer, text: Pixels, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    with playing(FILM, x.display, X, Y):
        done = sam.cli("glance", "record", "dana", out, "--seconds", "4", "--reason", "training")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{out}: 4.0 s of display 1 of Dana, 800×600, ")
    shots = frames(out)
    assert shots[0].at == 0
    assert 3.9 <= shots[-1].at <= 4.1
    parts = [part(shot.picture) for shot in shots]
    numbered = [(number, shown) for shown in parts if (number := FILM.number(shown)) is not None]
    assert len({number for number, _ in numbered}) >= 3
    # A picture may be taken while the player is painting: it has the number already, and not all below it.
    true = [scenes.psnr(shown, FILM.frame(number)) >= 30 for number, shown in numbered]
    assert sum(true) >= 0.7 * len(true)
    around = shots[-1].picture.copy()
    part_of(around)[:] = part_of(text)
    assert scenes.psnr(around, text) >= 30
    assert list(tmp_path.iterdir()) == [out]
    assert out.stat().st_mode & 0o777 == 0o600
    (glance, *_) = dana.api("glance.watchers")["watchers"]
    assert (glance["name"], glance["reason"]) == ("Sam", "recorded: training")


def part_of(picture: Pixels) -> Pixels:
    return picture[Y : Y + FILM.height, X : X + FILM.width]


def test_control_c_ends_it_and_the_film_plays(
    sam: LiveNode, dana: LiveNode, text: Pixels, tmp_path: Path
) -> None:
    out = tmp_path / "film.mp4"
    with recording(sam, dana, out) as process:
        process.send_signal(signal.SIGINT)
        code, said, complained = ends(process)
    assert (code, complained) == (0, "")
    assert said.startswith(str(out))
    shots = frames(out)
    assert len(shots) >= 2
    assert scenes.psnr(shots[-1].picture, text) >= 30
    assert list(tmp_path.iterdir()) == [out]


def test_a_display_that_changes_its_size_is_fitted_into_the_film(
    sam: LiveNode, dana: LiveNode, x: XServer, text: Pixels, tmp_path: Path
) -> None:
    out = tmp_path / "film.mp4"
    with recording(sam, dana, out) as process:
        x.set_monitor(SMALLER)
        try:
            eventually(
                lambda: sam.agents()[dana.email]["displays"],
                lambda displays: [each["width"] for each in displays] == [640],
            )
            eventually(lambda: shown_small(sam))
            process.send_signal(signal.SIGINT)
            assert ends(process)[0] == 0
        finally:
            x.set_monitor(WHOLE)
    last = frames(out)[-1].picture
    assert last.shape == (600, 800, 4)
    assert scenes.psnr(np.ascontiguousarray(last[60:540, 80:720]), text[:480, :640]) >= 28
    assert last[:50, :, :3].max() < 10


def shown_small(sam: LiveNode) -> bool:
    """Whether a glance of its own shows the display in its new size."""
    out = sam.home.parent / "look.png"
    assert sam.cli("glance", "save", "dana", out, "--force").returncode == 0
    return int.from_bytes(out.read_bytes()[16:20], "big") == 640


def test_the_end_of_the_glance_is_told_and_the_film_plays(
    sam: LiveNode, dana: LiveNode, text: Pixels, tmp_path: Path
) -> None:
    out = tmp_path / "film.mp4"
    with recording(sam, dana, out) as process:
        assert sam.cli("glance", "stop", "dana").returncode == 0
        code, said, complained = ends(process)
    assert (code, complained) == (9, "The glance at Dana ended: stopped by the supervisor.\n")
    assert said.startswith(str(out))
    assert scenes.psnr(frames(out)[-1].picture, text) >= 30


def test_a_full_disk_is_told_and_leaves_nothing(
    sam: LiveNode, dana: LiveNode, x: XServer, text: Pixels, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "small", "200k") as _:
        out = tmp_path / "small" / "film.mkv"
        with playing(FILM, x.display, X, Y):
            done = sam.cli("glance", "record", "dana", out, "--seconds", "60")
        assert done.returncode == 10
        assert done.stderr == f"{out} cannot be written: no space left on device. Nothing was changed.\n"
        assert list(out.parent.iterdir()) == []


def test_what_is_there_already_is_not_overwritten(sam: LiveNode, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    out.write_text("mine")
    done = sam.cli("glance", "record", "dana", out, "--seconds", "1")
    assert done.returncode == 10
    assert "is not overwritten" in done.stderr
    assert out.read_text() == "mine"


def test_only_films_are_written(sam: LiveNode, tmp_path: Path) -> None:
    done = sam.cli("glance", "record", "dana", tmp_path / "film.avi")
    assert done.returncode == 2
    assert done.stderr == "“film.avi” is not usable: a film's name ends in .mp4 or .mkv.\n"


def test_without_the_extra_it_says_how_to_install_it(sam: LiveNode, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_EXTRA)
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    bare = LiveNode(sam.home, sam.email, {**sam._environ, "PYTHONPATH": path})
    done = bare.cli("glance", "record", "dana", tmp_path / "film.mp4")
    assert done.returncode == 10
    assert done.stderr == (
        "Recording needs the extra “video”. Install lanassist again with it: docs/admin-guide.md says how.\n"
    )
