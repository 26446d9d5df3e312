"""METADATA out of the last bytes of a wheel, without having the rest.

A zip archive ends with its table of contents, and wheels keep METADATA near the end.
In 600 wheels of a real closure 32 kB held both in 88 of 100 cases (16 kB: 81,
64 kB: 94). Large wheels have long tables, so that more is asked for of them; what is
still missing takes a request more, as a rule.

Source: APPNOTE.TXT 6.3 §4.3; core of the wheel specification for the names.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import field

from packaging.utils import canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.limits import PART_BYTES
from axletree.sizes import size_words
from axletree.wheelhouse.errors import InvalidDistributionError, OversizedMetadataError
from axletree.wheelhouse.metadata.core import (
    read_headers,
    unknown_format,
)

TAIL_BYTES = 32 * 1024
_TAIL_SHARE, _NATIVE_TAIL_SHARE = 48, 80
"""The part of a wheel that holds table and METADATA, of those with many files; native
code is large. Of 1,157 wheels of set a one request is enough for all but 13."""
_LONGEST_TAIL_BYTES = 512 * 1024

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ZIP64 = 0xFFFFFFFF
_METADATA_SUFFIX = b".dist-info/METADATA"
_STORED, _DEFLATED = 0, 8
# Extra fields before a member's data are longer than in the table of contents at
# times; asking for some bytes more saves a request.
_SLACK_BYTES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Bytes from `start` up to `stop` that must be read first."""

    start: int
    stop: int


