"""What a search has read of tables, in the order in which it did.

Whoever encodes it goes through `history`; whoever decides looks at the tables. The two
are apart because an answer without a clash needs no clauses at all.
"""

from __future__ import annotations

from axletree.resolver.universe.tables import UNREAD

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import (
        Collection,
        Container,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from axletree.resolver.universe.table_types import (
        LineTable,
        MaskTable,
        ReleaseTable,
    )
    from axletree.resolver.universe.tables import (
        Project,
        Tables,
    )

PAGE = -1
"""In the history, in place of a position: the project's page was read."""
JUST_PAGE = range(PAGE, PAGE + 1)


class Reading:
    """Projects and releases read so far; it only grows."""

    def __init__(
        self,
        universe: Tables,
        *,
        keeps_unusable: bool = False,
        reads_freely: bool = True,
    ) -> None:
        """Read nothing yet.

        :param keeps_unusable: give releases without a usable file, too.
        :param reads_freely: reading costs nothing, so that whoever meets something
            may read it at once; else it is for `read_ahead` to read, in batches.
        """
        self.universe = universe
        self.reads_freely = reads_freely
        self._keeps_unusable = keeps_unusable
        self.projects: dict[str, Project | None] = {}
        self.releases: dict[str, dict[int, ReleaseTable | None]] = {}
        self.history: list[tuple[str, range]] = []
        """Project and positions that were read in a row, or that of `PAGE`."""
        self.has_new_gates = False
        """Something read since this was last cleared turned out dead, or yanked."""
        self.unread: dict[tuple[str, int], None] = {}
        """Releases that were to be read, and cannot be."""
        self._active: dict[tuple[str, int, tuple[str, ...], int], ActiveLines] = {}
        self._unfit: dict[tuple[str, int], int] = {}
        self._kept: dict[tuple[str, str], int] = {}
        self._requirers: dict[str, dict[str, None]] = {}
        self._seen = 0

    def beside(self, universe: Tables, changed: Container[str]) -> Reading:
        """Have the same read of a universe that differs in some projects only."""
        new = Reading(
            universe,
            keeps_unusable=self._keeps_unusable,
            reads_freely=self.reads_freely,
        )
        for name, found in self.projects.items():
            if name not in changed:
                new.projects[name] = found
                new.releases[name] = dict(self.releases[name])
        new.history = [each for each in self.history if each[0] not in changed]
        new.unread = {at: None for at in self.unread if at[0] not in changed}
        new._active = {
            key: found for key, found in self._active.items() if key[0] not in changed
        }
        return new

    def learn(self, other: Reading) -> None:
        """Read what another one has read of the same tables."""
        for name, positions in other.history:
            if positions[0] == PAGE:
                self.project(name)
            else:
                self._read_all(self._not_read((name, at) for at in positions))

    def has_page(self, name: str) -> bool:
        """Tell whether a page is read; it is read now if that costs nothing."""
        if name in self.projects:
            return True
        if self.reads_freely:
            self.project(name)
        return self.reads_freely

    def has_release(self, name: str, position: int) -> bool:
        """Tell whether a release is read, or can be at no cost."""
        return self.reads_freely or position in self.releases[name]

    def choosable(self, name: str) -> int:
        """Return the releases that may be chosen, as far as is known."""
        project = self.projects[name]
        if project is None:
            return 0
        everything = (1 << len(project.versions)) - 1
        return everything if self._keeps_unusable else project.alive

    def kept(self, name: str, version: str) -> int:
        """Return the mask of just one version; 0 if there is none such."""
        key = name, version
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._of_version(name, version)
        return found

    def _of_version(self, name: str, version: str) -> int:
        project = self.projects[name]
        versions = () if project is None else project.versions
        if version in versions:
            # All that is equal is spelled alike: no specifier is needed to tell.
            return sum(1 << at for at, each in enumerate(versions) if each == version)
        mask = self.mask(name, f"=={version}")[0]
        for position in bits(mask):
            # Without a local part, a pin takes every local version as well.
            if ("+" in versions[position]) is not ("+" in version):
                mask ^= 1 << position
        return mask

    def requirers(self) -> Mapping[str, Iterable[str]]:
        """Map projects to those that name them in any line read so far."""
        while self._seen < len(self.history):
            name, positions = self.history[self._seen]
            self._seen += 1
            for position in positions if positions[0] != PAGE else ():
                release = self.releases[name][position]
                for line in () if release is None else release[0]:
                    self._requirers.setdefault(line[0], {})[name] = None
        return self._requirers

    def project(self, name: str) -> Project | None:
        """Return a project, its page read."""
        try:
            return self.projects[name]
        except KeyError:
            found = self.universe.project(name)
            if found is not None and self._keeps_unusable:
                # A cause is told alike whatever others have read before.
                found = found.by_page()
            self.projects[name] = found
            self.releases[name] = {}
            self.history.append((name, JUST_PAGE))
            return found

    def release(self, name: str, position: int) -> ReleaseTable | None:
        """Return a release of a project whose page is read; None: it is unusable."""
        read = self.releases[name]
        try:
            return read[position]
        except KeyError:
            self._read_row(name, range(position, position + 1))
            return read.get(position)

    def active(
        self, name: str, position: int, extras: tuple[str, ...], python: int
    ) -> ActiveLines | None:
        """Return the lines true for the base or any of `extras`; None: unusable."""
        key = name, position, extras, python
        try:
            return self._active[key]
        except KeyError:
            release = self.release(name, position)
            if release is None:
                return None
            found = self._active[key] = ActiveLines(name, release, extras, python)
            return found

    def unfit(self, project: Project, python: int) -> int:
        """Return the releases that are not for a patch release, by the page's word."""
        key = project.name, python
        found = self._unfit.get(key)
        if found is None:
            possible = project.possible.items()
            found = sum(1 << at for at, mask in possible if not mask >> python & 1)
            self._unfit[key] = found
        return found

    def read_some(self, name: str, start: int, most: int) -> None:
        """Read releases of a project from a position on."""
        project = self.projects[name]
        if project is not None:
            end = min(start + most, len(project.versions))
            alive = project.alive >> start << start & (1 << end) - 1
            self._read_all(self._not_read((name, at) for at in bits(alive)))

    def read_ahead(
        self, names: Iterable[str], releases: Iterable[tuple[str, int]] = ()
    ) -> None:
        """Read pages, then releases of projects whose page was read before, at once."""
        self._read_pages(names)
        wanted = self._not_read(releases)
        self.universe.read_releases_ahead(
            self.projects, wanted, through=self._keeps_unusable
        )
        self._read_all(wanted)

    def begin(
        self, names: Iterable[str], releases: Iterable[tuple[str, int]]
    ) -> Collection[tuple[str, int]]:
        """Read as `read_ahead`, but begin with what takes long, and return that."""
        self._read_pages(names)
        wanted = self._not_read(releases)
        begun = self.universe.read_releases_ahead(self.projects, wanted, waits=False)
        self._read_all(place for place in wanted if place not in begun)
        return begun

    def _read_pages(self, names: Iterable[str]) -> None:
        new = [name for name in dict.fromkeys(names) if name not in self.projects]
        self.universe.read_ahead(new)
        for name in new:
            self.project(name)

    def _not_read(self, releases: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
        wanted = dict.fromkeys(releases)
        return [(n, p) for n, p in wanted if p not in self.releases[n]]

    def _read_all(self, places: Iterable[tuple[str, int]]) -> None:
        """Read releases, those of a project that follow each other in a row."""
        row: tuple[str, int, int] | None = None
        for name, position in places:
            if row is not None and row[0] == name and row[2] == position:
                row = name, row[1], position + 1
                continue
            if row is not None:
                self._read_row(row[0], range(*row[1:]))
            row = name, position, position + 1
        if row is not None:
            self._read_row(row[0], range(*row[1:]))

    def mask(self, name: str, specifier: str) -> MaskTable:
        """Return the masks of a specifier over a project that there is."""
        project = self.projects[name]
        return (0, 0, False) if project is None else self.mask_of(project, specifier)

    def mask_of(self, project: Project, specifier: str) -> MaskTable:
        """Return the masks of a specifier over a project, be it read here or not."""
        try:
            return project.masks[specifier]
        except KeyError:
            return self.universe.mask(project, specifier)

    def _read_row(self, name: str, positions: range) -> None:
        """Read releases of a project that follow each other."""
        project = self.projects[name]
        if project is None:
            return
        before, read = project.gates, self.releases[name]
        tables = self._tables_of(project, positions)
        for at, found in zip(positions, tables, strict=True):
            read[at] = found
            if found is not None and found[5] == UNREAD:
                self.unread[name, at] = None
        if self._keeps_unusable:
            self._take_gates(project, positions)
        if project.gates is not before and project.gates != before:
            self.has_new_gates = True
        self.history.append((name, positions))

    def _tables_of(
        self, project: Project, positions: range
    ) -> Sequence[ReleaseTable | None]:
        """Return the tables of some releases; None: that one is unusable."""
        if self._keeps_unusable:
            return self.universe.releases(project, positions)
        alive, read_one = project.alive, self.universe.release
        found = [read_one(project, at) if alive >> at & 1 else None for at in positions]
        return [None if each is None or each[3] else each for each in found]

    def _take_gates(self, project: Project, positions: range) -> None:
        """Take over what is known of the gates of releases that were read."""
        own = self.universe.project(project.name)
        if own is not None and own.gates != project.gates:
            for at in positions:
                project.take_gates_of(at, own)


class Unread:
    """Releases, and pages of projects, that are to be read."""

    __slots__ = ("pages", "releases")

    def __init__(
        self,
        releases: Sequence[tuple[str, int]] = (),
        pages: Sequence[str] = (),
    ) -> None:
        self.releases = releases
        self.pages = pages


class ActiveLines:
    """Lines that are true together, which each round asks for again."""

    __slots__ = ("lines", "targets")

    def __init__(
        self, name: str, release: ReleaseTable, extras: tuple[str, ...], python: int
    ) -> None:
        self.lines = list(active_lines(release, extras, python))
        self.targets = frozenset(line[0] for line in self.lines) - {name}
        """What they name besides the project itself."""


def active_lines(
    release: ReleaseTable, extras: Iterable[str], python: int
) -> Iterator[LineTable]:
    """Yield the lines true for the base or any of `extras`, in their order.

    :param python: the patch release of Python, by its place among those there are.
    """
    for line in release[0]:
        _, _, _, when, micros = line
        if micros and not micros >> python & 1:
            continue
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
