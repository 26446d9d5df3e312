"""What has been read of a universe so far; it only grows.

Encoders and rounds look here and never at the universe, so that "not read yet" is a
state that each of them must treat in the open (RESOLVING.md 3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.utils import NormalizedName

from axletree.resolver.candidates import PageCompiler, Release, Releases
from axletree.resolver.dependencies import Dependencies, parse_dependencies
from axletree.resolver.distribution import DistributionFile, Page, UnusableMetadata
from axletree.resolver.markers import MarkerEvaluator
from axletree.resolver.model import Environment
from axletree.resolver.question import Limits
from axletree.resolver.universe import MetadataAnswer, Universe


@dataclass(slots=True)
class MemoUniverse:
    """A universe that reads each page and each file's metadata once."""

    base: Universe
    page_of: dict[NormalizedName, Page | None] = field(default_factory=dict)
    metadata_of: dict[DistributionFile, MetadataAnswer] = field(default_factory=dict)

    @property
    def is_frozen(self) -> bool:
        """Be as frozen as the base."""
        return self.base.is_frozen

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Ask the base for what is new."""
        new = [name for name in dict.fromkeys(projects) if name not in self.page_of]
        if new:
            self.page_of.update(self.base.pages(new))
        return {name: self.page_of[name] for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask the base for what is new."""
        new = [file for file in dict.fromkeys(files) if file not in self.metadata_of]
        if new:
            self.metadata_of.update(self.base.metadata(new))
        return {file: self.metadata_of[file] for file in files}


class Knowledge:
    """Pages and metadata read so far, compiled for one environment."""

    def __init__(
        self,
        universe: Universe,
        environment: Environment,
        limits: Limits,
        *,
        keep_fallen: bool = False,
    ) -> None:
        """Start with nothing read.

        :param keep_fallen: number releases without a usable file too.
        """
        self.universe = universe
        self.environment = environment
        self.limits = limits
        self.compiler = PageCompiler(environment, limits, keep_fallen)
        self.evaluator = MarkerEvaluator(environment.markers)
        self.releases: dict[NormalizedName, Releases | None] = {}
        """None: the universe has no such project."""
        self.dependencies: dict[Release, Dependencies] = {}
        self.unusable: dict[DistributionFile, str] = {}
        """Files whose metadata was read and found invalid, with the reason."""
        self.dead: dict[NormalizedName, int] = {}
        """Mask of releases all of whose files are unusable."""
        self.history: list[NormalizedName | Release] = []
        """What became known, in order: pages by name, releases read or dead."""
        self._current: dict[Release, int] = {}

    def is_read(self, release: Release) -> bool:
        """Tell whether the metadata of a release is known (or known to be dead)."""
        return release in self.dependencies or self.is_dead(release)

    def is_dead(self, release: Release) -> bool:
        """Tell whether no file of the release is valid."""
        return bool(self.dead.get(release.project, 0) >> release.position & 1)

    def file_of(self, release: Release) -> DistributionFile:
        """Return the file that would be installed."""
        return release.candidate_files[self._current.get(release, 0)]

    def usable_files(self, release: Release) -> tuple[DistributionFile, ...]:
        """Return the file that would be installed, then the other usable ones."""
        files = release.candidate_files[self._current.get(release, 0) :]
        return tuple(file for file in files if file not in self.unusable)

    def patches_of(self, release: Release) -> int:
        """Return the patch releases of Python that the installed file admits."""
        file = self.file_of(release)
        found = self.dependencies.get(release)
        text = file.requires_python or (found.requires_python if found else None)
        return self.compiler.patches(text) if text else self.all_patches

    @property
    def all_patches(self) -> int:
        """Return the mask of every patch release."""
        return (1 << len(self.environment.patches)) - 1

    def read_pages(self, names: Iterable[NormalizedName]) -> None:
        """Read and compile the pages that are not yet known."""
        new = [name for name in dict.fromkeys(names) if name not in self.releases]
        if not new:
            return
        pages = self.universe.pages(new)
        for name in new:
            page = pages[name]
            compiled = None if page is None else self.compiler.compile(page)
            self.releases[name] = compiled
            self.history.append(name)

    def read_metadata(self, releases: Iterable[Release]) -> None:
        """Read releases until each is known to be valid or dead."""
        waiting = [r for r in dict.fromkeys(releases) if not self.is_read(r)]
        while waiting:
            files = {self.file_of(release): release for release in waiting}
            answers = self.universe.metadata(list(files))
            waiting = [
                release
                for file, release in files.items()
                if not self._settle(release, file, answers[file])
            ]

    def _settle(
        self, release: Release, file: DistributionFile, answer: MetadataAnswer
    ) -> bool:
        parsed = (
            answer
            if isinstance(answer, UnusableMetadata)
            else parse_dependencies(answer, self.evaluator)
        )
        if isinstance(parsed, Dependencies) and self._python_fits(file, parsed):
            self.dependencies[release] = parsed
            self.history.append(release)
            return True
        self.unusable[file] = (
            parsed.reason
            if isinstance(parsed, UnusableMetadata)
            else f"its metadata requires Python {parsed.requires_python}"
        )
        following = self._current.get(release, 0) + 1
        if following < len(release.candidate_files):
            self._current[release] = following
            return False
        dead = self.dead.get(release.project, 0)
        self.dead[release.project] = dead | 1 << release.position
        self.history.append(release)
        return True

    def _python_fits(self, file: DistributionFile, parsed: Dependencies) -> bool:
        # The page's word counts where it gives one; many old pages give none.
        if file.requires_python or not parsed.requires_python:
            return True
        return self.compiler.patches(parsed.requires_python) != 0
