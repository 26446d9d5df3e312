"""Where candidates stand, seen from what a specifier names, and how a run is spelled.

A specifier that names no candidate still says where: a pin of a local version that is
missing means the public one, `===1` the `1.0` that is there, and any other bound stands
between two candidates.
"""

from collections.abc import Iterator, Mapping, Sequence

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.repairs.proving import WrittenKey
from axletree.resolver.universe.candidates import Release

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

    def nearest_first(self) -> list[int]:
        """List all places, newer before older where both are as near."""
        return sorted(range(len(self.listed)), key=lambda at: (self.distance(at), at))

    def are_nearest(
        self, run: Sequence[Version], whole: Sequence[Version], tried: range
    ) -> bool:
        """Tell whether every version that is nearer than those of a run was refused.

        :param whole: those that work, also where the run takes not all of them in.
        :param tried: the places of all of which it is known whether they work.
        """
        versions = [each.version for each in self.listed]
        nearest = min(map(self.distance, map(versions.index, run)))
        return all(
            self.distance(at) >= nearest
            for at, version in enumerate(versions)
            if at not in tried or version in whole
        )


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
