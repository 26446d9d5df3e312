"""A package index out there, as a universe.

Batches are read concurrently and remembered: a page or METADATA is asked for once in
the life of an `UpstreamIndex`, so that files can be compared by identity. What an
index does not answer stops the run; only its clear "there is none" is a fact.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from packaging.utils import NormalizedName

from axletree.config import Settings
from axletree.resolver.model.distribution import DistributionFile, ListedVariants, Page
from axletree.resolver.model.environment import Environment
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.sparing import NOT_BUILT
from axletree.wheelhouse.errors import WheelhouseError, WrongHashError
from axletree.wheelhouse.pages.page import without_collector
from axletree.wheelhouse.transport.client import Transport
from axletree.wheelhouse.transport.credentials import Credentials
from axletree.wheelhouse.transport.errors import (
    FileGoneError,
    TooLargeError,
    UnreachableIndexError,
)
from axletree.wheelhouse.transport.request import Exchange
from axletree.wheelhouse.upstream.address import check_url
from axletree.wheelhouse.upstream.ahead import Ahead, Names
from axletree.wheelhouse.upstream.beside import read_beside
from axletree.wheelhouse.upstream.cache import UpstreamCache, cache_key
from axletree.wheelhouse.upstream.file_metadata import MetadataReader
from axletree.wheelhouse.upstream.options import ReadingOptions, Traffic
from axletree.wheelhouse.upstream.pages import PageReader
from axletree.wheelhouse.upstream.provenance import read_provenance
from axletree.wheelhouse.upstream.remote_file import Brought, Place, download_file
from axletree.wheelhouse.upstream.reporter import (
    SilentUpstreamReporter,
    UpstreamReporter,
)
from axletree.wheelhouse.upstream.sdists import Backends, UnaskedSdist, allowed
from axletree.wheelhouse.upstream.unverified import unverified_host

DOWNLOADS_AT_ONCE = 16
_OF_ONE_FILE = (FileGoneError, TooLargeError, WrongHashError, UnreachableIndexError)


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
        check_url(index_url)
        options = options or ReadingOptions()
        self._reporter = reporter or SilentUpstreamReporter()
        self._credentials = Credentials()
        self._index_url = self._credentials.detach(index_url).rstrip("/") + "/"
        self._cache = UpstreamCache(
            settings.cache_dir, self._index_url, settings.limits
        )
        self._page_reader = PageReader(
            index_url=self._index_url,
            cache=self._cache,
            credentials=self._credentials,
            exclude_newer=options.exclude_newer,
            refresh=options.refresh,
            now=options.now,
        )
        self._transport = Transport(
            settings, self._credentials, on_wait=self._reporter.waiting
        )
        self._pages: dict[NormalizedName, Page | None] = {}
        self._metadata: dict[DistributionFile, MetadataAnswer] = {}
        self._metadata_reader = MetadataReader(
            cache=self._cache,
            download=self._download_file,
            most_bytes=settings.limits.metadata_bytes,
            sdists=options.sdists,
            exclude_newer=options.exclude_newer,
        )
        self._backends = Backends(self._cache.keep_metadata)
        self._ahead = Ahead(
            transport=self._transport,
            read_page=self._page_reader.read,
            read_metadata=self._metadata_reader.read,
            pages=self._pages,
            metadata=self._metadata,
        )

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
        self._backends.close()
        self._transport.close()
        self._cache.close()

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
        return self.pages_ahead(projects, lambda _: ())

    def pages_ahead(
        self, projects: Sequence[NormalizedName], names: Names
    ) -> Mapping[NormalizedName, Page | None]:
        """Read pages, and the files that they make likely while others arrive.

        :param names: which pages an answer makes necessary, and who guesses files.
        :raises UnreachableIndexError: if the index does not answer or refuses.
        :raises NotAnIndexError: if what answers is no index.
        """
        wanted = [name for name in dict.fromkeys(projects) if name not in self._pages]
        with without_collector():
            for done, _ in enumerate(self._ahead.pages_of(wanted, names), 1):
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
        names: Names,
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Read metadata, and the pages that each answer names while others arrive.

        :param names: which pages an answer makes necessary.
        :raises UnreachableIndexError: if the index does not answer or refuses.
        :raises WrongHashError: if a file is not what the index promises.
        """
        wanted = self._unknown(files)
        unbuilt = {}
        for done, (file, answer) in enumerate(self._answers(wanted, names), 1):
            if answer == NOT_BUILT:
                # It may be allowed another time.
                unbuilt[file] = answer
            else:
                self._metadata.setdefault(file, answer)
            self._reporter.reading("metadata", done=done, total=len(wanted))
        known = self._metadata
        return {file: unbuilt.get(file) or known[file] for file in files}

    def begin(
        self,
        files: Sequence[DistributionFile],
        names: Names,
    ) -> Collection[DistributionFile]:
        """Read as `metadata_ahead`, but let backends of sdists be asked meanwhile.

        Which those are does not hang on what an earlier run has kept, nor on the time
        that it takes: so all runs read the same.

        :return: the sdists whose backends are being asked.
        :raises UnreachableIndexError: if the index does not answer or refuses.
        :raises WrongHashError: if a file is not what the index promises.
        """
        wanted = [file for file in self._unknown(files) if file not in self._backends]
        for done, (file, answer) in enumerate(
            self._ahead.metadata_of(wanted, names), 1
        ):
            if isinstance(answer, UnaskedSdist):
                self._backends.ask(answer)
            else:
                self._metadata.setdefault(file, answer)
            self._reporter.reading("metadata", done=done, total=len(wanted))
        return [file for file in dict.fromkeys(files) if file in self._backends]

    def _unknown(self, files: Iterable[DistributionFile]) -> list[DistributionFile]:
        return [file for file in dict.fromkeys(files) if file not in self._metadata]

    def _answers(
        self,
        files: Sequence[DistributionFile],
        names: Names,
    ) -> Iterator[tuple[DistributionFile, MetadataAnswer]]:
        """Read all, and yield what backends say last."""
        new = [file for file in files if file not in self._backends]
        for file, answer in allowed(self._ahead.metadata_of(new, names), new):
            if isinstance(answer, UnaskedSdist):
                self._backends.ask(answer)
            else:
                yield file, answer
        yield from self._backends.take(files)

    def turn_to(self, environment: Environment) -> None:
        """Ask backends of sdists for another environment; pages stay as read."""
        sdists = self._metadata_reader.sdists
        if sdists is None or sdists.environment.label == environment.label:
            return
        self._backends.close()
        self._metadata_reader.sdists = replace(sdists, environment=environment)
        # What an sdist tells itself is in the cache; what its code said is not true
        # of another Python.
        for file in [file for file in self._metadata if file.kind == "sdist"]:
            del self._metadata[file]

    def download(self, file: DistributionFile, folder: Path) -> Path:
        """Bring one file into `folder`.

        :raises WheelhouseError: it did not come.
        """
        return self.download_all([file], folder).whole()[file]

    def download_all(self, files: Sequence[DistributionFile], folder: Path) -> Brought:
        """Bring files into `folder`; those there with the right hash are left alone.

        A file that the index lists and does not have or give, or of which other bytes
        came, keeps no other from coming.

        :param folder: of this run alone.
        :raises UnreachableIndexError: if the index does not answer any more.
        :raises StorageError: if a file cannot be written.
        """
        return self._bring(files, lambda _: Place(folder=folder, parts=folder))

    def fetch(self, files: Sequence[DistributionFile]) -> Brought:
        """Bring files into the cache; as `download_all`."""
        return self._bring(files, lambda file: self._cache.file_place(cache_key(file)))

    def provenance(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, bytes | str]:
        """Read the attestations of files that have some; of others, say why not."""
        exchanges = ((file, read_provenance(file)) for file in files)
        return dict(self._transport.run(exchanges, at_once=DOWNLOADS_AT_ONCE))

    def has_listed(self, listed: ListedVariants) -> bool:
        """Tell whether a page that was read here lists it."""
        page = self._pages.get(listed.project)
        return page is not None and listed in page.variants

    def variants(
        self, listed: Sequence[ListedVariants]
    ) -> Mapping[ListedVariants, bytes | str]:
        """Read listings of variants as they are now; of others, say why not."""
        exchanges = ((each, read_beside(each.url, each.filename)) for each in listed)
        return dict(self._transport.run(exchanges, at_once=DOWNLOADS_AT_ONCE))

    def _bring(
        self,
        files: Sequence[DistributionFile],
        place_of: Callable[[DistributionFile], Place],
    ) -> Brought:
        paths: dict[DistributionFile, Path] = {}
        failures: dict[DistributionFile, WheelhouseError] = {}
        lost = 0
        self._reporter.bringing(files)
        exchanges = ((file, self._download(file, place_of(file))) for file in files)
        with closing(
            self._transport.run(exchanges, at_once=DOWNLOADS_AT_ONCE)
        ) as results:
            for file, result in results:
                if isinstance(result, Path):
                    lost, paths[file] = 0, result
                    self._reporter.downloaded(file, result)
                    continue
                failures[file] = result
                lost += isinstance(result, UnreachableIndexError)
                if lost == DOWNLOADS_AT_ONCE:
                    # All that was on its way: it is gone as a whole.
                    raise result
        return Brought(paths=paths, failures=failures)

    def _download(
        self, file: DistributionFile, place: Place
    ) -> Exchange[Path | WheelhouseError]:
        try:
            return (yield from self._download_file(file, place))
        except _OF_ONE_FILE as error:
            return error

    def _download_file(self, file: DistributionFile, place: Place) -> Exchange[Path]:
        host = unverified_host(file)
        if host is not None:
            self._reporter.unverified(host)
        return download_file(
            file,
            place,
            on_bytes=lambda length: self._reporter.downloading(file, length),
        )
