import stat
import zipfile
import zlib
from pathlib import Path

import pytest

from axletree.wheelhouse.entry.wheel import inspect_wheel
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.findings import Inspected
from axletree.wheelhouse.model import Strictness
from tests.support.wheels import (
    make_metadata,
    make_record,
    make_wheel,
    repacked,
    told,
    wheel_members,
    with_twin,
    write_wheel,
    write_zip,
)

FILENAME = "demo-1.0-py3-none-any.whl"
INFO = "demo-1.0.dist-info"


def inspect(path: Path, strictness: Strictness = "strict") -> Inspected:
    return inspect_wheel(path, path.name, strictness)


def refusal(path: Path, strictness: Strictness = "lenient") -> str:
    with pytest.raises(InvalidDistributionError) as caught:
        inspect(path, strictness)
    assert caught.value.exit_code == 2
    return caught.value.what


def members(metadata: bytes = b"") -> dict[str, bytes]:
    return wheel_members(
        "demo", "1.0", metadata=metadata or make_metadata("demo", "1.0")
    )


def test_a_valid_wheel_tells_what_it_is(tmp_path: Path) -> None:
    path = make_wheel(
        tmp_path,
        "Demo.Thing",
        "1.0+axle.1",
        requires_python=">=3.8",
        tag="cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64",
        build="2b",
    )

    found = inspect(path)

    assert (found.project, found.version) == ("demo-thing", "1.0+axle.1")
    assert found.build == "2b"
    assert found.tag == "cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64"
    assert found.requires_python == ">=3.8"
    assert found.metadata is not None
    assert found.metadata.startswith(b"Metadata-Version")
    assert found.notes == ()


def test_tag_sets_spelled_in_another_order_are_one_identity(tmp_path: Path) -> None:
    one = make_wheel(tmp_path / "1", "demo", "1.0", tag="py2.py3-none-any")
    other = make_wheel(tmp_path / "2", "demo", "1.0", tag="py3.py2-none-any")

    assert inspect(one).identity == inspect(other, "lenient").identity


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_truncated_wheel_is_refused(tmp_path: Path, kept: float) -> None:
    path = make_wheel(tmp_path, "demo", "1.0")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])

    assert "its archive is damaged" in refusal(path)


def test_a_flipped_bit_is_refused(tmp_path: Path) -> None:
    path = make_wheel(tmp_path, "demo", "1.0", files={"demo.py": "x = 1\n" * 99})
    whole = bytearray(path.read_bytes())
    whole[40] ^= 0xFF
    path.write_bytes(whole)

    assert "its archive is damaged" in refusal(path)


