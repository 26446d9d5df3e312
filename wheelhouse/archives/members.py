"""Read the members of a foreign tar or zip archive, one after the other.

tarfile takes pax headers into memory whatever their size, and its older releases have
loops without end; what runs inside a sandbox runs under any Python from 3.6 on. So the
tar format is read here: 512 bytes of header, then content, in one pass, with every
length bounded before it is read. Needs nothing but the standard library: this file's
text is handed to the interpreter inside (`sandbox.py`).

Source: POSIX pax, ustar Interchange Format; GNU tar's long names.
"""

import stat

from axletree.wheelhouse.archives.streams import (
    CHUNK_BYTES,
    ArchiveError,
    damage_told,
    telling,
    unpacked,
)

TYPE_CHECKING = False  # typing takes longer to import than all the rest.
if TYPE_CHECKING:  # Annotations stand in quotes: Python 3.6 could not evaluate them.
    from collections.abc import Callable, Iterator
    from typing import IO
    from zipfile import ZipInfo

    from axletree.wheelhouse.archives.streams import Readable

EXTENDED_BYTES = 1 << 20
"""Of one pax header or long name; real ones have some hundred."""
ALL_EXTENDED_BYTES = 32 << 20
"""Of all of them together: they take longer to read than what they describe."""
MOST_MEMBERS = 200_000
"""Of one archive; large real ones have 30,000."""
ZIP_DIRECTORY_BYTES = 16 << 20
"""Of the list of members, which zipfile takes into memory."""

_BLOCK_BYTES = 512
_ZIP_METHODS = (0, 8)
"""Stored, and deflated."""
_KINDS = {b"0": "file", b"\0": "file", b"7": "file", b"5": "folder"}
_LINK_KINDS = {b"1": "hard link", b"2": "link"}
_DEVICES = {b"3", b"4", b"6"}
_EXTENDED = {b"x", b"X", b"g", b"L", b"K"}
_SPARSE = b"GNU.sparse."
_READ = {b"path", b"linkpath", b"size"}


class Member:
    """One file, folder or link, as the archive says it; nothing is checked yet."""

    __slots__ = ("is_program", "kind", "name", "read", "size_bytes", "target")

    def __init__(self, name: bytes, kind: str) -> None:
        self.name = name
        self.kind = kind
        """`file`, `folder`, `link` or `hard link`."""
        self.is_program = False
        self.size_bytes = 0
        self.target = b""
        self.read: Callable[[int], bytes] = _nothing
        """Return some bytes of the content, at most so many; none at its end."""


def _nothing(_size: int) -> bytes:
    return b""


def read_members(file: "IO[bytes]", limit_bytes: int) -> "Iterator[Member]":
    """Yield the members of an archive of any kind; content only until the next one.

    :param limit_bytes: what a compressed tar may come to.
    :raises ArchiveError: for what is no sound archive.
    """
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"PK"):
        return read_zip(file)
    return read_tar(unpacked(file, start), limit_bytes)


def read_tar(file: "Readable", limit_bytes: int) -> "Iterator[Member]":
    """Yield the members of an uncompressed tar.

    :param limit_bytes: what may be read, headers included.
    """
    with damage_told():
        yield from _tar_members(_Blocks(file, limit_bytes))


def read_zip(file: "IO[bytes]") -> "Iterator[Member]":
    """Yield the members of a zip; links in it are files, as for all installers."""
    import zipfile  # noqa: PLC0415 - few sdists are zips

    with damage_told(zipfile.BadZipFile), zipfile.ZipFile(_Bounded(file)) as archive:
        for entry in archive.infolist():
            member = _zip_member(entry)
            with archive.open(entry) as content:
                member.read = telling(content.read, zipfile.BadZipFile)
                yield member


