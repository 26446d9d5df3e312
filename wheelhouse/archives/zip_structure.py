"""One archive, one reading: a zip that two readers could take for different things.

pip goes by the central directory at the end, streaming readers by the header before
each member. Where these disagree, or bytes lie where no record is, one of them can be
made to see other files than the other: such an archive is refused everywhere.

Source: APPNOTE.TXT 6.3 §4.3 (records), §4.5.3 (zip64), §4.6.9 (Unicode path).
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.gate import Kind

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_LOCAL = struct.Struct("<4s5H3L2H")
_EXTRA = struct.Struct("<2H")
_LONGEST_COMMENT = 0xFFFF
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_UNKNOWN = 0xFFFFFFFF
_DESCRIPTOR_FOLLOWS = 0x8
_ENCRYPTED = 0x1
_PIECE_BYTES = 1 << 20
_TELLING_FLAGS = _ENCRYPTED | _DESCRIPTOR_FOLLOWS | 0x40 | 0x800 | 0x2000
"""Encryption, data descriptor, UTF-8, masked headers; the others say how hard the
packer tried."""
_COMPARED = ("name", "flags", "method", "checksum", "packed size", "size")
_TOLD_LATER = frozenset({"checksum", "packed size", "size"})


class _AmbiguousError(Exception):
    """Two readers could see two things; says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contents:
    """Where the central directory lies."""

    start: int
    entries: int


def check_zip_structure(file: IO[bytes], archive: ZipFile, findings: Findings) -> None:
    """Hold all records of the archive against each other.

    Members are not unpacked, but those of which only their packed data tells a
    streaming reader where they end.

    :param archive: opened over the same file.
    """
    try:
        contents = _find_contents(file)
        infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
        _check_members(file, infos, contents)
    except _AmbiguousError as error:
        findings.found(
            Kind.AMBIGUOUS_ARCHIVE, f"its archive can be read in two ways: {error}"
        )
    except struct.error:
        findings.found(
            Kind.UNSOUND_ARCHIVE, "its archive is damaged: a record is cut off"
        )


def _check_members(
    file: IO[bytes], infos: Sequence[ZipInfo], contents: _Contents
) -> None:
    if len(infos) != contents.entries:
        raise _AmbiguousError(
            f"its end counts {contents.entries} members, there are {len(infos)}"
        )
    place = 0
    for info in infos:
        _check_gap(place, info.header_offset, info.orig_filename)
        place = _end_of_member(file, info)
        _check_packed(file, place - info.compress_size, info)
        if info.flag_bits & _DESCRIPTOR_FOLLOWS:
            place += _descriptor_length(file, place, info)
    _check_gap(place, contents.start, "its table of contents")


def _find_contents(file: IO[bytes]) -> _Contents:
    size = file.seek(0, 2)
    tail_start = max(0, size - _LONGEST_COMMENT - _END.size)
    tail = _read(file, tail_start, size - tail_start)
    at = tail.find(b"PK\x05\x06")
    while at >= 0 and not _reaches_the_end(tail, at):
        at = tail.find(b"PK\x05\x06", at + 1)
    if at < 0:
        raise _AmbiguousError("bytes follow its end")
    if tail.find(b"PK\x05\x06", at + 1) >= 0:
        raise _AmbiguousError("it has two ends")
    _, disk, start_disk, here, entries, length, offset, _ = _END.unpack_from(tail, at)
    end = tail_start + at
    wide = _wide_contents(file, end)
    if wide is not None:
        narrow = (here, entries, length, offset)
        limits = (0xFFFF, 0xFFFF, _UNKNOWN, _UNKNOWN)
        for said, limit, true in zip(narrow, limits, wide[1:], strict=True):
            if said not in (limit, true):
                raise _AmbiguousError("its two ends disagree")
        end, here, entries, length, offset = wide
    if (disk, start_disk) not in {(0, 0), (0xFFFF, 0xFFFF)} or here != entries:
        raise _AmbiguousError("it is one part of several")
    _check_gap(offset + length, end, "its end")
    return _Contents(start=offset, entries=entries)


def _reaches_the_end(tail: bytes, at: int) -> bool:
    if at + _END.size > len(tail):
        return False
    comment_length: int = _END.unpack_from(tail, at)[7]
    return at + _END.size + comment_length == len(tail)


def _wide_contents(file: IO[bytes], end: int) -> tuple[int, int, int, int, int] | None:
    """Read the zip64 records: their place, entries twice, length and offset."""
    at = end - _LOCATOR64.size
    if at < 0:
        return None
    signature, _, place, _ = _LOCATOR64.unpack(_read(file, at, _LOCATOR64.size))
    if signature != b"PK\x06\x07":
        return None
    if place + _END64.size != at:
        raise _AmbiguousError("its zip64 end is not where it says")
    found = _END64.unpack(_read(file, place, _END64.size))
    if found[0] != b"PK\x06\x06":
        raise _AmbiguousError("its zip64 end is not where it says")
    return (place, *found[6:])


def _check_gap(end: int, start: int, name: str) -> None:
    if end != start:
        kind = "overlap" if end > start else "belong to nothing"
        raise _AmbiguousError(f"{abs(start - end)} bytes before {name} {kind}")


