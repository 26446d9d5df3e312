"""Whatever fails outside is one clear error of every verb, and nothing is lost."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.command_line import CommandLine, command
from tests.support.isolation import require_isolation
from tests.support.read_only import behind_read_only_mount
from tests.support.wheelhouses import published_in

pytestmark = pytest.mark.slow

READING = (
    *(["list"], ["show", "demo"], ["log"], ["pin"], ["status", "demo"]),
    *(["du"], ["verify"], ["gc", "--dry-run"]),
)
WRITING = (
    *(["yank", "demo"], ["remove", "demo"], ["pin", "1"]),
    *(["withdraw", "demo", "--reason", "r"], ["status", "demo", "archived"], ["gc"]),
)


def _scribble(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


LOST: dict[str, tuple[str, Callable[[Path], object]]] = {
    "lost": ("database-lost", Path.unlink),
    "no database": ("database-failed", lambda path: path.write_bytes(b"x" * 9000)),
    "empty": ("database-failed", lambda path: path.write_bytes(b"")),
    "corrupt": ("database-failed", _scribble),
}


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("words", [*READING, *WRITING], ids=" ".join)
def test_a_lost_or_damaged_database_is_one_clear_error(
    filled: CommandLine, tmp_path: Path, how: str, words: list[str]
) -> None:
    reference, spoil = LOST[how]
    with Wheelhouse.open(tmp_path / "house"):
        pass
    for log in (tmp_path / "house").glob("wheelhouse.sqlite-*"):
        log.unlink()
    spoil(tmp_path / "house" / "wheelhouse.sqlite")

    ran = filled(*words, "--json")

    assert ran.code == 3
    assert ran.document("error")["reference"] == reference
    assert "Traceback" not in ran.err
    assert list((tmp_path / "house" / "files" / "sha256").glob("*/*"))


@pytest.mark.parametrize("words", [*READING, *WRITING], ids=" ".join)
def test_a_wheelhouse_that_can_only_be_read_is_read(
    filled: CommandLine, tmp_path: Path, words: list[str]
) -> None:
    require_isolation()
    home = tmp_path / "house"
    (tmp_path / "seen").mkdir()
    del filled
    launcher = behind_read_only_mount(home, tmp_path / "seen")
    done = subprocess.run(
        [*launcher, "env", f"AXLETREE_HOME={tmp_path / 'seen'}", *command(*words)],
        capture_output=True,
        text=True,
        check=False,
    )
    if words in READING:
        assert done.returncode == 0, done.stderr
    else:
        assert done.returncode == 3
        assert "axletree docs read-only-wheelhouse" in done.stderr
    assert len(published_in(home)) == 4


@pytest.mark.parametrize("words", [*WRITING[:-1], ["backup", "copy"]], ids=" ".join)
def test_a_full_disk_is_one_clear_error_and_nothing_is_lost(
    filled: CommandLine, tmp_path: Path, words: list[str]
) -> None:
    before = published_in(tmp_path / "house")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

    done = subprocess.run(
        [sys.executable, "-B", "-m", "axletree", *words],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert published_in(tmp_path / "house") == before
    assert filled("verify").code == 0
    assert filled(*words).code == 0