def _zip_member(entry: "ZipInfo") -> Member:
    # `filename` ends at a NUL, which installers take for the name's end.
    name = entry.orig_filename.encode("utf-8", "surrogateescape")
    if entry.filename.endswith("/"):
        return Member(name, "folder")
    if entry.flag_bits & 1:
        raise ArchiveError("is encrypted", name)
    if entry.compress_type not in _ZIP_METHODS:
        raise ArchiveError("is compressed in an unusual way", name)
    member = Member(name, "file")
    member.is_program = bool(entry.external_attr >> 16 & stat.S_IXUSR)
    member.size_bytes = entry.file_size
    return member


class _Bounded:
    """A file of which only a bounded part is taken into memory at once."""

    def __init__(self, file: "IO[bytes]") -> None:
        self.seek, self.tell = file.seek, file.tell
        self._file = file

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size > ZIP_DIRECTORY_BYTES:
            raise ArchiveError("its list of members is too large")
        content = self._file.read(ZIP_DIRECTORY_BYTES + 1 if size < 0 else size)
        if len(content) > ZIP_DIRECTORY_BYTES:
            raise ArchiveError("its list of members is too large")
        return content


class _Blocks:
    """Read a tar stream in exact pieces, up to a limit."""

    def __init__(self, file: "Readable", limit_bytes: int) -> None:
        self._file = file
        self._left_bytes = self._limit_bytes = limit_bytes
        self.extended_bytes = 0
        """Of pax headers and long names so far."""

    def some(self, size: int) -> bytes:
        content = self._file.read(min(size, CHUNK_BYTES))
        self._left_bytes -= len(content)
        if self._left_bytes < 0:
            raise ArchiveError(
                f"it unpacks to more than {self._limit_bytes} bytes, which is the limit"
            )
        return content

    def exactly(self, size: int) -> bytes:
        content = self.up_to(size)
        if len(content) < size:
            raise EOFError("it ends early")
        return content

    def up_to(self, size: int) -> bytes:
        parts = []
        while size:
            part = self.some(size)
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _tar_members(blocks: _Blocks) -> "Iterator[Member]":
    for count in range(MOST_MEMBERS):
        member = _next_member(blocks, is_first=count == 0)
        if member is None:
            _check_end(blocks)
            return
        content = _Content(blocks, member.size_bytes)
        member.read = telling(content.read)
        yield member
        content.skip()
    raise ArchiveError(f"it holds over {MOST_MEMBERS} members")


def _check_end(blocks: _Blocks) -> None:
    """Read what stands behind the archive's end: only zeros, to fill a record.

    Another reader could take more for members.
    """
    rest = blocks.some(CHUNK_BYTES)
    while rest:
        if rest.count(0) < len(rest):
            raise ArchiveError("bytes follow the end of its archive")
        rest = blocks.some(CHUNK_BYTES)


class _Content:
    """The content of one member, and the padding after it."""

    def __init__(self, blocks: _Blocks, size_bytes: int) -> None:
        self._blocks = blocks
        self._left_bytes = size_bytes
        self._padding_bytes = -size_bytes % _BLOCK_BYTES

    def read(self, size: int) -> bytes:
        if not self._left_bytes:
            return b""
        content = self._blocks.some(min(size, self._left_bytes))
        if not content:
            raise EOFError("it ends early")
        self._left_bytes -= len(content)
        return content

    def skip(self) -> None:
        while self.read(CHUNK_BYTES):
            pass
        # Some writers leave the last padding out.
        self._blocks.up_to(self._padding_bytes)


def _next_member(blocks: _Blocks, *, is_first: bool) -> "Member | None":
    """Read headers up to that of a member; None at the archive's end."""
    said: dict[bytes, bytes] = {}
    while True:
        header = blocks.up_to(_BLOCK_BYTES)
        if header.count(0) == len(header) and (header or not is_first):
            return None
        if len(header) < _BLOCK_BYTES or not _is_sound(header):
            raise ArchiveError(
                "it is damaged, or no tar archive"
                if is_first
                else "it is damaged between members"
            )
        is_first, kind = False, header[156:157]
        if kind not in _EXTENDED:
            return _member(header, kind, said)
        said.update(_extended(blocks, header, kind))


