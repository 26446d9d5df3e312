"""A universe read for one environment: tables of texts and integers.

Start-up is most of what an answer over a local universe costs, so nothing here (nor in
the engine) imports more than what the interpreter has loaded anyway: no packaging, no
dataclasses, no typing. Specifiers are keys of precomputed masks, versions are texts,
requirement lines are tuples. What the tables lack is read on demand by a `TableReader`
(`axletree.resolver.universe.table_reader`), which is imported late.
"""

from __future__ import annotations

import marshal

TYPE_CHECKING = False  # see above
if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Container,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from axletree.resolver.universe.table_types import (
        FileTable,
        GatesTable,
        LineTable,
        MaskTable,
        ProjectTable,
        ReleaseTable,
        RootTable,
        TableReader,
    )

OPTS_IN, EMPTY = -1, -2
"""Among verdicts, in place of a position."""
PLAIN, NOTED, UNREAD = 0, 1, 2
"""Of a release: nothing is to be said of it, something is, or it cannot be read."""


class BeyondTablesError(Exception):
    """Something that tables on disk cannot say; what is in memory can."""


class Project:
    """The tables of one project, unpacked."""

    __slots__ = (
        "_table",
        "alive",
        "finals",
        "gates",
        "has_excluded",
        "left_out",
        "masks",
        "name",
        "particulars",
        "partly_yanked",
        "possible",
        "prereleases",
        "releases",
        "sdists",
        "unusable",
        "uploads",
        "verdicts",
        "versions",
        "yanked",
        "yanked_by_page",
    )

    def __init__(self, name: str, table: ProjectTable) -> None:
        self.name = name
        self._table = table
        (
            self.versions,
            gates,
            self.partly_yanked,
            self.possible,
            self.unusable,
            self.releases,
            self.masks,
            self.has_excluded,
            self.particulars,
            self.left_out,
            self.sdists,
            self.uploads,
            self.verdicts,
            self.yanked_by_page,
        ) = table
        self.set_gates(gates)

    def set_gates(self, gates: GatesTable) -> None:
        """Take new gates over."""
        # Together, too: each release that is read is asked whether they changed.
        self.gates = gates
        self.alive, self.prereleases, self.yanked, self.finals = gates

    def by_page(self) -> Project:
        """Give it as it is before a release is read, whoever has read some.

        All but the gates is shared.
        """
        new = Project(self.name, self._table)
        unusable = sum(1 << position for position in self.unusable)
        alive = (1 << len(self.versions)) - 1 & ~unusable
        yanked = self.yanked_by_page
        finals = alive & ~self.prereleases & ~yanked
        new.set_gates((alive, self.prereleases, yanked, finals))
        return new

    def take_gates_of(self, position: int, other: Project) -> None:
        """Take over what is known of the gates of one release."""
        bit = 1 << position
        alive = self.alive & ~bit | other.alive & bit
        yanked = self.yanked & ~bit | other.yanked & bit
        finals = self.finals & ~bit | other.finals & bit
        self.set_gates((alive, self.prereleases, yanked, finals))

    def table(self) -> ProjectTable:
        """Pack it again."""
        return (
            *(self.versions, self.gates, self.partly_yanked, self.possible),
            *(dict(self.unusable), self.releases, self.masks),
            *(self.has_excluded, self.particulars, self.left_out),
            *(self.sdists, self.uploads, self.verdicts, self.yanked_by_page),
        )


