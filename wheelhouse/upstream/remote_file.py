"""Download one file: continued after a cut, checked, and then visible at once."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.file_names import below
from axletree.wheelhouse.errors import WheelhouseError, WrongHashError
from axletree.wheelhouse.transport.credentials import printable
from axletree.wheelhouse.transport.errors import (
    FileGoneError,
    UnreachableIndexError,
    WrongSizeError,
)
from axletree.wheelhouse.transport.failures import storage_errors
from axletree.wheelhouse.transport.request import (
    Exchange,
    Request,
)

PART_SUFFIX = ".part"
"""How files end that are still arriving; a killed process leaves them behind."""
_GONE = {404, 410}
# 416: nothing was missing after all; the hash decides.
_ARRIVED = {200, 206, 416}
# Strongest first.
_ALGORITHMS = ("sha512", "sha384", "sha256", "sha1", "md5")
_ATTEMPTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came of a list of files, and why the others did not."""

    paths: Mapping[DistributionFile, Path]
    failures: Mapping[DistributionFile, WheelhouseError]

    def whole(self) -> Mapping[DistributionFile, Path]:
        """Return the paths.

        :raises WheelhouseError: a file did not come.
        """
        for error in self.failures.values():
            raise error
        return self.paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file goes, and where it lies until it is whole: on the same disk."""

    folder: Path
    parts: Path
    """Of this run alone, which removes it."""


Download: TypeAlias = Callable[[DistributionFile, Place], Exchange[Path]]
"""Brings one file to its place."""


def download_file(
    file: DistributionFile,
    place: Place,
    *,
    on_bytes: Callable[[int], None] | None = None,
) -> Exchange[Path]:
    """Bring the file to its place, unless it is there with the right hash.

    :raises FileGoneError: if the index lists the file and does not have it.
    :raises WrongHashError: if twice another content came than was promised.
    :raises WrongSizeError: if it is larger than announced, or smaller without a hash.
    :raises TooLargeError: if it is larger than the settings allow.
    """
    target = below(place.folder, file.filename)
    promised = _strongest(file.hashes)
    with storage_errors(place.folder):
        place.folder.mkdir(parents=True, exist_ok=True)
        if promised and target.is_file() and _is_right(target, promised):
            return target
        descriptor, name = tempfile.mkstemp(
            dir=place.parts, prefix=".", suffix=PART_SUFFIX
        )
        os.close(descriptor)
    part = Path(name)
    try:
        for _ in range(_ATTEMPTS):
            response = yield Request(
                url=file.url,
                kind="file",
                name=file.filename,
                into=part,
                announced_bytes=file.size_bytes,
                on_bytes=on_bytes,
            )
            _check_status(response.status, file)
            with storage_errors(target):
                if not promised:
                    _check_size(part, file)
                if not promised or _is_right(part, promised):
                    part.chmod(0o644)
                    part.replace(target)
                    return target
                part.unlink(missing_ok=True)
    finally:
        part.unlink(missing_ok=True)
    raise wrong_hash(file.filename, file.url)


def check_hash(
    content: bytes, hashes: Mapping[str, str], *, name: str, url: str
) -> None:
    """Hold `content` against the strongest of `hashes`.

    :raises WrongHashError: if it has another.
    """
    promised = _strongest(hashes)
    if promised and hashlib.new(promised[0], content).hexdigest() != promised[1]:
        raise wrong_hash(name, url)


def wrong_hash(name: str, url: str) -> WrongHashError:
    """Say that something was changed on the way or on the index."""
    return WrongHashError(
        f"{name} does not have the hash that the index promises",
        where=printable(url),
        hint="the index, a proxy or a mirror changed it: do not use it",
    )


def _strongest(hashes: Mapping[str, str]) -> tuple[str, str] | None:
    for algorithm in _ALGORITHMS:
        if algorithm in hashes:
            return algorithm, hashes[algorithm].lower()
    return None


def _is_right(path: Path, promised: tuple[str, str]) -> bool:
    algorithm, digest = promised
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest() == digest


def _check_size(path: Path, file: DistributionFile) -> None:
    """Hold a file without hashes against the length that was announced."""
    announced = file.size_bytes
    if announced and path.stat().st_size < announced:
        raise WrongSizeError(
            f"{file.filename} is smaller than the {announced} bytes that the index "
            "announces",
            where=printable(file.url),
        )


def _check_status(status: int, file: DistributionFile) -> None:
    if status in _ARRIVED:
        return
    where = printable(file.url)
    if status in _GONE:
        raise FileGoneError(
            f"the index lists {file.filename}, but does not have it", where=where
        )
    raise UnreachableIndexError(
        f"the index does not give {file.filename}, HTTP {status}", where=where
    )