def _is_sound(header: bytes) -> bool:
    try:
        expected = _number(header[148:156])
    except ArchiveError:
        return False
    summed = header[:148] + b" " * 8 + header[156:]
    total = sum(summed)
    # Some old programs added up signed bytes.
    return expected in (total, total - 256 * sum(byte > 127 for byte in summed))


def _extended(blocks: _Blocks, header: bytes, kind: bytes) -> "dict[bytes, bytes]":
    size = _number(header[124:136])
    blocks.extended_bytes += size
    if size > EXTENDED_BYTES or blocks.extended_bytes > ALL_EXTENDED_BYTES:
        raise ArchiveError(f"it has headers of more than {blocks.extended_bytes} bytes")
    content = blocks.exactly(size)
    blocks.exactly(-size % _BLOCK_BYTES)
    if kind == b"L":
        return {b"path": content.rstrip(b"\0")}
    if kind == b"K":
        return {b"linkpath": content.rstrip(b"\0")}
    # Only these are kept: a bomb could hold a million others.
    records = {
        _SPARSE if keyword.startswith(_SPARSE) else keyword: value
        for keyword, value in _pax_records(content)
        if keyword in _READ or keyword.startswith(_SPARSE)
    }
    if kind == b"g" and records:
        raise ArchiveError("it has a header for all its members")
    return records


def _pax_records(content: bytes) -> "Iterator[tuple[bytes, bytes]]":
    """Yield what a record such as `27 path=some/long/name` says."""
    place = 0
    while place < len(content) and content[place]:
        space = content.find(b" ", place, place + 20)
        digits = content[place:space] if space > 0 else b""
        end = place + int(digits) if digits.isdigit() else 0
        keyword, equals, value = content[space + 1 : end].partition(b"=")
        if not equals or not value.endswith(b"\n") or end > len(content):
            raise ArchiveError("it has a header that cannot be read")
        yield keyword, value[:-1]
        place = end


def _member(header: bytes, kind: bytes, said: "dict[bytes, bytes]") -> Member:
    name = said.get(b"path", _name(header))
    if kind in _LINK_KINDS:
        member = Member(name, _LINK_KINDS[kind])
        member.target = said.get(b"linkpath", _text(header[157:257]))
        if _size(header, said):
            raise ArchiveError("is a link with content", name)
        return member
    if kind == b"S" or _SPARSE in said:
        raise ArchiveError("is a sparse file, not a plain one", name)
    if kind in _DEVICES:
        raise ArchiveError("is a device, not a regular file", name)
    if kind not in _KINDS:
        raise ArchiveError("is of an unknown kind", name)
    is_folder = kind == b"5" or (kind == b"\0" and name.endswith(b"/"))
    member = Member(name, "folder" if is_folder else "file")
    if not is_folder:
        member.is_program = bool(_number(header[100:108]) & stat.S_IXUSR)
        member.size_bytes = _size(header, said)
    return member


def _size(header: bytes, said: "dict[bytes, bytes]") -> int:
    text = said.get(b"size")
    if text is None:
        return _number(header[124:136])
    if not text.isdigit() or len(text) > 20:
        raise ArchiveError("it has a size that is not a number")
    return int(text)


def _name(header: bytes) -> bytes:
    name = _text(header[:100])
    if header[257:263] != b"ustar\0":
        return name
    prefix = _text(header[345:500])
    return prefix + b"/" + name if prefix else name


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _number(field: bytes) -> int:
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    text = _text(field).strip()
    if not text.isdigit() and text:
        raise ArchiveError("it has a header that cannot be read")
    try:
        return int(text or b"0", 8)
    except ValueError as error:
        raise ArchiveError("it has a header that cannot be read") from error
