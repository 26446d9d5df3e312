"""Repairs by what the user wrote: other versions of roots and constraints.

Sets of one, then two, then three of them are opened, so that a set that works and
contains no smaller one that does is irreducible. Each of its members is then given
the widest run of versions around its newest working one (RESOLVING.md 5).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.model.answers import Repair
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    RootKey,
)
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.outcomes import (
    Answer,
    Found,
    GaveUp,
    ProvedNone,
)
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import (
    Edit,
    RootRequirement,
)
from axletree.resolver.repairs.far_older import floor_of
from axletree.resolver.repairs.proving import (
    RELAX_ROOT,
    Floor,
    Newest,
    Prover,
    WrittenKey,
    name_of,
    spell,
    with_specifier,
    written,
)
from axletree.resolver.universe.candidates import Release

MOST_TOGETHER = 3
"""Requirements changed in one repair."""
MOST_TRIED = 40
"""Sets that are resolved before the search stops."""
MOST_RANGE = 25
"""Versions of a working range that are proved before it says "at least"."""
MOST_SDISTS = 3
"""Of these, versions without a wheel: each may cost a build to learn its metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """One requirement, moved to the versions that work."""

    key: WrittenKey
    run: Sequence[Version]
    """Newest first."""
    specifier: str
    """That takes in the run and nothing else that counts."""
    is_cut: bool
    distance: int
    """Candidates between the nearest version the old specifier names and the newest."""
    is_nearest: bool
    """It is known that no version outside of the run that is nearer works."""


