"""Whatever stops a publish, the wheelhouse is as before or as after it."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.errors import NoSpaceError, StorageError
from axletree.wheelhouse.model import IncomingFile
from tests.support import killed_publish
from tests.support.wheels import make_wheel

DEMO = canonicalize_name("demo")
REPOSITORY = Path(__file__).parents[2]


def incoming(paths: list[Path]) -> list[IncomingFile]:
    return [
        IncomingFile(path=path, filename=path.name, origin="test") for path in paths
    ]


def blobs(wheelhouse: Wheelhouse) -> list[Path]:
    return [path for path in (wheelhouse.home / "files").rglob("*") if path.is_file()]


def assert_old_or_new(home: Path, paths: list[Path]) -> None:
    """The state is one of the two, and the same publish then works."""
    with Wheelhouse.open(home) as wheelhouse:
        found = [wheelhouse.find(path.name) for path in paths]
        assert found.count(None) in {0, len(paths)}
        assert wheelhouse.generation() == (0 if None in found else 1)
        for stored in filter(None, found):
            wheelhouse.check(stored)

        publish(wheelhouse, incoming(paths))

        assert wheelhouse.generation() == 1
        for stored in wheelhouse.files_of(DEMO):
            wheelhouse.check(stored)
            wheelhouse.metadata_of(stored)
        assert len(wheelhouse.files_of(DEMO)) == len(paths)
        assert len(blobs(wheelhouse)) == len(paths)


def kill(mode: str, homes: Path, paths: list[Path]) -> list[Path]:
    homes.mkdir()
    subprocess.run(
        [sys.executable, killed_publish.__file__, mode, homes, *paths],
        check=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    return sorted(homes.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("how", ["making", "publishing"])
def test_killed_at_any_moment_leaves_old_or_new(tmp_path: Path, how: str) -> None:
    paths = [make_wheel(tmp_path, "demo", f"1.{n}") for n in range(2)]

    tried = kill(how, tmp_path / "homes", paths)

    assert len(tried) > 5
    for home in tried:
        assert_old_or_new(home, paths)


@pytest.mark.slow
def test_killed_within_a_write_leaves_old_or_new(tmp_path: Path) -> None:
    paths = [make_wheel(tmp_path, "demo", "1.0", files={"a": os.urandom(16 << 20)})]

    tried = kill("delays", tmp_path / "homes", paths)

    for home in tried:
        assert_old_or_new(home, paths)


@pytest.mark.slow
def test_killed_at_any_moment_of_a_repair_it_is_repaired_later(tmp_path: Path) -> None:
    paths = [make_wheel(tmp_path, "demo", f"1.{n}") for n in range(3)]

    tried = kill("repairing", tmp_path / "homes", paths)

    assert len(tried) > 5
    for home in tried:
        assert_repairable(home, paths)


def assert_repairable(home: Path, paths: list[Path]) -> None:
    """What is there is listed as before; the same publish makes it whole."""
    with Wheelhouse.open(home) as wheelhouse:
        assert wheelhouse.generation() == 1
        assert len(wheelhouse.files_of(DEMO)) == len(paths)
        publish(wheelhouse, incoming(paths))
        assert wheelhouse.generation() == 1
        for stored in wheelhouse.files_of(DEMO):
            wheelhouse.check(stored)
            wheelhouse.metadata_of(stored)
        assert len(blobs(wheelhouse)) == len(paths)


@contextmanager
def file_size_limit(limit_bytes: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    writes_none = sys.dont_write_bytecode
    # Python would cut its own bytecode off at that size, and read it ever after.
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes_none
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_room_for_the_bytes_is_one_error_and_leaves_nothing(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    small = make_wheel(tmp_path, "demo", "1.0")
    large = make_wheel(tmp_path, "demo", "2.0", files={"a": os.urandom(1 << 20)})

    with file_size_limit(1 << 19), pytest.raises(NoSpaceError) as caught:
        publish(wheelhouse, incoming([small, large]))

    assert (caught.value.reference, caught.value.exit_code) == ("no-space", 3)
    assert blobs(wheelhouse) == []
    assert_old_or_new(wheelhouse.home, [small, large])


def test_no_room_for_the_database_is_one_error_and_leaves_nothing(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    path = make_wheel(tmp_path, "demo", "1.0")
    publish(wheelhouse, incoming([make_wheel(tmp_path, "other", "1.0")]))

    with file_size_limit(4096), pytest.raises(StorageError) as caught:
        publish(wheelhouse, incoming([path]))

    assert caught.value.exit_code == 3
    assert len(blobs(wheelhouse)) == 1
    assert wheelhouse.generation() == 1
    assert publish(wheelhouse, incoming([path])).generation == 2
