"""What a file says inside and what its name says must agree, in every universe.

As pip holds it: `Requested a from … has inconsistent version`, and such a file is not
chosen. `shared/cases/resolve/inconsistent` is the wheel `a 3` whose METADATA is a 2's.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import (
    FileMetadata,
    UnusableMetadata,
)
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.model import IncomingFile
from axletree.wheelhouse.sources.directory import DirectoryUniverse
from axletree.wheelhouse.upstream.index import UpstreamIndex
from tests.support.index_server import Index, Ranges
from tests.support.upstream import only_file
from tests.support.wheels import (
    make_metadata,
    make_sdist,
    make_wheel,
    wheel_members,
    with_twin,
    write_tar_gz,
    write_wheel,
)

A = canonicalize_name("a")
FILENAME = "a-3-py3-none-any.whl"


def renamed_wheel(folder: Path) -> Path:
    return make_wheel(folder, "a", "2").rename(folder / FILENAME)


def other_metadata(folder: Path) -> Path:
    members = wheel_members("a", "3", metadata=make_metadata("b", "3"))
    return write_wheel(folder / FILENAME, members)


def other_folder(folder: Path) -> Path:
    return make_wheel(folder, "b", "3").rename(folder / FILENAME)


def two_metadata(folder: Path) -> Path:
    members = wheel_members("a", "3", metadata=make_metadata("a", "3"))
    members["A-3.dist-info/METADATA"] = make_metadata("a", "3", requires_dist=["b"])
    return write_wheel(folder / FILENAME, members)


def prefixed_wheel(folder: Path) -> Path:
    path = make_wheel(folder, "a", "3")
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    return path


def future_wheel(folder: Path) -> Path:
    members = wheel_members("a", "3", metadata=make_metadata("a", "3"))
    members["a-3.dist-info/WHEEL"] = b"Wheel-Version: 2.0\nTag: py3-none-any\n"
    return write_wheel(folder / FILENAME, members)


BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "version": (renamed_wheel, "its metadata says Version: 2, not 3"),
    "name": (other_metadata, "its metadata says Name: b, not a"),
    "folder": (other_folder, "it has no METADATA of a"),
    "two": (two_metadata, "it has 2 METADATA of a"),
    "format": (future_wheel, "its WHEEL says Wheel-Version: 2.0, not 1.x"),
}
every_bad_wheel = pytest.mark.parametrize(
    ("make", "said"), BAD.values(), ids=BAD.keys()
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    return made


def reason(answer: MetadataAnswer) -> str:
    assert isinstance(answer, UnusableMetadata)
    return answer.reason


def in_folder(folder: Path) -> dict[str, MetadataAnswer]:
    universe = DirectoryUniverse(folder)
    page = universe.pages([A])[A]
    assert page is not None
    answers = universe.metadata(page.files)
    return {file.filename: answer for file, answer in answers.items()}


@every_bad_wheel
def test_in_a_folder(folder: Path, make: Callable[[Path], Path], said: str) -> None:
    path = make(folder)

    assert said in reason(in_folder(folder)[path.name])


@every_bad_wheel
@pytest.mark.parametrize("ranges", ["honoured", "refused"])
def test_on_an_index(  # noqa: PLR0913, PLR0917  fixtures and a table
    server: Index,
    upstream: UpstreamIndex,
    folder: Path,
    make: Callable[[Path], Path],
    said: str,
    ranges: Ranges,
) -> None:
    server.publish("a", make(folder))
    server.ranges = ranges
    file = only_file(upstream, "a")

    assert said in reason(upstream.metadata([file])[file])


def test_by_the_metadata_file_of_an_index(
    server: Index, upstream: UpstreamIndex, folder: Path
) -> None:
    published = server.publish("a", renamed_wheel(folder))
    published.metadata = make_metadata("a", "2")
    published.is_metadata_advertised = True
    file = only_file(upstream, "a")

    said = reason(upstream.metadata([file])[file])

    assert said == "its metadata says Version: 2, not 3"
    assert server.paths()[1:] == [f"/files/{FILENAME}.metadata"]


@pytest.mark.parametrize("name", ["a.py", "a-3.dist-info/METADATA"])
def test_two_members_of_one_name_that_differ_are_not_chosen_from_a_folder(
    folder: Path, name: str
) -> None:
    path = with_twin(make_wheel(folder, "a", "3"), name, b"")

    assert f"it holds {name} twice" in reason(in_folder(folder)[path.name])


def test_an_archive_that_can_be_read_in_two_ways_is_not_chosen_from_a_folder(
    folder: Path,
) -> None:
    path = prefixed_wheel(folder)

    assert "can be read in two ways" in reason(in_folder(folder)[path.name])


def test_in_a_wheelhouse(wheelhouse: Wheelhouse, folder: Path) -> None:
    path = make_wheel(folder, "a", "2")
    publish(wheelhouse, [IncomingFile(path=path, filename=path.name, origin="test")])
    universe = WheelhouseUniverse(wheelhouse)
    page = universe.pages([A])[A]
    assert page is not None
    [right] = page.files
    # The entry check lets none in; a house of another program may have one.
    wrong = replace(right, version="3")

    answers = universe.metadata([right, wrong])

    assert isinstance(answers[right], FileMetadata)
    assert reason(answers[wrong]) == "its metadata says Version: 2, not 3"


def test_what_is_spelled_otherwise_is_the_same(folder: Path) -> None:
    members = wheel_members("a", "3", metadata=make_metadata("A", "3.0.0"))
    write_wheel(folder / FILENAME, members)

    assert isinstance(in_folder(folder)[FILENAME], FileMetadata)


def test_metadata_twice_with_the_same_bytes_is_read(
    server: Index, upstream: UpstreamIndex, folder: Path
) -> None:
    path = make_wheel(folder, "a", "3", requires_dist=["b"])
    # In the table of contents METADATA stands twice.
    with_twin(
        path, "a-3.dist-info/METADATA", make_metadata("a", "3", requires_dist=["b"])
    )
    server.publish("a", path)
    file = only_file(upstream, "a")

    for answer in (in_folder(folder)[path.name], upstream.metadata([file])[file]):
        assert answer == FileMetadata(requires_dist=("b",))


def test_a_static_sdist_that_names_another_version_is_not_chosen_from_a_folder(
    folder: Path,
) -> None:
    path = make_sdist(folder, "a", "2").rename(folder / "a-3.tar.gz")

    assert reason(in_folder(folder)[path.name]) == "its metadata says Version: 2, not 3"


def test_an_sdist_of_no_project_that_its_name_allows_stays_with_its_name(
    folder: Path,
) -> None:
    members = {"a-3/PKG-INFO": make_metadata("other", "3")}
    path = write_tar_gz(folder / "a-3.tar.gz", members)

    assert "Name: other, not a" in reason(in_folder(folder)[path.name])


def test_an_sdist_without_pkg_info_waits_for_its_backend(folder: Path) -> None:
    path = write_tar_gz(folder / "a-3.tar.gz", {"a-3/setup.py": b""})

    assert "after building" in reason(in_folder(folder)[path.name])
