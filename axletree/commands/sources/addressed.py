"""Files, archives and folders that requirements name by their address, made ready."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from axletree.builder.hooks.resolved_requirements import ResolvedBuildRequirements
from axletree.commands.options.shared import SourceOptions
from axletree.commands.sources.late_builder import LateSdistBuilder
from axletree.commands.sources.opened import Opened
from axletree.config import Settings
from axletree.progress import Progress
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.addressed import AddressedUniverse, by_project
from axletree.resolver.universe.composed import MemoUniverse
from axletree.wheelhouse.errors import WrongHashError
from axletree.wheelhouse.sources.addressed_files import AddressedFilesHere
from axletree.wheelhouse.store.scratch import own_folder
from axletree.wheelhouse.transport.credentials import printable
from axletree.wheelhouse.transport.errors import (
    FileGoneError,
    UnreachableIndexError,
)
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.options import SdistReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressing:
    """What bringing such files takes."""

    settings: Settings
    source: SourceOptions
    question: Question
    progress: Progress

    def open(
        self, stack: ExitStack, opened: Opened, lines: Iterable[RootRequirement]
    ) -> Opened:
        """Let what lines name by its address stand beside what was opened."""
        cache = self.settings.cache_dir / "addressed"
        files = AddressedFilesHere(
            scratch=stack.enter_context(own_folder(cache)),
            fetch=_Fetch(stack=stack, settings=self.settings, progress=self.progress),
            sdists=SdistReading(
                builder=opened.builder or self._builder(opened),
                environment=self.question.environment,
            ),
        )
        universe = AddressedUniverse(
            base=opened.universe, roots=by_project(lines), files=files
        )
        downloads = opened.downloads
        if downloads is not None:
            downloads = replace(downloads, addressed=files)
        return replace(opened, universe=universe, addressed=files, downloads=downloads)

    def _builder(self, opened: Opened) -> LateSdistBuilder:
        """Build with what folders or the wheelhouse hold."""
        limits = replace(self.question.limits, hashes=())
        requirements = ResolvedBuildRequirements(
            universe=MemoUniverse(opened.universe), limits=limits
        )
        if opened.stored is not None:
            requirements.fetch = opened.stored
        return LateSdistBuilder(
            settings=self.settings,
            requirements=requirements,
            isolation=self.source.isolation,
            reporter=self.progress,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetch:
    """Brings files by their URLs, one client for each host."""

    stack: ExitStack
    settings: Settings
    progress: Progress
    _clients: dict[str, UpstreamIndex] = field(default_factory=dict)

    def __call__(self, file: DistributionFile, source: str) -> Path:
        """Bring a file.

        :raises InvalidRequirementError: there is none.
        :raises AxletreeError: as `UpstreamIndex.fetch`.
        """
        parts = urlsplit(source)
        host = f"{parts.scheme}://{parts.netloc}/"
        if host not in self._clients:
            client = UpstreamIndex(self.settings, host, reporter=self.progress)
            self._clients[host] = self.stack.enter_context(client)
        try:
            return self._clients[host].fetch([file]).whole()[file]
        except FileGoneError as error:
            raise InvalidRequirementError(
                f"there is no {file.filename} at its address",
                where=printable(file.url),
                hint="look at the address; what was there may have moved",
            ) from error
        except UnreachableIndexError as error:
            what = error.what.replace("the index", "the server", 1)
            raise UnreachableIndexError(
                what, where=error.where, hint=error.hint
            ) from error
        except WrongHashError as error:
            raise WrongHashError(
                f"{file.filename} does not have the hash that you give",
                where=printable(file.url),
                hint="it was changed: look at it before you give its new hash",
            ) from error
