import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest

from axletree.wheelhouse.archives.zip_structure import check_zip_structure
from axletree.wheelhouse.findings import Findings

MEMBERS = {"demo.py": b"x = 1\n" * 50, "demo/data.bin": bytes(range(256)), "empty": b""}
_END_LENGTH = 22


class _Unseekable(io.RawIOBase):
    """A stream to which zipfile must write data descriptors."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, part: object) -> int:
        raw = bytes(part)  # type: ignore[call-overload]  # any buffer
        self.written += raw
        return len(raw)


def pack(into: io.RawIOBase | io.BytesIO) -> None:
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in MEMBERS.items():
            archive.writestr(zipfile.ZipInfo(name), content)


@pytest.fixture
def whole() -> bytes:
    buffer = io.BytesIO()
    pack(buffer)
    return buffer.getvalue()


def defects(raw: bytes) -> list[str]:
    findings = Findings(filename="demo.whl", strictness="lenient")
    file = io.BytesIO(raw)
    with zipfile.ZipFile(file) as archive:
        check_zip_structure(file, archive, findings)
    return [finding.text for finding in findings.errors]


def patch(raw: bytes, at: int, numbers: str, value: int) -> bytes:
    changed = bytearray(raw)
    struct.pack_into(numbers, changed, at, value)
    return bytes(changed)


def with_comment(raw: bytes, comment: bytes) -> bytes:
    return patch(raw, len(raw) - 2, "<H", len(comment)) + comment


def with_wide_end(raw: bytes, *, entries: int = 3) -> bytes:
    """Add the zip64 records that large archives have."""
    contents, end = raw[:-_END_LENGTH], raw[-_END_LENGTH:]
    length, offset = struct.unpack_from("<2L", end, 12)
    numbers = (44, 45, 45, 0, 0, entries, entries, length, offset)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", *numbers)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(contents), 1)
    return contents + wide + locator + end


def test_what_zipfile_writes_is_clear(whole: bytes) -> None:
    assert defects(whole) == []


def test_data_descriptors_are_clear() -> None:
    stream = _Unseekable()
    pack(stream)

    assert b"PK\7\x08" in stream.written
    assert defects(bytes(stream.written)) == []


def test_a_data_descriptor_that_says_another_size_is_refused() -> None:
    stream = _Unseekable()
    pack(stream)
    at = stream.written.index(b"PK\7\x08")
    changed = patch(bytes(stream.written), at + 12, "<L", 7)

    assert "two values for the sizes of demo.py" in str(defects(changed))


def test_zip64_records_and_members_are_clear(whole: bytes) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w") as archive,
        archive.open("demo.py", "w", force_zip64=True) as member,
    ):
        member.write(b"x = 1")

    assert defects(buffer.getvalue()) == []
    assert defects(with_wide_end(whole)) == []


def test_a_comment_is_clear(whole: bytes) -> None:
    assert defects(with_comment(whole, b"built by hand")) == []


def test_names_in_other_alphabets_are_clear() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("d\u00e9mo.py", b"x = 1")

    assert defects(buffer.getvalue()) == []


CONFUSED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "prefix": (lambda raw: b"#!/bin/sh\n" + raw, "belong to nothing"),
    "suffix": (lambda raw: raw + b"trailing", "bytes follow its end"),
    "two archives": (lambda raw: raw + raw, "belong to nothing"),
    "end in the comment": (
        lambda raw: with_comment(raw, b"PK\5\6" + bytes(_END_LENGTH - 4)),
        "it has two ends",
    ),
    "local name": (
        lambda raw: raw.replace(b"demo.py", b"evil.py", 1),
        "two values for the name of demo.py",
    ),
    "local method": (lambda raw: patch(raw, 8, "<H", 8), "the method of demo.py"),
    "local flags": (lambda raw: patch(raw, 6, "<H", 0x800), "the flags of demo.py"),
    "local checksum": (lambda raw: patch(raw, 14, "<L", 1), "the checksum of demo.py"),
    "local packed size": (
        lambda raw: patch(raw, 18, "<L", 1),
        "the packed size of demo.py",
    ),
    "local size": (lambda raw: patch(raw, 22, "<L", 1), "the size of demo.py"),
    "more entries": (
        lambda raw: patch(patch(raw, len(raw) - 14, "<H", 4), len(raw) - 12, "<H", 4),
        "its end counts 4 members, there are 3",
    ),
    "of several disks": (lambda raw: patch(raw, len(raw) - 18, "<H", 1), "one part"),
    "zip64 disagrees": (
        lambda raw: with_wide_end(raw, entries=2),
        "its two ends disagree",
    ),
}


@pytest.mark.parametrize(("spoil", "said"), CONFUSED.values(), ids=CONFUSED.keys())
def test_what_two_readers_take_for_two_things_is_refused(
    whole: bytes, spoil: Callable[[bytes], bytes], said: str
) -> None:
    [defect] = defects(spoil(whole))

    assert said in defect


def test_bytes_between_two_members_are_refused(whole: bytes) -> None:
    # A member that only a reader of local headers sees.
    hidden = zip_of({"hidden.py": b"import os"})
    hidden = hidden[: hidden.index(b"PK\1\2")]
    at = whole.index(b"PK\1\2")
    moved = whole[:at] + hidden + whole[at:]
    moved = patch(moved, len(moved) - 6, "<L", at + len(hidden))

    assert "bytes before its table of contents belong to nothing" in str(defects(moved))


def test_two_entries_for_one_member_are_refused(whole: bytes) -> None:
    at, end = whole.index(b"PK\1\2"), len(whole) - _END_LENGTH
    entry = whole[at : whole.index(b"PK\1\2", at + 4)]
    doubled = whole[:end] + entry + whole[end:]
    for place in (14, 12):
        doubled = patch(doubled, len(doubled) - place, "<H", 4)
    doubled = patch(doubled, len(doubled) - 10, "<L", end - at + len(entry))

    assert "overlap" in str(defects(doubled))


@pytest.mark.parametrize("is_same", [True, False])
def test_a_second_name_of_a_member_must_be_the_same(*, is_same: bool) -> None:
    name = b"demo.py" if is_same else b"evil.py"
    member = zipfile.ZipInfo("demo.py")
    extra = struct.pack("<BL", 1, zlib.crc32(b"demo.py")) + name
    member.extra = struct.pack("<2H", 0x7075, len(extra)) + extra
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, b"x = 1")

    assert bool(defects(buffer.getvalue())) is not is_same


def zip_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def test_a_zip_in_a_zip_is_clear() -> None:
    # Stored as it is, so that a second end lies in the middle of the file.
    inner = zip_of({"inner.py": b"x = 1"})

    assert defects(zip_of({"inner.zip": inner, "demo.py": b""})) == []


def test_bytes_behind_streamed_data_are_refused() -> None:
    # A reader of streams ends where the packed data ends, and takes what follows,
    # a descriptor and a member, for what it looks like.
    stream = _Unseekable()
    pack(stream)
    whole = bytes(stream.written)
    start = whole.index(b"demo.py") + len(b"demo.py")
    at = whole.index(b"PK\7\x08")
    told = whole[at : at + 16]
    hidden = zip_of({"hidden.py": b"import os"})
    hidden = told + hidden[: hidden.index(b"PK\1\2")]
    packed = at - start + len(hidden)
    spoiled = whole[:at] + hidden + told[:8] + struct.pack("<L", packed) + told[12:]
    spoiled += moved_behind(whole[at + 16 :], len(hidden), packed)

    assert "bytes follow the data of demo.py" in str(defects(spoiled))


def moved_behind(rest: bytes, shift: int, packed: int) -> bytes:
    """Correct the offsets, and the first member's packed size, of what follows."""
    entry = rest.index(b"PK\1\2")
    rest = patch(rest, entry + 20, "<L", packed)
    place = rest.index(b"PK\1\2", entry + 4)
    while place >= 0:
        [offset] = struct.unpack_from("<L", rest, place + 42)
        rest = patch(rest, place + 42, "<L", offset + shift)
        place = rest.find(b"PK\1\2", place + 4)
    [offset] = struct.unpack_from("<L", rest, len(rest) - 6)
    return patch(rest, len(rest) - 6, "<L", offset + shift)


def test_bytes_behind_stored_data_are_refused() -> None:
    whole = zip_of({"demo.py": b"x = 1evil"})
    entry = whole.index(b"PK\1\2")
    for place in (14, entry + 16):
        whole = patch(whole, place, "<L", zlib.crc32(b"x = 1"))
    for place in (22, entry + 24):
        whole = patch(whole, place, "<L", 5)

    assert "bytes follow the data of demo.py" in str(defects(whole))


@pytest.mark.parametrize(
    ("content", "is_clear"),
    [
        (struct.pack("<2Q", 5, 5), True),
        (struct.pack("<3Q", 5, 5, 0), True),
        (struct.pack("<2Q", 5, 9), False),
        (b"abcd", False),
    ],
)
def test_zip64_sizes_that_nobody_asked_for_must_be_the_same(
    content: bytes, *, is_clear: bool
) -> None:
    member = zipfile.ZipInfo("demo.py")
    member.extra = struct.pack("<2H", 1, len(content)) + content
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, b"x = 1")

    assert (not defects(buffer.getvalue())) is is_clear
