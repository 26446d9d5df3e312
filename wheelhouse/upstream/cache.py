"""What was read from upstream indexes, on disk.

Pages are kept as they came, because what is parsed from them may change with this
program. An entry is one file, replaced as a whole, with a checksum: a reader sees an
old or a new one, and takes a damaged one for none. All of it may be deleted.
"""

import os
import re
import tempfile
import threading
import zlib
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import FileIO
from pathlib import Path

import orjson

from axletree.late_dataclasses import dataclass
from axletree.limits import IndexLimits
from axletree.resolver.model.distribution import DistributionFile
from axletree.wheelhouse.store.scratch import own_folder
from axletree.wheelhouse.upstream.remote_file import Place

DEFAULT_MAX_AGE = timedelta(minutes=10)
_LAYOUT = "upstream-1"
_CHECKSUM_BYTES = 8
_DIGEST = re.compile("[0-9a-f]{64}")
_SETTLED = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedPage:
    """An index page as it was received."""

    fetched_at: datetime
    max_age: timedelta
    etag: str
    """Empty if the index gave none."""
    content_type: str
    url: str
    """After redirects, without credentials."""
    body: bytes

    def is_valid(self, now: datetime, exclude_newer: datetime | None) -> bool:
        """Tell whether the page answers without asking the index.

        A page that was read a day after `exclude_newer` or later answers for that
        date for ever: what is uploaded afterwards is hidden anyway.
        """
        if exclude_newer is not None and self.fetched_at > exclude_newer + _SETTLED:
            return True
        return timedelta(0) <= now - self.fetched_at < self.max_age


class UpstreamCache:
    """The cache folder, as one index sees it."""

    def __init__(
        self, folder: Path, index_url: str, limits: IndexLimits | None = None
    ) -> None:
        """Make nothing yet; `index_url` has no credentials in it."""
        self._limits = limits or IndexLimits()
        index = sha256(index_url.encode()).hexdigest()[:16]
        self._root = folder / _LAYOUT
        self._pages = self._root / "pages" / index
        self._metadata = self._root / "metadata"
        self._own = ExitStack()
        self._scratch: Path | None = None

    def close(self) -> None:
        """Remove what was needed for a moment."""
        self._own.close()
        self._scratch = None

    def page(self, project: str) -> CachedPage | None:
        """Return the project's page, if there is an undamaged one."""
        # The first line has no more in it than the headers had.
        most = self._limits.page_bytes + self._limits.header_bytes
        content = _read(self._pages / project, most)
        if content is None:
            return None
        try:
            head, _, body = content.partition(b"\n")
            fields = orjson.loads(head)
            return CachedPage(
                fetched_at=datetime.fromtimestamp(fields["fetched_at"], UTC),
                max_age=timedelta(seconds=fields["max_age"]),
                etag=fields["etag"],
                content_type=fields["content_type"],
                url=fields["url"],
                body=body,
            )
        except (ValueError, KeyError, TypeError, OverflowError, OSError):
            return None

    def keep_page(self, project: str, page: CachedPage) -> None:
        """Replace the project's page."""
        head = orjson.dumps(
            {
                "fetched_at": page.fetched_at.timestamp(),
                "max_age": page.max_age.total_seconds(),
                "etag": page.etag,
                "content_type": page.content_type,
                "url": page.url,
            }
        )
        _write(self._pages / project, head + b"\n", page.body)

    def confirm_page(self, project: str, page: CachedPage, now: datetime) -> None:
        """Note that the index still gives the same page."""
        self.keep_page(project, replace(page, fetched_at=now))

    def metadata(self, key: str) -> bytes | None:
        """Return the METADATA kept under `key`."""
        return _read(self._metadata / key, self._limits.metadata_bytes)

    def keep_metadata(self, key: str, raw: bytes) -> None:
        """Keep METADATA for ever."""
        _write(self._metadata / key, raw)

    def sdist_place(self, key: str) -> Place:
        """Return where an sdist is downloaded to."""
        return Place(folder=self._root / "sdists" / key, parts=self.scratch())

    def file_place(self, key: str) -> Place:
        """Return where a file is downloaded to that a build needs."""
        return Place(folder=self._root / "files" / key, parts=self.scratch())

    def scratch(self) -> Path:
        """Return a folder that is this run's own, on the same disk as the others.

        :raises StorageError: it cannot be made.
        """
        if self._scratch is None:
            self._scratch = self._own.enter_context(own_folder(self._root / "tmp"))
        return self._scratch

    def new_folder(self) -> tempfile.TemporaryDirectory[str]:
        """Make a folder for files that are needed for a moment."""
        return tempfile.TemporaryDirectory(
            dir=self.scratch(), ignore_cleanup_errors=True
        )


def cache_key(file: DistributionFile) -> str:
    """Name what is kept of a file: by its content, where the index says its hash."""
    digest = file.hashes.get("sha256", "").lower()
    return (
        digest if _DIGEST.fullmatch(digest) else sha256(file.url.encode()).hexdigest()
    )


def _read(path: Path, most: int) -> bytes | None:
    """Return the entry; None if there is none, or none that we would have written."""
    try:
        # A pipe that somebody put there must not hold us up.
        with open(path, "rb", opener=_open_at_once) as stream:
            content = stream.read(_CHECKSUM_BYTES + most + 1)
    except OSError:
        return None
    if len(content) > _CHECKSUM_BYTES + most:
        return None
    checksum, body = content[:_CHECKSUM_BYTES], content[_CHECKSUM_BYTES:]
    return body if checksum == _checksum(body) else None


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _write(path: Path, *parts: bytes) -> None:
    # A full or read-only disk makes a run slower, not wrong.
    with suppress(OSError):
        own = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            try:
                stream = own.open("wb", buffering=0)
            except FileNotFoundError:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                stream = own.open("wb", buffering=0)
            with stream:
                for part in (_checksum(*parts), *parts):
                    _write_all(stream, part)
            own.replace(path)
        except BaseException:
            own.unlink(missing_ok=True)
            raise


def _write_all(stream: FileIO, part: bytes) -> None:
    left = memoryview(part)
    while left:
        left = left[stream.write(left) :]


def _checksum(*parts: bytes) -> bytes:
    found = 0
    for part in parts:
        found = zlib.crc32(part, found)
    return b"%08x" % found