def test_an_empty_file_and_a_text_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / FILENAME
    for content in (b"", b"<html>not found</html>"):
        path.write_bytes(content)
        assert "its archive is damaged" in refusal(path)


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "/etc/evil.py", "demo/../../evil.py", "demo\\evil.py", "C:/evil.py"],
)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    path = write_wheel(tmp_path / FILENAME, {**members(), name: b""})

    assert repr(name) in refusal(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = write_wheel(tmp_path / FILENAME, members())
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("demo/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    assert "is a link or special file" in refusal(path)


@pytest.mark.parametrize("name", ["demo.py", f"{INFO}/METADATA", "./demo.py"])
def test_the_same_bytes_twice_are_a_note_where_they_may_enter(
    tmp_path: Path, name: str
) -> None:
    held = members()
    path = write_wheel(tmp_path / FILENAME, held)
    with_twin(path, name, held[name.removeprefix("./")])

    notes = inspect(path, "lenient").notes

    assert "twice, with the same bytes" in told(notes)
    assert "twice, with the same bytes" in refusal(path, "strict")


@pytest.mark.parametrize(
    "name", ["demo.py", f"{INFO}/METADATA", "./demo.py", "demo.py/"]
)
def test_two_members_of_one_name_that_differ_are_refused(
    tmp_path: Path, name: str
) -> None:
    path = write_wheel(tmp_path / FILENAME, members())

    said = refusal(with_twin(path, name, b""), "lenient")

    assert "twice, with different bytes" in said


def test_equal_checksums_are_no_proof_of_equal_bytes(tmp_path: Path) -> None:
    # Two texts of equal length and CRC-32.
    one, other = b"plumless", b"buckeroo"
    assert zlib.crc32(one) == zlib.crc32(other)
    path = write_wheel(tmp_path / FILENAME, {**members(), "demo.txt": one})

    assert "with different bytes" in refusal(with_twin(path, "demo.txt", other))


def test_what_a_second_reader_would_see_elsewhere_is_refused(tmp_path: Path) -> None:
    path = write_wheel(tmp_path / FILENAME, members())
    path.write_bytes(b"#!/usr/bin/env python3\n" + path.read_bytes())

    assert "its archive can be read in two ways" in refusal(path)


def test_an_unusual_packing_is_a_note_where_it_may_enter(tmp_path: Path) -> None:
    path = write_wheel(tmp_path / FILENAME, members())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.py", b"x = 1", zipfile.ZIP_LZMA)

    assert "packed by an unusual method" in told(inspect(path, "lenient").notes)
    assert "packed by an unusual method" in refusal(path, "strict")


def test_a_packing_that_older_pythons_do_not_know_is_refused(tmp_path: Path) -> None:
    path = repacked(write_wheel(tmp_path / FILENAME, members()), method=93)

    assert "is packed by zstd, which no Python before 3.14 unpacks" in refusal(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = {"demo/zeros": bytes(65 << 20)}
    path = write_wheel(tmp_path / FILENAME, {**members(), **bomb})

    assert "over 50 times its size" in refusal(path)


@pytest.mark.parametrize("gone", ["METADATA", "WHEEL"])
def test_each_file_of_dist_info_must_be_there(tmp_path: Path, gone: str) -> None:
    held = members()
    record = make_record(held)
    del held[f"{INFO}/{gone}"]
    path = write_zip(tmp_path / FILENAME, {**held, f"{INFO}/RECORD": record.encode()})

    assert f"it has no {INFO}/{gone}" in refusal(path)


def test_a_wheel_without_record_is_refused(tmp_path: Path) -> None:
    assert "it has no" in refusal(write_zip(tmp_path / FILENAME, members()))


@pytest.mark.parametrize(
    ("renamed", "expected"),
    [
        ("demo-1.0+axle.1-py3-none-any.whl", "Version: 1.0, not 1.0+axle.1"),
        ("other-1.0-py3-none-any.whl", "demo-1.0.dist-info is another project's"),
    ],
)
def test_a_renamed_wheel_is_refused(
    tmp_path: Path, renamed: str, expected: str
) -> None:
    path = make_wheel(tmp_path, "demo", "1.0").rename(tmp_path / renamed)

    assert expected in refusal(path)


def test_two_dist_info_folders_are_refused(tmp_path: Path) -> None:
    path = write_wheel(
        tmp_path / FILENAME, {**members(), "other-2.dist-info/METADATA": b""}
    )

    assert "2 .dist-info folders" in refusal(path)


def test_a_wheel_of_a_future_format_is_refused(tmp_path: Path) -> None:
    held = members()
    held[f"{INFO}/WHEEL"] = b"Wheel-Version: 2.0\nTag: py3-none-any\n"

    path = write_wheel(tmp_path / FILENAME, held)

    assert "Wheel-Version: 2.0" in refusal(path)


def test_a_bad_file_name_is_refused(tmp_path: Path) -> None:
    path = make_wheel(tmp_path, "demo", "1.0").rename(tmp_path / "demo-1.0.whl")

    assert "its file name is not valid" in refusal(path)


def test_all_defects_are_told_at_once(tmp_path: Path) -> None:
    path = write_wheel(tmp_path / FILENAME, {**members(), "../a": b"", "/b": b""})

    said = refusal(path)

    assert "'../a'" in said
    assert "'/b'" in said


METADATA = make_metadata("demo", "1.0", metadata_version="2.1")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {f"{INFO}/METADATA": METADATA.replace(b"\n\n", b"\nLicense-File: L\n\n")},
            "license-file introduced in metadata version 2.4",
        ),
        (
            {f"{INFO}/METADATA": METADATA.replace(b"\n\n", b"\nRequires-Dist: >1\n\n")},
            "its metadata is not valid",
        ),
        (
            {f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nTag: py2-none-any\n"},
            "the tags in its WHEEL and in its file name differ",
        ),
    ],
    ids=["license-file", "bad-requirement", "other-tag"],
)
def test_a_published_flaw_is_a_note_where_it_may_enter(
    tmp_path: Path, changed: dict[str, bytes], said: str
) -> None:
    path = write_wheel(tmp_path / FILENAME, {**members(), **changed})

    notes = inspect(path, "lenient").notes

    assert said in told(notes)
    assert said in refusal(path, "strict")


@pytest.mark.parametrize(
    ("changed", "extra_row", "said"),
    [
        ({"more.py": b""}, "", "RECORD has no hash for more.py"),
        ({"demo.py": b"other"}, "", "RECORD has another hash or size for demo.py"),
        ({}, "gone.py,sha256=AAAA,1\n", "RECORD lists gone.py, not in the archive"),
        ({}, "gone.py,md5=AAAA,1\n", "RECORD line 5 has no usable hash"),
        ({}, "gone.py,sha256=A,+1\n", "RECORD line 5 has no usable hash"),
        ({}, '"gone.py\n",,\n', "RECORD lists gone.py\\n, not in"),
        ({}, "demo.py,,\n", "RECORD lists demo.py twice"),
    ],
)
def test_a_record_that_differs_is_a_note_where_it_may_enter(
    tmp_path: Path, changed: dict[str, bytes], extra_row: str, said: str
) -> None:
    record = make_record(members()) + f"{INFO}/RECORD,,\n" + extra_row
    path = write_wheel(tmp_path / FILENAME, {**members(), **changed}, record=record)

    notes = inspect(path, "lenient").notes

    assert said in told(notes)
    assert said in refusal(path, "strict")


@pytest.mark.slow
@pytest.mark.parametrize(
    "record",
    [b"a\n" * 500_000, b"x" * 200_000, b"\0\n" * 1000, b'"' + b"a," * 100_000],
    ids=["flaw in each line", "long field", "NUL", "open quote"],
)
def test_a_hostile_record_costs_little_and_is_told_in_few_words(
    tmp_path: Path, record: bytes
) -> None:
    path = write_wheel(tmp_path / FILENAME, members(), record=record.decode("latin-1"))

    try:
        said = told(inspect(path, "lenient").notes)
    except InvalidDistributionError as error:
        said = error.what

    assert "RECORD" in said
    assert len(said) < 200_000
