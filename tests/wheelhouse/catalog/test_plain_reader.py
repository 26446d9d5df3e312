"""The plain reader reads what the wheelhouse reads, and leaves to it what is odd."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.plain_reader import PlainReader
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.errors import (
    CorruptStoredFileError,
    DatabaseError,
    LostDatabaseError,
    NoWheelhouseError,
)
from axletree.wheelhouse.model import IncomingFile
from tests.support.wheels import make_sdist, make_wheel

NAMES = [canonicalize_name(name) for name in ("demo", "other", "gone")]


def fill(home: Path, *paths: Path) -> None:
    with Wheelhouse.open(home) as wheelhouse:
        publish(
            wheelhouse,
            [IncomingFile(path=path, filename=path.name, origin="t") for path in paths],
        )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(
        tmp_path / "home",
        make_wheel(tmp_path, "demo", "1.0", requires_dist=["six"]),
        make_sdist(tmp_path, "other", "2.0"),
    )
    return tmp_path / "home"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


def change(home: Path, statement: str) -> None:
    connection = sqlite3.connect(home / "wheelhouse.sqlite")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_it_reads_what_the_wheelhouse_reads(home: Path, stack: ExitStack) -> None:
    reader = PlainReader(home, stack)
    with Wheelhouse.open_to_read(home) as whole:
        assert reader.generation() == whole.generation() == 1
        files = reader.listed_of_all(NAMES, 1)
        assert files == whole.listed_of_all(NAMES, 1)
        assert [len(files[name]) for name in NAMES] == [1, 1, 0]
        digests = [f.metadata_sha256 for each in files.values() for f in each]
        found = [digest for digest in digests if digest is not None]
        assert reader.metadata(found) == whole.metadata(found)
        assert reader.projects(1) == whole.projects(1)


def test_builds_are_given_what_the_wheelhouse_gives(
    home: Path, stack: ExitStack, tmp_path: Path
) -> None:
    reader = PlainReader(home, stack)
    with Wheelhouse.open_to_read(home) as whole:
        for name in ("demo-1.0-py3-none-any.whl", "other-2.0.tar.gz", "none-1.tar.gz"):
            found = reader.find(name)
            assert found == whole.find(name)
            if found is not None:
                reader.lay_out(found, tmp_path / "plain")
                whole.lay_out(found, tmp_path / "whole")
                plain, other = (tmp_path / each for each in ("plain", "whole"))
                assert plain.read_bytes() == other.read_bytes()


def test_a_damaged_file_is_not_laid_out(
    home: Path, stack: ExitStack, tmp_path: Path
) -> None:
    reader = PlainReader(home, stack)
    found = reader.find("demo-1.0-py3-none-any.whl")
    assert found is not None
    for blob in (home / "files").rglob("*"):
        if blob.is_file():
            blob.chmod(0o600)
            blob.write_bytes(b"other")
    with pytest.raises(CorruptStoredFileError):
        reader.lay_out(found, tmp_path / "plain")
    assert not (tmp_path / "plain").exists()


def test_what_was_withdrawn_is_not_found(home: Path, stack: ExitStack) -> None:
    change(home, "UPDATE files SET withdrawn = 'bad', withdrawn_since = 1")
    assert PlainReader(home, stack).find("demo-1.0-py3-none-any.whl") is None


def test_a_generation_is_kept(home: Path, stack: ExitStack, tmp_path: Path) -> None:
    universe = WheelhouseUniverse(PlainReader(home, stack))
    fill(home, make_wheel(tmp_path, "demo", "2.0"))
    page = universe.pages(NAMES)[NAMES[0]]
    assert page is not None
    assert [file.version for file in page.files] == ["1.0"]


def test_it_does_without_sqlalchemy(home: Path) -> None:
    program = f"""
import sys
from contextlib import ExitStack
from pathlib import Path
from axletree.wheelhouse.catalog.plain_reader import PlainReader
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
with ExitStack() as stack:
    universe = WheelhouseUniverse(PlainReader(Path({str(home)!r}), stack))
    [page] = universe.pages(["demo"]).values()
    universe.metadata(page.files)
assert "sqlalchemy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE files SET kind = 'egg'", DatabaseError),
        ("UPDATE files SET project = 7 WHERE project = 'demo'", DatabaseError),
        ("UPDATE listings SET project = 7 WHERE project = 'demo'", None),
        ("UPDATE listings SET yanked = x'00'", DatabaseError),
        ("UPDATE files SET tag = x'00'", DatabaseError),
        ("UPDATE files SET size_bytes = 'many'", DatabaseError),
        ("UPDATE files SET filename = '../x.whl' WHERE kind = 'wheel'", DatabaseError),
        ("UPDATE files SET upload_time = 'noon'", DatabaseError),
        ("UPDATE metadata SET content = 'text'", CorruptStoredFileError),
        ("UPDATE metadata SET content = x'00'", CorruptStoredFileError),
        ("UPDATE alembic_version SET version_num = '9999'", DatabaseError),
        ("DROP TABLE metadata", DatabaseError),
    ],
)
def test_what_is_damaged_ends_as_with_the_wheelhouse(
    home: Path, stack: ExitStack, statement: str, error: type[Exception] | None
) -> None:
    change(home, statement)

    def read() -> None:
        universe = WheelhouseUniverse(PlainReader(home, stack))
        pages = universe.pages(NAMES).values()
        universe.metadata([f for page in pages if page for f in page.files])

    if error is None:
        read()
        return
    with pytest.raises(error):
        read()


def test_a_lost_database_is_told_as_such(home: Path, stack: ExitStack) -> None:
    (home / "wheelhouse.sqlite").unlink()
    with pytest.raises(LostDatabaseError):
        PlainReader(home, stack).generation()


def test_no_home_is_made_to_read_from(tmp_path: Path, stack: ExitStack) -> None:
    with pytest.raises(NoWheelhouseError):
        PlainReader(tmp_path / "new", stack).generation()
    assert not (tmp_path / "new").exists()
