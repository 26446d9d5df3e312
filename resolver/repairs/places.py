"""Where candidates stand, what works around one of them, and how a run is spelled.

A specifier that names no candidate still says where: a pin of a local version that is
missing means the public one, `===1` the `1.0` that is there, and any other bound stands
between two candidates.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.engine.decisions import Decisions
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.fact_keys import RootKey
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.outcomes import Answer, Found, GaveUp, ProvedNone
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.repairs.proving import (
    Newest,
    Prover,
    WrittenKey,
    name_of,
    with_specifier,
)
from axletree.resolver.universe.candidates import Release

MOST_RANGE = 25
"""Versions of a working range that are proved before it says "at least"."""
_PINS = {"==", "==="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One requirement, moved to the versions that work."""

    key: WrittenKey
    chosen: Version
    """That a lock takes."""
    run: Sequence[Version]
    """Those around it that work, newest first."""
    specifier: str
    """That takes in what is meant and nothing else that counts."""
    is_pin: bool
    is_cut: bool
    """More versions may work."""
    distance: int
    """Candidates between the nearest version the old specifier names and the chosen."""
    is_nearest: bool
    """It is known that no version that is nearer works, but for those in the run."""
    pythons: Mapping[Version, str]
    """The newest Python, of those in the run that work with none as new as others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """A version that works."""

    release: Release
    decisions: Decisions
    """A solution with it."""
    unread: Sequence[DistributionFile]
    """What even of it is not known."""
    is_nearest: bool
    """It is known that no version that is nearer works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Versions that work without a gap, around one of them."""

    decisions_of: Mapping[Version, Decisions]
    """Newest first, each with a solution."""
    is_cut_above: bool = False
    """Newer ones may work as well."""
    is_cut_below: bool = False

    @property
    def is_cut(self) -> bool:
        """Tell whether more may work."""
        return self.is_cut_above or self.is_cut_below


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The candidates of one project, and where the old specifier stands among them."""

    listed: Sequence[Release]
    """All that could be used, newest first."""
    named: Sequence[int]
    """Those that the specifier names, or means where it names none that is there."""
    bounds: Sequence[float]
    """If there are none: the gaps where its bounds are."""

    @classmethod
    def of(cls, specifier: SpecifierSet, listed: Sequence[Release]) -> "Places":
        """Find what a specifier names."""
        named = [
            place
            for place, release in enumerate(listed)
            if specifier.contains(release.version, prereleases=True)
        ]
        named = named or list(_meant(specifier, listed))
        bounds = [] if named else list(_gaps(specifier, listed))
        return cls(listed=listed, named=named, bounds=bounds or [-0.5])

    def distance(self, place: int) -> int:
        """Count the candidates from the nearest one that is named, either way."""
        return min(int(abs(place - at) + 0.5) for at in self.named or self.bounds)

    def distance_of(self, version: Version) -> int:
        """Count the same of a version."""
        return self.distance([each.version for each in self.listed].index(version))

    def nearest_first(self) -> list[int]:
        """List all places, newer before older where both are as near."""
        return sorted(range(len(self.listed)), key=lambda at: (self.distance(at), at))

    def are_nearest(
        self, run: Sequence[Version], around: Around, *, is_newest: bool
    ) -> bool:
        """Tell whether every version that is nearer than those of a run was refused.

        :param around: what works, also where the run takes not all of it in.
        :param is_newest: nothing works above it.
        """
        nearest = min(map(self.distance_of, run))
        known = self._tried(around)
        return all(
            self.distance(at) >= nearest
            for at, each in enumerate(self.listed)
            if each.version in around.decisions_of
            or at not in (range(known.stop) if is_newest else known)
        )

    def _tried(self, around: Around) -> range:
        """Find the places of what works, and of what was refused beside it."""
        taken = [
            at
            for at, each in enumerate(self.listed)
            if each.version in around.decisions_of
        ]
        above, below = not around.is_cut_above, not around.is_cut_below
        return range(min(taken) - above, max(taken) + 1 + below)


