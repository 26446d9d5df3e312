"""Disks that are full, damaged or no disks: one clear message, nothing half written."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, Ran, run_process
from tests.support.failures import refuse
from tests.support.index_server import Index
from tests.support.upstream import make_large_wheel
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel


def stored(tmp_path: Path) -> list[str]:
    """List the blobs of the wheelhouse."""
    return [path.name for path in (tmp_path / "house/files").glob("sha256/*/*")]


def test_an_output_in_no_folder(axletree: CommandLine, clash: Path) -> None:
    words = ("lock", "left", "--universe", clash, "-o", "absent/lock.txt")

    code, document = refuse(axletree, *words)

    assert (code, document["reference"]) == (3, "storage-failed")
    assert document["where"] == "absent/lock.txt"
    assert "wheelhouse" not in str(document["what"])


def test_an_output_on_a_full_disk_is_told_and_leaves_the_old(
    axletree: CommandLine, clash: Path
) -> None:
    words = ("lock", "left", "--universe", clash, "-o", "/dev/full")

    code, document = refuse(axletree, *words)

    assert (code, document["reference"]) == (3, "no-space")


def limited(size_bytes: int, *words: str | Path) -> Ran:
    """Run a command that may write files of `size_bytes` at most."""
    return run_process(
        *words,
        launcher=("prlimit", f"--fsize={size_bytes}"),
        # Python would cut its own bytecode off at that size, and read it ever after.
        PYTHONDONTWRITEBYTECODE="1",
    )


def test_a_lock_that_does_not_fit_leaves_the_old_one(
    axletree: CommandLine, clash: Path
) -> None:
    del axletree
    Path("lock.txt").write_text("old")

    ran = limited(100, "lock", "left", "--universe", clash, "-o", "lock.txt")

    assert ran.code == 3
    assert ran.err.startswith("error: the file cannot be written: File too large\n")
    assert "  hint: free some space" in ran.err
    assert Path("lock.txt").read_text() == "old"
    assert [path.name for path in Path().iterdir()] == ["lock.txt"]


@pytest.mark.slow
@pytest.mark.parametrize("size_bytes", [3_000, 150_000])
def test_a_collect_that_does_not_fit_can_be_run_again(
    axletree: CommandLine, index: Index, tmp_path: Path, size_bytes: int
) -> None:
    index.publish("one", make_large_wheel(tmp_path, "one", "1"))
    words = ("collect", "one", "-i", index.url)

    ran = limited(size_bytes, *words)

    assert (ran.code, ran.out) == (3, "")
    assert "error: " in ran.err
    assert "free some space" in ran.err or "disk may be full" in ran.err
    assert stored(tmp_path) == []
    assert axletree(*words).code == 0


def test_a_full_stdout_is_told(axletree: CommandLine, clash: Path) -> None:
    del axletree
    words = ("lock", "left", "--universe", clash)

    ran = run_process(*words, stdout=Path("/dev/full"))

    assert ran.code == 3
    assert ran.err == (
        "error: the result cannot be written: No space left on device\n"
        "  where: standard output\n"
        "  hint: free some space, or write elsewhere\n"
        "  docs: axletree docs output-failed\n"
    )


def test_a_home_that_is_a_file(axletree: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "house").write_text("not a folder")

    for words in (("lock", "one"), ("serve", "--port", "0")):
        code, document = refuse(axletree, *words)
        assert (code, document["reference"]) == (3, "storage-failed")


def test_a_cache_that_is_a_file_is_done_without(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    index.publish("one", make_wheel(tmp_path, "one", "1"))
    (tmp_path / "cache").write_text("not a folder")

    assert axletree("lock", "one", "-i", index.url).code == 0


@pytest.mark.parametrize("verb", ["lock", "explain", "collect", "serve"])
def test_a_damaged_wheelhouse(
    axletree: CommandLine, tmp_path: Path, verb: str, index: Index
) -> None:
    publish_all(tmp_path / "house", [make_wheel(tmp_path, "one", "1")])
    database = tmp_path / "house/wheelhouse.sqlite"
    database.write_bytes(b"garbage" * 1000)
    words = ("--port", "0") if verb == "serve" else ("one",)
    more = ("-i", index.url) if verb == "collect" else ()

    code, document = refuse(axletree, verb, *words, *more)

    assert (code, document["reference"]) == (3, "database-failed")
    assert document["where"] == str(database)
