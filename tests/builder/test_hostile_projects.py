"""Seventy hostile projects, as root and as an ordinary user: the machine unharmed."""

import compileall
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.builder.sandbox.isolation import Isolation
from axletree.wheelhouse.store.removal import remove_tree
from tests.support import hostile_archives
from tests.support.hostile_projects import ATTACKS, MARK
from tests.support.index_server import serving
from tests.support.machine_state import look
from tests.support.ordinary_user import ROOT, as_ordinary_user
from tests.support.sources import build_requirements, publish_on

pytestmark = pytest.mark.slow

SYSTEM = (Path("/etc"), Path("/usr/local/bin"), Path("/dev/shm"))  # noqa: S108 - looked at only
OUR_CODE = ("builder", "wheelhouse", "resolver", "axletree")


@pytest.fixture
def home() -> Iterator[Path]:
    """Make a home with things to lose, where an ordinary user gets to it."""
    folder = Path(tempfile.mkdtemp(prefix="axletree-home-"))
    for name in (".bashrc", ".ssh/id", "outside/secret"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"precious {name}")
    folder.chmod(0o755)
    yield folder
    remove_tree(folder)


def python_of(user: str, home: Path) -> list[str]:
    if user == "ordinary":
        return as_ordinary_user(home)
    if os.geteuid() != 0:
        pytest.skip("only root can be root")
    return [sys.executable]


@pytest.mark.parametrize("level", ["full", "none"])
@pytest.mark.parametrize("user", ["root", "ordinary"])
def test_hostile_projects_leave_the_machine_as_it_was(
    user: str, level: str, home: Path, full: Isolation
) -> None:
    assert full
    python = python_of(user, home)
    ours = [ROOT / name for name in OUR_CODE]
    for folder in ours:  # tests beside this one would write what is not there yet
        assert compileall.compile_dir(folder, quiet=1)
    watched = [home, *SYSTEM, *ours]
    before = look(watched, MARK)
    ran = subprocess.run(
        [*python, "-m", "tests.support.hostile_projects", level, home],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    after = look(watched, MARK)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert after.files - before.files == frozenset()
    assert after == before
    outcomes = {
        title: end for title, end, _ in map(json.loads, ran.stdout.splitlines())
    }
    assert len(outcomes) > 40
    for title, end in outcomes.items():
        known = ATTACKS.get(title)
        assert end in (known.ends if known else {"unsafe-source"}), title


@pytest.mark.parametrize("level", ["full", "none"])
@pytest.mark.parametrize("user", ["root", "ordinary"])
def test_locking_a_hostile_sdist_writes_nothing_outside(
    user: str, level: str, home: Path, full: Isolation, tmp_path: Path
) -> None:
    """The attack of CVE-2025-4517, by the command that was enough for it."""
    assert full
    outside = home / "outside"
    members = hostile_archives.deep_path(str(outside))
    sdist = hostile_archives.make_tar(tmp_path / "evil-1.0.tar.gz", members)
    with serving() as index:
        publish_on(index, *build_requirements(tmp_path))
        index.publish("evil", sdist)
        ran = subprocess.run(
            [
                *python_of(user, home),
                *("-m", "axletree", "lock", "evil", "-i", index.url),
                *("--isolation", level),
            ],
            cwd=ROOT,
            env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert ran.returncode == 1, ran.stderr
    assert "is not unpacked" in " ".join(ran.stderr.split())
