"""What has been read of a universe so far; it only grows.

Encoders and rounds look here and never at the universe, so that "not read yet" is a
state that each of them must treat in the open (RESOLVING.md 3).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Literal, Self

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    ObservedKind,
    Reason,
    UnusableMetadata,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import Limits
from axletree.resolver.universe.candidates import (
    PageCompiler,
    Release,
    Releases,
)
from axletree.resolver.universe.dependencies import (
    Dependencies,
    parse_dependencies,
)
from axletree.resolver.universe.guesses import Guesses
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    Universe,
    begin,
    read_ahead,
    read_pages,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Which releases of a project have a gate, and which can keep it shut: masks."""

    alive: int
    """Those with a usable file, as far as is known."""
    prereleases: int
    yanked: int
    """Those whose file is yanked, as far as is known."""
    finals: int
    """Final ones that are alive and not yanked."""

    @property
    def unyanked(self) -> int:
        """Return those that are alive and not yanked."""
        return self.alive & ~self.yanked


class Knowledge:
    """Pages and metadata read so far, compiled for one environment."""

    def __init__(
        self,
        universe: Universe,
        environment: Environment,
        limits: Limits,
        changes: Changes | None = None,
    ) -> None:
        """Start with nothing read.

        :param changes: what the user changes in requirements.
        """
        self.universe = universe
        self.environment = environment
        self.limits = limits
        self.changes = changes or Changes()
        self.compiler = PageCompiler(environment, limits)
        self.evaluator = MarkerEvaluator(environment)
        self.guesses = Guesses(self.compiler, self.evaluator, self.changes)
        self.releases: dict[NormalizedName, Releases | None] = {}
        """None: the universe has no such project."""
        self.dependencies: dict[Release, Dependencies] = {}
        self.unread: dict[DistributionFile, UnusableMetadata] = {}
        """Files that cannot be read, and count as usable and without requirements."""
        self.unusable: dict[DistributionFile, str] = {}
        """Files whose metadata was read and found invalid, with the reason."""
        self.observed: dict[DistributionFile, ObservedKind] = {}
        """Those of them that were not read on this machine, and may be on another."""
        self.misfits: set[DistributionFile] = set()
        """Those of them that only their metadata's Requires-Python excludes."""
        self.dead: defaultdict[NormalizedName, int] = defaultdict(int)
        """Mask of releases all of whose files are unusable."""
        self.requirers: defaultdict[NormalizedName, set[NormalizedName]] = defaultdict(
            set
        )
        """Project -> those that name it in any line read so far."""
        self.history: list[NormalizedName | Release] = []
        """What became known, in order: pages by name, releases read or dead."""
        self._current: dict[Release, int] = {}
        self._pythons: dict[DistributionFile, str | None] = {}
        self._fallen: defaultdict[NormalizedName, int] = defaultdict(int)
        self._sunk: defaultdict[NormalizedName, int] = defaultdict(int)

    def beside(self, universe: Universe, changed: Collection[NormalizedName]) -> Self:
        """Know the same of another universe, but for the projects that differ there."""
        new = type(self)(universe, self.environment, self.limits, self.changes)
        new.compiler, new.evaluator = self.compiler, self.evaluator
        new.guesses = self.guesses
        kept = {name for name in self.releases if name not in changed}
        new.releases = {name: self.releases[name] for name in kept}
        for release, found in self.dependencies.items():
            if release.project in kept:
                new.dependencies[release] = found
                for line in found.all_lines:
                    new.requirers[line.target].add(release.project)
        new.unusable, new.misfits = dict(self.unusable), set(self.misfits)
        new.observed, new.unread = dict(self.observed), dict(self.unread)
        new.history = [
            event
            for event in self.history
            if (event.project if isinstance(event, Release) else event) in kept
        ]
        for name in kept:
            new.dead[name] = self.dead[name]
            new._fallen[name], new._sunk[name] = self._fallen[name], self._sunk[name]  # noqa: SLF001  of the same class
        new._current = {r: at for r, at in self._current.items() if r.project in kept}  # noqa: SLF001  of the same class
        new._pythons = dict(self._pythons)  # noqa: SLF001  of the same class
        return new

    def is_read(self, release: Release) -> bool:
        """Tell whether it is known what a release requires, or that it has no file."""
        return release in self.dependencies or self.is_fallen(release)

    def is_read_through(self, release: Release) -> bool:
        """Tell it of the files that cannot be used, too."""
        return release in self.dependencies or self.is_dead(release)

    def is_unread(self, release: Release) -> bool:
        """Tell whether the file that would be installed cannot be read."""
        return self.file_of(release) in self.unread

    def is_dead(self, release: Release) -> bool:
        """Tell whether no file of the release is valid."""
        return bool(self.dead[release.project] >> release.position & 1)

    def is_fallen(self, release: Release) -> bool:
        """Tell whether no usable file of the release is left."""
        return self.is_dead(release) or self._place(release) >= len(release.files)

    def gates(self, releases: Releases) -> Gates:
        """Tell what gates the releases of a project have."""
        name = releases.project
        gone = releases.fallen | self.dead[name] | self._fallen[name]
        yanked = releases.yanked | self._sunk[name]
        return Gates(
            alive=releases.masks.all & ~gone,
            prereleases=releases.prereleases,
            yanked=yanked,
            finals=releases.finals & ~gone & ~yanked,
        )

    def file_of(self, release: Release) -> DistributionFile:
        """Return the file that would be installed."""
        return release.candidate_files[self._place(release)]

    def usable_files(self, release: Release) -> tuple[DistributionFile, ...]:
        """Return the file that would be installed, then the other usable ones."""
        files = release.files[self._place(release) :]
        return tuple(file for file in files if file not in self.unusable)

    def reasons(
        self, release: Release
    ) -> Mapping[DistributionFile, frozenset[Reason | Literal["metadata"]]]:
        """Return why each file fell away, of a release without a usable one."""
        found: dict[DistributionFile, frozenset[Reason | Literal["metadata"]]] = {
            file: self._metadata_reasons(file) for file in release.files
        }
        for file in release.fallen:
            page = self.compiler.reasons(file, release.version)
            found[file] = page | self._metadata_reasons(file)
        return found

    def fell_by(self, release: Release, reason: Reason | Literal["metadata"]) -> bool:
        """Tell whether no usable file is left, and one of them fell by this."""
        return self.is_fallen(release) and any(
            reason in found for found in self.reasons(release).values()
        )

    def _metadata_reasons(
        self, file: DistributionFile
    ) -> frozenset[Reason | Literal["metadata"]]:
        if file in self.misfits:
            return frozenset({"requires-python"})
        return frozenset({"metadata"} if file in self.unusable else ())

    def _place(self, release: Release) -> int:
        return self._current.get(release, 0)

    def python_of(self, file: DistributionFile) -> str | None:
        """Return the Requires-Python of a file: the page's word, else its own."""
        return file.requires_python or self._pythons.get(file)

    def micros_of(self, release: Release) -> int:
        """Return the patch releases of Python that the installed file admits."""
        text = self.python_of(self.file_of(release))
        return self.compiler.micros(text) if text else self.all_micros

    def micros_alike(
        self,
        python: int,
        releases: Mapping[NormalizedName, Release],
        extras: Mapping[NormalizedName, frozenset[NormalizedName]],
        said: Iterable[int] = (),
    ) -> int:
        """Return the patch releases for which releases are what they are for one.

        All of them admit it, and require the same there.

        :param python: that one, by its place.
        :param extras: those asked for of each release.
        :param said: masks of the patch releases for which other things hold.
        """
        found, sides = self.all_micros, [*said]
        for name, release in releases.items():
            found &= self.micros_of(release)
            dependencies = self.dependencies[release]
            sides += (
                dependencies.micros(line, extras[name])
                for line in dependencies.all_lines
                if line.names_patch
            )
        for micros in sides:
            found &= micros if micros >> python & 1 else ~micros
        return found

    def is_split(self, release: Release) -> bool:
        """Tell whether the file that counts refuses some patch releases of Python.

        That is one of those that fell away where no other is left.
        """
        if not self.is_fallen(release):
            return self.micros_of(release) != self.all_micros
        texts = [
            self.python_of(file)
            for file in release.candidate_files
            if file not in self.unusable
        ]
        found = {self.compiler.micros(text) for text in texts if text}
        return not found <= {0, self.all_micros}

    @property
    def all_micros(self) -> int:
        """Return the mask of every patch release."""
        return (1 << len(self.environment.micros)) - 1

    def read_pages(self, names: Iterable[NormalizedName]) -> None:
        """Read and compile the pages that are not yet known."""
        new = [name for name in dict.fromkeys(names) if name not in self.releases]
        if not new:
            return
        pages = read_pages(self.universe, new, self.guesses)
        for name in new:
            page = pages[name]
            compiled = None if page is None else self.guesses.compile(page)
            if compiled is not None and self._came_later(compiled):
                compiled = None
            self.releases[name] = compiled
            self.history.append(name)

    def _came_later(self, releases: Releases) -> bool:
        """Tell whether all that a page lists was uploaded after the date."""
        page, limit = releases.page, self.limits.exclude_newer
        return limit is not None and not (page.files or page.excluded or page.unasked)

    def read_metadata(
        self, releases: Iterable[Release], *, through: bool = False
    ) -> None:
        """Read releases until each is known to be valid, or to have no file.

        :param through: go on to files that cannot be used, for explanations.
        """
        is_read = self.is_read_through if through else self.is_read
        waiting = [r for r in dict.fromkeys(releases) if not is_read(r)]
        while waiting:
            files = {self.file_of(release): release for release in waiting}
            self._read_of(files, guesses=not through)
            waiting = [release for release in waiting if not is_read(release)]

    def begin_metadata(self, releases: Iterable[Release]) -> Collection[Release]:
        """Read releases as `read_metadata`, but for those that take long.

        Those are begun, and returned: whoever reads them waits for them.
        """
        begun: list[Release] = []
        waiting = [r for r in dict.fromkeys(releases) if not self.is_read(r)]
        while waiting:
            files = {self.file_of(release): release for release in waiting}
            later = begin(self.universe, list(files), self.guesses)
            begun += [files.pop(file) for file in later]
            if not files:
                break
            self._read_of(files, guesses=True)
            waiting = [r for r in files.values() if not self.is_read(r)]
        return begun

    def _read_of(
        self, files: Mapping[DistributionFile, Release], *, guesses: bool
    ) -> None:
        # What is read to explain leads to little else.
        names = self.guesses if guesses else partial(self.guesses)
        answers = read_ahead(self.universe, list(files), names)
        for file, release in files.items():
            self._settle(release, file, answers[file])

    def _settle(
        self, release: Release, file: DistributionFile, answer: MetadataAnswer
    ) -> None:
        """Take in what one file says, and turn to the next one if it is no use."""
        if isinstance(answer, UnusableMetadata) and self._stays_unread(answer):
            self.unread[file] = answer
            answer = FileMetadata()
        parsed = (
            answer
            if isinstance(answer, UnusableMetadata)
            else parse_dependencies(
                answer, self.evaluator, self.changes, release.project
            )
        )
        if isinstance(parsed, Dependencies):
            self._pythons[file] = parsed.requires_python
        if isinstance(parsed, Dependencies) and self._python_fits(file, parsed):
            self.dependencies[release] = parsed
            for line in parsed.all_lines:
                self.requirers[line.target].add(release.project)
            self.history.append(release)
            return
        if isinstance(parsed, UnusableMetadata):
            self.unusable[file] = parsed.reason
            if parsed.observed is not None:
                self.observed[file] = parsed.observed
        else:
            self.misfits.add(file)
            self.unusable[file] = (
                f"its metadata requires Python {parsed.requires_python}"
            )
        self._go_on(release)

    def _stays_unread(self, answer: UnusableMetadata) -> bool:
        return answer.is_unread and not self.limits.skip_unbuildable

    def _go_on(self, release: Release) -> None:
        """Turn to the next file of a release, if there is one."""
        bit = 1 << release.position
        following = self._place(release) + 1
        if following == len(release.candidate_files):
            self.dead[release.project] |= bit
            self.history.append(release)
            return
        self._current[release] = following
        if following == len(release.files):
            self._fallen[release.project] |= bit
            self.history.append(release)
        elif release.files and self.file_of(release).yanked is not None:
            # What is left of it is yanked: it stands behind a gate from now on.
            self._sunk[release.project] |= bit

    def _python_fits(self, file: DistributionFile, parsed: Dependencies) -> bool:
        # The page's word counts where it gives one; many old pages give none.
        if file.requires_python or not parsed.requires_python:
            return True
        return self.compiler.micros(parsed.requires_python) != 0