@dataclass(slots=True, kw_only=True)
class Fragments:
    """The parts of a file that are known."""

    size_bytes: int
    """Of the whole file."""
    _parts: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, start: int, part: bytes) -> None:
        """Note what stands at `start`."""
        self._parts.append((start, part))

    def read(self, start: int, stop: int) -> bytes | None:
        """Return the bytes, or None if they are not known."""
        pieces: list[bytes] = []
        while start < stop or not pieces:
            found = self._from(start)
            if found is None:
                return None
            pieces.append(found[: stop - start])
            start += len(found)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def missing(self, gap: Gap) -> Gap:
        """Leave out of a gap what is known at its beginning, and of the file's end."""
        start, stop = gap.start, min(gap.stop, self.known_from())
        while start < stop and (found := self._from(start)) is not None:
            start += len(found)
        return Gap(start=start, stop=max(start, stop))

    def _from(self, start: int) -> bytes | None:
        """Return the bytes that follow, as far as one part goes; never none."""
        for at, part in self._parts:
            if at <= start < at + len(part):
                return part[start - at :]
        return None

    def known_from(self) -> int:
        """Return where the part begins that reaches to the file's end."""
        return min(
            (at for at, part in self._parts if at + len(part) == self.size_bytes),
            default=self.size_bytes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    name: str
    method: int
    crc: int
    compressed_bytes: int
    size_bytes: int
    offset: int


def tail_bytes(size_bytes: int, *, is_native: bool) -> int:
    """Tell how much of a wheel's end to ask for first."""
    share = _NATIVE_TAIL_SHARE if is_native else _TAIL_SHARE
    return min(max(TAIL_BYTES, size_bytes // share), _LONGEST_TAIL_BYTES)


def read_metadata(wheel: Fragments, project: str, most_bytes: int) -> bytes | Gap:
    """Read METADATA, or tell which bytes are missing for it.

    :raises OversizedMetadataError: if METADATA says that it has more than `most_bytes`.

    :raises InvalidDistributionError: if this is no wheel of `project`, or if it is
        one that is beyond this reader (zip64, encryption).
    """
    start, stop = _locate_contents(wheel)
    contents = wheel.read(start, stop)
    if contents is None:
        # METADATA stands before the table, and so comes along in one request; between
        # them lies RECORD, which is packed to less than the table.
        before = max(TAIL_BYTES, min(stop - start, PART_BYTES - (stop - start)))
        return Gap(start=max(0, start - before), stop=stop)
    member = _find_metadata(contents, project)
    if member.size_bytes > most_bytes:
        raise oversized_metadata(most_bytes)
    raw = _read_member(wheel, member, stop=start)
    if isinstance(raw, bytes):
        _check_format(wheel, contents, member.name, stop=start, most_bytes=most_bytes)
    return raw


def _check_format(
    wheel: Fragments, contents: bytes, metadata: str, *, stop: int, most_bytes: int
) -> None:
    """Look at WHEEL, which lies beside METADATA as a rule; no request is made for it.

    :raises InvalidDistributionError: if no installer knows the format.
    """
    name = metadata.removesuffix("METADATA") + "WHEEL"
    for entry, _ in _entries(contents, name.encode()):
        member = _member(entry, name)
        if member.size_bytes > most_bytes:
            raise oversized_metadata(most_bytes)
        raw = _read_member(wheel, member, stop=stop)
        unknown = unknown_format(read_headers(raw)) if isinstance(raw, bytes) else None
        if unknown is not None:
            raise InvalidDistributionError(unknown)


def oversized_metadata(most_bytes: int) -> OversizedMetadataError:
    """Say that we read no METADATA as large as this."""
    return OversizedMetadataError(
        f"its metadata is larger than {size_words(most_bytes)}"
    )


def _locate_contents(wheel: Fragments) -> tuple[int, int]:
    tail_start = wheel.known_from()
    tail = wheel.read(tail_start, wheel.size_bytes) or b""
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + _END.size:
        raise InvalidDistributionError("it is not a zip archive: its end is missing")
    fields = _END.unpack_from(tail, at)
    length, offset = fields[5], fields[6]
    if _ZIP64 in {offset, length}:
        raise InvalidDistributionError("it is a zip64 archive")
    # Bytes before the archive shift all offsets; a wheel has none.
    if offset + length > tail_start + at:
        raise InvalidDistributionError("its table of contents is not where it says")
    return offset, offset + length


def _entries(contents: bytes, suffix: bytes) -> Iterator[tuple[tuple[int, ...], str]]:
    """Yield the entries whose name ends so.

    Going through every entry takes ten times as long in a wheel of some hundred
    files; an entry is taken only if its name field ends just here.
    """
    end = 0
    while (hit := contents.find(suffix, end)) >= 0:
        end = hit + len(suffix)
        at = contents.rfind(b"PK\x01\x02", 0, hit)
        if at < 0 or end < at + _ENTRY.size:
            continue
        entry = _ENTRY.unpack_from(contents, at)
        if at + _ENTRY.size + entry[10] == end:
            yield entry, contents[at + _ENTRY.size : end].decode("utf-8", "replace")


def _find_metadata(contents: bytes, project: str) -> _Member:
    found = list(_entries(contents, _METADATA_SUFFIX))
    chosen = metadata_name(project, (name for _, name in found))
    members = [_member(entry, name) for entry, name in found if name == chosen]
    if len({(member.crc, member.size_bytes) for member in members}) > 1:
        raise InvalidDistributionError("it has two METADATA that differ")
    return members[-1]


def metadata_name(project: str, names: Iterable[str]) -> str:
    """Find the name of METADATA among the names in a wheel.

    :raises InvalidDistributionError: unless there is just one for `project`.
    """
    own = [
        name
        for name in dict.fromkeys(names)
        if name.endswith(".dist-info/METADATA")
        and name.count("/") == 1
        and canonicalize_name(name).startswith(f"{project}-")
    ]
    if len(own) != 1:
        raise InvalidDistributionError(
            f"it has {len(own) or 'no'} METADATA of {project}"
        )
    return own[0]


def _member(entry: tuple[int, ...], name: str) -> _Member:
    if entry[3] & 1:
        raise InvalidDistributionError("its METADATA is encrypted")
    return _Member(
        name=name,
        method=entry[4],
        crc=entry[7],
        compressed_bytes=entry[8],
        size_bytes=entry[9],
        offset=entry[16],
    )


def _read_member(wheel: Fragments, member: _Member, *, stop: int) -> bytes | Gap:
    begin = member.offset
    head = wheel.read(begin, begin + _LOCAL.size)
    if head is None:
        length = _LOCAL.size + len(member.name.encode()) + member.compressed_bytes
        return Gap(start=begin, stop=min(stop, begin + length + _SLACK_BYTES))
    fields = _LOCAL.unpack(head)
    if fields[0] != b"PK\x03\x04":
        raise InvalidDistributionError("its METADATA is not where it says")
    start = begin + _LOCAL.size + fields[9] + fields[10]
    packed = wheel.read(start, start + member.compressed_bytes)
    if packed is None:
        if start + member.compressed_bytes > stop:
            raise InvalidDistributionError("its METADATA is cut off")
        return Gap(start=begin, stop=start + member.compressed_bytes)
    return _unpack(packed, member)


def _unpack(packed: bytes, member: _Member) -> bytes:
    if member.method == _STORED:
        raw = packed
    elif member.method == _DEFLATED:
        try:
            raw = zlib.decompressobj(-15).decompress(packed, member.size_bytes + 1)
        except zlib.error as error:
            raise InvalidDistributionError(
                f"its METADATA cannot be unpacked: {error}"
            ) from error
    else:
        raise InvalidDistributionError(
            f"its METADATA is packed by method {member.method}"
        )
    if len(raw) != member.size_bytes or zlib.crc32(raw) != member.crc:
        raise InvalidDistributionError("its METADATA does not have its checksum")
    return raw
