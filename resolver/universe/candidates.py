"""A page compiled for one environment: which releases may be chosen, and by which file.

Files fall away one by one, each for reasons that can be named (RESOLVING.md 1). What a
date hides is not even that: as of the date there is no such file, so that nothing which
is said or read depends on what was uploaded later (RESOLVING.md 4).
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field, replace
from operator import itemgetter
from typing import TypeAlias

from packaging.specifiers import InvalidSpecifier
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    Page,
    Reason,
    as_of,
    expand_tag,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import FileKind
from axletree.resolver.model.foreign_text import (
    parse_version,
    read_specifiers,
)
from axletree.resolver.model.limits import FileLimits
from axletree.resolver.model.question import Limits
from axletree.resolver.model.requirements import Address
from axletree.resolver.universe.release_sets import (
    SpecifierMasks,
    mask_of,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Release:
    """One release as the resolver may choose it; compared by identity."""

    project: NormalizedName
    version: Version
    files: tuple[DistributionFile, ...]
    """Usable ones, the one that would be installed first."""
    fallen: tuple[DistributionFile, ...] = ()
    """The others, by the page's word alone (`PageCompiler.reasons`)."""
    position: int
    """Its bit in masks: 0 is the newest."""
    is_yanked: bool
    """Every usable file is yanked; where none is usable, every file."""

    @property
    def candidate_files(self) -> tuple[DistributionFile, ...]:
        """Return the usable files, then those that fell away."""
        return (*self.files, *self.fallen)

    @property
    def address(self) -> Address | None:
        """Return where it was taken from, if it stands on no page."""
        return self.candidate_files[0].address

    @property
    def label(self) -> str:
        """Name it for people: `kfserving 0.6.1`."""
        return f"{self.project} {self.version}"


@dataclass(slots=True, kw_only=True, eq=False)
class Releases:
    """All releases of one project, newest first, be there a usable file or not."""

    project: NormalizedName
    all: tuple[Release, ...]
    page: Page
    """As of the date, if there is one."""
    prereleases: int
    """Mask."""
    yanked: int
    """Mask."""
    fallen: int
    """Mask: those without a usable file."""
    finals: int
    """Mask: final versions with an unyanked file."""

    _by_version: Mapping[Version, Release] | None = field(init=False, default=None)
    _masks: SpecifierMasks | None = field(init=False, default=None)

    @property
    def by_version(self) -> Mapping[Version, Release]:
        """Find a release by its version, local part included."""
        if self._by_version is None:
            self._by_version = {release.version: release for release in self.all}
        return self._by_version

    def at(self, url: str) -> int:
        """Return the release that was made of an address, as a mask."""
        return _mask(
            release
            for release in self.all
            if (address := release.address) is not None and address.url == url
        )

    @property
    def masks(self) -> SpecifierMasks:
        """Compute specifiers over these releases."""
        if self._masks is None:
            self._masks = SpecifierMasks(
                [release.version for release in self.all],
                [_spelling(release) for release in self.all],
            )
        return self._masks


def _spelling(release: Release) -> str:
    return release.candidate_files[0].version


_Order: TypeAlias = tuple[bool, bool, int, tuple[int, str]]
"""Of files alike but for these; the best first."""
_Key: TypeAlias = tuple[Version, str]
"""Version, and the address of what stands on no page: that is a release of its own."""
_Listed: TypeAlias = tuple[list[DistributionFile], list[DistributionFile]]
"""Usable files, and those that fell away."""


