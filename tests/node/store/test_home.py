"""One node a home, and how the CLI finds it."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lanassist.node.errors import FileUnreadable, NodeAlreadyRunning, NodeNotRunning, StorageFailed
from lanassist.node.store.home import RunningNode, claimed_home, read_running

NODE = RunningNode(pid=os.getpid(), page="http://127.0.0.1:5", token="secret", link_port=7)

OTHER_NODE = """
import sys
from pathlib import Path
from lanassist.node.store.home import RunningNode, claimed_home
with claimed_home(Path(sys.argv[1])) as home:
    home.announce(RunningNode(pid=1, page="http://127.0.0.1:9", token="t", link_port=9))
    print("claimed", flush=True)
    sys.stdin.read()
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def start_other(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OTHER_NODE, str(home)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "claimed\n"
    return process


def stop(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=10)


def test_a_running_node_is_found_and_then_is_not(tmp_path: Path) -> None:
    home = tmp_path / "a" / "home"
    with claimed_home(home) as claimed:
        with pytest.raises(NodeNotRunning):
            read_running(home)  # claimed, but it serves nothing yet
        claimed.announce(NODE)
        assert read_running(home) == NODE
    with pytest.raises(NodeNotRunning):
        read_running(home)
    assert [path.name for path in (home / "run").iterdir()] == ["node.lock"]


def test_a_home_that_was_never_used_has_no_node(tmp_path: Path) -> None:
    with pytest.raises(NodeNotRunning, match="lanassist node run"):
        read_running(tmp_path)


def test_nobody_else_may_look_in(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    with claimed_home(home) as claimed:
        claimed.announce(NODE)
        assert mode(home) == 0o700
        assert mode(home / "run") == 0o700
        assert mode(home / "run" / "node.json") == 0o600
        assert mode(home / "run" / "node.lock") == 0o600


def test_a_folder_that_everybody_writes_to_is_left_alone(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    with pytest.raises(StorageFailed, match="choose one of your own"), claimed_home(shared):
        pass
    assert mode(shared) == 0o1777
    assert list(shared.iterdir()) == []


def test_a_second_node_on_the_same_home_is_told_who_holds_it(tmp_path: Path) -> None:
    other = start_other(tmp_path)
    try:
        with pytest.raises(NodeAlreadyRunning, match=f"process {other.pid}"), claimed_home(tmp_path):
            pass
        assert read_running(tmp_path).link_port == 9
    finally:
        stop(other)


def test_a_killed_node_does_not_keep_its_home(tmp_path: Path) -> None:
    other = start_other(tmp_path)
    other.send_signal(signal.SIGKILL)
    stop(other)
    assert (tmp_path / "run" / "node.json").exists()
    with pytest.raises(NodeNotRunning):
        read_running(tmp_path)
    with claimed_home(tmp_path):
        assert not (tmp_path / "run" / "node.json").exists()


def test_a_cli_that_looks_does_not_keep_a_node_from_starting(tmp_path: Path) -> None:
    look = (
        "import sys\nfrom pathlib import Path\n"
        "from lanassist.node.store.home import _is_held\n"
        "print('looking', flush=True)\n"
        "while True: _is_held(Path(sys.argv[1]) / 'run' / 'node.lock')\n"
    )
    with claimed_home(tmp_path):
        pass
    process = subprocess.Popen([sys.executable, "-c", look, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(20):
            with claimed_home(tmp_path):
                pass
    finally:
        process.kill()
        stop(process)


def test_a_symlink_in_place_of_the_announcement_is_replaced_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    home = tmp_path / "home"
    with claimed_home(home) as claimed:
        (home / "run" / "node.json").symlink_to(victim)
        with pytest.raises(FileUnreadable):
            read_running(home)
        claimed.announce(NODE)
        assert read_running(home) == NODE
    assert victim.read_text() == "precious"


def test_a_symlink_in_place_of_the_lock_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "node.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageFailed), claimed_home(tmp_path):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_an_announcement_that_others_could_read_is_not_trusted(tmp_path: Path) -> None:
    with claimed_home(tmp_path) as claimed:
        claimed.announce(NODE)
        (tmp_path / "run" / "node.json").chmod(0o644)
        with pytest.raises(FileUnreadable):
            read_running(tmp_path)


def test_a_damaged_announcement_is_told(tmp_path: Path) -> None:
    with claimed_home(tmp_path) as claimed:
        claimed.announce(NODE)
        (tmp_path / "run" / "node.json").write_bytes(b'{"pid": "one"}')
        with pytest.raises(FileUnreadable, match="damaged"):
            read_running(tmp_path)


def test_a_home_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StorageFailed, match="not a folder"), claimed_home(tmp_path / "home"):
        pass


def test_an_announcement_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with claimed_home(tmp_path) as claimed:
        claimed.announce(NODE)
        monkeypatch.setattr(os, "fsync", no_space)
        with pytest.raises(StorageFailed, match="No space left"):
            claimed.announce(RunningNode(pid=2, page="x", token="y", link_port=3))
        assert read_running(tmp_path) == NODE
        assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["node.json", "node.lock"]


def test_the_secret_is_not_shown() -> None:
    assert "secret" not in repr(NODE)
    assert "secret" not in str([NODE])
