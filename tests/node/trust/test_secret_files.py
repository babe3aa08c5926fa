"""Files with keys: made for their owner only, refused when somebody else could reach them."""

import os
from pathlib import Path

import pytest

from lanassist.node.errors import FileExists, FileUnreadable, StorageFailed, UnsafeKeyFile
from lanassist.node.trust.secret_files import check_folder, make_folder, read_secret, write_whole
from tests.support.faults import FailingDisk, contents


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    write_whole(path, b"secret")
    return path


def why_unsafe(path: Path) -> tuple[str, str]:
    with pytest.raises(UnsafeKeyFile) as caught:
        read_secret(path)
    return str(caught.value.details["why"]), str(caught.value.details["fix"])


def test_a_file_is_made_for_its_owner_only(key: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    assert read_secret(key) == b"secret"
    assert list(key.parent.iterdir()) == [key]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o606, 0o644, 0o610, 0o601, 0o777, 0o620])
def test_a_key_that_others_can_reach_is_refused_with_the_remedy(key: Path, mode: int) -> None:
    key.chmod(mode)
    why, fix = why_unsafe(key)
    assert why == f"others can reach it (mode {mode:04o})"
    assert os.system(fix) == 0
    assert read_secret(key) == b"secret"


def test_a_symbolic_link_is_refused_with_the_remedy(key: Path) -> None:
    link = key.with_name("link.pem")
    link.symlink_to(key)
    why, fix = why_unsafe(link)
    assert why == "it is a symbolic link"
    assert os.system(fix) == 0
    assert read_secret(link) == b"secret"


def test_another_users_key_is_refused(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    assert why_unsafe(key) == ("it belongs to another user", f"chown {me + 1} {key}")


def test_a_key_with_a_second_name_is_refused(key: Path) -> None:
    os.link(key, key.with_name("second"))
    assert "second name" in why_unsafe(key)[0]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert why_unsafe(tmp_path / "pipe")[0] == "it is not a file"
    assert why_unsafe(tmp_path)[0] == "it is not a file"


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="cannot be read: no such file"):
        read_secret(tmp_path / "key.pem")


def test_a_folder_that_others_can_write_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    check_folder(tmp_path)
    tmp_path.chmod(0o775)
    with pytest.raises(UnsafeKeyFile, match="others can write to it"):
        check_folder(tmp_path)
    tmp_path.chmod(0o700)
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(UnsafeKeyFile, match="not a folder"):
        check_folder(tmp_path / "link")
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    with pytest.raises(UnsafeKeyFile, match="another user"):
        check_folder(tmp_path)


def test_nothing_is_overwritten_unless_told(key: Path) -> None:
    with pytest.raises(FileExists, match="exists already"):
        write_whole(key, b"other")
    assert read_secret(key) == b"secret"
    write_whole(key, b"other", force=True)
    assert read_secret(key) == b"other"


def test_a_link_in_the_way_is_never_followed(key: Path) -> None:
    link = key.with_name("out.pem")
    link.symlink_to(key)
    with pytest.raises(FileExists):
        write_whole(link, b"other")
    write_whole(link, b"other", force=True)
    assert read_secret(key) == b"secret"
    assert not link.is_symlink()


def test_whoever_is_faster_wins(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "lexists", lambda _path: False)
    with pytest.raises(FileExists):
        write_whole(key, b"other")
    assert read_secret(key) == b"secret"
    assert list(key.parent.iterdir()) == [key]


@pytest.mark.parametrize("force", [False, True])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, force: bool) -> None:
    if force:
        write_whole(tmp_path / "key.pem", b"before")
    before = contents(tmp_path)
    for at in range(1, 4):
        with FailingDisk(at).working(), pytest.raises(StorageFailed, match="no space left"):
            write_whole(tmp_path / "key.pem", b"secret", force=force)
        assert contents(tmp_path) == before


def test_a_folder_comes_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    for at in range(1, 30):
        with FailingDisk(at).working():
            try:
                make_folder(folder, {"a": b"1", "b": b"2"}, ["c"])
            except StorageFailed:
                assert contents(tmp_path) == {}
            else:
                break
    assert at == 8
    assert {path.name for path in folder.iterdir()} == {"a", "b", "c"}


def test_a_folder_in_the_way_is_moved_aside_by_force_only(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    folder.mkdir()
    assert make_folder(folder, {"a": b"1"}) is None
    with pytest.raises(FileExists):
        make_folder(folder, {"a": b"2"})
    aside = make_folder(folder, {"a": b"2"}, force=True)
    assert aside is not None
    assert (aside / "a").read_bytes() == b"1"
    assert (folder / "a").read_bytes() == b"2"


def test_a_folder_moved_aside_comes_back_if_the_new_one_cannot(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    make_folder(folder, {"a": b"1"})
    before = contents(tmp_path)
    for at in range(1, 20):
        with FailingDisk(at).working():
            try:
                make_folder(folder, {"a": b"2"}, force=True)
            except StorageFailed:
                assert contents(tmp_path) == before
            else:
                break
    assert (folder / "a").read_bytes() == b"2"
