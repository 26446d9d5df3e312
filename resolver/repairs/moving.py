"""The versions of one requirement that work: which is taken, and which would do, too.

A pin moves to the nearest version that works, newer before older; a range to the widest
run of versions around the newest one (RESOLVING.md 5).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.outcomes import Answer, Found, ProvedNone
from axletree.resolver.model.question import Question
from axletree.resolver.repairs.elsewhere import clashing_by_hints
from axletree.resolver.repairs.far_older import floor_of
from axletree.resolver.repairs.places import (
    Around,
    Moved,
    Pins,
    Places,
    Working,
    demanding,
    has_gate,
    newest_pythons,
    pinned,
    spellable,
    spelled_range,
)
from axletree.resolver.repairs.proving import (
    Newest,
    Prover,
    WrittenKey,
    name_of,
    written,
)
from axletree.resolver.universe.candidates import Release

MOST_NEARER = 40
"""Versions near a pin that are resolved before the newest one has to do."""
MANY_NEARER = 8
"""Of them, after which those that come next are read together, to leave out what their
own requirements refuse: most often a whole series of versions shares those."""
MOST_LOOKED_AT = 400
"""Versions near a pin that are looked at for that."""


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
        pins = Pins(
            prover=self.prover, question=question, key=key, floor=self.floor(key)
        )
        asked = demanding(question, name)
        found = self._built(pins, near) or self.prover.newest(asked, name)
        if not isinstance(found, Found):
            return found
        if found.value is None:
            return Found(value=None, unread=found.unread)
        newest = Found(value=found.value, unread=found.unread)
        places = Places.of(old, newest.value.listed)
        moved = (
            self._to_pin(pins, newest, places, near)
            if pinned(old)
            else self._to_range(pins, newest, places)
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

    def _built(self, pins: Pins, near: _Near) -> Answer[Newest | None] | None:
        """Take the version that was built for the newest, if it works.

        To look for the newest would take builds that say nothing of a nearer one.
        """
        if near.built is None:
            return None
        found = pins.solve(near.built)
        if not isinstance(found, Found):
            return None
        newest = Newest(
            release=near.built,
            decisions=found.value,
            listed=near.listed,
            above=near.listed[: near.listed.index(near.built)],
        )
        return Found(value=newest, unread=found.unread)

    def _to_pin(
        self, pins: Pins, found: Found[Newest], places: Places, near: _Near
    ) -> Moved:
        working = self._nearest(pins, found, places, near)
        version, listed = working.release.version, places.listed
        around = Around(decisions_of={version: working.decisions})
        if len(near.opened) == 1:
            around = pins.around(working, found.value)
        return Moved(
            key=pins.key,
            chosen=version,
            run=[*around.decisions_of],
            specifier=spelled_range([version], listed),
            is_pin=True,
            is_cut=around.is_cut,
            distance=places.distance_of(version),
            is_nearest=working.is_nearest,
            pythons=newest_pythons(
                around.decisions_of, self.prover.question.environment
            ),
        )

    def _nearest(
        self, pins: Pins, found: Found[Newest], places: Places, near: _Near
    ) -> Working:
        """Find the nearest version that works; the newest that does is known."""
        newest, is_sure, tried = found.value.release, True, 0
        limit = places.listed.index([*found.value.above, newest][0])
        nearby, read = self._near(pins.key, places), 0
        for index, at in enumerate(nearby):
            release = places.listed[at]
            if release is newest:
                break
            if tried >= MANY_NEARER and index >= read:
                read = 2 * index
                self._learn(places.listed[each] for each in nearby[index:read])
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
            answer = pins.solve(release)
            if isinstance(answer, Found):
                return Working(
                    release=release,
                    decisions=answer.value,
                    unread=answer.unread,
                    is_nearest=is_sure,
                )
            is_sure &= answer == ProvedNone()
        else:
            is_sure = False
        return _working(found, is_nearest=is_sure)

    def _learn(self, releases: Iterable[Release]) -> None:
        """Read what takes no build."""
        if not self.prover.universe.is_frozen:
            wheels = [each for each in releases if each.files[0].kind == "wheel"]
            self.prover.learn(*wheels)

    def _near(self, key: WrittenKey, places: Places) -> list[int]:
        """List the places of versions that a pin may be moved to, nearest first."""
        old = pinned(written(self.prover.question, key).requirement.specifier)
        listed = places.listed
        takes_prereleases = any(version.is_prerelease for version in old) or all(
            release.version.is_prerelease for release in listed
        )
        # What is far older is not read: whether it would do, nobody knows.
        floor = SpecifierSet(self.floor(key))
        near = (
            at
            for at in places.nearest_first()
            if not listed[at].is_yanked
            and floor.contains(listed[at].version, prereleases=True)
            and (takes_prereleases or not listed[at].version.is_prerelease)
        )
        return list(near)[:MOST_LOOKED_AT]

    def _may_work(self, release: Release, opened: Sequence[WrittenKey]) -> bool:
        literal = self.prover.explanation.literal(release)
        return self.prover.may_hold_without(opened, literal)

    # A range.

    def _to_range(self, pins: Pins, found: Found[Newest], places: Places) -> Moved:
        newest = self._with_any_python(pins, found)
        listed = places.listed
        working = _working(replace(found, value=newest), is_nearest=True)
        around = pins.around(working, newest)
        run = spellable([*around.decisions_of], newest.release.version, listed)
        taken = {version: around.decisions_of[version] for version in run}
        # A lock decides Python first.
        chosen = max(run, key=lambda version: (taken[version].python, version))
        return Moved(
            key=pins.key,
            chosen=chosen,
            run=run,
            specifier=spelled_range(run, listed),
            is_pin=False,
            is_cut=around.is_cut,
            distance=places.distance_of(chosen),
            is_nearest=places.are_nearest(run, around, is_newest=not newest.above),
            pythons=newest_pythons(
                taken, self.prover.question.environment, found.value.decisions.python
            ),
        )

    def _with_any_python(self, pins: Pins, found: Found[Newest]) -> Newest:
        """Go up to the newest that works with whatever patch release of Python.

        Python is decided before, and what lies between may work with none at all.

        :returns: `above` is what is not known to be refused.
        """
        newest, doubtful = found.value, list[Release]()
        above = [each for each in newest.above if not has_gate(each)]
        for release in above[:MOST_NEARER]:
            answer = pins.solve_beside(release, newest.decisions, found.unread)
            if isinstance(answer, Found):
                return replace(
                    newest, release=release, decisions=answer.value, above=doubtful
                )
            if answer != ProvedNone():
                doubtful.append(release)
        return replace(newest, above=[*doubtful, *above[MOST_NEARER:]])


def _working(found: Found[Newest], *, is_nearest: bool) -> Working:
    return Working(
        release=found.value.release,
        decisions=found.value.decisions,
        unread=found.unread,
        is_nearest=is_nearest,
    )