@dataclass(slots=True)
class _Run:
    """Versions that work without a gap, to one side of a version that does."""

    decisions_of: dict[Version, Decisions] = field(default_factory=dict)
    """In the order tried."""
    is_cut: bool = False
    """More may work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """Solves a question with one requirement pinned to single versions."""

    prover: Prover
    question: Question
    """The requirement is open in it."""
    key: WrittenKey
    floor: str
    """The specifier of what is not far older than was asked for."""

    def around(self, working: Working, newest: Newest) -> Around:
        """Find what works without a gap on both sides of a version.

        :param newest: the newest that works; above it, and what may, nothing does.
        """
        listed = newest.listed
        at = listed.index(working.release)
        first = listed.index([*newest.above, newest.release][0])
        newer = self._run(reversed(listed[first:at]), working)
        beside = len(newer.decisions_of)
        older = self._run(listed[at + 1 :], working, beside=beside)
        return Around(
            decisions_of={
                **dict(reversed(newer.decisions_of.items())),
                working.release.version: working.decisions,
                **older.decisions_of,
            },
            is_cut_above=newer.is_cut,
            is_cut_below=older.is_cut,
        )

    def _run(
        self, releases: Iterable[Release], working: Working, *, beside: int = 0
    ) -> _Run:
        """Find the versions that work without a gap, and whether more may.

        :param releases: from the one next to the version that works.
        :param beside: how many are known already on its other side.
        """
        run = _Run()
        floor, last = SpecifierSet(self.floor), working.decisions
        for release in releases:
            if has_gate(release):
                continue
            is_full = 1 + beside + len(run.decisions_of) == MOST_RANGE
            if is_full or not floor.contains(release.version):
                run.is_cut = True
                break
            match self.solve_beside(release, last, working.unread):
                case Found(value=found):
                    run.decisions_of[release.version] = last = found
                case ProvedNone():
                    break
                case _:
                    run.is_cut = True
                    break
        return run

    def solve_beside(
        self,
        release: Release,
        neighbour: Decisions,
        unread: Sequence[DistributionFile],
    ) -> Answer[Decisions]:
        """Solve with one beside a version that works: if it is as sure, and cheap.

        A build to learn what else would do is better spent on what is proved. What
        goes with its neighbour mostly goes with it, too, and is read already.

        :param neighbour: a solution with the version next to it.
        :param unread: what is not known of the version that works.
        """
        if release.files[0].kind == "sdist" and not self.prover.universe.is_frozen:
            return GaveUp()
        kept = {name: Version(text) for name, text in neighbour.versions.items()}
        answer = self.solve(release, kept=kept)
        if isinstance(answer, Found) and not set(unread).issuperset(answer.unread):
            return GaveUp()
        return answer

    def solve(
        self,
        release: Release,
        *,
        kept: Mapping[NormalizedName, Version] | None = None,
    ) -> Answer[Decisions]:
        """Solve with just this version.

        :param kept: versions to take of other projects where they do.
        """
        # `==2` would take 2+local, too.
        pin = f"==={release.files[0].version}"
        question = with_specifier(self.question, self.key, pin)
        if kept is not None:
            question = replace(question, preferences=kept)
        self.prover.reporter.proving(release.label)
        return self.prover.solve(demanding(question, release.project))


def demanding(question: Question, name: NormalizedName) -> Question:
    """Ask for a project itself, where it was only constrained."""
    if any(name == name_of(question, RootKey(i)) for i in range(len(question.roots))):
        return question
    root = RootRequirement(
        requirement=Requirement(name), text=name, origin=Origin(file="a constraint")
    )
    return replace(question, roots=(*question.roots, root))


def has_gate(release: Release) -> bool:
    """Tell whether a range does not let a release in, and a pin of it would."""
    return release.is_yanked or release.version.is_prerelease


def newest_pythons(
    run: Mapping[Version, Decisions], environment: Environment, newest: int = 0
) -> dict[Version, str]:
    """Name the newest Python of those of a run that do not work with the newest.

    :param newest: a patch release, by its place, with which another version works.
    """
    newest = max(newest, *(found.python for found in run.values()))
    return {
        version: f"{environment.minor}.{max(found.pythons(environment))}"
        for version, found in run.items()
        if found.python < newest
    }


def pinned(specifier: SpecifierSet) -> list[Version]:
    """List the versions that a specifier pins; empty: it is a range."""
    pins = (
        parse_version(each.version)
        for each in specifier
        if each.operator in _PINS and not each.version.endswith(".*")
    )
    return [version for version in pins if version is not None]


def _meant(specifier: SpecifierSet, listed: Sequence[Release]) -> Iterator[int]:
    """Find what a pin means: the public version of a local one, another spelling."""
    pins = pinned(specifier)
    publics = {Version(version.public) for version in pins if version.local}
    for place, release in enumerate(listed):
        if release.version in publics or release.version in pins:
            yield place


def _gaps(specifier: SpecifierSet, listed: Sequence[Release]) -> Iterator[float]:
    for each in specifier:
        bound = parse_version(each.version.removesuffix(".*"))
        if bound is not None:
            yield sum(release.version > bound for release in listed) - 0.5


def spelled_range(run: Sequence[Version], listed: Sequence[Release]) -> str:
    """Spell the specifier of a run of versions."""
    if len(run) > 1:
        # No bound may name a local version (PEP 440); each takes those of its own in.
        return f">={run[-1].public},<={run[0].public}"
    [version] = run
    pin = SpecifierSet(f"=={version}")
    taken = [release for release in listed if pin.contains(release.version)]
    others = [r for r in taken if r.version != version and not r.is_yanked]
    if others:
        # `==3` takes 3+local in, which does not work.
        [release] = [r for r in taken if r.version == version]
        return f"==={release.files[0].version}"
    return f"=={version}"


def spellable(
    run: list[Version], chosen: Version, listed: Sequence[Release]
) -> list[Version]:
    """Shorten a run to one whose bounds take in no version beside it.

    `<=2` takes in 2 and 2+local alike: one of them that does not work, or is not
    known to, keeps the other out of a range.

    :param chosen: that stays in.
    """
    while len(run) > 1:
        ends = {run[0].public, run[-1].public}
        missing = {
            release.version.public
            for release in listed
            if release.version.public in ends
            and release.version not in run
            and not release.is_yanked
        }
        if run[0].public in missing:
            if run[0] == chosen:
                return run[:1]
            run = run[1:]
        elif run[-1].public in missing:
            if run[-1] == chosen:
                return run[-1:]
            run = run[:-1]
        else:
            return run
    return run
