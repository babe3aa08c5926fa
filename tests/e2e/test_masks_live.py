"""Masks between real nodes: the admin lays them down, the agent's machine adds its own, both are told."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import trio
from PIL import Image

from lanassist.cli.channels import media_of
from lanassist.cli.client import NodeClient, connect
from lanassist.node.desktop import windows
from lanassist.node.desktop.masked_capture import PAINT
from lanassist.node.services.glance.commands import StartGlance
from lanassist.node.services.glance.media import RENEW
from lanassist.node.services.glance.viewer import Viewer
from tests.support import scenes
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.paint import Painter
from tests.support.windows import Program
from tests.support.xserver import Monitor, XServer

pytestmark = pytest.mark.e2e

SECRET = (255, 0, 200)
PAINTED = (int(PAINT) >> 16 & 0xFF, int(PAINT) >> 8 & 0xFF, int(PAINT) & 0xFF)
VAULT = '[[masks]]\nwindow_class = "Vault"\n'


@pytest.fixture
def x() -> Iterator[XServer]:
    with XServer(600, 400, (Monitor("only", 0, 0, 600, 400),)) as server:
        yield server


@pytest.fixture
def desk(x: XServer) -> Iterator[Program]:
    """A masked window on a text."""
    with Painter(x.display) as painter, Program(x.display) as program:
        painter.put(scenes.text(600, 400))
        program.window(SECRET, 50, 60, 200, 100, title="Passwords", window_class="Vault").show()
        yield program


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LiveSite]:
    with LiveSite(tmp_path) as site:
        yield site


def saved(sam: LiveNode, folder: Path) -> np.ndarray:
    """What Sam gets of Dana's display: shape (height, width, 3), R G B."""
    out = folder / "dana.png"
    done = sam.cli("glance", "save", "dana", out, "--force")
    assert done.returncode == 0, done.stderr
    return np.asarray(Image.open(io.BytesIO(out.read_bytes())).convert("RGB"))


def of(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    """How many pixels have this colour."""
    return int((picture == colour).all(axis=2).sum())


@contextmanager
def watching(sam: LiveNode) -> Iterator[None]:
    """Sam looks at Dana's screen until that ends by itself, which it must."""
    with ThreadPoolExecutor(1) as threads:
        looking = threads.submit(trio.run, _look, connect(sam.home))
        yield
        looking.result()


async def _look(node: NodeClient) -> None:
    started = await trio.to_thread.run_sync(node.ask, StartGlance(agent="dana"))
    viewer = Viewer(started.chosen)
    with trio.fail_after(120):
        async with media_of(node, started.session) as channel:
            with suppress(trio.EndOfChannel):
                while True:
                    await channel.send(bytes([RENEW]))
                    with trio.move_on_after(1):
                        if (reply := viewer.feed(await channel.receive())) is not None:
                            await channel.send(reply)


def offer(sam: LiveNode) -> str:
    """Why Sam may not look at Dana's screen, as the command line says it."""
    refused = sam.cli("glance", "start", "dana", "--print-url")
    return f"{refused.returncode} {refused.stderr}"


def rules(sam: LiveNode, dana: LiveNode, policy: Path) -> None:
    """It comes to Dana's node by way of Sam's."""
    assert sam.cli("policy", "install", policy).returncode == 0
    newest = sam.api("site.policy")["edition"]
    eventually(lambda: dana.api("site.policy")["edition"], lambda edition: edition == newest)


def test_policy_masks_everywhere_and_a_machine_can_only_add(
    site: LiveSite, x: XServer, desk: Program, tmp_path: Path
) -> None:
    desk.window((1, 2, 3), 300, 200, 100, 100, title="Salary of 2026").show()
    own = {"DISPLAY": x.display, "LANASSIST_GLANCE_MASKS": "title=*salary*"}
    dana, sam = site.node("Dana", "agent", settings=own), site.node("Sam", "supervisor")
    dana.launch()
    sam.start().meet(dana.ready())
    sam.sees(dana, online=True)
    picture = saved(sam, tmp_path)
    assert (of(picture, SECRET), of(picture, PAINTED)) == (200 * 100, 100 * 100)

    rules(sam, dana, site.policy(VAULT))
    picture = saved(sam, tmp_path)
    assert (of(picture, SECRET), of(picture, PAINTED)) == (0, 200 * 100 + 100 * 100)

    dana.stop()
    sam.meet(dana.start())  # masked from the first picture on
    sam.sees(dana, online=True)
    assert of(saved(sam, tmp_path), SECRET) == 0

    rules(sam, dana, site.policy(""))
    picture = saved(sam, tmp_path)
    assert (of(picture, SECRET), of(picture, PAINTED)) == (200 * 100, 100 * 100)


def test_a_screen_that_cannot_be_masked_is_not_sent_and_both_sides_are_told(
    site: LiveSite, x: XServer, desk: Program, tmp_path: Path
) -> None:
    dana, sam = site.node("Dana", "agent", settings={"DISPLAY": x.display}), site.node("Sam", "supervisor")
    dana.launch()
    assert sam.cli("policy", "install", site.policy(VAULT)).returncode == 0
    sam.start().meet(dana.ready())
    sam.sees(dana, online=True, screen_error="")
    with Program(x.display) as crowd, watching(sam):
        eventually(dana.watchers)
        for _ in range(windows.MOST_WINDOWS):
            crowd.window((9, 9, 9), 0, 0, 1, 1)
        why = "some of its windows are to be masked, and they cannot be listed (there are more than 4096)"
        sam.sees(dana, screen_error=why)
        eventually(dana.watchers, lambda watchers: watchers == [])
        assert why in dana.unwatched()
        assert offer(sam) == f"9 The screen cannot be shown: {why}.\n"
        refused = sam.api("glance.start", agent="dana")
        assert refused["code"] == "screen-unmaskable"
        assert why in dana.cli("status", "show").stdout
    sam.sees(dana, screen_error="")
    assert of(saved(sam, tmp_path), SECRET) == 0


def test_a_mask_that_is_none_is_told_at_the_start(site: LiveSite) -> None:
    dana = site.node("Dana", "agent", settings={"LANASSIST_GLANCE_MASKS": "KeePassXC"})
    refused = dana.cli("node", "run")
    assert refused.returncode == 2
    assert "glance.masks: “KeePassXC” is not a mask" in refused.stderr
