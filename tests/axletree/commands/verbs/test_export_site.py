"""`axletree export-site`: what it tells, and what is damaged."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel


@pytest.fixture
def home(tmp_path: Path) -> Path:
    files = [make_wheel(tmp_path, name, "1.0") for name in ("app", "lib", "more")]
    publish_all(tmp_path / "house", files)
    return tmp_path / "house"


def test_damaged_file_is_on_no_page_and_is_named(
    axletree: CommandLine, home: Path, tmp_path: Path
) -> None:
    blob = next(path for path in (home / "files").rglob("*") if path.is_file())
    blob.chmod(0o644)
    blob.write_bytes(b"x" * blob.stat().st_size)

    ran = axletree("export-site", tmp_path / "site")

    assert ran.code == 4
    assert "is damaged in the wheelhouse" in ran.err
    [name] = [line.split()[2] for line in ran.err.splitlines() if "left out" in line]
    project = name.partition("-")[0]
    page = (tmp_path / "site" / "simple" / project / "index.html").read_text()
    assert name not in page


def test_command_tells_what_it_did(
    axletree: CommandLine, home: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    assert home.exists()

    ran = axletree("export-site", site)
    document = axletree("export-site", site, "--json").document()

    assert (
        ran.out
        == "3 projects: 3 files new, 0 there already, 0 removed (generation 1)\n"
    )
    assert (document["format"], document["kept"]) == ("axletree.site/1", 3)
    assert axletree("export-site", tmp_path).code == 2
