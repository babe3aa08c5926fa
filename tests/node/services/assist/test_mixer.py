"""The engine is brought to what the core wants, whatever happens to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio
import trio.testing

from lanassist.node.errors import NoSoundServer
from lanassist.node.services.assist.core import MixerSaid, SoundFailed, SoundWanted, VoiceMissing
from lanassist.node.services.assist.mixer import AGAIN, PREPARE_AGAIN, Mixer
from lanassist.node.sound.base import Fault, Levels, ModeChanged, SupervisorSilent, Synthetic
from tests.support.engines import FakeEngine


class Played:
    """A mixer, its engine, and what the core was told."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.told: list[object] = []
        self.mixer = Mixer(self.engine, Synthetic(), self._tell)

    async def _tell(self, event: object) -> None:
        self.told.append(event)

    async def wants(self, call: str, mode: str) -> None:
        self.mixer.want(SoundWanted(call, mode))  # type: ignore[arg-type]
        await trio.testing.wait_all_tasks_blocked()

    async def says(self, event: object) -> None:
        self.engine.tell.send_nowait(event)  # type: ignore[arg-type]
        await trio.testing.wait_all_tasks_blocked()


@asynccontextmanager
async def played() -> AsyncIterator[Played]:
    play = Played()
    async with trio.open_nursery() as nursery:
        await nursery.start(play.mixer.run)
        await trio.testing.wait_all_tasks_blocked()
        yield play
        nursery.cancel_scope.cancel()


async def test_a_call_begins_before_its_mode_and_ends_once(autojump_clock: object) -> None:
    async with played() as play:
        await play.wants("c1", "normal")
        await play.wants("c1", "listen")
        await play.wants("c1", "talk")
        await play.wants("", "normal")
        assert play.engine.did == ["prepare", "begin c1", "listen", "talk", "end"]
        assert play.told == [MixerSaid("listen"), MixerSaid("talk")]


async def test_only_the_newest_wish_counts(autojump_clock: object) -> None:
    async with played() as play:
        for mode in ("listen", "talk", "listen"):
            play.mixer.want(SoundWanted("c1", mode))
        await trio.testing.wait_all_tasks_blocked()
        assert play.engine.did == ["prepare", "begin c1", "listen"]


async def test_a_fall_back_of_the_engine_is_wanted_until_the_core_wants_otherwise(
    autojump_clock: object,
) -> None:
    async with played() as play:
        await play.wants("c1", "talk")
        await play.says(ModeChanged(mode="listen", why="silent"))
        assert play.engine.did == ["prepare", "begin c1", "talk"]
        await play.wants("c1", "talk")
        assert play.engine.did[-1:] == ["talk"]
        assert play.told[1] == MixerSaid("listen", "silent")


async def test_an_engine_that_began_anew_is_told_to_listen_never_to_take_over(
    autojump_clock: object,
) -> None:
    async with played() as play:
        await play.wants("c1", "takeover")
        await play.says(Fault(code="sound-engine-crashed", text="It crashed."))
        await play.says(ModeChanged(mode="normal", why="restarted"))
        assert play.engine.did == ["prepare", "begin c1", "takeover", "listen"]
        assert play.told == [MixerSaid("takeover"), MixerSaid("normal", "restarted"), MixerSaid("listen")]


async def test_an_engine_that_would_not_is_asked_again(autojump_clock: trio.testing.MockClock) -> None:
    async with played() as play:
        play.engine.failure = NoSoundServer()
        await play.wants("c1", "listen")
        assert play.told == [SoundFailed(NoSoundServer().text)]
        play.engine.failure = None
        await trio.sleep(AGAIN + 1)
        assert play.engine.did == ["prepare", "begin c1", "listen"]
        assert SoundFailed("") in play.told


async def test_devices_that_could_not_be_made_are_made_later(autojump_clock: object) -> None:
    play = Played()
    play.engine.failure = NoSoundServer()
    async with trio.open_nursery() as nursery:
        await nursery.start(play.mixer.run)
        await trio.sleep(1)
        play.engine.failure = None
        await trio.sleep(PREPARE_AGAIN)
        assert play.told == [SoundFailed(NoSoundServer().text), SoundFailed("")]
        nursery.cancel_scope.cancel()


async def test_what_the_engine_tells_of_faults_and_voices_is_passed_on(autojump_clock: object) -> None:
    async with played() as play:
        await play.says(Fault(code="sound-device-lost", text="The headset is gone."))
        await play.says(Fault(code="sound-device-lost", text="The headset is gone.", over=True))
        await play.says(SupervisorSilent(seconds=2.0))
        await play.says(SupervisorSilent(seconds=10.0))
        await play.says(Levels())
        assert play.told == [SoundFailed("The headset is gone."), SoundFailed(""), VoiceMissing()]
        assert play.mixer.levels == Levels()
