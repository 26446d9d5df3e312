"""A wheelhouse is killed at random moments, and is sound after each."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import killed_changes
from tests.support.wheels import make_sdist, make_wheel

REPOSITORY = Path(__file__).parents[2]
SEED = 14
ROUNDS = int(os.environ.get("KILLS", "200" if os.environ.get("CI") else "26"))
"""CI kills 200 times, `make soak` 2,000."""


@pytest.mark.slow
def test_killed_at_a_random_moment_it_is_sound_and_goes_on(tmp_path: Path) -> None:
    files = tmp_path / "files"
    make_wheel(files, "demo", "1.0")
    make_sdist(files, "demo", "1.0")
    make_wheel(files, "demo", "2.0")
    make_wheel(files, "gone", "1.0", files={"a": os.urandom(1 << 18)})
    make_wheel(files, "new", "1.0", files={"a": os.urandom(1 << 18)})
    make_wheel(files, "new", "2.0")
    make_wheel(files, "used", "1.0")
    make_wheel(files, "used", "2.0")
    (tmp_path / "rounds").mkdir()

    done = subprocess.run(
        [
            *(sys.executable, killed_changes.__file__, str(SEED), str(ROUNDS)),
            *(tmp_path / "rounds", files),
        ],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
