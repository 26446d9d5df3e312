"""Where requirements by address are tried: an index, and files beside it."""

from pathlib import Path

import pytest

from tests.support.by_address import own_wheel
from tests.support.wheels import make_wheel


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write an index of wheels, and beside it what only an address names."""
    wheels = tmp_path / "wheels"
    for version in ("1.0", "2.0", "3.0"):
        make_wheel(wheels, "lib", version)
    make_wheel(wheels, "app", "1.0", requires_dist=["lib"])
    make_wheel(wheels, "old", "1.0", requires_dist=["lib<2"])
    make_wheel(wheels, "by_url", "1.0", requires_dist=[f"lib @ {own_wheel(tmp_path)}"])
    make_wheel(tmp_path / "own", "lib", "2.0", files={"lib.py": "own = True\n"})
    make_wheel(tmp_path / "own", "lib", "4.0rc1")
    return tmp_path
