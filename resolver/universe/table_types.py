"""What tables hold, and who fills them.

Only types stand here: nothing of it is imported when the program runs.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping
    from typing import Protocol, TypeAlias

    from axletree.resolver.model.distribution import ObservedKind

    LineTable: TypeAlias = tuple[
        str, str | None, tuple[str, ...], Container[str] | None, int
    ]
    """Target, specifier (None: by an address), extras of it, the extras that make the
    line true (None: it is true without one), and the patch releases of Python for which
    they do (0: all). Lines never true are left out; one that is true for other patch
    releases with an extra than without stands there for each."""
    FileTable: TypeAlias = tuple[str, tuple[str, ...], int | None, bool, int]
    """Of the file to install: its name, hashes for a lock, and when it was uploaded
    (microseconds since 1970; None: nobody says), and whether it is yanked. Last the
    bytes that whoever installs the best file by the page downloads to read it: none
    where the index gives its metadata."""
    WayTable: TypeAlias = tuple[tuple[str, ...], int, bool]
    """Of a file that cannot be used: the reasons, the patch releases of Python that it
    is for (0: it does not matter), and whether its metadata was found invalid."""
    ReleaseTable: TypeAlias = tuple[
        tuple[LineTable, ...], tuple[str, ...], int, tuple[WayTable, ...], bytes, int
    ]
    """Lines, extras provided, mask of patch releases, all files of a release without a
    usable one (else none), a packed `FileTable`, and `PLAIN`, `NOTED` (some marker
    compares what has no order) or `UNREAD` (nobody could read it: no line is known)."""
    GatesTable: TypeAlias = tuple[int, int, int, int]
    """Masks: alive, pre-releases, yanked, finals (`knowledge.Gates`)."""
    MaskTable: TypeAlias = tuple[int, int, bool]
    """Of a specifier: what it admits, what it pins, whether it names a pre-release."""
    Texts: TypeAlias = tuple[str, ...]
    LeftOut: TypeAlias = tuple[tuple[str, str], ...]
    """Files of a page that no release is made of, each with the reason."""
    FileParticulars: TypeAlias = tuple[str, str | None, bool, bool]
    """Of the file to install: its name and SHA-256, whether it is yanked, and whether
    it is for some patch releases of Python only."""
    LineParticulars: TypeAlias = tuple[tuple[str, str], ...]
    """Of each line of the `ReleaseTable`: as METADATA has it, and the address in it."""
    Broken: TypeAlias = tuple[tuple[str, ObservedKind | None], ...]
    """Of each file whose metadata is of no use: why, and by what that was observed on
    this machine alone."""
    FallenFiles: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
    """Of each file of a release without a usable one: its wheel tags (empty: it is an
    sdist) and the reasons."""
    Refusals: TypeAlias = tuple[tuple[str, str, int | None], ...]
    """By a policy: why, and the file and line that say so."""
    ParticularsTable: TypeAlias = tuple[
        FileParticulars,
        LineParticulars,
        tuple[FallenFiles, Texts, Texts, Refusals, Broken],
    ]
    """The last: files that fell away, Requires-Python of all files, reasons for which
    the others are yanked, refusals, broken files."""
    ProjectTable: TypeAlias = tuple[
        tuple[str, ...],
        GatesTable,
        int,
        dict[int, int],
        Mapping[int, tuple[WayTable, ...]],
        dict[int, ReleaseTable],
        dict[str, MaskTable],
        bool,
        dict[int, bytes],
        LeftOut | None,
        int,
        tuple[int | None, ...] | None,
        dict[str, dict[int, bool]],
        int,
    ]
    """Versions, newest first; gates; mask of releases with a yanked file; patch
    releases that the files of a release can admit, where not all; the files of those
    without a usable one, by the page; releases by position; masks by specifier;
    whether the page lists what is no file of the project, which is noted; packed
    `ParticularsTable` by position; what the page lists and no release is made of.
    Both of these only where they were asked for. Mask of releases whose first file is
    an sdist; the latest upload of the usable files of each (0: there are none, None:
    nobody says of all of them), likewise. By specifier and position: whether packaging
    says that the specifier admits the version, as it is spelled; in place of a position
    `OPTS_IN`: whether it names a pre-release as pin or lower bound; of `EMPTY`: whether
    no version at all meets it. Mask of those that are yanked by the page, whatever
    reading has found since."""
    RootTable: TypeAlias = tuple[str, tuple[str, ...], str] | None
    """Project, extras, specifier; None: its marker does not hold."""

    class TableReader(Protocol):
        """Reads what is asked for and not yet there."""

        @property
        def micros(self) -> int:
            """Count the patch releases of Python that the environment may be."""
            ...

        def read_ahead(self, names: Iterable[str]) -> None:
            """Read the pages of projects that will be asked for, in one go."""
            ...

        def read_releases_ahead(
            self, releases: Iterable[tuple[str, int]], *, through: bool, waits: bool
        ) -> Collection[tuple[str, int]]:
            """Read releases that will be asked for, in one go; return what was begun.

            :param through: their files that cannot be used, too.
            :param waits: for what takes long; else it is begun.
            """
            ...

        def project(self, name: str) -> ProjectTable | None:
            """Read a page, no release of it; None: there is no such project."""
            ...

        def release(self, name: str, position: int) -> ReleaseTable:
            """Read a release.

            :raises BeyondTablesError: tables cannot say what it requires.
            """
            ...

        def gates(self, name: str) -> GatesTable:
            """Return the gates as they are after what was read."""
            ...

        def mask(self, name: str, specifier: str) -> MaskTable:
            """Compute a specifier over the releases of a project."""
            ...

        def particulars(
            self, name: str, position: int, *, is_read: bool
        ) -> ParticularsTable:
            """Gather what sentences tell of a release.

            :param is_read: its metadata, too.
            """
            ...

        def left_out(self, name: str) -> LeftOut:
            """Name the files of a page that no release is made of."""
            ...

        def verdict(self, name: str, position: int, specifier: str) -> bool:
            """Ask packaging whether a specifier admits a release (or opts in)."""
            ...

        def uploads(self, name: str) -> tuple[int | None, ...]:
            """Tell of each release when the last of its usable files was uploaded."""
            ...

        def root(self, text: str) -> RootTable:
            """Parse a requirement of the command line or a file.

            :raises InvalidRequirementError: it is none.
            :raises BeyondTablesError: it holds for some patch releases of Python only.
            """
            ...

        def close(self) -> None:
            """Close what is read from."""
            ...