def _end_of_member(file: IO[bytes], info: ZipInfo) -> int:
    """Compare a member's own header with the table's; return where its data ends."""
    head = _read(file, info.header_offset, _LOCAL.size)
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = (
        _LOCAL.unpack(head)
    )
    raw = file.read(name_length + extra_length)
    if signature != b"PK\x03\x04" or len(raw) != name_length + extra_length:
        raise _AmbiguousError(f"{info.orig_filename} is not where it says")
    name, extra = raw[:name_length], raw[name_length:]
    if 0 in (packed - _UNKNOWN, size - _UNKNOWN):
        size, packed = _wide_sizes(extra, size, packed)
    encoding = "utf-8" if flags & 0x800 else "cp437"
    _compare(
        info,
        (
            *(name.decode(encoding, "replace"), flags & _TELLING_FLAGS, method),
            *(crc, packed, size),
        ),
    )
    if extra or info.extra:
        _check_wide_numbers((extra, info.extra), info)
        _check_names((*_unicode_names(extra), *_unicode_names(info.extra)), info)
    return info.header_offset + _LOCAL.size + len(raw) + info.compress_size


def _check_packed(file: IO[bytes], start: int, info: ZipInfo) -> None:
    """Let no bytes lie behind a member's data that its packed size covers."""
    ambiguous = _AmbiguousError(f"bytes follow the data of {info.orig_filename}")
    if info.compress_type == ZIP_STORED:
        is_encrypted = info.flag_bits & _ENCRYPTED
        if not is_encrypted and info.compress_size != info.file_size:
            raise ambiguous
    elif info.compress_type == ZIP_DEFLATED and info.flag_bits & _DESCRIPTOR_FOLLOWS:
        try:
            is_whole = _ends_there(file, start, info)
        except zlib.error:
            return  # Damage, which is found where the member is read.
        if not is_whole:
            raise ambiguous


def _ends_there(file: IO[bytes], start: int, info: ZipInfo) -> bool:
    """Unpack a member piece by piece; say whether its data ends where it should."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left, size, piece = info.compress_size, 0, b""
    file.seek(start)
    while not inflater.eof and size <= info.file_size:
        if not piece and left > 0:
            piece = file.read(min(left, _PIECE_BYTES))
            left -= len(piece)
        unpacked = inflater.decompress(piece, _PIECE_BYTES)
        if not piece and not unpacked:
            break
        size += len(unpacked)
        piece = inflater.unconsumed_tail
    return (
        inflater.eof and size == info.file_size and not (left or inflater.unused_data)
    )


def _compare(info: ZipInfo, own: tuple[str, int, int, int, int, int]) -> None:
    listed = (
        *(info.orig_filename, info.flag_bits & _TELLING_FLAGS, info.compress_type),
        *(info.CRC, info.compress_size, info.file_size),
    )
    if own == listed:
        return
    is_told_later = bool(info.flag_bits & _DESCRIPTOR_FOLLOWS)
    for what, one, other in zip(_COMPARED, own, listed, strict=True):
        # What a data descriptor tells later may be 0 here.
        is_open = is_told_later and what in _TOLD_LATER and one == 0
        if one != other and not is_open:
            raise _AmbiguousError(f"two values for the {what} of {info.orig_filename}")


def _check_names(names: Iterable[str], info: ZipInfo) -> None:
    if any(name != info.orig_filename for name in names):
        raise _AmbiguousError(f"a second name for {info.orig_filename}")


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        at += _EXTRA.size
        yield kind, extra[at : at + length]
        at += length


def _wide_sizes(extra: bytes, size: int, packed: int) -> tuple[int, int]:
    found = [content for kind, content in _fields(extra) if kind == _ZIP64]
    if len(found) != 1 or len(found[0]) < 16:
        raise _AmbiguousError("a zip64 member without its sizes")
    wide_size, wide_packed = struct.unpack_from("<2Q", found[0])
    return (
        wide_size if size == _UNKNOWN else size,
        wide_packed if packed == _UNKNOWN else packed,
    )


def _check_wide_numbers(extras: Iterable[bytes], info: ZipInfo) -> None:
    """Refuse other numbers in zip64 fields, which some readers take unasked."""
    true = info.file_size, info.compress_size, info.header_offset
    for extra in extras:
        for kind, content in _fields(extra):
            if kind != _ZIP64:
                continue
            # A disk's number may follow the three.
            count = min(len(content) // 8, len(true))
            numbers = struct.unpack_from(f"<{count}Q", content)
            if info.flag_bits & _DESCRIPTOR_FOLLOWS and not any(numbers):
                continue
            rest = iter(true)
            if not all(number in rest for number in numbers):
                raise _AmbiguousError(
                    f"two values for the sizes of {info.orig_filename}"
                )
            if not count or len(content) - 8 * count not in {0, 4}:
                raise _AmbiguousError(
                    f"a zip64 field of {info.orig_filename} is cut off"
                )


def _unicode_names(extra: bytes) -> Iterator[str]:
    for kind, content in _fields(extra):
        if kind == _UNICODE_PATH:
            yield content[5:].decode("utf-8", "replace")


def _descriptor_length(file: IO[bytes], place: int, info: ZipInfo) -> int:
    """Find the data descriptor behind a member, with or without a signature."""
    raw = _read(file, place, 24)
    is_narrow = max(info.compress_size, info.file_size) <= _UNKNOWN
    for numbers in ("<3L", "<L2Q") if is_narrow else ("<L2Q",):
        told = struct.pack(numbers, info.CRC, info.compress_size, info.file_size)
        for form in (b"PK\x07\x08" + told, told):
            if raw.startswith(form):
                return len(form)
    raise _AmbiguousError(f"two values for the sizes of {info.orig_filename}")


def _read(file: IO[bytes], start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)
