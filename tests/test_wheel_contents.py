"""The wheel holds what is tracked: no module forgotten, none left over."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from packaging.metadata import Metadata

import axletree
from tests.support.checkout import CODE, ROOT, copy_tracked_files, tracked_files


def build_wheel_in_place(source: Path, destination: Path) -> Path:
    """Build as `pip install CHECKOUT` does: in the folder itself."""
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet"]
    command += ["--no-build-isolation", "--wheel-dir", str(destination), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(destination.glob("*.whl"))


def build_wheel(source: Path, destination: Path) -> Path:
    """Build sdist, then wheel from the sdist, with the installed backend."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir"]
    done = subprocess.run(
        [*command, str(destination), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(destination.glob("*.whl"))


def packed_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def name_in_wheel(path: PurePosixPath) -> str:
    return str(path if path.parts[0] == "axletree" else "axletree" / path)


@pytest.mark.slow
def test_wheel_built_through_the_sdist_holds_the_tracked_files(tmp_path: Path) -> None:
    copy_tracked_files(tmp_path / "source")
    wheel = build_wheel(tmp_path / "source", tmp_path / "dist")
    tracked = {
        name_in_wheel(path)
        for path in tracked_files()
        if path.parts[0] in (*CODE, "docs") and not (ROOT / path).is_symlink()
    }
    assert packed_in(wheel) == tracked


@pytest.mark.slow
def test_what_was_deleted_is_not_in_the_next_wheel(tmp_path: Path) -> None:
    source = tmp_path / "source"
    copy_tracked_files(source)
    leftovers = {"axletree/soon_gone.py", "axletree/docs/how-to/soon-gone.md"}
    for leftover in leftovers:
        (source / leftover).write_text("")
    first = build_wheel_in_place(source, tmp_path / "first")
    assert leftovers <= packed_in(first)
    for leftover in leftovers:
        (source / leftover).unlink()
    second = build_wheel_in_place(source, tmp_path / "second")
    assert not leftovers & packed_in(second)
    assert not (source / "build").exists()


@pytest.mark.slow
def test_the_wheel_says_what_it_is(tmp_path: Path) -> None:
    copy_tracked_files(tmp_path / "source")
    wheel = build_wheel_in_place(tmp_path / "source", tmp_path / "dist")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        raw = archive.read(f"axletree-{axletree.__version__}.dist-info/METADATA")
    # As an index would, which refuses what is not valid.
    metadata = Metadata.from_email(raw, validate=True)

    assert wheel.name == f"axletree-{axletree.__version__}-py3-none-any.whl"
    assert str(metadata.version) == axletree.__version__
    assert metadata.license_expression == "Apache-2.0"
    assert metadata.description_content_type == "text/markdown"
    assert str(metadata.description).startswith("# Axletree\n")
    assert {
        f"axletree-{axletree.__version__}.dist-info/licenses/LICENSE",
        "axletree/py.typed",
        "axletree/server/templates/project.html",
    } <= names


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    released = re.findall(
        r"^## \[(\d\S*)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )

    assert project["version"] == axletree.__version__
    assert released[:1] in ([], [axletree.__version__])
