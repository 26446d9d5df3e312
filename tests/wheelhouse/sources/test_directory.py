from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    UnusableMetadata,
)
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.wheelhouse.errors import StorageError
from axletree.wheelhouse.sources.directory import DirectoryUniverse
from axletree.wheelhouse.store.files import digest_of
from tests.support.wheels import make_sdist, make_wheel

DEMO = canonicalize_name("demo")


def read(
    folder: Path, project: str = "demo"
) -> dict[str, tuple[DistributionFile, MetadataAnswer]]:
    universe = DirectoryUniverse(folder)
    page = universe.pages([canonicalize_name(project)])[canonicalize_name(project)]
    assert page is not None
    answers = universe.metadata(page.files)
    return {file.filename: (file, answers[file]) for file in page.files}


def test_wheels_and_static_sdists_are_usable(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0", requires_dist=["six"])
    sdist = make_sdist(tmp_path, "demo", "2.0", requires_dist=["attrs"])

    found = read(tmp_path)

    file, metadata = found[wheel.name]
    assert file.hashes == {"sha256": digest_of(wheel)}
    assert file.url == wheel.as_uri()
    assert metadata == FileMetadata(requires_dist=("six",))
    assert found[sdist.name][1] == FileMetadata(requires_dist=("attrs",))


def test_an_sdist_that_must_be_built_first_says_so(tmp_path: Path) -> None:
    sdist = make_sdist(tmp_path, "demo", "1.0", dynamic=["Requires-Dist"])

    _, metadata = read(tmp_path)[sdist.name]

    assert isinstance(metadata, UnusableMetadata)
    assert "building" in metadata.reason


def test_an_sdist_with_a_static_pyproject_needs_no_building(tmp_path: Path) -> None:
    project = '[project]\nname = "demo"\ndynamic = ["version"]\ndependencies = ["a"]\n'
    sdist = make_sdist(
        tmp_path,
        "demo",
        "1.0",
        metadata_version="2.1",
        files={"pyproject.toml": project},
    )

    _, metadata = read(tmp_path)[sdist.name]

    assert metadata == FileMetadata(requires_dist=("a",))


def test_old_sdist_names_with_dashes_are_found(tmp_path: Path) -> None:
    old = make_sdist(tmp_path, "ibm-cos-sdk", "1.0").rename(
        tmp_path / "ibm-cos-sdk-1.0.tar.gz"
    )

    assert list(read(tmp_path, "ibm-cos-sdk")) == [old.name]
    assert DirectoryUniverse(tmp_path).pages([canonicalize_name("ibm-cos")]) == {
        "ibm-cos": None
    }


def test_a_broken_wheel_is_listed_as_unusable(tmp_path: Path) -> None:
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    path.write_bytes(b"no wheel")

    _, metadata = read(tmp_path)[path.name]

    assert isinstance(metadata, UnusableMetadata)
    assert "it cannot be opened" in metadata.reason


def test_other_files_and_projects_are_not_there(tmp_path: Path) -> None:
    make_wheel(tmp_path, "demo-extra", "1.0")
    (tmp_path / "README").write_text("demo")
    (tmp_path / "demo-1.0.win32.exe").write_text("")

    assert DirectoryUniverse(tmp_path).pages([DEMO]) == {DEMO: None}


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        DirectoryUniverse(tmp_path / "gone").pages([DEMO])
