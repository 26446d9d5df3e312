"""What is said of overrides: pip refuses such a lock, and uv drops what we keep."""

import re
import sys
import sysconfig
from pathlib import Path

import pytest

from axletree.cli import main
from tests.support.clients import installed_in, run_client
from tests.support.wheels import make_wheel


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """Make a folder of wheels in which `app` pins an old `lib`, under conditions."""
    folder = tmp_path / "links"
    make_wheel(folder, "pins", "1", requires_dist=["lib==1"])
    make_wheel(folder, "asks", "1", requires_dist=["lib[fast]==1"])
    make_wheel(folder, "once", "1", requires_dist=["lib==1; python_version < '3'"])
    for version in ("1", "2"):
        fast = ["engine; extra == 'fast'"]
        extras = ["fast"]
        make_wheel(folder, "lib", version, requires_dist=fast, provides_extra=extras)
    make_wheel(folder, "engine", "1")
    return folder


def ours(tmp_path: Path, links: Path, *words: str) -> Path:
    lock = tmp_path / "lock.txt"
    assert main(["lock", *words, "--find-links", str(links), "-o", str(lock)]) == 0
    return lock


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z]+==\d)", lock, re.MULTILINE))


@pytest.mark.slow
def test_pip_takes_a_lock_made_with_overrides_without_dependencies_only(
    tmp_path: Path, links: Path
) -> None:
    lock = ours(tmp_path, links, "pins", "--override", "pins:lib>=2")
    install = [sys.executable, "-m", "pip", "install", "--no-index", "--no-cache-dir"]
    target = tmp_path / "target"
    words = [f"--find-links={links}", f"--target={target}", f"--requirement={lock}"]

    with pytest.raises(AssertionError, match="conflicting dependencies"):
        run_client([*install, *words], tmp_path)
    run_client([*install, "--no-deps", *words], tmp_path)

    assert "install with --no-deps (pins 1 requires lib==1)" in lock.read_text()
    assert installed_in(target) == {"pins-1", "lib-2"}


@pytest.mark.parametrize(
    ("root", "keeps", "drops"),
    [
        ("pins", {"pins==1", "lib==2"}, {"pins==1", "lib==2"}),
        ("lib==1", {"lib==2"}, {"lib==2"}),
        ("asks", {"asks==1", "lib==2", "engine==1"}, {"asks==1", "lib==2"}),
        ("once", {"once==1"}, {"once==1", "lib==2"}),
    ],
)
def test_uv_drops_marker_and_extras_and_we_keep_them(
    tmp_path: Path, links: Path, root: str, keeps: set[str], drops: set[str]
) -> None:
    wanted, overrides = tmp_path / "in.txt", tmp_path / "overrides.txt"
    wanted.write_text(root)
    overrides.write_text("lib>=2")
    uv = f"{sysconfig.get_path('scripts')}/uv"
    words = ["--no-config", "--offline", "--no-index", f"--find-links={links}"]

    lock = ours(tmp_path, links, root, "--override", str(overrides))
    compile_ = [uv, "pip", "compile", *words, f"--override={overrides}", str(wanted)]
    theirs = run_client(compile_, tmp_path)

    # pip's own form has the extras behind the name.
    assert pins(re.sub(r"\[.*?\]", "", lock.read_text())) == keeps
    assert pins(theirs) == drops
