"""A package index out there, as a universe.

Batches are read concurrently and remembered: a page or METADATA is asked for once in
the life of an `UpstreamIndex`, so that files can be compared by identity. What an
index does not answer stops the run; only its clear "there is none" is a fact.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import urlsplit

from packaging.utils import NormalizedName

from axletree.config import Settings
from axletree.errors import AxletreeError
from axletree.resolver.distribution import DistributionFile, Page, UnusableMetadata
from axletree.resolver.model import Environment
from axletree.resolver.universe import MetadataAnswer
from axletree.wheelhouse.core_metadata import parse_metadata
from axletree.wheelhouse.credentials import Credentials, printable
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.http import Exchange, Request, Response, Transport
from axletree.wheelhouse.remote_file import download_file
from axletree.wheelhouse.remote_metadata import wheel_metadata
from axletree.wheelhouse.sdist_builder import SdistBuilder
from axletree.wheelhouse.sdist_metadata import static_metadata
from axletree.wheelhouse.simple_page import ACCEPT, parse_page, without_collector
from axletree.wheelhouse.threads import open_pool
from axletree.wheelhouse.upstream_cache import (
    DEFAULT_MAX_AGE,
    CachedPage,
    UpstreamCache,
)
from axletree.wheelhouse.upstream_errors import (
    FileGoneError,
    InvalidIndexUrlError,
    NotAnIndexError,
)
from axletree.wheelhouse.upstream_reporter import (
    SilentUpstreamReporter,
    UpstreamReporter,
)

OUTSIDE_FAILED = 3
"""Exit code of errors that say nothing about the file at hand (DESIGN.md 7)."""


DOWNLOADS_AT_ONCE = 16
_DIGEST = re.compile("[0-9a-f]{64}")
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SdistReading:
    """How an sdist is asked that does not tell its metadata itself."""

    builder: SdistBuilder
    environment: Environment
    """What the builder builds for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """How an index is read."""

    exclude_newer: datetime | None = None
    """Only for the cache: which pages answer without asking. Hides no file."""
    refresh: bool = False
    """Ask for every page, whatever is cached."""
    sdists: SdistReading | None = None
    """None: sdists that do not tell their metadata themselves are unusable."""
    now: Callable[[], datetime] = _now


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What an index was asked for so far."""

    pages: int = 0
    metadata: int = 0
    requests: int = 0
    """Over the network: fewer than pages and metadata if some were cached."""
    received_bytes: int = 0
    """Bodies, as sent (compressed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sdist:
    """An sdist that must be asked by running its code."""

    path: Path
    key: str
    reading: SdistReading


_Key: TypeAlias = DistributionFile | NormalizedName
_Read: TypeAlias = MetadataAnswer | _Sdist | Page | None


class UpstreamIndex:
    """One PEP 503 or PEP 691 index. Close it, or use it as a context manager."""

    def __init__(
        self,
        settings: Settings,
        index_url: str,
        options: ReadingOptions | None = None,
        reporter: UpstreamReporter | None = None,
    ) -> None:
        """Connect to nothing yet. `index_url` may contain a login.

        :raises InvalidIndexUrlError: unless it is an http or https URL.
        """
        _check_url(index_url)
        self._options = options or ReadingOptions()
        self._reporter = reporter or SilentUpstreamReporter()
        self._credentials = Credentials()
        self._index_url = self._credentials.detach(index_url).rstrip("/") + "/"
        self._cache = UpstreamCache(settings.cache_dir, self._index_url)
        self._transport = Transport(settings, self._credentials)
        self._pages: dict[NormalizedName, Page | None] = {}
        self._metadata: dict[DistributionFile, MetadataAnswer] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    @property
    def url(self) -> str:
        """The index's address, without login."""
        return self._index_url

    @property
    def is_frozen(self) -> bool:
        """Say no: reading everything would take days."""
        return False

    @property
    def counters(self) -> Traffic:
        """Return what was read so far."""
        return Traffic(
            pages=len(self._pages),
            metadata=len(self._metadata),
            requests=self._transport.requests,
            received_bytes=self._transport.received_bytes,
        )

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the pages of all projects; None for what the index does not have.

        :raises UnreachableIndexError: if the index does not answer or refuses.
        :raises NotAnIndexError: if what answers is no index.
        """
        wanted = [name for name in dict.fromkeys(projects) if name not in self._pages]
        exchanges = ((name, self._read_page(name)) for name in wanted)
        with without_collector():
            for done, (name, page) in enumerate(self._transport.run(exchanges), 1):
                # A builder's thread may have been faster; files go by identity.
                self._pages.setdefault(name, page)
                self._reporter.reading("pages", done=done, total=len(wanted))
        return {name: self._pages[name] for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Read the metadata of all files.

        :raises UnreachableIndexError: if the index does not answer or refuses.
        :raises WrongHashError: if a file is not what the index promises.
        """
        return self.metadata_ahead(files, lambda _: ())

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Read metadata, and the pages that each answer names while others arrive.

        :param names: which pages an answer makes necessary.
        :raises UnreachableIndexError: if the index does not answer or refuses.
        :raises WrongHashError: if a file is not what the index promises.
        """
        wanted = [file for file in dict.fromkeys(files) if file not in self._metadata]
        answers = self._run_backends(self._read_all(wanted, names))
        for done, (file, answer) in enumerate(answers, 1):
            self._metadata.setdefault(file, answer)
            self._reporter.reading("metadata", done=done, total=len(wanted))
        return {file: self._metadata[file] for file in files}

    def _read_all(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Iterator[tuple[DistributionFile, MetadataAnswer | _Sdist]]:
        """Yield the answers as they come; keep the pages that they name."""
        more: deque[tuple[_Key, Exchange[_Read]]] = deque()
        asked: set[NormalizedName] = set(self._pages)
        exchanges = ((file, self._read_metadata(file)) for file in files)
        for key, result in self._transport.run(exchanges, more=more):
            if not isinstance(key, DistributionFile):
                if result is None or isinstance(result, Page):
                    self._pages.setdefault(key, result)
                continue
            if result is None or isinstance(result, Page):
                raise AssertionError(key)  # A file is asked for metadata only.
            yield key, result
            named = () if isinstance(result, _Sdist) else names(result)
            new = [name for name in named if name not in asked]
            asked.update(new)
            more.extend((name, self._read_page(name)) for name in new)

    def turn_to(self, environment: Environment) -> None:
        """Ask backends of sdists for another environment; pages stay as read."""
        sdists = self._options.sdists
        if sdists is None or sdists.environment.label == environment.label:
            return
        sdists = replace(sdists, environment=environment)
        self._options = replace(self._options, sdists=sdists)
        # What an sdist tells itself is in the cache; what its code said is not true
        # of another Python.
        wheels = (file for file in self._metadata if file.kind == "wheel")
        self._metadata = {file: self._metadata[file] for file in wheels}

    def download(self, file: DistributionFile, folder: Path) -> Path:
        """Bring one file into `folder`; see `download_all`."""
        return self.download_all([file], folder)[file]

    def download_all(
        self, files: Sequence[DistributionFile], folder: Path
    ) -> Mapping[DistributionFile, Path]:
        """Bring files into `folder`; those there with the right hash are left alone.

        :raises FileGoneError: if the index lists a file and does not have it.
        :raises WrongHashError: if a file is not what the index promises.
        :raises UnreachableIndexError: if the index does not answer or refuses.
        """
        paths = {}
        exchanges = ((file, self._download(file, folder)) for file in files)
        for file, path in self._transport.run(exchanges, at_once=DOWNLOADS_AT_ONCE):
            paths[file] = path
            self._reporter.downloaded(file, path)
        return paths

    def _download(self, file: DistributionFile, folder: Path) -> Exchange[Path]:
        return download_file(
            file,
            folder,
            on_bytes=lambda length: self._reporter.downloading(file, length),
        )

    def _read_page(self, project: NormalizedName) -> Exchange[Page | None]:
        cached = None if self._options.refresh else self._cache.page(project)
        if cached and cached.is_valid(self._options.now(), self._options.exclude_newer):
            return self._parse(project, cached)
        url = f"{self._index_url}{project}/"
        headers = {"Accept": ACCEPT}
        if cached and cached.etag:
            headers["If-None-Match"] = cached.etag
        response = yield Request(url=url, headers=headers, is_compressed=True)
        if response.status == 304 and cached:
            self._cache.confirm_page(project, cached, self._options.now())
            return self._parse(project, cached)
        if response.status in {404, 410}:
            return None
        if response.status != 200:
            raise NotAnIndexError(
                f"the index answers HTTP {response.status} for {project}",
                where=printable(url),
            )
        fresh = self._received(response)
        page = self._parse(project, fresh)
        self._cache.keep_page(project, fresh)
        return page

    def _received(self, response: Response) -> CachedPage:
        return CachedPage(
            fetched_at=self._options.now(),
            max_age=_max_age(response.headers.get("cache-control", "")),
            etag=response.headers.get("etag", ""),
            content_type=response.headers.get("content-type", ""),
            url=self._credentials.detach(response.url),
            body=response.body,
        )

    def _parse(self, project: NormalizedName, page: CachedPage) -> Page:
        return parse_page(
            project,
            page.body,
            content_type=page.content_type,
            url=page.url,
            credentials=self._credentials,
        )

    def _read_metadata(
        self, file: DistributionFile
    ) -> Exchange[MetadataAnswer | _Sdist]:
        key = _cache_key(file)
        raw = self._cache.metadata(key)
        if raw is not None:
            return parse_metadata(raw)
        try:
            if file.kind == "sdist":
                return (yield from self._read_sdist(file, key))
            raw = yield from wheel_metadata(file, self._cache.new_folder)
        except InvalidDistributionError as error:
            return UnusableMetadata(reason=f"its metadata cannot be read: {error}")
        except FileGoneError:
            return UnusableMetadata(reason="the index lists it, but does not have it")
        self._cache.keep_metadata(key, raw)
        return parse_metadata(raw)

    def _read_sdist(
        self, file: DistributionFile, key: str
    ) -> Exchange[MetadataAnswer | _Sdist]:
        path = yield from download_file(file, self._cache.sdist_folder(key))
        raw = static_metadata(path)
        if raw is not None:
            self._cache.keep_metadata(key, raw)
            return parse_metadata(raw)
        sdists = self._options.sdists
        if sdists is None:
            return UnusableMetadata(
                reason="it is an sdist whose metadata must be built, "
                "and no builder was given"
            )
        key = self._built_key(key, sdists)
        raw = self._cache.metadata(key)
        if raw is not None:
            return parse_metadata(raw)
        return _Sdist(path=path, key=key, reading=sdists)

    def _run_backends(
        self, answers: Iterable[tuple[DistributionFile, MetadataAnswer | _Sdist]]
    ) -> Iterator[tuple[DistributionFile, MetadataAnswer]]:
        """Let answers through; ask sdists' backends meanwhile, and yield those last."""
        running: dict[DistributionFile, Future[MetadataAnswer]] = {}
        with ExitStack() as stack:
            pool: ThreadPoolExecutor | None = None
            try:
                for file, answer in answers:
                    if isinstance(answer, _Sdist):
                        pool = pool or stack.enter_context(open_pool())
                        running[file] = pool.submit(self._run_backend, answer)
                    else:
                        yield file, answer
                for file, future in running.items():
                    yield file, future.result()
            except BaseException:
                if pool is not None:
                    pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _run_backend(self, sdist: _Sdist) -> MetadataAnswer:
        reading = sdist.reading
        try:
            raw = reading.builder.metadata(sdist.path, reading.environment)
        except AxletreeError as error:
            if error.exit_code == OUTSIDE_FAILED:
                raise
            return UnusableMetadata(reason=f"its metadata could not be built: {error}")
        self._cache.keep_metadata(sdist.key, raw)
        return parse_metadata(raw)

    def _built_key(self, key: str, sdists: SdistReading) -> str:
        # A backend may look at the Python that runs it, and is itself chosen by date.
        target = sdists.environment
        parts = (key, target.label, str(self._options.exclude_newer))
        return sha256("\n".join(parts).encode()).hexdigest()


def _check_url(index_url: str) -> None:
    try:
        parts = urlsplit(index_url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        # The text itself may hold a password in a place where we do not find it.
        raise InvalidIndexUrlError(
            "the index URL is no address",
            where="index URL",
            hint="an index URL begins with https:// or http:// and a host",
        )


def _cache_key(file: DistributionFile) -> str:
    digest = file.hashes.get("sha256", "").lower()
    return (
        digest if _DIGEST.fullmatch(digest) else sha256(file.url.encode()).hexdigest()
    )


def _max_age(cache_control: str) -> timedelta:
    if "no-cache" in cache_control or "no-store" in cache_control:
        return timedelta(0)
    match = _MAX_AGE.search(cache_control)
    return timedelta(seconds=int(match[1])) if match else DEFAULT_MAX_AGE
