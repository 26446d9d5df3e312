"""RECORD against the archive: every file listed, every hash and size right.

Source: binary distribution format, "The .dist-info directory".
"""

import base64
import binascii
import csv
import hashlib
import io
from collections.abc import Mapping
from zipfile import ZipFile, ZipInfo

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.archives.rules import CHUNK_BYTES
from axletree.wheelhouse.findings import Findings

_STRONG = frozenset({"sha256", "sha384", "sha512"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """One row with a hash."""

    algorithm: str
    digest: bytes
    size_bytes: int | None


def check_record(
    archive: ZipFile, members: Mapping[str, ZipInfo], raw: bytes, findings: Findings
) -> None:
    """Read the whole archive once (which checks its CRCs) and compare.

    :param members: all files by name, but RECORD and its signatures.
    :param raw: RECORD.
    """
    rows = parse_record(raw, findings)
    missing = sorted(rows.keys() - members.keys())
    if missing:
        findings.lie(f"RECORD lists {_some(missing)}, not in the archive")
    unlisted = sorted(members.keys() - rows.keys())
    if unlisted:
        findings.flaw(f"RECORD has no hash for {_some(unlisted)}")
    different = [
        name
        for name, member in members.items()
        if not _matches(archive, member, rows.get(name))
    ]
    if different:
        findings.lie(f"RECORD has another hash or size for {_some(different)}")


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def parse_record(raw: bytes, findings: Findings) -> Mapping[str, RecordRow]:
    """Read the rows that have a hash."""
    rows: dict[str, RecordRow] = {}
    text = io.StringIO(raw.decode("utf-8", errors="replace"), newline="")
    try:
        for number, cells in enumerate(csv.reader(text), start=1):
            if cells:
                _read_row(number, cells, rows, findings)
    except csv.Error as error:
        raise findings.stop(f"its RECORD cannot be read: {error}") from error
    return rows


def _read_row(
    number: int, cells: list[str], rows: dict[str, RecordRow], findings: Findings
) -> None:
    name, hashed, size = (*cells, "", "")[:3]
    if len(cells) != 3:
        findings.flaw(f"RECORD line {number} has {len(cells)} fields, not 3")
    if name in rows:
        findings.flaw(f"RECORD lists {name} twice")
    if hashed:
        row = _parse_row(hashed, size)
        if row is None:
            findings.flaw(f"RECORD line {number}: no usable hash or size")
        else:
            rows[name] = row


def _parse_row(hashed: str, size: str) -> RecordRow | None:
    algorithm, _, encoded = hashed.partition("=")
    if algorithm not in _STRONG:
        return None
    try:
        padding = "=" * (-len(encoded) % 4)
        digest = base64.b64decode(encoded + padding, altchars=b"-_", validate=True)
        size_bytes = int(size) if size else None
    except (binascii.Error, ValueError):
        return None
    return RecordRow(algorithm=algorithm, digest=digest, size_bytes=size_bytes)


def _matches(archive: ZipFile, member: ZipInfo, row: RecordRow | None) -> bool:
    digest = hashlib.new(row.algorithm if row else "sha256")
    with archive.open(member) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    if row is None:
        return True
    return digest.digest() == row.digest and row.size_bytes in (None, member.file_size)
