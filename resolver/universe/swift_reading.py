"""What a quick search has read of compiled tables, in the order in which it did.

Whoever encodes it goes through `history`; whoever decides looks at the tables. The two
are apart because an answer without a clash needs no clauses at all.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from axletree.resolver.model.origins import Origin
    from axletree.resolver.universe.compiled import (
        CompiledUniverse,
        LineTable,
        MaskTable,
        Project,
        ReleaseTable,
    )

PAGE = -1
"""In the history, in place of a position: the project's page was read."""


class SwiftRoot:
    """One root requirement."""

    __slots__ = ("extras", "name", "origin", "specifier")

    def __init__(
        self, name: str, extras: tuple[str, ...], specifier: str, origin: Origin
    ) -> None:
        self.name = name
        self.extras = extras
        self.specifier = specifier
        self.origin = origin


class SwiftAsked:
    """What is asked."""

    __slots__ = ("allow_prereleases", "constraints", "lead", "roots")

    def __init__(
        self,
        roots: Sequence[SwiftRoot],
        constraints: Sequence[SwiftRoot] = (),
        *,
        allow_prereleases: bool = False,
        lead: str | None = None,
    ) -> None:
        self.roots = roots
        self.constraints = constraints
        self.allow_prereleases = allow_prereleases
        self.lead = lead
        """A root decided before all others."""


class Reading:
    """Projects and releases read so far; it only grows."""

    def __init__(
        self, universe: CompiledUniverse, *, keeps_unusable: bool = False
    ) -> None:
        """Read nothing yet.

        :param keeps_unusable: give releases without a usable file, too.
        """
        self.universe = universe
        self._keeps_unusable = keeps_unusable
        self.projects: dict[str, Project | None] = {}
        self.releases: dict[str, dict[int, ReleaseTable | None]] = {}
        self.history: list[tuple[str, int]] = []
        """Project and position, or `PAGE`."""
        self.has_new_gates = False
        """Something read since this was last cleared turned out dead, or yanked."""
        self._active: dict[tuple[str, int, tuple[str, ...]], ActiveLines] = {}

    def project(self, name: str) -> Project | None:
        """Return a project, its page read."""
        try:
            return self.projects[name]
        except KeyError:
            found = self.projects[name] = self.universe.project(name)
            self.releases[name] = {}
            self.history.append((name, PAGE))
            return found

    def release(self, name: str, position: int) -> ReleaseTable | None:
        """Return a release of a project whose page is read; None: it is unusable."""
        read = self.releases[name]
        try:
            return read[position]
        except KeyError:
            return self._read(name, position)

    def active(
        self, name: str, position: int, extras: tuple[str, ...]
    ) -> ActiveLines | None:
        """Return the lines true for the base or any of `extras`; None: unusable."""
        key = name, position, extras
        try:
            return self._active[key]
        except KeyError:
            release = self.release(name, position)
            if release is None:
                return None
            found = self._active[key] = ActiveLines(name, release, extras)
            return found

    def read_some(self, name: str, start: int, most: int) -> None:
        """Read releases of a project from a position on."""
        project = self.projects[name]
        if project is not None:
            end = min(start + most, len(project.versions))
            for position in range(start, end):
                if project.alive >> position & 1:
                    self.release(name, position)

    def read_ahead(
        self, names: Iterable[str], releases: Iterable[tuple[str, int]] = ()
    ) -> None:
        """Read pages, then releases of projects whose page was read before, at once."""
        new = [name for name in dict.fromkeys(names) if name not in self.projects]
        self.universe.read_ahead(new)
        for name in new:
            self.project(name)
        wanted = list(dict.fromkeys(releases))
        self.universe.read_releases_ahead(self.projects, wanted)
        for name, position in wanted:
            self.release(name, position)

    def mask(self, name: str, specifier: str) -> MaskTable:
        """Return the masks of a specifier over a project that there is."""
        project = self.projects[name]
        return (0, 0, False) if project is None else self._mask(project, specifier)

    def _mask(self, project: Project, specifier: str) -> MaskTable:
        try:
            return project.masks[specifier]
        except KeyError:
            return self.universe.mask(project, specifier)

    def _read(self, name: str, position: int) -> ReleaseTable | None:
        project = self.projects[name]
        if project is None:
            return None
        before = project.gates
        found: ReleaseTable | None = self.universe.release(project, position)
        if found is not None and found[3] and not self._keeps_unusable:
            found = None
        self.releases[name][position] = found
        self.has_new_gates |= project.gates != before
        self.history.append((name, position))
        return found


class ActiveLines:
    """Lines that are true together, which each round asks for again."""

    __slots__ = ("lines", "targets")

    def __init__(
        self, name: str, release: ReleaseTable, extras: tuple[str, ...]
    ) -> None:
        self.lines = list(active_lines(release, extras))
        self.targets = frozenset(line[0] for line in self.lines) - {name}
        """What they name besides the project itself."""


def active_lines(release: ReleaseTable, extras: Iterable[str]) -> Iterator[LineTable]:
    """Yield the lines true for the base or any of `extras`, in their order."""
    for line in release[0]:
        when = line[3]
        if when is None or any(extra in when for extra in extras):
            yield line


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of the set bits, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def lowest(mask: int) -> int:
    """Return the position of the lowest set bit; the mask must not be 0."""
    return (mask & -mask).bit_length() - 1
