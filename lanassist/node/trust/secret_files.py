"""Files that hold keys: made so that nobody else can read them, refused when somebody else could.

Also how trust writes any file: whole or not at all, and over nothing that it was not told to replace.
"""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from lanassist.node.errors import FileExists, FileUnreadable, StorageFailed, UnsafeKeyFile

LARGEST: Final = 1024 * 1024


def read_secret(path: Path) -> bytes:
    """The content of a key file that nobody else can read or swap.

    Raises UnsafeKeyFile with the command that repairs it, FileUnreadable if it is not there.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            fix = f"cp --remove-destination $(readlink -f {path}) {path} && chmod 600 {path}"
            raise UnsafeKeyFile(path=path, why="it is a symbolic link", fix=fix) from None
        raise FileUnreadable(path=path, why=_reason(error)) from error
    try:
        check_secret(path, os.fstat(handle))
        return _read_all(handle)
    finally:
        os.close(handle)


def _read_all(handle: int) -> bytes:
    with open(handle, "rb", closefd=False) as file:
        return file.read(LARGEST)


def check_secret(path: Path, status: os.stat_result) -> None:
    """Raises UnsafeKeyFile unless ``status`` is that of a file only its owner, this user, can reach."""
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeKeyFile(path=path, why="it is not a file", fix=f"ls -ld {path}")
    if status.st_uid != os.geteuid():
        raise UnsafeKeyFile(path=path, why="it belongs to another user", fix=f"chown {os.geteuid()} {path}")
    if status.st_mode & 0o077:
        mode = stat.S_IMODE(status.st_mode)
        raise UnsafeKeyFile(path=path, why=f"others can reach it (mode {mode:04o})", fix=f"chmod 600 {path}")
    if status.st_nlink != 1:
        raise UnsafeKeyFile(
            path=path, why="it has a second name (hard link)", fix=f"find / -xdev -samefile {path}"
        )


def check_folder(folder: Path) -> None:
    """Raises UnsafeKeyFile if another user could put other files into ``folder``."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise UnsafeKeyFile(path=folder, why="it is not a folder", fix=f"ls -ld {folder}")
    if status.st_uid != os.geteuid():
        raise UnsafeKeyFile(
            path=folder, why="it belongs to another user", fix=f"chown {os.geteuid()} {folder}"
        )
    if status.st_mode & 0o022:
        raise UnsafeKeyFile(path=folder, why="others can write to it", fix=f"chmod go-w {folder}")


def write_whole(path: Path, content: bytes, *, force: bool = False) -> None:
    """Put ``content`` at ``path``, mode 0600, whole or not at all; replaces a file only by ``force``.

    Raises FileExists, StorageFailed. A symbolic link at ``path`` is never followed.
    """
    with whole_file(path, force=force) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """A file to write, mode 0600, which stands at ``path`` only once it is whole and on the disk.

    After an error nothing of it is left. Raises as ``write_whole``, also for an OSError while it is written.
    """
    if not force and os.path.lexists(path):
        raise FileExists(path=path)
    partial = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    try:
        with _created(partial) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if force:
            partial.replace(path)
        else:
            os.link(partial, path)  # unlike rename, fails if somebody was faster
        sync_folder(path.parent)
    except FileExistsError:
        raise FileExists(path=path) from None
    except OSError as error:
        raise StorageFailed(path=path, why=_reason(error)) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def create_secret(path: Path, content: bytes) -> None:
    """A new file of mode 0600 with ``content``, on the disk before this returns. Raises OSError."""
    with _created(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _created(path: Path) -> BinaryIO:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    return open(handle, "wb")


def make_folder(
    folder: Path, files: Mapping[str, bytes], folders: Iterable[str] = (), *, force: bool = False
) -> Path | None:
    """A folder (0700) with these files and empty folders, whole or not at all.

    By ``force`` what is there already is moved aside, never deleted: its new path is returned.
    Raises FileExists (an empty folder may be there), StorageFailed.
    """
    partial = folder.with_name(f".{folder.name}.{os.urandom(6).hex()}")
    aside = None
    try:
        if os.path.lexists(folder) and not _is_empty_folder(folder):
            if not force:
                raise FileExists(path=folder)
            aside = folder.with_name(f"{folder.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir(mode=0o700)
        for name in folders:
            (partial / name).mkdir(mode=0o700)
        for name, content in files.items():
            create_secret(partial / name, content)
        sync_folder(partial)
        _move_in(partial, folder, aside)
    except OSError as error:
        raise StorageFailed(path=folder, why=_reason(error)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return aside


def _move_in(partial: Path, folder: Path, aside: Path | None) -> None:
    if aside is not None:
        folder.rename(aside)
    try:
        partial.rename(folder)  # also over an empty folder
    except OSError:
        if aside is not None:
            aside.rename(folder)
        raise
    sync_folder(folder.parent)


def _is_empty_folder(path: Path) -> bool:
    return not path.is_symlink() and path.is_dir() and not any(path.iterdir())


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` as durable as their contents, where its file system can do that."""
    with suppress(OSError):  # the names are in place by now, and not every file system syncs folders
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
