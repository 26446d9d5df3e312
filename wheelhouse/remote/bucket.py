"""The blobs of a wheelhouse in a bucket of an S3 server.

A blob is there once the server has acknowledged it whole, under its digest, which is
compared before the server is told that it is. What a killed writer leaves is seen by
nobody; `sweep` takes it after a day. That a blob is missing is believed of a server of S3
alone, and not of a proxy that answers in its place.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.errors import (
    FilesUnreachableError,
    LostBlobError,
    NoSpaceError,
    StorageError,
    WrongHashError,
)
from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.remote.uploads import sweep_uploads
from axletree.wheelhouse.store.blobs import StoredBlob, parts_of
from axletree.wheelhouse.store.files import hashed_parts, translate_storage_errors
from axletree.wheelhouse.store.scratch import own_folder

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import S3Config

SPARED_FOR = timedelta(days=1)
PART_BYTES = 8 << 20
"""Of an upload; what is no larger comes in one request."""
AT_ONCE = 4
"""Parts that are sent, and held in memory, together."""
SMALL_AT_ONCE = 8
_MOST_PARTS = 9_000
"""Source: Amazon S3 user guide, "Multipart upload limits": 10,000."""
_RETRY_FOR = timedelta(seconds=20)
_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "access_key_id",
    "AWS_SECRET_ACCESS_KEY": "secret_access_key",
    "AWS_SESSION_TOKEN": "session_token",
    "AWS_DEFAULT_REGION": "region",
    "AWS_REGION": "region",
    "AWS_ENDPOINT_URL": "endpoint",
    "AWS_ENDPOINT_URL_S3": "endpoint",
}
"""Those that obstore would read itself; roles and web identities are left to it."""


class ObjectBlob:
    """A blob, or a part of it, as it comes from the server."""

    __slots__ = ("_chunks", "_rest", "_stamp", "_where")

    def __init__(
        self, chunks: Iterator[bytes], stamp: tuple[int, ...], where: str
    ) -> None:
        """Read what comes."""
        self._chunks = chunks
        self._rest = memoryview(b"")
        self._stamp = stamp
        self._where = where

    def stamp(self) -> tuple[int, ...]:
        """Return what the server said of the object that is read, which never changes."""
        return self._stamp

    def read(self, size: int, /) -> bytes:
        """Read on, at most so many bytes."""
        if not self._rest:
            with translate_bucket_errors(self._where):
                self._rest = memoryview(next(self._chunks, b""))
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)

    def close(self) -> None:
        """Let go of the connection."""
        self._chunks = iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketFileStore:
    """Blobs under `sha256/ab/abcdef…`, below the prefix."""

    url: str
    """`s3://bucket/prefix`."""
    aws: Mapping[str, str] = field(repr=False)
    """How it is reached; with keys."""
    scratch: Path
    """A folder of this machine, for what needs a file."""

    def put(self, sha256: Sha256, source: Path) -> None:
        """Stream `source` in, in parts where it is large."""
        with translate_bucket_errors(self.place_of(sha256)):
            with translate_storage_errors(source):
                size = source.stat().st_size
                small = source.read_bytes() if size <= PART_BYTES else None
            if small is not None:
                _refuse_other(small, sha256, source)
                obstore.put(self.client, _key(sha256), small, use_multipart=False)
                return
            obstore.put(
                self.client,
                _key(sha256),
                hashed_parts(source, sha256),
                use_multipart=True,
                chunk_size=max(PART_BYTES, -(-size // _MOST_PARTS)),
                max_concurrency=AT_ONCE,
            )

    def put_all(self, source_of: Mapping[Sha256, Path]) -> None:
        """Write several: small ones side by side, since the way there is long."""
        with translate_storage_errors(self.scratch):
            small = {
                sha256: source
                for sha256, source in source_of.items()
                if source.stat().st_size <= PART_BYTES
            }
        with ThreadPoolExecutor(max_workers=SMALL_AT_ONCE) as pool:
            for _ in pool.map(self.put, small.keys(), small.values()):
                pass
        for sha256, source in source_of.items():
            if sha256 not in small:
                self.put(sha256, source)

    def settle(self, digests: tuple[Sha256, ...]) -> None:
        """Do nothing: what the server has acknowledged is kept."""

    def open(
        self, sha256: Sha256, start: int = 0, stop: int | None = None
    ) -> ObjectBlob:
        """Ask for the object, or a range of it."""
        where = self.place_of(sha256)
        with translate_bucket_errors(where):
            if stop is not None and start >= stop:
                return ObjectBlob(iter(()), _stamp(self._head(sha256), where), where)
            if stop is not None:
                found = obstore.get(
                    self.client, _key(sha256), options={"range": (start, stop)}
                )
            elif start:
                found = obstore.get(
                    self.client, _key(sha256), options={"range": {"offset": start}}
                )
            else:
                found = obstore.get(self.client, _key(sha256))
            chunks = found.stream(min_chunk_size=1 << 18)
            return ObjectBlob(chunks, _stamp(found.meta, where), where)

    def size(self, sha256: Sha256) -> int | None:
        """Ask for the object's head."""
        try:
            with translate_bucket_errors(self.place_of(sha256)):
                return _stamp(self._head(sha256), self.url)[0]
        except LostBlobError:
            return None

    def _head(self, sha256: Sha256) -> "ObjectMeta":
        """Ask for an object's head; that it is missing says nobody of it."""
        try:
            return obstore.head(self.client, _key(sha256))
        except FileNotFoundError as error:
            self.ask()
            raise LostBlobError("is missing", where=self.place_of(sha256)) from error

    def remove(self, *digests: Sha256) -> None:
        """Delete the objects, a thousand in one request."""
        if not digests:
            return
        try:
            with translate_bucket_errors(self.url):
                obstore.delete(self.client, [_key(sha256) for sha256 in digests])
        except LostBlobError:
            return  # Some servers say so of what is not there.

    @contextmanager
    def local_copy(self, sha256: Sha256) -> Iterator[Path]:
        """Bring the blob, and forget it afterwards."""
        with own_folder(self.scratch) as folder:
            path = folder / sha256
            with translate_storage_errors(path), path.open("wb") as file:
                for part in parts_of(self, sha256):
                    file.write(part)
            yield path

    def sweep(self, digests: Sequence[Sha256] | None = None) -> None:
        """End uploads that were begun more than a day ago, where that can be asked."""
        if digests is None:
            bucket, prefix = _bucket_of(self.url)
            begun_before = datetime.now(UTC) - SPARED_FOR
            with translate_bucket_errors(self.url):
                sweep_uploads(bucket, prefix, self.aws, begun_before)

    def blobs(self) -> Iterator[StoredBlob]:
        """List what is named as a blob is, a thousand at a time."""
        with translate_bucket_errors(self.url):
            for found in chain.from_iterable(
                obstore.list(self.client, "sha256", chunk_size=1000)
            ):
                sha256 = Sha256(found["path"].rpartition("/")[2])
                if found["path"] != _key(sha256) or len(sha256) != _DIGEST_LENGTH:
                    continue
                yield StoredBlob(
                    sha256=sha256,
                    size_bytes=found["size"],
                    written_at=found["last_modified"],
                    stamp=_stamp(found, self.url),
                )
        # A page of another server reads as the end of the list.
        self.ask()

    def place_of(self, sha256: Sha256) -> str:
        """Give the object's address."""
        return f"{self.url.rstrip('/')}/{_key(sha256)}"

    def ask(self) -> None:
        """Ask for what is no blob: who has it, or says nothing of it, is no S3."""
        try:
            with translate_bucket_errors(self.url):
                obstore.get(self.client, _key(_NO_BLOB))
        except LostBlobError:
            return
        raise _no_s3(self.url)

    @property
    def client(self) -> S3Store:
        """Give what speaks to the server; nothing is asked yet."""
        return _s3_store(self.url, tuple(sorted(self.aws.items())))


