"""Options -> the universe that candidates come from."""

import gzip
import io
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from axletree.commands.asking import Asked
from axletree.commands.options import SourceOptions
from axletree.config import IndexStrategy, Settings, find_file, load
from axletree.console import Progress
from axletree.environ import process_environment
from axletree.reading import TooLargeError, is_at_rest, read_bytes
from axletree.resolver.inputs.requirement_lines import redact
from axletree.resolver.model.answers import Counters
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.errors import InvalidSnapshotError
from axletree.resolver.model.question import Question
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.snapshot import universe_from_json
from axletree.wheelhouse.merged import MergedUniverse

if TYPE_CHECKING:
    # The network takes longer to import than most answers to find.
    from axletree.builder.resolved_requirements import ResolvedBuildRequirements
    from axletree.commands.downloads import SpreadDownloads
    from axletree.resolver.universe.composed import MemoUniverse
    from axletree.wheelhouse.sdist_builder import SdistBuilder


MOST_SNAPSHOT_BYTES = 512 * 1024 * 1024
"""Of a snapshot, unpacked."""
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A universe, and what it was made of."""

    universe: Universe
    sources: tuple[str, ...] = ()
    """The folders and indexes that are asked, in their order, without logins."""
    downloads: "SpreadDownloads | None" = None
    """Set, with the two below, if candidates come from indexes."""
    builder: "SdistBuilder | None" = None
    build_requirements: "ResolvedBuildRequirements | None" = None

    def one_by_one(self, asked: Asked, universe: "MemoUniverse") -> Iterator[Question]:
        """Yield each question, with the universe turned to its environment.

        What an sdist's code says of its metadata is not carried over; pages are.

        :param universe: over this one, used for all of them.
        """
        yield asked.questions[0]
        for question in asked.questions[1:]:
            universe.forget_sdists()
            if self.turn is not None:
                self.turn(question.environment)
            yield question

    @property
    def turn(self) -> Callable[[Environment], None] | None:
        """Return what turns the universe to an environment; None: it is for all."""
        return None if self.downloads is None else self.downloads.turn

    def counted(self, counters: Counters) -> Counters:
        """Add the requests made so far."""
        if self.downloads is None:
            return counters
        return replace(counters, requests=self.downloads.requests)


def settings_for(source: SourceOptions | None = None) -> Settings:
    """Load the settings of this run; options come last."""
    settings = load(process_environment(), find_file(Path.cwd()))
    if source is not None and source.cache_dir is not None:
        settings = replace(settings, cache_dir=source.cache_dir)
    return settings


def first_index(source: SourceOptions, asked: Asked, settings: Settings) -> str | None:
    """Name the first index: the options', else the files', else the settings'.

    A folder of files stands for itself: the settings' index is not asked beside it.
    """
    parsed = asked.parsed
    if source.index_url is not None or parsed.has_no_index:
        return source.index_url
    if parsed.index_url is not None or source.find_links or parsed.find_links:
        return parsed.index_url
    return settings.index_url


def strategy_of(source: SourceOptions, settings: Settings) -> IndexStrategy:
    """Tell how several indexes are read as one; options come last."""
    return source.index_strategy or settings.index_strategy


@contextmanager
def open_universe(
    source: SourceOptions,
    asked: Asked,
    progress: Progress,
    *,
    brings_files: bool = False,
) -> Iterator[Opened]:
    """Open what the options name, else the wheelhouse; close it afterwards.

    :param brings_files: files will be downloaded and built, also from folders alone.
    :raises click.UsageError: for options that cannot stand together.
    """
    settings = settings_for(source)
    if source.universe is not None:
        if source.index_url or source.extra_index_urls or source.find_links:
            message = "--universe is all there is: leave out indexes and --find-links"
            raise click.UsageError(message)
        yield Opened(universe=read_snapshot(source.universe))
        return
    with ExitStack() as stack:
        opening = _Opening(
            settings=settings,
            source=source,
            asked=asked,
            progress=progress,
            brings_files=brings_files,
        )
        yield opening.open(stack)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """What opening folders and indexes takes."""

    settings: Settings
    source: SourceOptions
    asked: Asked
    progress: Progress
    brings_files: bool

    def open(self, stack: ExitStack) -> Opened:
        """Open indexes, folders, both, or the wheelhouse, until `stack` closes."""
        links = (*self.source.find_links, *self.asked.parsed.find_links)
        folders = {redact(link): open_folder(link) for link in dict.fromkeys(links)}
        urls = self._urls()
        if urls or (folders and self.brings_files):
            from axletree.commands.indexes import Indexes  # noqa: PLC0415  late

            indexes = Indexes(
                settings=self.settings,
                source=self.source,
                question=self.asked.questions[0],
                progress=self.progress,
            )
            return indexes.open(stack, urls, folders)
        if folders:
            universe = MergedUniverse(tuple(folders.values()))
            return Opened(universe=universe, sources=tuple(folders))
        return Opened(universe=open_wheelhouse(stack, self.settings.home))

    def _urls(self) -> list[str]:
        first = first_index(self.source, self.asked, self.settings)
        parsed = self.asked.parsed
        more = () if parsed.has_no_index else parsed.extra_index_urls
        extra = [*self.source.extra_index_urls, *more]
        if first is None and extra:
            raise click.UsageError(
                "--extra-index-url needs a first index: name it with --index-url "
                "(--index-url public is the one pip uses here)"
            )
        return [] if first is None else list(dict.fromkeys([first, *extra]))


def open_folder(link: str) -> Universe:
    """Open a folder of files, named by its path or a `file:` address.

    :raises click.UsageError: there is no such folder.
    """
    from axletree.wheelhouse.directory import DirectoryUniverse  # noqa: PLC0415  late

    path = _path_of_url(link) if link.startswith("file:") else link
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise click.UsageError(
            f"--find-links {redact(link)} is no folder on this machine "
            "(pages of links are not read: an index is named with --index-url)"
        )
    return DirectoryUniverse(folder)


def _path_of_url(url: str) -> str:
    from urllib.parse import urlsplit  # noqa: PLC0415  late, for http.client and ssl
    from urllib.request import url2pathname  # noqa: PLC0415  as above

    return url2pathname(urlsplit(url).path)


def open_wheelhouse(
    stack: ExitStack, home: Path, generation: int | None = None
) -> Universe:
    """Open a wheelhouse at a generation (the current one) until `stack` closes."""
    # Imported late: SQLAlchemy takes longer to import than most answers to find.
    from axletree.wheelhouse.house import Wheelhouse  # noqa: PLC0415
    from axletree.wheelhouse.universe import WheelhouseUniverse  # noqa: PLC0415

    wheelhouse = stack.enter_context(Wheelhouse.open_to_read(home))
    return WheelhouseUniverse(wheelhouse, generation)


def read_snapshot(path: Path) -> Universe:
    """Read a snapshot, which may come from a stream.

    :raises InvalidSnapshotError: it is none.
    """
    return _snapshot(read_bytes_of_snapshot(path), path)


def read_bytes_of_snapshot(path: Path) -> bytes:
    """Read a snapshot unpacked, and no more than one may hold.

    :raises InvalidSnapshotError: it cannot be read.
    """
    try:
        raw = read_bytes(path, MOST_SNAPSHOT_BYTES)
        return _unpacked(raw) if raw.startswith(_GZIP_MAGIC) else raw
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise _unreadable_snapshot(path, error) from error


def _unpacked(raw: bytes) -> bytes:
    with gzip.open(io.BytesIO(raw)) as stream:
        found = stream.read(MOST_SNAPSHOT_BYTES + 1)
    if len(found) > MOST_SNAPSHOT_BYTES:
        raise TooLargeError(MOST_SNAPSHOT_BYTES)
    return found


def _snapshot(raw: bytes, path: Path) -> Universe:
    try:
        document = orjson.loads(raw)
    except ValueError as error:
        raise _unreadable_snapshot(path, error) from error
    return universe_from_json(document)


def _unreadable_snapshot(path: Path, error: Exception) -> InvalidSnapshotError:
    return InvalidSnapshotError(
        f"the universe cannot be read: {error}",
        where=str(path),
        hint="make one with axletree snapshot",
    )


@contextmanager
def at_rest(source: SourceOptions) -> Iterator[SourceOptions]:
    """Let a universe that comes from a stream be read again, by any process.

    :raises InvalidSnapshotError: it is none.
    """
    if source.universe is None or is_at_rest(source.universe):
        yield source
        return
    raw = read_bytes_of_snapshot(source.universe)
    # Told here by the name that the user knows.
    _snapshot(raw, source.universe)
    with tempfile.TemporaryDirectory(prefix="axletree-") as folder:
        copy = Path(folder, "universe.json")
        copy.write_bytes(raw)
        yield replace(source, universe=copy)