@dataclass(slots=True)
class WrittenRepairs:
    """Looks for repairs of this kind."""

    prover: Prover
    is_complete: bool = field(init=False, default=True)
    """Every set of requirements so far was tried to the end, or cannot work."""
    _are_few: bool = field(init=False, default=True)

    def find(self) -> Iterator[Repair | Floor]:
        """Yield repairs, those with fewer changes first."""
        size = 1
        working: list[frozenset[WrittenKey]] = []
        given_up: list[frozenset[WrittenKey]] = []
        tried = 0
        for keys in self._sets():
            if len(keys) > size:
                size = len(keys)
                yield Floor((RELAX_ROOT, size))
            if any(done.issubset(keys) for done in working):
                continue
            if not self.prover.may_hold_without(keys):
                if not self.prover.refuses_for_certain:
                    given_up.append(frozenset(keys))
                    self.is_complete = False
                continue
            if tried == MOST_TRIED:
                self.is_complete = False
                return
            tried += 1
            is_known = not any(part.issubset(keys) for part in given_up)
            found = self._relax(keys, is_irreducible=is_known)
            match found:
                case Found(value=repair):
                    working.append(frozenset(keys))
                    yield repair
                case GaveUp():
                    given_up.append(frozenset(keys))
                    self.is_complete = False
                case ProvedNone():
                    pass
        # That larger sets are not tried matters to none that is found.
        yield Floor((RELAX_ROOT, size + 1))
        self.is_complete &= self._are_few

    def _sets(self) -> Iterator[tuple[WrittenKey, ...]]:
        question = self.prover.question
        keys = [
            key
            for core in self.prover.cores
            for key in core.keys
            if isinstance(key, RootKey | ConstraintKey)
            and len(written(question, key).requirement.specifier)
            # Of an overridden line the versions are not those that are in force.
            and not written(question, key).overrides
        ]
        listed = list(dict.fromkeys(keys))
        self._are_few = len(listed) <= MOST_TOGETHER
        for size in range(1, min(MOST_TOGETHER, len(listed)) + 1):
            yield from combinations(listed, size)

    def _relax(
        self, keys: Sequence[WrittenKey], *, is_irreducible: bool
    ) -> Answer[Repair]:
        question = self.prover.question
        floors = {key: self._floor(key) for key in keys}
        for key in keys:
            question = with_specifier(question, key, floors[key])
        moved: list[_Moved] = []
        for key in keys:
            one = self._move(question, key)
            if not isinstance(one, Found):
                # Once one is moved, the others might do with other versions of it.
                return GaveUp() if moved or any(floors.values()) else one
            moved.append(one.value)
            question = with_specifier(question, key, one.value.specifier)
        found = self.prover.resolve(question)
        if not isinstance(found, Found):
            return GaveUp()
        edits = tuple(self._edit(one) for one in moved)
        self.is_complete &= all(one.is_nearest for one in moved)
        repair = Repair(
            kind="relax-root",
            text=f"use {' and '.join(map(self._text, moved))}",
            changes=tuple(edit.new for edit in edits),
            edits=edits,
            cost=(RELAX_ROOT, len(keys), sum(one.distance for one in moved)),
            claim=self.prover.claim(found, is_irreducible=is_irreducible),
            resolution=found.value,
            notes=self.prover.notes(found.unread),
        )
        return Found(value=repair, unread=found.unread)

    def _edit(self, moved: _Moved) -> Edit:
        root = written(self.prover.question, moved.key)
        return Edit(origin=root.origin, old=root.text, new=spell(root, moved.specifier))

    def _text(self, moved: _Moved) -> str:
        root = written(self.prover.question, moved.key)
        run = moved.run
        at_least = ", perhaps older ones too" if moved.is_cut else ""
        versions = (
            f"{run[0]}"
            if len(run) == 1
            else f"{run[-1]} to {run[0]} ({len(run)} versions{at_least})"
        )
        what = "" if isinstance(moved.key, RootKey) else "the constraint "
        hashes = " and its hashes" if root.hashes else ""
        name = root.requirement.name
        return f"{name} {versions} instead of {what}{root.text}{hashes}"

    def _floor(self, key: WrittenKey) -> str:
        """Leave versions out that are far older than what was asked for; "": none are.

        Where all is at hand, they cost nothing.
        """
        prover = self.prover
        if prover.universe.is_frozen:
            return ""
        page = prover.universe.page_of.get(name_of(prover.question, key))
        specifier = written(prover.question, key).requirement.specifier
        return "" if page is None else floor_of(page, specifier, prover.question.limits)

    # The versions that work.

    def _move(self, question: Question, key: WrittenKey) -> Answer[_Moved]:
        """Find the working versions of one requirement; the others may be open."""
        name = name_of(question, key)
        self.prover.reporter.proving(f"another version of {name}")
        found = self.prover.newest(_demanding(question, name), name)
        if not isinstance(found, Found):
            return found
        newest, listed = found.value.release, found.value.listed
        run, is_cut = self._working_run(question, key, found.value, found.unread)
        found_run, run = run, _spellable(run, listed)
        is_whole = len(run) == len(found_run) and not is_cut
        moved = _Moved(
            key=key,
            run=run,
            specifier=_range(run, listed),
            is_cut=is_cut,
            distance=self._distance(key, newest, listed),
            is_nearest=self._is_nearest(key, run, listed, is_whole=is_whole),
        )
        return Found(value=moved, unread=found.unread)

    def _working_run(
        self,
        question: Question,
        key: WrittenKey,
        found: Newest,
        unread: Sequence[DistributionFile],
    ) -> tuple[list[Version], bool]:
        """Return the contiguous working versions, newest first, and if it was cut.

        :param unread: what even of the newest is not known.
        """
        run, listed = [found.release.version], found.listed
        floor = self._floor(key)
        sdists = 0
        for release in listed[listed.index(found.release) + 1 :]:
            if release.is_yanked or release.version.is_prerelease:
                continue
            sdists += release.files[0].kind == "sdist"
            is_old = floor and not SpecifierSet(floor).contains(release.version)
            if len(run) == MOST_RANGE or sdists > MOST_SDISTS or is_old:
                return run, True
            # `==2` would take 2+local, too.
            pinned = with_specifier(question, key, f"==={release.files[0].version}")
            self.prover.reporter.proving(f"{release.label}")
            match self.prover.solve(_demanding(pinned, release.project)):
                case Found(unread=more) if set(unread).issuperset(more):
                    run.append(release.version)
                case ProvedNone():
                    break
                case _:
                    return run, True
        return run, False

    def _distance(
        self, key: WrittenKey, newest: Release, listed: Sequence[Release]
    ) -> int:
        """Count the candidates from the nearest one the old specifier names."""
        named, here = self._named(key, listed), listed.index(newest)
        return min((abs(here - place) for place in named), default=len(listed))

    def _named(self, key: WrittenKey, listed: Sequence[Release]) -> list[int]:
        """List where the candidates stand that the old specifier names."""
        specifier = written(self.prover.question, key).requirement.specifier
        return [
            place
            for place, release in enumerate(listed)
            if specifier.contains(release.version, prereleases=True)
        ]

    def _is_nearest(
        self,
        key: WrittenKey,
        run: Sequence[Version],
        listed: Sequence[Release],
        *,
        is_whole: bool,
    ) -> bool:
        """Tell whether every nearer version was tried: those above the newest were.

        :param is_whole: the version below the run was tried, too.
        """
        places = [at for at, release in enumerate(listed) if release.version in run]
        named = self._named(key, listed)
        if not named:
            return True
        nearest = min(abs(at - to) for at in places for to in named)
        below = range(max(places) + 1 + is_whole, len(listed))
        return all(abs(at - to) >= nearest for at in below for to in named)


def _demanding(question: Question, name: NormalizedName) -> Question:
    """Ask for a project itself, where it was only constrained."""
    if any(name == name_of(question, RootKey(i)) for i in range(len(question.roots))):
        return question
    root = RootRequirement(
        requirement=Requirement(name), text=name, origin=Origin(file="a constraint")
    )
    return replace(question, roots=(*question.roots, root))


def _range(run: Sequence[Version], listed: Sequence[Release]) -> str:
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


def _spellable(run: list[Version], listed: Sequence[Release]) -> list[Version]:
    """Shorten a run to one whose bounds take in no version beside it.

    `<=2` takes in 2 and 2+local alike: one of them that does not work, or is not
    known to, keeps the other out of a range.
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
            return run[:1]
        if run[-1].public not in missing:
            return run
        run = run[:-1]
    return run