_DIGEST_LENGTH = 64
_NO_BLOB = Sha256("0" * _DIGEST_LENGTH)


@lru_cache(maxsize=8)
def _s3_store(url: str, aws: tuple[tuple[str, str], ...]) -> S3Store:
    bucket, prefix = _bucket_of(url)
    said = dict(aws)
    config: S3Config = {}
    for variable, key in _VARIABLES.items():
        if said.get(variable):
            config[key] = said[variable]  # type: ignore[literal-required]  # all stand above
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={
            # Whoever writes http means it.
            "allow_http": config.get("endpoint", "").startswith("http://"),
            "connect_timeout": timedelta(seconds=10),
            "timeout": timedelta(hours=1),
            "read_timeout": timedelta(seconds=60),
        },
        retry_config={"max_retries": 5, "retry_timeout": _RETRY_FOR},
    )


def _bucket_of(url: str) -> tuple[str, str]:
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    return bucket, prefix.strip("/")


def _key(sha256: Sha256) -> str:
    return f"sha256/{sha256[:2]}/{sha256}"


def _stamp(found: "ObjectMeta", where: str) -> tuple[int, ...]:
    if found["e_tag"] is None:
        raise _no_s3(where)
    tag = hashlib.sha256(found["e_tag"].encode()).digest()[:7]
    written = int(found["last_modified"].timestamp() * 1000)
    return found["size"], written, int.from_bytes(tag)


