"""What all repairs share: a refused question, changed and resolved again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from typing import Self, TypeAlias, TypeVar

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.conflicts.cores import KeyCore
from axletree.resolver.conflicts.explanation import Explanation
from axletree.resolver.engine.decisions import Decisions, Inquiry
from axletree.resolver.model.answers import RepairClaim, Resolution
from axletree.resolver.model.distribution import DistributionFile, FileMetadata
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    EdgeKey,
    FactKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.limits import hash_limits
from axletree.resolver.model.outcomes import Answer, Found, GaveUp, ProvedNone
from axletree.resolver.model.question import Question, skipping
from axletree.resolver.model.reporter import Reporter, SilentReporter
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.sparing import ReadEnoughError, SparingUniverse
from axletree.resolver.universe.unbuilt import UnbuiltUniverse, is_hidden

Value = TypeVar("Value")

WrittenKey: TypeAlias = RootKey | ConstraintKey
"""What the user wrote and may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest release of a root with which a solution exists."""

    release: Release
    decisions: Decisions
    """The solution, for the newest patch release of Python that has one."""
    listed: Sequence[Release]
    """All that could be used, newest first."""
    above: Sequence[Release]
    """Newer ones, from the first that may work with an older patch release of Python,
    which is decided before."""


@dataclass(slots=True)
class Prover:
    """Resolves changes of one refused question; what was read stays read."""

    universe: MemoUniverse
    question: Question
    refusal: Refusal
    reporter: Reporter = field(default_factory=SilentReporter)
    spared: Sequence[SparingUniverse] = ()
    """Those among its universes that are read sparingly."""
    takes_unread: bool = True
    """An answer that holds what nobody wanted to build is better than another."""

    @property
    def resolver(self) -> Resolver:
        """Return who refused the question: what it has read stays read."""
        return self.refusal.resolver

    @property
    def explanation(self) -> Explanation:
        """Return the refused question as facts."""
        return self.refusal.explanation

    @property
    def cores(self) -> Sequence[KeyCore]:
        """Return the conflicts found."""
        return self.refusal.cores

    def resolve(self, question: Question) -> Answer[Resolution]:
        """Resolve a changed question."""
        return self.attempt(self.resolver, question)

    def attempt(self, resolver: Resolver, question: Question) -> Answer[Resolution]:
        """Resolve as another resolver does; without what stops a lock, if need be."""
        found = self._attempt(resolver, question)
        if not isinstance(found, Found):
            return found
        if not (found.stops_at if self.takes_unread else found.unread):
            return found
        skipped = self._attempt(resolver, skipping(question))
        if not isinstance(skipped, Found):
            return GaveUp(unread=found.unread)
        # What would stop a lock is left out by it, and what is spared is asked there.
        known = {*found.stops_at, *skipped.unread, *self._spared}
        others = (file for file in found.unread if file not in known)
        return replace(skipped, unread=(*skipped.unread, *others))

    def _attempt(self, resolver: Resolver, question: Question) -> Answer[Resolution]:
        self._begin()
        try:
            found = resolver.attempt(question)
        except ReadEnoughError:
            return GaveUp()
        return self._as_read(found, _pinned)

    def settle(self, resolver: Resolver, inquiry: Inquiry) -> Answer[Decisions]:
        """Tell whether there is a solution, all of it read."""

        def decided(decisions: Decisions) -> Iterator[DistributionFile]:
            return map(inquiry.knowledge.file_of, decisions.releases.values())

        self._begin()
        try:
            found = resolver.settle(inquiry)
        except ReadEnoughError:
            return GaveUp()
        return self._as_read(found, decided)

    def newest(self, question: Question, name: NormalizedName) -> Answer[Newest | None]:
        """Find the newest release of a root with which a solution exists.

        It is the newest for the patch release of Python that the answer is for.

        :returns: a solution of None has none of it: there the root does not apply.
        """
        inquiry, found = self._settled(question, lead=name)
        if not isinstance(found, Found):
            return found
        if not found.value.decides(name):
            return Found(value=None, unread=found.unread)
        newest = found.value.release(name)
        releases = inquiry.knowledge.releases[name]
        listed = [r for r in (releases.all if releases else ()) if r.files]
        above = listed[: listed.index(newest)]
        value = Newest(
            release=newest,
            decisions=found.value,
            listed=listed,
            above=_from_what_may_be(inquiry, above),
        )
        return Found(value=value, unread=found.unread)

    def solve(self, question: Question) -> Answer[Decisions]:
        """Tell whether a changed question has a solution, all of it read."""
        _, found = self._settled(question)
        return found

    def _settled(
        self, question: Question, *, lead: NormalizedName | None = None
    ) -> tuple[Inquiry, Answer[Decisions]]:
        """Settle a search; without what stops a lock, if need be."""
        question = replace(question, prefer="newest")
        inquiry = self.resolver.search(question, lead=lead)
        found = self.settle(self.resolver, inquiry)
        if isinstance(found, Found) and found.stops_at:
            inquiry = self.resolver.search(skipping(question), lead=lead)
            found = self.settle(self.resolver, inquiry)
        return inquiry, found

    def learn(self, *releases: Release) -> None:
        """Read releases of the refused question, if that is still allowed."""
        self._begin()
        with suppress(ReadEnoughError):
            self.explanation.read(releases)

    def catch_up(self) -> None:
        """Take in what others have read meanwhile, as far as that is still allowed."""
        self._begin()
        with suppress(ReadEnoughError):
            self.explanation.catch_up()

    def hints(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, FileMetadata]:
        """Return what sdists say of an earlier build, as far as may be read."""
        found: dict[DistributionFile, FileMetadata] = {}
        self._begin()
        for each in self.spared if files else ():
            with suppress(ReadEnoughError):
                found.update(each.hints(files))
        return found

    def _begin(self) -> None:
        for each in self.spared:
            each.begin_search()

    def _as_read(
        self,
        found: Answer[Value],
        files: Callable[[Value], Iterable[DistributionFile]],
    ) -> Answer[Value]:
        """Say what of an answer rests on what was spared, and cannot be made sure."""
        if isinstance(found, Found):
            unread = self._spared
            held = set(files(found.value) if unread else ()) & unread
            if held:
                for each in self.spared:
                    each.confirm(held)
                held &= self._spared
            taken = filter(held.__contains__, files(found.value) if held else ())
            return replace(found, unread=(*found.unread, *taken))
        if isinstance(found, ProvedNone) and self._is_spared_decisive:
            return GaveUp()
        return found

    def frees_unread(
        self, lines: Iterable[str], unread: Iterable[DistributionFile]
    ) -> bool:
        """Tell whether lines let in what nobody read, and the user did not ask for.

        :param lines: of somebody else's requirements that give way.
        """
        roots = self.question.roots
        asked = {canonicalize_name(each.requirement.name) for each in roots}
        freed = {canonicalize_name(Requirement(text).name) for text in lines} - asked
        return any(f.kind == "sdist" and f.project in freed for f in unread)

    def notes(self, unread: Sequence[DistributionFile]) -> tuple[str, ...]:
        """Name the files that leave a repair untried."""
        unbuilt = [f for f in unread if f in self._spared and f.kind == "sdist"]
        others = [file for file in unread if file not in unbuilt]
        if not unbuilt:
            return unread_notes(others)
        these = "1 sdist" if len(unbuilt) == 1 else f"{len(unbuilt)} sdists"
        # What it requires may have to be built in turn.
        needs = (
            f"to be sure, at least {these} would have to be built: "
            f"{named_files(unbuilt)}"
        )
        return (needs, *unread_notes(others))

    @property
    def _spared(self) -> set[DistributionFile]:
        """Return what counts as usable and without requirements."""
        return {file for each in self.spared for file in each.unread}

    @property
    def _is_spared_decisive(self) -> bool:
        return any(each.is_decisive() for each in self.spared)

    def as_of_other_days(self) -> Self:
        """Return one that resolves as of other days than the question's.

        Over an index, what would have to be built as of such a day is not read.
        """
        limit = self.question.limits.exclude_newer
        if self.universe.is_frozen or limit is None:
            return self
        base = UnbuiltUniverse(base=self.universe, limit=limit)
        return replace(self.over(MemoUniverse(base)), takes_unread=False)

    def over(self, universe: MemoUniverse) -> Self:
        """Return one that resolves over another universe, and has read nothing yet."""
        resolver = Resolver(universe, reporter=self.reporter)
        refusal = replace(self.refusal, resolver=resolver)
        return replace(self, universe=universe, refusal=refusal)

    def claim(
        self, found: Found[Resolution], *, is_irreducible: bool = True
    ) -> RepairClaim:
        """Say what is known of a repair that was resolved.

        :param is_irreducible: it was proved that no part of it is enough.
        """
        if found.unread:
            return "untried"
        is_known = is_irreducible and self.refuses_for_certain
        return "irreducible" if is_known else "works"

    @property
    def refuses_for_certain(self) -> bool:
        """Tell whether what the explanation refuses is refused by the world alone.

        A file without a time is never taken as of a date, be it read or not.
        """
        if self._is_spared_decisive:
            return False
        limit = self.question.limits.exclude_newer
        unread = self.explanation.knowledge.observed
        return all(limit is not None and is_hidden(f, limit) for f in unread)

    def may_hold_without(self, left_out: Sequence[FactKey], *literals: int) -> bool:
        """Tell whether the other facts can hold together, as far as is known.

        :param literals: what must hold besides.
        """
        others = {*left_out, *self._hash_facts(left_out)}
        if any(others.isdisjoint(core.keys) for core in self.cores):
            return False
        return self.explanation.can_hold_without(others, *literals)

    def _hash_facts(self, left_out: Sequence[FactKey]) -> Iterator[FactKey]:
        """Yield what lines that are changed say by hashes, which go with them."""
        for key in left_out:
            if isinstance(key, RootKey | ConstraintKey):
                line = written(self.question, key)
                if line.hashes:
                    yield FallenKey(name_of(self.question, key), "hash")


def _from_what_may_be(inquiry: Inquiry, releases: Sequence[Release]) -> list[Release]:
    """List some releases from the first that another patch release of Python may allow.

    What is known refuses those before, or does not: nothing is read for it.
    """
    clauses, found = inquiry.search.clauses, len(releases)
    if not clauses.has_pythons:
        return []
    clauses.sync()
    literals = [clauses.chosen[r.project][r.position] for r in releases]
    positions: list[int | None] = [release.position for release in releases]
    while found and clauses.solve(
        [inquiry.search.switch, clauses.better(literals[:found])]
    ):
        found = positions.index(clauses.position_in_model(releases[0].project))
    return list(releases[found:])


def _pinned(resolution: Resolution) -> Iterator[DistributionFile]:
    return (pin.file for pin in resolution.pins)


def unread_notes(files: Sequence[DistributionFile]) -> tuple[str, ...]:
    """Name the files that leave a repair untried."""
    if not files:
        return ()
    verb = "was" if len(files) == 1 else "were"
    return (f"{named_files(files)} {verb} not read, and lock may take what is there",)


def named_files(files: Sequence[DistributionFile]) -> str:
    """Name the first of some files, and count the others."""
    more = f" (and {len(files) - 1} more)" if len(files) > 1 else ""
    return f"{files[0].filename}{more}"


def written(question: Question, key: WrittenKey) -> RootRequirement:
    """Return the root or constraint of a fact."""
    listed = question.roots if isinstance(key, RootKey) else question.constraints
    return listed[key.index]


def name_of(question: Question, key: WrittenKey) -> NormalizedName:
    """Return the project that a root or constraint names."""
    return canonicalize_name(written(question, key).requirement.name)


def projects_of(question: Question, keys: Iterable[FactKey]) -> set[NormalizedName]:
    """Name the projects that facts are about."""
    found: set[NormalizedName] = set()
    for key in keys:
        match key:
            case RootKey() | ConstraintKey():
                found.add(name_of(question, key))
            case EdgeKey(project, _, target):
                found |= {NormalizedName(project), NormalizedName(target)}
            case _:
                found.add(key.project)
    return found


def with_specifier(question: Question, key: WrittenKey, specifier: str) -> Question:
    """Give a root or constraint another specifier."""
    listed = question.roots if isinstance(key, RootKey) else question.constraints
    text = spell(listed[key.index], specifier)
    # The hashes of a line are those of the versions it named.
    changed = replace(
        listed[key.index], requirement=Requirement(text), text=text, hashes=()
    )
    return with_line(question, key, changed)


def with_line(question: Question, key: WrittenKey, line: RootRequirement) -> Question:
    """Put another line in the place of a root or constraint."""
    listed = question.roots if isinstance(key, RootKey) else question.constraints
    both = (*listed[: key.index], line, *listed[key.index + 1 :])
    if isinstance(key, RootKey):
        question = replace(question, roots=both)
    else:
        question = replace(question, constraints=both)
    hashes = hash_limits((*question.roots, *question.constraints))
    return replace(question, limits=replace(question.limits, hashes=hashes))


def spell(root: RootRequirement, specifier: str) -> str:
    """Spell a requirement with another specifier; extras and marker stay."""
    requirement = root.requirement
    extras = ",".join(sorted(requirement.extras))
    marker = f"; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{f'[{extras}]' if extras else ''}{specifier}{marker}"
