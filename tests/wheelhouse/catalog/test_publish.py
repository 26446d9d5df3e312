import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.errors import (
    CorruptStoredFileError,
    FilenameTakenError,
    InvalidDistributionError,
    WheelhouseError,
    WrongHashError,
)
from axletree.wheelhouse.model import IncomingFile, Sha256, parse_sha256
from axletree.wheelhouse.store.blobs import StoredBlob, parts_of
from axletree.wheelhouse.store.files import digest_of
from tests.support.damage import DAMAGES
from tests.support.wheels import make_sdist, make_wheel

UPLOADED = datetime(2022, 1, 31, 12, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def incoming(path: Path, *, expected: Sha256 | None = None) -> IncomingFile:
    return IncomingFile(
        path=path,
        filename=path.name,
        expected_sha256=expected,
        upload_time=UPLOADED,
        origin="test",
    )


def stored_bytes(wheelhouse: Wheelhouse) -> list[StoredBlob]:
    return list(wheelhouse.files.blobs())


def test_a_published_file_can_be_read_back(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    path = make_wheel(tmp_path, "demo", "1.0", requires_python=">=3.8")

    published = publish(wheelhouse, [incoming(path)], actor="ann", clock=lambda: NOW)

    stored = wheelhouse.find(path.name)
    assert stored is not None
    assert published.new == (stored,)
    assert wheelhouse.files_of(stored.project) == (stored,)
    assert wheelhouse.projects() == ("demo",)
    assert stored.sha256 == digest_of(path)
    assert (stored.upload_time, stored.entered_at) == (UPLOADED, NOW)
    assert stored.requires_python == ">=3.8"
    read = b"".join(parts_of(wheelhouse.files, stored.sha256))
    assert read == path.read_bytes()
    assert b"Name: demo" in wheelhouse.metadata_of(stored)


def test_one_publish_is_one_generation_and_one_journal_entry(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    paths = [make_wheel(tmp_path, "demo", f"1.{n}") for n in range(3)]

    published = publish(
        wheelhouse, list(map(incoming, paths)), actor="ann", clock=lambda: NOW
    )

    assert published.generation == wheelhouse.generation() == 1
    (entry,) = wheelhouse.journal()
    assert (entry.actor, entry.action, entry.at) == ("ann", "publish", NOW)
    assert entry.subjects == tuple(path.name for path in paths)


def test_the_same_bytes_again_change_nothing(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    path = make_wheel(tmp_path, "demo", "1.0")
    first = publish(wheelhouse, [incoming(path)])

    again = publish(wheelhouse, [incoming(path), incoming(path)])

    assert again.new == ()
    assert again.already_there[0] == first.new[0]
    assert again.generation == wheelhouse.generation() == 1
    assert len(wheelhouse.journal()) == 1


@pytest.mark.parametrize("tag", ["py2.py3-none-any", "py3.py2-none-any"])
def test_other_bytes_under_a_published_identity_are_refused(
    wheelhouse: Wheelhouse, tmp_path: Path, tag: str
) -> None:
    old = make_wheel(tmp_path / "old", "demo", "1.0", tag="py2.py3-none-any")
    new = make_wheel(tmp_path / "new", "demo", "1.0", tag=tag, files={"a.py": "1"})
    publish(wheelhouse, [incoming(old)])

    with pytest.raises(FilenameTakenError) as caught:
        publish(wheelhouse, [incoming(new)])

    assert caught.value.exit_code == 4
    assert wheelhouse.generation() == 1
    assert len(stored_bytes(wheelhouse)) == 1


def test_two_contents_for_one_name_in_one_publish_are_refused(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    one = make_wheel(tmp_path / "1", "demo", "1.0")
    other = make_wheel(tmp_path / "2", "demo", "1.0", files={"a.py": "1"})

    with pytest.raises(FilenameTakenError):
        publish(wheelhouse, [incoming(one), incoming(other)])

    assert wheelhouse.generation() == 0


def test_a_file_that_is_not_what_was_promised_is_refused(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    path = make_wheel(tmp_path, "demo", "1.0")
    promised = digest_of(path)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(WrongHashError) as caught:
        publish(wheelhouse, [incoming(path, expected=promised)])

    assert (caught.value.reference, caught.value.exit_code) == ("wrong-hash", 4)


def test_one_bad_file_keeps_all_out(wheelhouse: Wheelhouse, tmp_path: Path) -> None:
    good = make_wheel(tmp_path, "demo", "1.0")
    bad = tmp_path / "bad-1.0-py3-none-any.whl"
    bad.write_bytes(b"no wheel")

    with pytest.raises(InvalidDistributionError):
        publish(wheelhouse, [incoming(good), incoming(bad)])

    assert wheelhouse.projects() == ()
    assert stored_bytes(wheelhouse) == []


@pytest.mark.parametrize(
    "filename",
    [
        "demo-1.0-py3-none-any/../../x.whl",
        "demo-1.0-py3-none-\nany.whl",
        ".whl",
        "demo",
        "demo-1.0.exe",
    ],
)
def test_a_name_that_is_no_file_name_is_refused(
    wheelhouse: Wheelhouse, tmp_path: Path, filename: str
) -> None:
    path = make_wheel(tmp_path, "demo", "1.0")

    with pytest.raises(InvalidDistributionError):
        publish(wheelhouse, [IncomingFile(path=path, filename=filename, origin="test")])


def test_a_missing_file_is_an_error_of_ours(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    with pytest.raises(WheelhouseError):
        publish(wheelhouse, [incoming(tmp_path / "gone-1.0-py3-none-any.whl")])


@pytest.mark.local
@pytest.mark.parametrize("how", DAMAGES)
def test_the_same_file_again_repairs_its_bytes(
    wheelhouse: Wheelhouse, tmp_path: Path, how: str
) -> None:
    paths = [make_wheel(tmp_path, "demo", version) for version in ("1.0", "2.0")]
    first = publish(wheelhouse, list(map(incoming, paths)))
    damaged, intact = first.new
    untouched = Path(wheelhouse.place_of(intact)).stat().st_ctime_ns
    DAMAGES[how](Path(wheelhouse.place_of(damaged)))

    again = publish(wheelhouse, list(map(incoming, paths)), actor="ann")

    assert (again.new, again.repaired, again.generation) == ((), (damaged,), 1)
    wheelhouse.check(damaged)
    assert Path(wheelhouse.place_of(damaged)).stat().st_mode & 0o777 == 0o444
    assert Path(wheelhouse.place_of(intact)).stat().st_ctime_ns == untouched
    entry = wheelhouse.journal()[-1]
    assert (entry.actor, entry.action, entry.subjects) == (
        *("ann", "repair"),
        (damaged.filename,),
    )


@pytest.mark.local
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE metadata SET content = x'00'",
        "UPDATE metadata SET content = 'text'",
        "UPDATE metadata SET content = 7",
        "DELETE FROM metadata",
    ],
)
def test_the_same_file_again_repairs_its_metadata(
    wheelhouse: Wheelhouse, tmp_path: Path, damage: str
) -> None:
    path = make_wheel(tmp_path, "demo", "1.0")
    (stored,) = publish(wheelhouse, [incoming(path)]).new
    with sqlite3.connect(wheelhouse.database.where) as connection:
        connection.execute(damage)
    connection.close()
    with pytest.raises(CorruptStoredFileError):
        wheelhouse.metadata_of(stored)

    again = publish(wheelhouse, [incoming(path)])

    assert (again.new, again.repaired) == ((), (stored,))
    assert b"Name: demo" in wheelhouse.metadata_of(stored)
    assert publish(wheelhouse, [incoming(path)]).repaired == ()


@pytest.mark.local
def test_damaged_bytes_of_a_killed_publish_are_replaced(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    path = make_wheel(tmp_path, "demo", "1.0")
    blob = Path(wheelhouse.files.place_of(digest_of(path)))
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"half")
    leftover = blob.with_name(blob.name + "#1")
    leftover.write_bytes(b"less")

    (stored,) = publish(wheelhouse, [incoming(path)]).new

    wheelhouse.check(stored)
    assert not leftover.exists()


def test_flaws_of_a_collected_file_are_told(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    old_name = tmp_path / "ibm-cos-sdk-1.0.0.tar.gz"
    make_sdist(tmp_path, "ibm-cos-sdk", "1.0.0").rename(old_name)
    file = IncomingFile(
        path=old_name, filename=old_name.name, origin="test", strictness="lenient"
    )

    published = publish(wheelhouse, [file])

    assert published.new[0].project == "ibm-cos-sdk"
    assert published.notes[0].filename == old_name.name


def test_a_digest_is_64_hexadecimal_digits() -> None:
    assert parse_sha256("AB" * 32) == "ab" * 32
    with pytest.raises(WrongHashError):
        parse_sha256("../../etc/passwd")


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    batches=st.lists(st.lists(st.integers(0, 4), max_size=4), min_size=1, max_size=5)
)
def test_what_is_published_depends_only_on_the_files(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]]
) -> None:
    folder = tmp_path_factory.mktemp("publish")
    paths = {n: make_wheel(folder, "demo", f"1.{n}") for n in range(5)}
    with Wheelhouse.open(folder / "home") as wheelhouse:
        for batch in batches:
            publish(wheelhouse, [incoming(paths[n]) for n in batch])
        before = wheelhouse.generation()

        published = publish(
            wheelhouse, [incoming(paths[n]) for batch in batches for n in batch]
        )

        assert published.new == ()
        assert wheelhouse.generation() == before
        stored = {
            file.filename
            for name in wheelhouse.projects()
            for file in wheelhouse.files_of(name)
        }
        assert stored == {paths[n].name for batch in batches for n in batch}