def _refuse_other(content: bytes, expected: Sha256, source: Path) -> None:
    if hashlib.sha256(content).hexdigest() != expected:
        raise WrongHashError(
            "the file changed while it was read", where=str(source), hint="try again"
        )


@contextmanager
def translate_bucket_errors(where: str) -> Iterator[None]:
    """Turn what the server and obstore say into our errors.

    :raises LostBlobError: there is no such object.
    :raises NoSpaceError: its disk is full.
    :raises FilesUnreachableError: the server does not answer, or not to us.
    """
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise _no_bucket(where) from error
        if "<Code>" not in str(error):
            raise _no_s3(where) from error
        raise LostBlobError("is missing", where=where) from error
    except BaseError as error:
        raise _our_error(error, where) from error


def _no_bucket(where: str) -> StorageError:
    bucket, _ = _bucket_of(where)
    return FilesUnreachableError(
        f"there is no bucket {bucket}",
        where=where,
        hint="make it, or name another one in AXLETREE_FILES",
    )


def _no_s3(where: str) -> StorageError:
    return FilesUnreachableError(
        "what answers is no S3 server: it gives a page for whatever is asked, as a proxy "
        "may that wants a login",
        where=where,
        hint="check AWS_ENDPOINT_URL, and that no proxy stands before it; then run the "
        "same command again",
    )


def _our_error(error: BaseError, where: str) -> StorageError:
    said = str(error).partition("\n")[0]
    said = said.rpartition(" - ")[2].strip() or said
    if "NoSuchBucket" in str(error):
        return _no_bucket(where)
    if "InvalidRange" in str(error):
        return LostBlobError("has another length", where=where)
    is_refused = isinstance(error, PermissionDeniedError | UnauthenticatedError)
    if is_refused or _says_no(said):
        return FilesUnreachableError(
            "the file server refuses us: its answer is that we may not do that",
            where=where,
            hint="check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may "
            "read and write the bucket",
        )
    if _is_full(said):
        return NoSpaceError("no space left on the file server", where=where)
    return FilesUnreachableError(
        f"the file server does not answer as it should: {said[:_MOST_SAID]}",
        where=where,
        hint="check AWS_ENDPOINT_URL, and that the server runs; then run the same "
        "command again",
    )


_MOST_SAID = 300
_is_full = re.compile(r"status code: 507\b").search
"""Of a disk, or a quota. Source: RFC 4918 section 11.5, and how MinIO says it."""
_says_no = re.compile(r"status code: 40[13]\b").search
