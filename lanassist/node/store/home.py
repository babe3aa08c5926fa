"""The node's home folder: one node at a time, and where that node can be reached by its own user.

The lock is an flock on ``run/node.lock``, which the system lets go when its process ends, however it
ends. ``run/node.json`` tells the CLI where the running node's page is; it is readable by its owner only.
"""

import contextlib
import errno
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from lanassist.node.errors import FileUnreadable, NodeAlreadyRunning, NodeNotRunning, StorageFailed

LOCK: Final = "node.lock"
RUNNING: Final = "node.json"
LOCK_PATIENCE: Final = 0.3
"""Seconds: a CLI that looks whether a node runs holds the lock for an instant."""
RUNNING_BYTES: Final = 16 * 1024


class RunningNode(msgspec.Struct, frozen=True, kw_only=True):
    """How the user of a running node reaches it."""

    pid: int
    page: str
    """``http://127.0.0.1:PORT``"""
    token: str
    """The API's secret; new at each start."""
    link_port: int

    def __repr__(self) -> str:
        """Without the secret, which so stays out of logs and tracebacks."""
        return f"RunningNode(pid={self.pid}, page={self.page!r}, link_port={self.link_port})"


class ClaimedHome:
    """A home that this process holds."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def announce(self, node: RunningNode) -> None:
        """Tell the user's other programs about this node, all at once or not at all.

        Raises StorageFailed.
        """
        with _storage_failures(_run(self.path) / RUNNING):
            _replace(_run(self.path) / RUNNING, msgspec.json.encode(node))


@contextlib.contextmanager
def claimed_home(home: Path) -> Iterator[ClaimedHome]:
    """Hold ``home`` (made if need be, 0700) for one node; what it announced is taken away at the end.

    Raises NodeAlreadyRunning, StorageFailed.
    """
    with _storage_failures(home):
        _own_folder(home)
        _own_folder(_run(home))
        lock = os.open(_run(home) / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if not _locked_in_time(lock):
            pid = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
            raise NodeAlreadyRunning(home=home, pid=pid or "unknown")
        with _storage_failures(_run(home) / LOCK):
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        with contextlib.suppress(OSError):
            _leftovers(_run(home))
        try:
            yield ClaimedHome(home)
        finally:
            with contextlib.suppress(OSError):
                (_run(home) / RUNNING).unlink()
    finally:
        os.close(lock)  # the lock file stays: taking it away could let two nodes hold “the” lock


def read_running(home: Path) -> RunningNode:
    """The node that is running on ``home``. Raises NodeNotRunning, FileUnreadable."""
    if not _is_held(_run(home) / LOCK):
        raise NodeNotRunning(home=home)
    path = _run(home) / RUNNING
    try:
        return msgspec.json.decode(_private_bytes(path), type=RunningNode)
    except FileNotFoundError as error:  # still starting, or about to end
        raise NodeNotRunning(home=home) from error
    except OSError as error:
        raise FileUnreadable(path=path, why=error.strerror or str(error)) from error
    except msgspec.DecodeError as error:
        raise FileUnreadable(path=path, why=f"it is damaged ({error})") from error


def _run(home: Path) -> Path:
    return home / "run"


def _own_folder(path: Path) -> None:
    """Make the folder, for its owner only; an existing one is closed to others."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, "it is not a folder") from error
    found = path.stat()
    if found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "it belongs to another user")
    if found.st_mode & stat.S_IWOTH:  # such as /tmp, which must stay as it is
        raise PermissionError(errno.EPERM, "everybody may write to this folder; choose one of your own")
    if stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(0o700)


def _locked_in_time(lock: int) -> bool:
    give_up = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= give_up:
                return False
            time.sleep(0.02)


def _is_held(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(lock)


def _private_bytes(path: Path) -> bytes:
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        found = os.fstat(file.fileno())
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise PermissionError(errno.EPERM, "others than its owner could have written or read it")
        return file.read(RUNNING_BYTES)


def _replace(path: Path, content: bytes) -> None:
    """Write a 0600 file beside ``path``, then put it in place in one step (also over a symlink)."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _leftovers(run: Path) -> None:
    """Remove what a node that was killed has left behind."""
    for path in (run / RUNNING, *run.glob(f".{RUNNING}.*")):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _storage_failures(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFailed(path=path, why=error.strerror or str(error)) from error
