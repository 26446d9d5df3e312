"""The versions of one requirement that work: which is taken, and which would do, too.

A pin moves to the nearest version that works, newer before older; a range to the widest
run of versions around the newest one (RESOLVING.md 5).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import field, replace

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.engine.decisions import Decisions
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.fact_keys import RootKey
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.outcomes import Answer, Found, ProvedNone
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.repairs.elsewhere import clashing_by_hints
from axletree.resolver.repairs.far_older import floor_of
from axletree.resolver.repairs.places import (
    Moved,
    Places,
    pinned,
    spellable,
    spelled_range,
)
from axletree.resolver.repairs.proving import (
    Newest,
    Prover,
    WrittenKey,
    name_of,
    with_specifier,
    written,
)
from axletree.resolver.universe.candidates import Release

MOST_RANGE = 25
"""Versions of a working range that are proved before it says "at least"."""
MOST_NEARER = 40
"""Versions near a pin that are resolved before the newest one has to do."""
MOST_LOOKED_AT = 400
"""Versions near a pin that are looked at for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Working:
    """A version that works, and what is known of those around it."""

    release: Release
    decisions: Decisions
    """A solution with it."""
    unread: Sequence[DistributionFile]
    """What even of it is not known."""
    is_nearest: bool


@dataclass(slots=True)
class _Run:
    """Versions that work without a gap, from one of them on."""

    decisions_of: dict[Version, Decisions] = field(default_factory=dict)
    """In the order tried, each with a solution; without the one that was known."""
    is_cut: bool = False
    """More may work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """What is known of the versions near a pin before any is proved."""

    opened: Sequence[WrittenKey]
    """All that move."""
    listed: Sequence[Release] = ()
    """All that could be used, newest first."""
    clashing: Collection[Version] = ()
    """Sdists that would not do, by what an earlier build noted: not worth a build."""
    built: Release | None = None
    """One that may work."""


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves single requirements of a question."""

    prover: Prover

    def floor(self, key: WrittenKey) -> str:
        """Leave versions out that are far older than what was asked for; "": none are.

        Where all is at hand, they cost nothing.
        """
        prover = self.prover
        if prover.universe.is_frozen:
            return ""
        page = prover.universe.page_of.get(name_of(prover.question, key))
        specifier = written(prover.question, key).requirement.specifier
        return "" if page is None else floor_of(page, specifier, prover.question.limits)

    def move(
        self, question: Question, key: WrittenKey, opened: Sequence[WrittenKey]
    ) -> Answer[Moved | None]:
        """Find the versions of one requirement that work.

        :param question: it and those that are not moved yet are open.
        :param opened: all that move.
        :returns: None has nothing to move: where the others have a solution, by the
            patch release of Python, the requirement does not apply.
        """
        name = name_of(question, key)
        self.prover.reporter.proving(f"another version of {name}")
        old = written(self.prover.question, key).requirement.specifier
        near = _Near(opened=opened)
        if pinned(old):
            near = self._build_nearest(question, key, near)
        asked = _demanding(question, name)
        found = self._built(question, key, near) or self.prover.newest(asked, name)
        if not isinstance(found, Found):
            return found
        if found.value is None:
            return Found(value=None, unread=found.unread)
        newest = Found(value=found.value, unread=found.unread)
        places = Places.of(old, newest.value.listed)
        moved = (
            self._to_pin(question, key, newest, places, near)
            if pinned(old)
            else self._to_range(question, key, newest, places)
        )
        return Found(value=moved, unread=newest.unread)

    # A pin.

    def _build_nearest(self, question: Question, key: WrittenKey, near: _Near) -> _Near:
        """Spend builds on the nearest versions to either side, up to one that may work.

        Who looks for the newest that works would spend all on what is farthest. Of
        those that must be built, the nearest are passed over that clash by what an
        earlier build of them noted.
        """
        name = name_of(question, key)
        releases = self.prover.explanation.knowledge.releases.get(name)
        if self.prover.universe.is_frozen or releases is None:
            return near
        listed = [release for release in releases.all if release.files]
        old = written(self.prover.question, key).requirement.specifier
        places = Places.of(old, listed)
        places_near = [at for at in self._near(key, places) if at not in places.named]
        newer = [at for at in places_near if at < max(places.named, default=0)]
        older = [at for at in places_near if at not in newer]
        beside = [listed[at] for at in places_near]
        clashing = clashing_by_hints(self.prover, question, key, beside)
        near = replace(near, listed=listed, clashing=clashing)
        for side in (newer, older):
            rest = (listed[at] for at in side if listed[at].version not in clashing)
            release = next(rest, None)
            if release is None:
                continue
            is_built = release.files[0].kind == "sdist"
            if is_built:
                self.prover.learn(release)
            if self._may_work(release, near.opened):
                return replace(near, built=release if is_built else None)
        return near

    def _built(
        self, question: Question, key: WrittenKey, near: _Near
    ) -> Answer[Newest | None] | None:
        """Take the version that was built for the newest, if it works.

        To look for the newest would take builds that say nothing of a nearer one.
        """
        if near.built is None:
            return None
        found = self._solved(question, key, near.built)
        if not isinstance(found, Found):
            return None
        newest = Newest(
            release=near.built,
            decisions=found.value,
            listed=near.listed,
            is_newest=False,
        )
        return Found(value=newest, unread=found.unread)

    def _to_pin(
        self,
        question: Question,
        key: WrittenKey,
        found: Found[Newest],
        places: Places,
        near: _Near,
    ) -> Moved:
        working = self._nearest(question, key, found, places, near)
        release, listed = working.release, places.listed
        at = listed.index(release)
        newest = listed.index(found.value.release)
        newer, older = _Run(), _Run()
        if len(near.opened) == 1:
            # Nothing works above the newest.
            above = reversed(listed[newest if found.value.is_newest else 0 : at])
            newer = self._run(question, key, above, working)
            older = self._run(question, key, listed[at + 1 :], working, beside=newer)
        run = [*reversed(newer.decisions_of), release.version, *older.decisions_of]
        return Moved(
            key=key,
            chosen=release.version,
            run=run,
            specifier=spelled_range([release.version], listed),
            is_pin=True,
            is_cut=newer.is_cut or older.is_cut,
            distance=places.distance(at),
            is_nearest=working.is_nearest,
            pythons=self._pythons(run, working, newer, older),
        )

    def _nearest(
        self,
        question: Question,
        key: WrittenKey,
        found: Found[Newest],
        places: Places,
        near: _Near,
    ) -> _Working:
        """Find the nearest version that works; the newest that does is known."""
        newest, is_sure, tried = found.value.release, True, 0
        limit = places.listed.index(newest) if found.value.is_newest else 0
        for at in self._near(key, places):
            release = places.listed[at]
            if release is newest:
                break
            if at < limit and not release.version.is_prerelease:
                continue
            if release.version in near.clashing:
                is_sure = False
                continue
            if not self._may_work(release, near.opened):
                is_sure &= self.prover.refuses_for_certain
                continue
            if tried == MOST_NEARER:
                is_sure = False
                break
            tried += 1
            answer = self._solved(question, key, release)
            if isinstance(answer, Found):
                return _Working(
                    release=release,
                    decisions=answer.value,
                    unread=answer.unread,
                    is_nearest=is_sure,
                )
            is_sure &= answer == ProvedNone()
        else:
            is_sure = False
        return _working(found, is_nearest=is_sure)

    def _near(self, key: WrittenKey, places: Places) -> list[int]:
        """List the places of versions that a pin may be moved to, nearest first."""
        old = pinned(written(self.prover.question, key).requirement.specifier)
        listed = places.listed
        takes_prereleases = any(version.is_prerelease for version in old) or all(
            release.version.is_prerelease for release in listed
        )
        near = (
            at
            for at in places.nearest_first()
            if not listed[at].is_yanked
            and (takes_prereleases or not listed[at].version.is_prerelease)
        )
        return list(near)[:MOST_LOOKED_AT]

    def _may_work(self, release: Release, opened: Sequence[WrittenKey]) -> bool:
        literal = self.prover.explanation.literal(release)
        return self.prover.may_hold_without(opened, literal)

    # A range.

    def _to_range(
        self,
        question: Question,
        key: WrittenKey,
        found: Found[Newest],
        places: Places,
    ) -> Moved:
        newest, listed = found.value.release, places.listed
        at = listed.index(newest)
        working = _working(found, is_nearest=True)
        newer = _Run()
        if not found.value.is_newest:
            # Python is decided first, and with an older one newer versions may work.
            newer = self._run(question, key, reversed(listed[:at]), working)
        older = self._run(question, key, listed[at + 1 :], working, beside=newer)
        whole = [*reversed(newer.decisions_of), newest.version, *older.decisions_of]
        run = spellable(whole, newest.version, listed)
        tried = _tried(whole, places, newer, older)
        if found.value.is_newest:
            tried = range(tried.stop)
        return Moved(
            key=key,
            chosen=newest.version,
            run=run,
            specifier=spelled_range(run, listed),
            is_pin=False,
            is_cut=newer.is_cut or older.is_cut,
            distance=places.distance(at),
            is_nearest=places.are_nearest(run, whole, tried),
            pythons=self._pythons(run, working, newer, older),
        )

    # What works around a version that does.

    def _run(
        self,
        question: Question,
        key: WrittenKey,
        releases: Iterable[Release],
        working: _Working,
        *,
        beside: _Run | None = None,
    ) -> _Run:
        """Find the versions that work without a gap, and whether more may.

        :param releases: from the one next to a version that works.
        :param beside: what is known already of those on its other side.
        """
        run = _Run()
        floor = SpecifierSet(self.floor(key))
        is_frozen = self.prover.universe.is_frozen
        known = 1 + len(beside.decisions_of if beside else ())
        for release in releases:
            if release.is_yanked or release.version.is_prerelease:
                continue
            # A build to learn what else would do is better spent on what is proved.
            is_dear = release.files[0].kind == "sdist" and not is_frozen
            is_full = known + len(run.decisions_of) == MOST_RANGE
            if is_dear or is_full or not floor.contains(release.version):
                run.is_cut = True
                break
            match self._solved(question, key, release):
                case Found(value=found, unread=more) if set(working.unread).issuperset(
                    more
                ):
                    run.decisions_of[release.version] = found
                case ProvedNone():
                    break
                case _:
                    run.is_cut = True
                    break
        return run

    def _pythons(
        self, run: Iterable[Version], working: _Working, *sides: _Run
    ) -> dict[Version, str]:
        """Name the newest Python of those that do not work with the newest of all."""
        environment = self.prover.question.environment
        decisions_of = {working.release.version: working.decisions}
        for side in sides:
            decisions_of.update(side.decisions_of)
        newest = max(found.python for found in decisions_of.values())
        return {
            version: f"{environment.minor}.{max(found.pythons(environment))}"
            for version in run
            if (found := decisions_of[version]).python < newest
        }

    def _solved(
        self, question: Question, key: WrittenKey, release: Release
    ) -> Answer[Decisions]:
        # `==2` would take 2+local, too.
        pin = with_specifier(question, key, f"==={release.files[0].version}")
        self.prover.reporter.proving(release.label)
        return self.prover.solve(_demanding(pin, release.project))


def _working(found: Found[Newest], *, is_nearest: bool) -> _Working:
    return _Working(
        release=found.value.release,
        decisions=found.value.decisions,
        unread=found.unread,
        is_nearest=is_nearest,
    )


def _tried(whole: Sequence[Version], places: Places, newer: _Run, older: _Run) -> range:
    """Find the places of what works, and of what was refused beside it."""
    taken = [at for at, each in enumerate(places.listed) if each.version in whole]
    return range(min(taken) - (not newer.is_cut), max(taken) + 1 + (not older.is_cut))


def _demanding(question: Question, name: NormalizedName) -> Question:
    """Ask for a project itself, where it was only constrained."""
    if any(name == name_of(question, RootKey(i)) for i in range(len(question.roots))):
        return question
    root = RootRequirement(
        requirement=Requirement(name), text=name, origin=Origin(file="a constraint")
    )
    return replace(question, roots=(*question.roots, root))
