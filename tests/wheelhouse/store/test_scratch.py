import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from axletree.wheelhouse.errors import StorageError
from axletree.wheelhouse.store.scratch import own_folder

_HOLD = """
import sys
from pathlib import Path
from axletree.wheelhouse.store.scratch import own_folder

with own_folder(Path(sys.argv[1])) as folder:
    (folder / "work").mkdir()
    (folder / "work" / "file").write_text("half done")
    (folder / "work").chmod(0o500)
    print(folder, flush=True)
    sys.stdin.read()
"""
_CHURN = """
import sys
from pathlib import Path
from axletree.wheelhouse.store.scratch import own_folder

for number in range(int(sys.argv[2])):
    with own_folder(Path(sys.argv[1])) as folder:
        (folder / "file").write_text(str(number))
        assert (folder / "file").read_text() == str(number)
"""


@contextmanager
def other_run(parent: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Hold a folder in another process until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_a_folder_is_there_for_a_while_and_leaves_nothing(tmp_path: Path) -> None:
    with own_folder(tmp_path) as folder:
        (folder / "file").write_text("x")
        assert folder.stat().st_mode & 0o777 == 0o700

    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_nothing_either(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), own_folder(tmp_path):
        raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []


def test_runs_of_one_process_have_folders_of_their_own(tmp_path: Path) -> None:
    with own_folder(tmp_path) as one, own_folder(tmp_path) as other:
        assert one != other
        assert one.is_dir()


def test_what_a_living_process_has_stays(tmp_path: Path) -> None:
    with other_run(tmp_path) as (_, theirs):
        with own_folder(tmp_path):
            pass
        assert (theirs / "work" / "file").read_text() == "half done"


def test_what_a_killed_process_had_goes(tmp_path: Path) -> None:
    with other_run(tmp_path) as (killed, theirs):
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert theirs.is_dir()
        with own_folder(tmp_path) as ours:
            assert not theirs.exists()
            assert sorted(tmp_path.iterdir()) == [ours, ours.with_suffix(".lock")]


def test_a_process_number_that_is_used_again_plays_no_part(tmp_path: Path) -> None:
    # All that a dead run leaves is a folder and a file that nobody has locked.
    (tmp_path / f"run-{os.getpid()}").mkdir()
    (tmp_path / f"run-{os.getpid()}.lock").write_text(str(os.getpid()))

    with own_folder(tmp_path) as folder:
        assert sorted(tmp_path.iterdir()) == [folder, folder.with_suffix(".lock")]


def test_what_a_dead_run_has_may_be_taken_over(tmp_path: Path) -> None:
    with other_run(tmp_path) as (killed, _):
        killed.kill()
        killed.wait()

    def adopt(dead: Path, folder: Path) -> None:
        (dead / "work").rename(folder / "work")

    with own_folder(tmp_path, adopt=adopt) as folder:
        assert (folder / "work" / "file").read_text() == "half done"


def test_a_run_that_fails_leaves_what_the_next_takes_over(tmp_path: Path) -> None:
    def adopt(dead: Path, folder: Path) -> None:
        for path in dead.iterdir():
            path.rename(folder / path.name)

    with suppress(ZeroDivisionError), own_folder(tmp_path, adopt=adopt) as folder:
        (folder / "file").write_text("whole")
        raise ZeroDivisionError

    with own_folder(tmp_path, adopt=adopt) as folder:
        assert (folder / "file").read_text() == "whole"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_many_at_once_never_lose_a_folder(tmp_path: Path) -> None:
    words = [sys.executable, "-c", _CHURN, str(tmp_path), "150"]
    with ExitStack() as stack:
        churning = [stack.enter_context(subprocess.Popen(words)) for _ in range(4)]

    assert [process.returncode for process in churning] == [0] * 4
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError), own_folder(tmp_path / "file"):
        raise AssertionError