class Tables:
    """Tables by project; each is unpacked when it is first asked for."""

    def __init__(
        self,
        packed: dict[str, bytes | None],
        roots: dict[str, RootTable],
        micros: int,
        make_reader: Callable[[], TableReader],
        *,
        knows_files: bool = False,
    ) -> None:
        """Unpack nothing yet.

        :param packed: project -> its marshalled table; None: there is no such project.
        :param roots: requirement text -> what it says.
        :param micros: patch releases of Python that the environment may be; 0: ask.
        :param knows_files: who reads is asked later for the files that could not be
            read on this machine, so that projects with such files are read anew.
        """
        self.packed = packed
        self.roots = roots
        self.known_micros = micros
        self.is_changed = False
        """Something was read that is not in `packed` yet."""
        self._make_reader = make_reader
        self._knows_files = knows_files
        self._reader: TableReader | None = None
        self._projects: dict[str, Project | None] = {}
        self._changed: dict[str, None] = {}
        self._base: Tables | None = None
        self._differing: Container[str] = ()
        """Projects that the base has otherwise; all else is shared with it."""
        self.looked_at: dict[tuple[str, range], None] = {}
        """Releases that anybody has read, also beside, of projects that are alike."""

    def beside(
        self, make_reader: Callable[[], TableReader], changed: Container[str]
    ) -> Tables:
        """Give the tables of a universe that differs in some projects only.

        What either reads of the others is there for both.
        """
        new = Tables(
            {},
            self.roots,
            self.known_micros,
            make_reader,
            knows_files=self._knows_files,
        )
        new._base, new._differing, new.looked_at = self, changed, self.looked_at
        return new

    @property
    def reader(self) -> TableReader:
        """Make the reader when it is first needed."""
        if self._reader is None:
            self._reader = self._make_reader()
        return self._reader

    @property
    def micros(self) -> int:
        """Count the patch releases of Python that the environment may be."""
        if not self.known_micros:
            self.known_micros = self.reader.micros
            self.is_changed = True
        return self.known_micros

    @property
    def newest_python(self) -> int:
        """Return the place of the newest patch release of Python."""
        return self.micros - 1

    def root(self, text: str) -> RootTable:
        """Return what a requirement text says."""
        if text not in self.roots:
            self.roots[text] = self.reader.root(text)
            self.is_changed = True
        return self.roots[text]

    def read_ahead(self, names: Iterable[str]) -> None:
        """Say which projects will be asked for."""
        missing = [
            name
            for name in names
            if name not in self._projects and name not in self.packed
        ]
        if self._base is not None:
            self._base.read_ahead(n for n in missing if n not in self._differing)
            missing = [name for name in missing if name in self._differing]
        if missing:
            self.reader.read_ahead(missing)

    def read_releases_ahead(
        self,
        projects: Mapping[str, Project | None],
        releases: Iterable[tuple[str, int]],
        *,
        through: bool = False,
        waits: bool = True,
    ) -> Collection[tuple[str, int]]:
        """Say which releases of unpacked projects will be asked for.

        :param through: their files that cannot be used, too.
        :param waits: for what takes long; else it is begun, and returned.
        """
        missing = [
            (name, position)
            for name, position in releases
            if (project := projects[name]) is not None
            and position not in project.releases
            and (through or project.alive >> position & 1)
        ]
        if not missing:
            return ()
        begun = self.reader.read_releases_ahead(missing, through=through, waits=waits)
        for name in dict.fromkeys(name for name, _ in missing):
            self._take_gates(name)
        return begun

    def project(self, name: str) -> Project | None:
        """Return a project's tables; None: there is no such project."""
        try:
            return self._projects[name]
        except KeyError:
            pass
        if self._base is not None and name not in self._differing:
            found = self._projects[name] = self._base.project(name)
            return found
        table, is_new = self._unpacked(name)
        found = self._projects[name] = None if table is None else Project(name, table)
        if is_new:
            self.note(name)
        return found

    def _unpacked(self, name: str) -> tuple[ProjectTable | None, bool]:
        """Return the table of a project, and whether it was read just now."""
        if name in self.packed:
            raw = self.packed[name]
            table = None if raw is None else marshal.loads(raw)  # noqa: S302  our own, its digest checked
            if not self._knows_files or not _has_unread(table):
                return table, False
        return self.reader.project(name), True

    def release(self, project: Project, position: int) -> ReleaseTable:
        """Return a release's tables; the gates say if it turned out unusable."""
        return self.releases(project, range(position, position + 1))[0]

    def releases(self, project: Project, positions: range) -> Sequence[ReleaseTable]:
        """Return the tables of releases of a project that follow each other."""
        name, known = project.name, project.releases
        if name not in self._differing:
            self.looked_at[name, positions] = None
        for position in positions:
            if position not in known:
                known[position] = self.reader.release(name, position)
                project.particulars.pop(position, None)
                self._take_gates(name)
                self.note(name)
        return [known[position] for position in positions]

    def lines(self) -> Iterator[LineTable]:
        """Yield the lines of all releases that are read, of projects looked at."""
        for project in self._projects.values():
            for release in () if project is None else project.releases.values():
                yield from release[0]

    def mask(self, project: Project, specifier: str) -> MaskTable:
        """Return the masks of a specifier."""
        found = project.masks.get(specifier)
        if found is None:
            found = self.reader.mask(project.name, specifier)
            project.masks[specifier] = found
            self.note(project.name)
        return found

    def verdict(self, project: Project, position: int, specifier: str) -> bool:
        """Tell whether packaging says that a specifier admits a release.

        :param position: with `OPTS_IN`, whether the specifier names a pre-release; with
            `EMPTY`, whether no version at all meets it.
        """
        known = project.verdicts.setdefault(specifier, {})
        found = known.get(position)
        if found is None:
            found = self.reader.verdict(project.name, position, specifier)
            known[position] = found
            self.note(project.name)
        return found

    def uploads(self, project: Project) -> Sequence[int | None]:
        """Return when releases were uploaded, by the page."""
        project = self.own(project)
        if project.uploads is None:
            project.uploads = self.reader.uploads(project.name)
            self.note(project.name)
        return project.uploads

    def close(self) -> None:
        """Close what was opened to read."""
        if self._reader is not None:
            self._reader.close()

    def pack(self) -> dict[str, bytes | None]:
        """Return all tables packed, with what was read meanwhile."""
        for name in self._changed:
            project = self._projects[name]
            try:
                self.packed[name] = (
                    None if project is None else marshal.dumps(project.table())  # type: ignore[arg-type]  # its mappings are dicts
                )
            except ValueError:
                # A marker that only objects in memory can evaluate.
                self.packed.pop(name, None)
        self._changed.clear()
        return self.packed

    def own(self, project: Project) -> Project:
        """Return what is kept of a project, of which somebody else has a view."""
        return self.project(project.name) or project

    def note(self, name: str) -> None:
        """Take down that more is known of a project than is packed."""
        if self._base is not None and name not in self._differing:
            self._base.note(name)
            return
        self._changed[name] = None
        self.is_changed = True

    def _take_gates(self, name: str) -> None:
        # The reader has read only what was missing; reading only ever takes away
        # from what is alive and final, and adds to what is yanked.
        project = self.project(name)
        if project is None:
            return
        alive, prereleases, yanked, finals = self.reader.gates(name)
        project.set_gates(
            (
                project.alive & alive,
                prereleases,
                project.yanked | yanked,
                project.finals & finals,
            )
        )


def _has_unread(table: ProjectTable | None) -> bool:
    """Tell whether a release was not read on this machine."""
    releases = () if table is None else table[5].values()
    return any(release[5] == UNREAD for release in releases)


def unpack_file(packed: bytes) -> FileTable:
    """Unpack what is kept of a file: most of it is of no use to most answers."""
    found: FileTable = marshal.loads(packed)  # noqa: S302  our own, its digest checked
    return found
