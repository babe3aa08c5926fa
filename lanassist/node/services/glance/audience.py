"""Who watches a display. Viewers in step share one account of what they have, and so their updates. Pure."""

from collections.abc import Hashable, Iterator

from lanassist.node.protocol import limits
from lanassist.node.services.glance.cache import Slots
from lanassist.node.services.glance.footage import Seen
from lanassist.node.services.glance.progress import Change, Progress, Step
from lanassist.node.services.glance.tiles import Grid


class _Viewer:
    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.in_flight: list[int] = []
        """Updates that it has not yet confirmed."""

    @property
    def credited(self) -> bool:
        """Whether it may be sent something."""
        return len(self.in_flight) < limits.UPDATES_IN_FLIGHT


class Audience:
    """The viewers of one display."""

    def __init__(self) -> None:
        self._viewers: dict[Hashable, _Viewer] = {}

    def __bool__(self) -> bool:
        return bool(self._viewers)

    def join(self, name: Hashable, progress: Progress) -> None:
        """Somebody who has nothing yet."""
        self._viewers[name] = _Viewer(progress)

    def leave(self, name: Hashable) -> None:
        self._viewers.pop(name, None)

    def drawn(self, name: Hashable, sequence: int) -> None:
        """Somebody shows this update, and so all before it."""
        if viewer := self._viewers.get(name):
            viewer.in_flight = [sent for sent in viewer.in_flight if sent > sequence]

    def restart(self, width: int, height: int) -> None:
        """The display has another size."""
        for progress in self._all():
            progress.restart(width, height)

    def changed(self, change: Change) -> None:
        """The display has changed."""
        for progress in self._all():
            progress.changed(change)

    def _all(self) -> list[Progress]:
        return list({id(viewer.progress): viewer.progress for viewer in self._viewers.values()}.values())

    @property
    def takes_video(self) -> bool:
        """Whether anyone does."""
        return any(progress.video for progress in self._all())

    @property
    def credited(self) -> list[Progress]:
        """The accounts of those who may be sent something."""
        found = {id(viewer.progress): viewer.progress for viewer in self._viewers.values() if viewer.credited}
        return list(found.values())

    def in_step(self, cached: Slots) -> Iterator[tuple[Progress, tuple[Hashable, ...]]]:
        """Those who may be sent something, together where they are to be sent the same."""
        self._share()
        steps: dict[Step, list[Hashable]] = {}
        known: dict[int, Step] = {}
        for name, viewer in self._viewers.items():
            if viewer.credited:
                account = id(viewer.progress)
                if account not in known:
                    known[account] = viewer.progress.step(cached)
                steps.setdefault(known[account], []).append(name)
        for names in steps.values():
            yield self._viewers[names[0]].progress, tuple(names)

    def _share(self) -> None:
        """Viewers that have come into step share an account from now on."""
        accounts = self._all()
        if len(accounts) > 1:
            same: dict[Step, Progress] = {}
            first = {id(each): same.setdefault(each.whole, each) for each in accounts}
            for viewer in self._viewers.values():
                viewer.progress = first[id(viewer.progress)]

    def sent(
        self, names: tuple[Hashable, ...], sequence: int, lacking: Grid, lossy: Grid, seen: Seen
    ) -> None:
        """An update is on its way to these; what they will then still lack, have lossy, and have seen."""
        others = {id(viewer.progress) for name, viewer in self._viewers.items() if name not in names}
        after: dict[int, Progress] = {}
        for name in names:
            viewer = self._viewers[name]
            viewer.in_flight.append(sequence)
            before = viewer.progress
            if id(before) not in after:
                after[id(before)] = before.copy() if id(before) in others else before
                after[id(before)].sent(lacking, lossy, seen)
            viewer.progress = after[id(before)]
