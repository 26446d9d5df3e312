"""Rows of the wheelhouse's database as records, looked at as they come in.

SQLite keeps any type in any column, and what stands in a row becomes a part of paths and
pages. Apart from the catalog, since SQLAlchemy takes longer to import than most answers
to find, and not every reader needs it.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from typing import TypeVar

from packaging.utils import NormalizedName

from axletree.resolver.model.file_names import safe_name
from axletree.wheelhouse.errors import DatabaseError
from axletree.wheelhouse.model import (
    PROJECT_MARKERS,
    ProjectStatus,
    Sha256,
    StoredFile,
    StoredPolicy,
)

FILE_FIELDS = tuple(field.name for field in fields(StoredFile))
"""What a record of a file is made of, in the order of its columns."""
OF_LISTING = frozenset({"yanked", "provenance_sha256"})
"""Those of them that a listing has, and not the file."""
FILE_COLUMNS = ",".join(
    f"l.{name}" if name in OF_LISTING else f"f.{name}" for name in FILE_FIELDS
)
"""The same for a query, of files `f` and listings `l`."""
# SQLite takes a limited number of parameters in one statement.
_BATCH = 500
_is_sha256 = re.compile(r"[0-9a-f]{64}").fullmatch

_T = TypeVar("_T")


def batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Cut what is asked for into what one statement may ask."""
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def stored_file(row: Sequence[object]) -> StoredFile:
    """Take a row apart, of the columns `FILE_FIELDS`.

    :raises ValueError: it is not what was written.
    :raises TypeError: likewise.
    """
    value = dict(zip(FILE_FIELDS, row, strict=True))
    metadata_sha256 = value["metadata_sha256"]
    provenance_sha256 = value["provenance_sha256"]
    kind, entered_at = value["kind"], utc_time(value["entered_at"])
    if kind not in {"wheel", "sdist"} or entered_at is None:
        raise ValueError(row)
    return StoredFile(
        project=NormalizedName(as_text(value["project"])),
        version=as_text(value["version"]),
        filename=safe_name(as_text(value["filename"])),
        kind="wheel" if kind == "wheel" else "sdist",
        tag=as_text(value["tag"]),
        build=as_text(value["build"]),
        sha256=sha256_of(value["sha256"]),
        size_bytes=number_of(value["size_bytes"]),
        requires_python=text_or_none(value["requires_python"]),
        upload_time=utc_time(value["upload_time"]),
        entered_at=entered_at,
        yanked=text_or_none(value["yanked"]),
        origin=as_text(value["origin"]),
        metadata_sha256=None if metadata_sha256 is None else sha256_of(metadata_sha256),
        generation=number_of(value["generation"]),
        withdrawn=text_or_none(value["withdrawn"]),
        withdrawn_since=None
        if value["withdrawn_since"] is None
        else number_of(value["withdrawn_since"]),
        provenance_sha256=None
        if provenance_sha256 is None
        else sha256_of(provenance_sha256),
    )


def project_status(marker: object, reason: object) -> ProjectStatus:
    """Take a status.

    :raises ValueError: it is none.
    """
    for known in PROJECT_MARKERS:
        if marker == known:
            return ProjectStatus(marker=known, reason=as_text(reason))
    raise ValueError(marker)


def stored_policy(rows: Sequence[Sequence[object]]) -> StoredPolicy | None:
    """Take the row of the policy in force; None: there is none.

    :raises ValueError: there are two.
    :raises TypeError: it is not what was written.
    """
    if not rows:
        return None
    [(since, name, content)] = rows
    return StoredPolicy(
        since=number_of(since), name=as_text(name), content=as_text(content)
    )


def sha256_of(value: object) -> Sha256:
    """Take a digest.

    :raises ValueError: it is none.
    :raises TypeError: likewise.
    """
    text = as_text(value)
    if not _is_sha256(text):
        raise ValueError(text)
    return Sha256(text)


def number_of(value: object) -> int:
    """Take a number.

    :raises TypeError: it is none.
    """
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def text_or_none(value: object) -> str | None:
    """Take a text, if there is one.

    :raises TypeError: it is something else.
    """
    return None if value is None else as_text(value)


def utc_time(value: object) -> datetime | None:
    """Read a time, as SQLAlchemy gives it or as it is kept: without a zone.

    :raises ValueError: it is none.
    """
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(as_text(value)).replace(tzinfo=UTC)


def as_text(value: object) -> str:
    """Take a text.

    :raises TypeError: it is none.
    """
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def is_sound_metadata(sha256: Sha256, content: object) -> bool:
    """Tell whether METADATA is what it was."""
    if not isinstance(content, bytes):
        return False
    return hashlib.sha256(content).hexdigest() == sha256


@contextmanager
def sound_rows(where: str) -> Iterator[None]:
    """Tell of a row that holds what we never write.

    :raises DatabaseError: there is one.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DatabaseError(
            "a row of the wheelhouse's database is damaged",
            where=where,
            hint="restore it from a backup; the files beside it are not affected",
        ) from error
