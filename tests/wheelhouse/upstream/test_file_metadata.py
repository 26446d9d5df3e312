from dataclasses import replace
from pathlib import Path

import pytest

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    UnusableMetadata,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.universe.sparing import NOT_BUILT
from axletree.wheelhouse.transport.request import Exchange
from axletree.wheelhouse.upstream.cache import UpstreamCache
from axletree.wheelhouse.upstream.file_metadata import (
    MOST_LIMITED_BYTES,
    MetadataReader,
)
from axletree.wheelhouse.upstream.options import SdistReading
from tests.support.index_server import Index
from tests.support.sdist_backends import (
    BUILT,
    CountingBackend,
    publish_sdist,
    read_metadata,
)
from tests.support.sdist_index import SDIST, make
from tests.support.wheels import (
    make_sdist,
    write_tar_gz,
)


def test_static_metadata_needs_no_builder(server: Index, tmp_path: Path) -> None:
    publish_sdist(server, tmp_path)

    assert read_metadata(server, tmp_path) == FileMetadata(requires_dist=("static",))


@pytest.mark.parametrize("name", ["Requires-Dist", "requires-python"])
def test_dynamic_metadata_is_built(server: Index, tmp_path: Path, name: str) -> None:
    publish_sdist(server, tmp_path, dynamic=(name,))
    builder = CountingBackend(BUILT)

    assert read_metadata(server, tmp_path, builder) == FileMetadata(
        requires_dist=("built",)
    )
    assert builder.asked == ["demo-1.0.tar.gz for 3.9"]


def test_what_else_is_dynamic_does_not_matter(server: Index, tmp_path: Path) -> None:
    publish_sdist(server, tmp_path, dynamic=("Version", "Classifier"))

    assert read_metadata(server, tmp_path) == FileMetadata(requires_dist=("static",))


def test_metadata_before_2_2_is_built(server: Index, tmp_path: Path) -> None:
    path = make_sdist(tmp_path / "up", "demo", "1.0", metadata_version="2.1")
    server.publish("demo", path)

    assert read_metadata(server, tmp_path, CountingBackend(BUILT)) == FileMetadata(
        requires_dist=("built",)
    )


def test_a_static_pyproject_needs_no_builder(server: Index, tmp_path: Path) -> None:
    project = (
        '[project]\nname = "demo"\ndynamic = ["version"]\ndependencies = ["said"]\n'
    )
    path = make_sdist(
        tmp_path / "up",
        "demo",
        "1.0",
        metadata_version="2.1",
        files={"pyproject.toml": project, "nested/pyproject.toml": "[broken"},
    )
    server.publish("demo", path)
    builder = CountingBackend(BUILT)

    for _ in range(2):
        answer = read_metadata(server, tmp_path, builder)
        assert answer == FileMetadata(requires_dist=("said",))
    assert builder.asked == []


def test_without_a_builder_the_sdist_is_unusable(server: Index, tmp_path: Path) -> None:
    publish_sdist(server, tmp_path, dynamic=("Requires-Dist",))

    assert read_metadata(server, tmp_path) == UnusableMetadata(
        reason="it is an sdist whose metadata must be built, and no builder was given"
    )


def test_an_sdist_that_is_damaged_is_unusable(server: Index, tmp_path: Path) -> None:
    path = tmp_path / "demo-1.0.tar.gz"
    path.write_bytes(b"no archive")
    server.publish("demo", path)

    answer = read_metadata(server, tmp_path, CountingBackend(BUILT))

    assert isinstance(answer, UnusableMetadata)
    assert "its archive is damaged" in answer.reason


def test_a_pkg_info_that_names_something_else_is_corrected_by_the_backend(
    server: Index, tmp_path: Path
) -> None:
    path = make_sdist(tmp_path, "demo", "1.0.dev0", requires_dist=["static"])
    server.publish("demo", path.rename(tmp_path / "demo-1.0.tar.gz"))

    assert read_metadata(server, tmp_path, CountingBackend(BUILT)) == FileMetadata(
        requires_dist=("built",)
    )


def test_an_sdist_without_pkg_info_is_asked(server: Index, tmp_path: Path) -> None:
    members = {"demo-1.0/setup.py": b""}
    server.publish("demo", write_tar_gz(tmp_path / "demo-1.0.tar.gz", members))

    assert read_metadata(server, tmp_path, CountingBackend(BUILT)) == FileMetadata(
        requires_dist=("built",)
    )


@pytest.mark.parametrize(("left", "is_fetched"), [(None, True), (4, False)])
def test_a_large_sdist_is_not_fetched_while_builds_are_limited(
    tmp_path: Path, left: int | None, *, is_fetched: bool
) -> None:
    fetched: list[DistributionFile] = []
    path = make_sdist(tmp_path, "demo", "1.0", metadata_version="2.1")

    def download(file: DistributionFile, _: object) -> Exchange[Path]:
        yield from ()
        fetched.append(file)
        return path

    reading = SdistReading(
        builder=CountingBackend(BUILT), environment=environment_for("3.9", "linux")
    )
    reading.allowance.left = left
    reader = MetadataReader(
        cache=UpstreamCache(tmp_path / "cache", "https://index.invalid/simple/"),
        download=download,
        most_bytes=1_000_000,
        sdists=reading,
        exclude_newer=None,
    )
    file = replace(make(SDIST, "1.0", 1), size_bytes=MOST_LIMITED_BYTES + 1)

    with pytest.raises(StopIteration) as ended:
        next(reader.read(file))

    assert bool(fetched) is is_fetched
    assert (ended.value.value == NOT_BUILT) is not is_fetched
