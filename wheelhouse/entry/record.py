"""RECORD against the archive: every file listed, every hash and size right.

Source: binary distribution format, "The .dist-info directory". Whether its rows are true
no installer looks; one that it cannot read ends it: an empty one pip, a NUL pip on Python
3.10 and older, one that has not three fields, or a size that is no number, uv.
"""

import base64
import binascii
import csv
import hashlib
import io
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from zipfile import ZipFile, ZipInfo

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.archives.rules import CHUNK_BYTES
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.gate import Kind

_STRONG = frozenset({"sha256", "sha384", "sha512"})
_MOST_SHOWN = 200
_UNHASHED = ("RECORD", "RECORD.jws", "RECORD.p7s")
"""Its own row has no hash, and signatures of it cannot have one."""
_is_count = re.compile(r"\+?[0-9]{1,20}", re.ASCII).fullmatch
_is_odd = re.compile(r"(?:^|/)\.{0,2}(?:/|$)").search


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """One row with a hash."""

    algorithm: str
    digest: bytes
    size_bytes: int | None


def check_record(
    archive: ZipFile,
    members: Mapping[str, ZipInfo],
    raw: bytes,
    folder: str,
    findings: Findings,
) -> None:
    """Read the whole archive once (which checks its CRCs) and compare.

    :param members: all files by name.
    :param raw: RECORD.
    :param folder: where it stands.
    """
    reader = RecordReader(place=f"{folder}/RECORD", findings=findings)
    reader.read(raw)
    unhashed = {f"{folder}/{name}" for name in _UNHASHED}
    rows = reader.rows
    missing = reader.listed - members.keys() - unhashed
    for kind, names in (
        (Kind.RECORD_ABSENT, missing & rows.keys()),
        (Kind.RECORD_ROW, missing - rows.keys()),
    ):
        if names:
            text = f"RECORD lists {_some(sorted(names))}, not in the archive"
            findings.found(kind, text, reader.place)
    unlisted = sorted(members.keys() - rows.keys() - unhashed)
    if unlisted:
        text = f"RECORD has no hash for {_some(unlisted)}"
        findings.found(Kind.RECORD_UNLISTED, text, reader.place)
    different = [
        name
        for name, member in members.items()
        if not _matches(archive, member, rows.get(name)) and name not in unhashed
    ]
    if different:
        text = f"RECORD has another hash or size for {_some(different)}"
        findings.found(Kind.RECORD_DIFFERS, text, reader.place)


def _some(names: list[str]) -> str:
    shown = ", ".join(map(_shown, names[:3]))
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _shown(name: str) -> str:
    return (name if name.isprintable() else ascii(name)[1:-1])[:_MOST_SHOWN]


@dataclass(slots=True, kw_only=True)
class RecordReader:
    """Reads the rows of a RECORD."""

    place: str
    """Of RECORD in the wheel."""
    findings: Findings
    rows: dict[str, RecordRow] = field(default_factory=dict)
    """By path: those that have a hash."""
    listed: set[str] = field(default_factory=set)
    """All paths."""

    def read(self, raw: bytes) -> None:
        """Read all rows.

        :raises InvalidDistributionError: it is no table.
        """
        try:
            text = io.StringIO(raw.decode("utf-8"), newline="")
            for number, cells in enumerate(csv.reader(text), start=1):
                self._read_row(number, cells)
        except (UnicodeDecodeError, csv.Error) as error:
            what = f"its RECORD cannot be read: {error}"
            raise self.findings.stop(
                Kind.RECORD_UNREADABLE, what, self.place
            ) from error

    def _read_row(self, number: int, cells: list[str]) -> None:
        name, hashed, size = (*cells, "", "", "")[:3]
        where = f"{self.place}, line {number}"
        for text in _unreadable(cells, size):
            said = f"RECORD line {number} {text}"
            self.findings.found(Kind.RECORD_UNREADABLE, said, where)
        if not cells:
            return
        path = self._path(name, where)
        if path is None:
            return
        if path in self.listed:
            text = f"RECORD lists {_shown(name)} twice"
            self.findings.found(Kind.RECORD_ROW, text, where)
        self.listed.add(path)
        if hashed:
            row = _parse_row(hashed, size)
            if row is None:
                text = f"RECORD line {number} has no usable hash"
                self.findings.found(Kind.RECORD_ROW, text, where)
            else:
                self.rows[path] = row

    def _path(self, name: str, where: str) -> str | None:
        """Return the path that a row is about; None: of nothing in the wheel."""
        path = name
        if "\\" in path:
            text = f"RECORD spells {_shown(name)} with backslashes"
            self.findings.found(Kind.RECORD_ROW, text, where)
            path = path.replace("\\", "/")
        if path.endswith("/"):
            text = f"RECORD lists {_shown(name)}, a folder"
            self.findings.found(Kind.RECORD_ROW, text, where)
            return None
        if _is_odd(path):
            path = posixpath.normpath(path)
        if path.startswith(("/", "../")) or path == "..":
            # An installer that is told to uninstall would remove it.
            text = f"RECORD lists {name[:_MOST_SHOWN]!a}, outside of the wheel"
            self.findings.found(Kind.RECORD_OUTSIDE, text, where)
            return None
        return path


def _unreadable(cells: list[str], size: str) -> Iterator[str]:
    """Say what ends an installer: pip or uv, on one Python or another."""
    if not cells:
        yield "is empty"
        return
    if len(cells) != 3:
        yield f"has {len(cells)} field{'' if len(cells) == 1 else 's'}, not 3"
    if any("\0" in cell for cell in cells):
        yield "holds a NUL"
    elif size and _size(size) is None:
        yield "has a size that is no number of bytes"


def _size(size: str) -> int | None:
    return int(size) if _is_count(size) and int(size) < 1 << 64 else None


def _parse_row(hashed: str, size: str) -> RecordRow | None:
    algorithm, _, encoded = hashed.partition("=")
    if algorithm not in _STRONG:
        return None
    try:
        padding = "=" * (-len(encoded) % 4)
        digest = base64.b64decode(encoded + padding, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return RecordRow(algorithm=algorithm, digest=digest, size_bytes=_size(size))


def _matches(archive: ZipFile, member: ZipInfo, row: RecordRow | None) -> bool:
    digest = hashlib.new(row.algorithm if row else "sha256")
    with archive.open(member) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    if row is None:
        return True
    return digest.digest() == row.digest and row.size_bytes in (None, member.file_size)
