"""The built wheel on a machine that has no checkout: by pip, uv tool and pipx.

What it needs comes from the index that pip uses; PYTHONPATH is empty, and the commands
are typed elsewhere.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import axletree
from tests.support.checkout import copy_tracked_files
from tests.support.command_line import write_universe
from tests.test_wheel_contents import build_wheel

pytestmark = [pytest.mark.slow, pytest.mark.public_index]

UV = Path(sys.executable).with_name("uv")
PYTHONS = ("3.11", "3.12", "3.13")
BY_PIP, *BY_UV = PYTHONS
"""What they install is the same, and pip takes three times as long."""
VERSION = f"axletree, version {axletree.__version__}\n"
OURS = ("AXLETREE_", "PYTHONPATH", "VIRTUAL_ENV", "COVERAGE_")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it as a release does."""
    folder = tmp_path_factory.mktemp("released")
    copy_tracked_files(folder / "source")
    return build_wheel(folder / "source", folder / "dist")


def run(words: Sequence[str | Path], folder: Path, *, code: int = 0) -> str:
    """Run a command in a folder, with nothing of ours; give its output."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    done = subprocess.run(
        list(map(str, words)),
        cwd=folder,
        env={
            **environ,
            "AXLETREE_HOME": str(folder / "house"),
            "AXLETREE_CACHE_DIR": str(folder / "cache"),
            "UV_TOOL_DIR": str(folder / "tools"),
            "UV_TOOL_BIN_DIR": str(folder / "bin"),
            "UV_PYTHON_DOWNLOADS": "never",
            "PIPX_HOME": str(folder / "pipx"),
            # Python compiles what is imported, which is little of it.
            "PIP_NO_COMPILE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def interpreter(version: str) -> Path:
    """Find a Python, or skip."""
    # Not pyenv's own `python3.12`: that one runs the version chosen for a folder.
    own = sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*/bin/python"))
    others = [shutil.which(f"python{version}")]
    found = [*map(str, own[-1:]), *filter(None, others)]
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(f"Python {version} is not here")
        pytest.skip(f"Python {version} is not here")
    return Path(found[0])


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Give a folder in which nothing of ours can be found."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    releases = {
        "left 1": ["shared==1"],
        "right 1": ["shared==2"],
        "right 0": ["shared==1"],
        "shared 1": [],
        "shared 2": [],
    }
    write_universe(folder / "u.json", releases)
    return folder


def assert_it_works(command: Path, folder: Path) -> None:
    """Type what a newcomer types first."""
    assert run([command, "--version"], folder) == VERSION
    assert "Start here:" in run([command, "--help"], folder)
    universe = ("--universe", "u.json")
    assert "\nleft==1 \\\n" in run([command, "lock", "left", *universe], folder)
    clash = ("left", "right==1", *universe)
    explained = run([command, "explain", *clash], folder, code=1)
    assert "use right 0 instead of right==1" in explained
    run([command, "init"], folder)
    run([command, "audit"], folder)


def test_pip_installs_the_wheel(wheel: Path, elsewhere: Path) -> None:
    python = interpreter(BY_PIP)
    # To unpack a pip for each takes seconds: one serves all.
    run([python, "-m", "venv", "--without-pip", "venv"], elsewhere)
    own = elsewhere / "venv/bin/python"
    pip = (sys.executable, "-m", "pip", "--python", own)
    run([*pip, "install", "--quiet", "--only-binary", ":all:", wheel], elsewhere)

    assert_it_works(elsewhere / "venv/bin/axletree", elsewhere)
    assert run([own, "-m", "axletree", "--version"], elsewhere) == VERSION
    assert run([*pip, "check"], elsewhere) == "No broken requirements found.\n"


@pytest.mark.parametrize("version", BY_UV)
def test_uv_installs_it_as_a_tool(wheel: Path, elsewhere: Path, version: str) -> None:
    python = interpreter(version)
    run([UV, "tool", "install", "--quiet", "--python", python, wheel], elsewhere)

    assert_it_works(elsewhere / "bin/axletree", elsewhere)
    own = elsewhere / "tools/axletree/bin/python"
    assert run([own, "-m", "axletree", "--version"], elsewhere) == VERSION
    run([UV, "pip", "check", "--quiet", "--python", own], elsewhere)


def test_pipx_runs_it(wheel: Path, elsewhere: Path) -> None:
    pipx: list[str | Path] = [
        UV,
        "tool",
        "run",
        "--quiet",
        "pipx",
        "run",
        "--spec",
        wheel,
        "axletree",
    ]

    assert run([*pipx, "--version"], elsewhere) == VERSION
    locked = run([*pipx, "lock", "left", "--universe", "u.json"], elsewhere)
    assert "\nleft==1 \\\n" in locked
