"""Locks made from a folder of wheels, installed by real pip and real uv."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.clients import installed_in, run_client
from tests.support.command_line import run_process
from tests.support.index_server import serving
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

HERE = f"3.{sys.version_info.minor}"
CLIENTS = {
    "pip": (sys.executable, "-m", "pip", "install", "--no-cache-dir"),
    "uv": (
        sys.executable, "-m", "uv", "pip", "install", "--no-cache", "--python",
        sys.executable,
    ),
}  # fmt: skip


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """Write wheels of which Windows and Python 3.8 need more, or others."""
    folder = tmp_path / "wheels"
    needed = [
        "colours ; sys_platform == 'win32'",
        "old ; python_version < '3.9'",
        "lib",
    ]
    make_wheel(folder, "app", "1", requires_dist=needed)
    make_wheel(folder, "colours", "1")
    make_wheel(folder, "old", "1")
    make_wheel(folder, "lib", "1")
    make_wheel(folder, "lib", "2", requires_python=">=3.9")
    return folder


def lock(wheels: Path, *words: str | Path) -> None:
    """Lock `app` for two Pythons and two platforms."""
    ran = run_process(
        "lock", "app", "-f", wheels, "--python-version=3.8",
        f"--python-version={HERE}", "--python-platform=linux",
        "--python-platform=windows", *words,
        AXLETREE_CACHE_DIR=str(wheels.parent / "cache"), PIP_CONFIG_FILE=os.devnull,
    )  # fmt: skip
    assert ran.code == 0, ran.err


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_what_holds_here_is_installed_of_a_lock_for_four_environments(
    client: Sequence[str], wheels: Path, tmp_path: Path
) -> None:
    path = tmp_path / "lock.txt"
    lock(wheels, "-o", path)

    run_client(
        [*client, "--require-hashes", "--no-index", "-f", wheels, "--target",
         tmp_path / "site", "-r", path],
        tmp_path,
    )  # fmt: skip

    assert installed_in(tmp_path / "site") == {"app-1", "lib-2"}


@pytest.mark.parametrize("name", ["pylock.toml", "pylock.more.toml"])
@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_pylock_installs_from_the_paths_in_it(
    client: Sequence[str], wheels: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "project" / name
    path.parent.mkdir()
    lock(wheels, "-o", path)

    run_client(
        [*client, "--no-index", "--target", tmp_path / "site", "-r", path], tmp_path
    )

    assert installed_in(tmp_path / "site") == {"app-1", "lib-2"}


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_pylock_installs_from_the_addresses_of_an_index_without_login(
    client: Sequence[str], wheels: Path, tmp_path: Path
) -> None:
    path = tmp_path / "pylock.toml"
    with serving() as index:
        index.publish("lib", wheels / "lib-2-py3-none-any.whl")
        url = index.url.replace("://", "://me:secret@")
        words = ("lock", "lib", "-i", url, "-o", path, f"--python-version={HERE}")
        target = ("--python-platform=linux", "--cache-dir", tmp_path / "cache")
        refused = run_process(*words, *target)
        ran = run_process(*words, *target, "--emit-index-url")
        assert (refused.code, ran.code) == (2, 0), ran.err
        run_client([*client, "--target", tmp_path / "site", "-r", path], tmp_path)

    assert "secret" not in path.read_text()
    assert installed_in(tmp_path / "site") == {"lib-2"}


def test_uv_syncs_an_environment_with_a_pylock(wheels: Path, tmp_path: Path) -> None:
    path = tmp_path / "pylock.toml"
    lock(wheels, "-o", path)
    uv = (sys.executable, "-m", "uv")
    python = tmp_path / "venv" / "bin" / "python"
    run_client([*uv, "venv", "--python", sys.executable, tmp_path / "venv"], tmp_path)

    run_client([*uv, "pip", "sync", "--no-cache", "--python", python, path], tmp_path)

    site = next((tmp_path / "venv" / "lib").glob("python*/site-packages"))
    assert installed_in(site) == {"app-1", "lib-2"}


@pytest.mark.parametrize(
    ("words", "installed"),
    [
        (("-r", "{lock}"), {"app-1"}),
        (("-r", "{lock}[more]"), {"app-1", "lib-2", "old-1"}),
        (("--group", "{lock}:dev"), {"app-1", "colours-1"}),
    ],
)
def test_pip_takes_extras_and_groups_of_a_pylock(
    tmp_path: Path, words: Sequence[str], installed: set[str]
) -> None:
    folder = tmp_path / "wheels"
    for name in ("app", "colours", "old"):
        make_wheel(folder, name, "1")
    make_wheel(folder, "lib", "2", requires_dist=["old"])
    project, path = tmp_path / "pyproject.toml", tmp_path / "pylock.own.toml"
    project.write_text(
        '[project]\nname = "own"\nversion = "1"\ndependencies = ["app"]\n'
        '[project.optional-dependencies]\nmore = ["lib"]\n'
        '[dependency-groups]\ndev = ["colours"]\n'
    )
    ran = run_process(
        "lock", "-r", project, "--extra=more", f"--group={project}:dev", "-f", folder,
        "-o", path, f"--python-version={HERE}", "--python-platform=linux",
        AXLETREE_CACHE_DIR=str(tmp_path / "cache"), PIP_CONFIG_FILE=os.devnull,
    )  # fmt: skip
    assert ran.code == 0, ran.err

    chosen = [word.format(lock=path) for word in words]
    run_client(
        [*CLIENTS["pip"], "--no-index", "--target", tmp_path / "site", *chosen],
        tmp_path,
    )

    assert installed_in(tmp_path / "site") == installed


@pytest.mark.parametrize("name", ["lock.txt", "pylock.toml"])
@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_what_some_patch_releases_of_python_need_is_in_the_lock(
    client: Sequence[str], tmp_path: Path, name: str
) -> None:
    """What it locked installed on no Python: `late` was left out."""
    # Origin: cases/resolve/patch of the inputs.
    wheels, path = tmp_path / "wheels", tmp_path / name
    needed = ["early", f"late ; python_full_version >= '{HERE}.1'"]
    make_wheel(wheels, "app", "1", requires_dist=needed)
    make_wheel(wheels, "early", "1", requires_python=f">={HERE}.1")
    make_wheel(wheels, "late", "1")
    ran = run_process(
        "lock", "app", "-f", wheels, f"--python-version={HERE}",
        "--python-platform=linux", "-o", path, AXLETREE_CACHE_DIR=str(tmp_path / "c"),
    )  # fmt: skip

    run_client(
        [
            *client,
            "--no-index",
            "-f",
            wheels,
            "--target",
            tmp_path / "site",
            "-r",
            path,
        ],
        tmp_path,
    )

    assert f"note: this holds only for Python {HERE}.1 or newer" in ran.err
    assert installed_in(tmp_path / "site") == {"app-1", "early-1", "late-1"}
