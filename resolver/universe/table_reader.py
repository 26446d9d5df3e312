"""Tables of a universe, made from what a `Knowledge` reads.

Everything is asked of `Knowledge`, so that page rules, gates, markers and masks are
computed in one place, whoever asks.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.empty_specifiers import is_empty
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import strong_hashes
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.foreign_text import parsed_specifiers
from axletree.resolver.model.question import Limits, ask
from axletree.resolver.model.requirements import address_in, by_address
from axletree.resolver.universe.candidates import (
    Release,
    Releases,
    unreadable,
)
from axletree.resolver.universe.dependencies import (
    Dependencies,
    OddExtras,
    ParsedLine,
)
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.particulars_reader import particulars_of
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.release_sets import bits, mask_of, names_prerelease
from axletree.resolver.universe.tables import (
    EMPTY,
    NOTED,
    OPTS_IN,
    PLAIN,
    UNREAD,
    BeyondTablesError,
)
from axletree.resolver.universe.verdicts import admits, opts_in

if TYPE_CHECKING:
    from axletree.resolver.universe.table_types import (
        FileTable,
        GatesTable,
        LeftOut,
        LineTable,
        MaskTable,
        ParticularsTable,
        ProjectTable,
        ReleaseTable,
        RootTable,
        WayTable,
    )

_EXTRA = re.compile(r"""extra == ["']([^"']*)["']|["']([^"']*)["'] == extra""")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXT = re.compile(r"""["'][^"']*["']""")


@dataclass(frozen=True, slots=True)
class LateWays(Mapping[int, "tuple[WayTable, ...]"]):
    """The files of releases without a usable one, looked at when they are asked for.

    As of an early day most releases of a page are such, and only conflicts ask.
    """

    releases: Mapping[int, Release]
    ways: Callable[[Release], tuple[WayTable, ...]]

    def __getitem__(self, position: int) -> tuple[WayTable, ...]:
        """Look at the files of one release."""
        return self.ways(self.releases[position])

    def __iter__(self) -> Iterator[int]:
        """List the releases."""
        return iter(self.releases)

    def __len__(self) -> int:
        """Count them."""
        return len(self.releases)


@dataclass(slots=True, kw_only=True)
class KnowledgeReader:
    """Puts what a knowledge reads into tables."""

    knowledge: Knowledge
    is_storable: bool = True
    """The tables are to be kept on disk, so that they hold no `OddExtras`."""
    _known_lines: dict[LineTable, LineTable] = field(init=False, default_factory=dict)
    """Equal lines are one object, so that marshal writes and reads them once."""

    @property
    def micros(self) -> int:
        """Count the patch releases of Python that the environment may be."""
        return len(self.knowledge.environment.micros)

    def read_ahead(self, names: Iterable[str]) -> None:
        """Read pages in one go."""
        self.knowledge.read_pages(map(NormalizedName, names))

    def read_releases_ahead(
        self, releases: Iterable[tuple[str, int]], *, through: bool, waits: bool
    ) -> Collection[tuple[str, int]]:
        """Read releases in one go; return what was begun."""
        listed = [self._all(name)[position] for name, position in releases]
        if waits:
            self.knowledge.read_metadata(listed, through=through)
            return ()
        begun = self.knowledge.begin_metadata(listed)
        return [(r.project, r.position) for r in begun]

    def project(self, name: str) -> ProjectTable | None:
        """Read a page."""
        releases = self._releases(name)
        if releases is None:
            return None
        partly_yanked = sum(
            1 << release.position
            for release in releases.all
            if any(file.yanked is not None for file in release.candidate_files)
        )
        possible = {
            release.position: mask
            for release in releases.all
            if release.files
            and (mask := self._possible(release)) != self.knowledge.all_micros
        }
        excluded = {r.position: r for r in releases.all if not r.files}
        unusable: Mapping[int, tuple[WayTable, ...]] = LateWays(
            excluded, self._ways_by_page
        )
        if self.is_storable:
            unusable = dict(unusable)
        versions = tuple(str(release.version) for release in releases.all)
        return (
            *(versions, self.gates(name), partly_yanked, possible, unusable, {}, {}),
            *(bool(releases.page.excluded), {}, None),
            *(_sdists(releases), None, {}, releases.yanked),
        )

    def release(self, name: str, position: int) -> ReleaseTable:
        """Read a release.

        :raises BeyondTablesError: tables on disk cannot say what it requires.
        """
        release = self._all(name)[position]
        self.knowledge.read_metadata([release], through=True)
        found = self.knowledge.dependencies.get(release)
        ways = self._ways(release) if self.knowledge.is_fallen(release) else ()
        packed = marshal.dumps(self._file(release))
        if found is None:
            return (), (), self.knowledge.all_micros, ways, packed, PLAIN
        lines = tuple(table for _, table in self._lines(found))
        return (
            lines,
            tuple(sorted(found.provided)),
            self.knowledge.micros_of(release),
            ways,
            packed,
            self._is_worth(release, found),
        )

    def gates(self, name: str) -> GatesTable:
        """Return the gates after what was read."""
        releases = self._releases(name)
        if releases is None:
            return 0, 0, 0, 0
        gates = self.knowledge.gates(releases)
        return gates.alive, gates.prereleases, gates.yanked, gates.finals

    def mask(self, name: str, specifier: str) -> MaskTable:
        """Compute a specifier."""
        releases = self._releases(name)
        url = address_in(specifier)
        if url is not None:
            mask = 0 if releases is None else releases.at(url)
            return mask, mask, False
        parsed = parsed_specifiers(specifier)
        if releases is None:
            return 0, 0, names_prerelease(parsed)
        masks = releases.masks
        return masks.of(parsed), masks.exact(parsed), names_prerelease(parsed)

    def particulars(
        self, name: str, position: int, *, is_read: bool
    ) -> ParticularsTable:
        """Gather what sentences tell of a release.

        :param is_read: its metadata, too.
        """
        release = self._all(name)[position]
        if is_read:
            self.knowledge.read_metadata([release], through=True)
        found = self.knowledge.dependencies.get(release)
        lines = [] if found is None else [line for line, _ in self._lines(found)]
        return particulars_of(self.knowledge, release, lines)

    def left_out(self, name: str) -> LeftOut:
        """Name the files of a page that no release is made of."""
        releases = self._releases(name)
        return () if releases is None else tuple(unreadable(releases.page))

    def verdict(self, name: str, position: int, specifier: str) -> bool:
        """Ask packaging whether a specifier admits a release (or opts in)."""
        url = address_in(specifier)
        if url is not None:
            address = None if position < 0 else self._all(name)[position].address
            return address is not None and address.url == url
        parsed = SpecifierSet(specifier)
        if position == OPTS_IN:
            return opts_in(parsed)
        if position == EMPTY:
            return is_empty(parsed)
        return admits(parsed, self._all(name)[position].candidate_files[0].version)

    def uploads(self, name: str) -> tuple[int | None, ...]:
        """Tell of each release when the last of its usable files was uploaded."""
        return tuple(
            max((_microseconds(t) for t in times if t is not None), default=0)
            if None not in times
            else None
            for release in self._all(name)
            for times in [[file.upload_time for file in release.files]]
        )

    def root(self, text: str) -> RootTable:
        """Parse a requirement.

        :raises InvalidRequirementError: it is none.
        :raises BeyondTablesError: it holds for some patch releases of Python only.
        """
        parsed = ask([parse_requirement(text)], self.knowledge.environment).roots
        if not parsed:
            return None
        requirement = parsed[0].requirement
        if self.knowledge.evaluator.limit(requirement.marker):
            raise BeyondTablesError(text)
        extras = sorted(map(canonicalize_name, requirement.extras))
        name = canonicalize_name(requirement.name)
        return name, tuple(extras), str(requirement.specifier)

    def close(self) -> None:
        """Close nothing: the universe was opened elsewhere."""

    def _releases(self, name: str) -> Releases | None:
        project = NormalizedName(name)
        self.knowledge.read_pages([project])
        return self.knowledge.releases[project]

    def _all(self, name: str) -> tuple[Release, ...]:
        releases = self._releases(name)
        return () if releases is None else releases.all

    def _is_worth(self, release: Release, found: Dependencies) -> int:
        """Tell whether there is something to say of a release."""
        if self.knowledge.is_unread(release):
            return UNREAD
        undefined = self.knowledge.evaluator.undefined
        has_odd = any(line.marker_text in undefined for line in found.all_lines)
        return NOTED if has_odd else PLAIN

    def _possible(self, release: Release) -> int:
        """Return the patch releases that some file of an unread release admits."""
        found = 0
        for file in release.candidate_files:
            found |= self.knowledge.compiler.micros(file.requires_python or "")
        return found

    def _ways(self, release: Release) -> tuple[WayTable, ...]:
        micros, python_of = self.knowledge.compiler.micros, self.knowledge.python_of
        unusable = self.knowledge.unusable
        return tuple(
            (
                tuple(sorted(reasons)),
                0 if file in unusable else micros(python_of(file) or ""),
                file in unusable,
            )
            for file, reasons in self.knowledge.reasons(release).items()
        )

    def _ways_by_page(self, release: Release) -> tuple[WayTable, ...]:
        compiler = self.knowledge.compiler
        return tuple(
            (
                tuple(sorted(compiler.reasons(file, release.version))),
                compiler.micros(file.requires_python or ""),
                False,
            )
            for file in release.fallen
        )

    def _file(self, release: Release) -> FileTable:
        file = self.knowledge.file_of(release)
        uploaded, first = file.upload_time, release.candidate_files[0]
        return (
            file.filename,
            self._hashes(release),
            None if uploaded is None else _microseconds(uploaded),
            file.yanked is not None,
            (first.size_bytes or 0) if first.metadata_hashes is None else 0,
        )

    def _hashes(self, release: Release) -> tuple[str, ...]:
        """Return the hashes that a lock names; empty where the best file has none."""
        file = self.knowledge.file_of(release)
        if not strong_hashes([file]):
            return ()
        return tuple(strong_hashes(self.knowledge.usable_files(release)))

    # Lines.

    def _lines(self, found: Dependencies) -> Iterable[tuple[ParsedLine, LineTable]]:
        everything = self.knowledge.all_micros
        for line in found.all_lines:
            base = found.micros(line)
            if base:
                yield line, self._line(line, None, base)
            if line.names_extra and base != everything:
                for when, micros in self._extras(found, line, everything & ~base):
                    yield line, self._line(line, when, micros)

    def _line(
        self, line: ParsedLine, when: tuple[str, ...] | OddExtras | None, micros: int
    ) -> LineTable:
        specifier: str | None = line.versions
        if line.requirement.url is not None:
            specifier = by_address(line.requirement, self.knowledge.limits.addresses)
        told = 0 if micros == self.knowledge.all_micros else micros
        table = line.target, specifier, line.extras, when, told
        return self._known_lines.setdefault(table, table)

    def _extras(
        self, found: Dependencies, line: ParsedLine, left: int
    ) -> Iterator[tuple[tuple[str, ...] | OddExtras, int]]:
        """Yield the extras that make a line true, with the patch releases of Python.

        :param left: mask of those for which it is not true anyway.
        :raises BeyondTablesError: if tables on disk cannot say so.
        """
        rest = _TEXT.sub("", _EXTRA.sub("", line.marker_text))
        if "extra" in rest:
            if self.is_storable:
                raise BeyondTablesError(line.marker_text)
            for micros in (
                (1 << bit for bit in bits(left)) if line.names_patch else [left]
            ):
                yield OddExtras(found, line, micros), micros
            return
        named = dict.fromkeys(
            canonicalize_name(one or other)
            for one, other in _EXTRA.findall(line.marker_text)
        )
        alike: dict[int, list[str]] = {}
        for extra in named:
            if micros := found.micros(line, (extra,)) & left:
                alike.setdefault(micros, []).append(extra)
        for micros, extras in alike.items():
            yield tuple(extras), micros


def unlimited_knowledge(universe: Universe, environment: Environment) -> Knowledge:
    """Know nothing yet, for tables that serve any question without limits."""
    return Knowledge(universe, environment, Limits())


def _sdists(releases: Releases) -> int:
    return mask_of(
        release.position
        for release in releases.all
        if release.files and release.files[0].kind == "sdist"
    )


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
