import tarfile
from pathlib import Path

import pytest

from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.sources import folder_archive
from axletree.wheelhouse.sources.folder_archive import archive_folder


def write(folder: Path) -> Path:
    for path in ("pyproject.toml", "src/app.py", ".git/HEAD", "venv/pyvenv.cfg"):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)
    (folder / "link").symlink_to("src/app.py")
    return folder


def test_a_folder_is_packed_without_what_no_build_reads(tmp_path: Path) -> None:
    archive_folder(write(tmp_path / "a"), tmp_path / "a.tar.gz")

    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        names = archive.getnames()
    assert names == [
        "source/link",
        "source/pyproject.toml",
        "source/src",
        "source/src/app.py",
    ]


def test_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        archive_folder(write(tmp_path / name), tmp_path / f"{name}.tar.gz")

    first, second = (tmp_path / f"{name}.tar.gz" for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("limit", ["MOST_FILES", "MOST_BYTES"])
def test_a_folder_that_holds_too_much_is_refused(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_archive, limit, 2)

    with pytest.raises(InvalidDistributionError):
        archive_folder(write(tmp_path / "a"), tmp_path / "a.tar.gz")