@dataclass(slots=True)
class PageCompiler:
    """Compile pages for one environment and one set of limits."""

    environment: Environment
    limits: Limits
    _rank_of_tag: dict[str, int] = field(init=False)
    _file_limits: FileLimits = field(init=False)
    _ranks: dict[str, int | None] = field(init=False, default_factory=dict)
    _fits: dict[tuple[FileKind, str, str | None], bool] = field(
        init=False, default_factory=dict
    )
    """What says whether a file is for the target: a page has few such, and many files."""
    _orders: dict[tuple[FileKind, str, str], _Order] = field(
        init=False, default_factory=dict
    )
    _micros: dict[str, int] = field(init=False, default_factory=dict)
    _pythons: SpecifierMasks = field(init=False)
    """The patch releases of the environment."""
    _has_no_rules: bool = field(init=False)
    """No hashes, no policy, and no formats are given."""

    def __post_init__(self) -> None:
        self._rank_of_tag = {
            tag: rank for rank, tag in enumerate(self.environment.tags)
        }
        limits, unlimited = self.limits, Limits()
        pythons = self.environment.pythons
        self._pythons = SpecifierMasks(list(map(Version, pythons)), pythons)
        self._file_limits = FileLimits(limits.hashes, limits.policy)
        self._has_no_rules = (
            not limits.hashes
            and limits.policy == unlimited.policy
            and limits.formats == unlimited.formats
        )

    def compile(self, page: Page) -> Releases:
        """List the releases of `page` that there are as of the date, newest first."""
        replaced = self._at_addresses(page)
        page = self._as_of_date(page)
        found: dict[_Key, _Listed] = {}
        # To look a version up takes longer than to look at a file.
        for (spelling, url), files in _alike(page.files).items():
            version = parse_version(spelling)
            if version is None or self._is_replaced(files[0], version, replaced):
                continue
            self._sort(files, version, found.setdefault((version, url), ([], [])))
        return self._number(page, found)

    def _number(self, page: Page, found: Mapping[_Key, _Listed]) -> Releases:
        # Apart, since versions are compared by code of Python: newest first.
        keys = sorted(found, key=itemgetter(1))
        keys.sort(key=itemgetter(0))
        releases = tuple(
            self._release(page, position, key[0], found[key])
            for position, key in enumerate(reversed(keys))
        )
        prereleases = _mask(r for r in releases if r.version.is_prerelease)
        yanked = _mask(r for r in releases if r.is_yanked)
        fallen = _mask(r for r in releases if not r.files)
        return Releases(
            project=page.project,
            all=releases,
            page=page,
            prereleases=prereleases,
            yanked=yanked,
            fallen=fallen,
            finals=((1 << len(releases)) - 1) & ~(prereleases | yanked | fallen),
        )

    def _release(
        self, page: Page, position: int, version: Version, listed: _Listed
    ) -> Release:
        usable, fallen = listed
        return Release(
            project=page.project,
            version=version,
            files=self._best_first(usable),
            fallen=tuple(
                sorted(fallen, key=self._quality) if len(fallen) > 1 else fallen
            ),
            position=position,
            is_yanked=all(file.yanked is not None for file in usable or fallen),
        )

    def _best_first(
        self, files: Iterable[DistributionFile]
    ) -> tuple[DistributionFile, ...]:
        """Sort the usable files of a release, all of them from one index."""
        listed = tuple(files)
        if len(listed) < 2:
            return listed
        first, *others = sorted(listed, key=self._quality)
        return (first, *(f for f in others if f.index_rank == first.index_rank))

    def _quality(self, file: DistributionFile) -> tuple[bool, int, _Order, str]:
        key = file.kind, file.tag, file.build
        order = self._orders.get(key)
        if order is None:
            order = self._orders[key] = self._order(*key)
        return file.yanked is not None, file.index_rank, order, file.filename

    def _order(self, kind: FileKind, tag: str, build: str) -> _Order:
        is_wheel = kind == "wheel"
        rank = self._rank(tag) if is_wheel else None
        # Of those that fell away, what is for the target speaks for the release.
        is_foreign = is_wheel and rank is None
        return not is_wheel, is_foreign, rank or 0, _build_order(build)

    def _at_addresses(self, page: Page) -> AbstractSet[Version]:
        """List the versions that stand at addresses which this question asks for.

        They take the place of the same version on a page.
        """
        if not self.limits.addresses:
            return frozenset()
        named = (parse_version(f.version) for f in page.files if self._is_named(f))
        return frozenset(version for version in named if version is not None)

    def _is_named(self, file: DistributionFile) -> bool:
        if file.address is None:
            return False
        # Two lines may name it with different fragments, and one has brought it.
        named = ((name, key.partition("#")[0]) for name, key in self.limits.addresses)
        return (file.project, file.address.url) in named

    def _is_replaced(
        self, file: DistributionFile, version: Version, replaced: AbstractSet[Version]
    ) -> bool:
        if file.address is not None:
            return not self._is_named(file)
        return version in replaced

    def _sort(
        self, files: Iterable[DistributionFile], version: Version, listed: _Listed
    ) -> None:
        """Add the files of a release to those that are usable, and to those that are not."""
        known, has_no_rules = self._fits, self._has_no_rules
        for file in files:
            key = file.kind, file.tag, file.requires_python
            fits = known.get(key)
            if fits is None:
                fits = known[key] = self._is_for_target(*key)
            is_usable = (
                fits
                and (has_no_rules or self._keeps_rules(file, version))
                and not self._lacks_time(file)
            )
            listed[not is_usable].append(file)

    def _keeps_rules(self, file: DistributionFile, version: Version) -> bool:
        if self._file_limits.lacks_hash(file):
            return False
        if self._file_limits.breaks_policy(file, version):
            return False
        return not self._is_unwanted_kind(file)

    def _is_for_target(self, kind: FileKind, tag: str, python: str | None) -> bool:
        if kind == "wheel" and self._rank(tag) is None:
            return False
        return not python or bool(self.micros(python))

    def reasons(self, file: DistributionFile, version: Version) -> frozenset[Reason]:
        """Name all reasons why a file falls away, on the page's word alone."""
        found: set[Reason] = set()
        if self._lacks_time(file):
            found.add("no-time")
        if file.kind == "wheel" and self._rank(file.tag) is None:
            found.add("tag")
        if file.requires_python and not self.micros(file.requires_python):
            found.add("requires-python")
        if self._is_unwanted_kind(file):
            found.add("binary-policy")
        if self._file_limits.lacks_hash(file):
            found.add("hash")
        if self._file_limits.breaks_policy(file, version):
            found.add("policy")
        return frozenset(found)

    def _as_of_date(self, page: Page) -> Page:
        """Leave out what a date hides, as if it had never been uploaded."""
        limit = self.limits.exclude_newer
        if limit is None:
            return page
        return replace(
            page,
            files=as_of(page.files, limit),
            excluded=as_of(page.excluded, limit),
        )

    def _lacks_time(self, file: DistributionFile) -> bool:
        has_limit = self.limits.exclude_newer is not None
        # What is named itself is meant, whenever it was made.
        return has_limit and file.upload_time is None and file.address is None

    def _is_unwanted_kind(self, file: DistributionFile) -> bool:
        formats = self.limits.formats
        if file.address is not None:
            return False
        if file.kind == "sdist":
            return not formats.allows_sdist(file.project)
        return not formats.allows_wheel(file.project)

    def _rank(self, tag: str) -> int | None:
        try:
            return self._ranks[tag]
        except KeyError:
            found = [
                self._rank_of_tag[single]
                for single in expand_tag(tag)
                if single in self._rank_of_tag
            ]
            rank = self._ranks[tag] = min(found, default=None)
            return rank

    def micros(self, requires_python: str) -> int:
        """Return which of the environment's patch releases a specifier admits.

        Bit `i` is patch release `environment.micros[i]`. A specifier that cannot be
        parsed limits nothing, as in pip.
        """
        mask = self._micros.get(requires_python)
        if mask is None:
            mask = self._micros[requires_python] = self._compute_micros(requires_python)
        return mask

    def _compute_micros(self, requires_python: str) -> int:
        try:
            return self._pythons.of(read_specifiers(requires_python))
        except InvalidSpecifier:
            return self._pythons.all


def unreadable(page: Page) -> list[tuple[str, str]]:
    """Name the files of a page that no release is made of, each with the reason."""
    odd = (file for file in page.files if parse_version(file.version) is None)
    return [
        *((file.name, file.reason) for file in page.excluded),
        *((file.filename, "its version is not one of PEP 440") for file in odd),
    ]


def _alike(
    files: Iterable[DistributionFile],
) -> dict[tuple[str, str], list[DistributionFile]]:
    """Sort files by the spelling of their version, and their address if they have one.

    What a user names by its address stands apart from what a page lists.
    """
    found: dict[tuple[str, str], list[DistributionFile]] = {}
    for file in files:
        url = "" if file.address is None else file.address.url
        found.setdefault((file.version, url), []).append(file)
    return found


def _build_order(build: str) -> tuple[int, str]:
    digits = "".join(c for c in build[: _digits(build)])
    # Highest build tag first; none is lowest.
    return (-int(digits) if digits else 1, build[len(digits) :])


def _digits(build: str) -> int:
    return next((i for i, c in enumerate(build) if not c.isdigit()), len(build))


def _mask(releases: Iterable[Release]) -> int:
    return mask_of(release.position for release in releases)
