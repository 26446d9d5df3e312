"""The answer rule: whose turn it is, and which version (RESOLVING.md 2).

Requirers first: the first waiting project that no other waiting project's front
requires. Then the first candidate with which a whole solution still exists. All of it
runs on what is known; what it had to look at and could not is returned as `wanted`.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.candidates import (
    Release,
    Releases,
)
from axletree.resolver.universe.dependencies import ParsedLine
from axletree.resolver.universe.knowledge import (
    Gates,
    Knowledge,
)
from axletree.resolver.universe.release_sets import (
    bits,
    names_prerelease,
)
from tests.property.reference.encoding import Encoding


@dataclass(slots=True)
class Standing:
    """What roots, constraints and decided releases say about one project."""

    allowed: int
    """Mask of the releases they admit."""
    prereleases_open: bool = False
    pinned: int = 0
    """Mask of the releases named by a `==` or `===` pin, whose yank is no bar."""
    extras: dict[NormalizedName, None] = field(default_factory=dict)
    """Asked for so far, in order."""
    requested_by: dict[Origin | NormalizedName, None] = field(default_factory=dict)

    @property
    def said(self) -> tuple[int, int, bool, int]:
        """Return what gates depend on; it differs when something new was said."""
        return self.allowed, self.pinned, self.prereleases_open, len(self.extras)

    def shut(self, gates: Gates) -> int:
        """Return the releases whose gate is not open."""
        return self.shut_yanks(gates) | self.shut_prereleases(gates)

    def shut_yanks(self, gates: Gates) -> int:
        """Return the yanked releases that no pin lets in.

        A pin does so only when all that fits is yanked (PEP 592).
        """
        has_unyanked = self.allowed & gates.unyanked
        return gates.yanked if has_unyanked else gates.yanked & ~self.pinned

    def shut_prereleases(self, gates: Gates) -> int:
        """Return the pre-releases, if nothing lets them in."""
        is_shut = not self.prereleases_open and self.allowed & gates.finals
        return gates.prereleases if is_shut else 0

    def admit(self, releases: Releases, specifier: SpecifierSet) -> None:
        """Take one more requirement on the project into account."""
        self.allowed &= releases.masks.of(specifier)
        self.prereleases_open |= names_prerelease(specifier)
        self.pinned |= releases.masks.exact(specifier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The outcome of one round over what is known."""

    releases: dict[NormalizedName, Release]
    """In the order decided."""
    standings: dict[NormalizedName, Standing]
    wanted: dict[Release, None]
    """Releases that were decided or asked, and are not read."""
    wanted_pages: dict[NormalizedName, None]
    passed_over: dict[NormalizedName, tuple[Release, ...]]
    """For projects not at their front: the candidates after the decided one."""


class Round:
    """One run of the rule."""

    def __init__(
        self,
        encoding: Encoding,
        question: Question,
        *,
        lead: NormalizedName | None = None,
        assumed: Iterable[int] = (),
    ) -> None:
        """Line the roots up.

        :param lead: a root decided before all others, whoever requires it.
        :param assumed: literals that leave only the solutions to choose from.
        """
        self._encoding = encoding
        self._knowledge: Knowledge = encoding.knowledge
        self._question = question
        self._lead = lead
        self._assumed = list(assumed)
        self._standings: dict[NormalizedName, Standing] = {}
        self._waiting: dict[NormalizedName, None] = {}
        self._decided: dict[NormalizedName, Release] = {}
        self._stale: dict[NormalizedName, None] = {}
        self._front_targets: dict[NormalizedName, frozenset[NormalizedName]] = {}
        self._required: dict[NormalizedName, int] = {}
        self._wanted: dict[Release, None] = {}
        self._wanted_pages: dict[NormalizedName, None] = {}
        self._passed_over: dict[NormalizedName, tuple[Release, ...]] = {}

    def run(self) -> Decisions | None:
        """Decide all projects; None if what is known has no solution."""
        if not self._encoding.sat.solve(self._assumed):
            return None
        for root in self._question.roots:
            self._ask_root(root)
        while (name := self._turn()) is not None:
            self._decide(name)
        return Decisions(
            releases=self._decided,
            standings=self._standings,
            wanted=self._wanted,
            wanted_pages=self._wanted_pages,
            passed_over=self._passed_over,
        )

    # The waiting line.

    def _ask_root(self, root: RootRequirement) -> None:
        name = canonicalize_name(root.requirement.name)
        extras = sorted(map(canonicalize_name, root.requirement.extras))
        self._ask(name, root.requirement.specifier, extras, root.origin)

    def _ask(
        self,
        name: NormalizedName,
        specifier: SpecifierSet,
        extras: Iterable[NormalizedName],
        requester: Origin | NormalizedName,
    ) -> list[NormalizedName]:
        """Append a project to the line, or narrow it; return its new extras."""
        if name not in self._standings and not self._line_up(name):
            return []
        standing = self._standings[name]
        standing.requested_by.setdefault(requester)
        new = [extra for extra in extras if extra not in standing.extras]
        standing.extras.update(dict.fromkeys(new))
        releases = self._knowledge.releases[name]
        if releases is not None and name in self._waiting:
            standing.admit(releases, specifier)
            self._stale[name] = None
        return new

    def _line_up(self, name: NormalizedName) -> bool:
        if name not in self._knowledge.releases:
            self._wanted_pages[name] = None
            return False
        releases = self._knowledge.releases[name]
        alive = 0 if releases is None else self._knowledge.gates(releases).alive
        standing = self._standings[name] = Standing(
            allowed=alive,
            prereleases_open=self._question.limits.allow_prereleases,
        )
        self._waiting[name] = None
        if releases is not None:
            for constraint in self._question.constraints:
                if canonicalize_name(constraint.requirement.name) == name:
                    standing.admit(releases, constraint.requirement.specifier)
        return True

    # Whose turn.

    def _turn(self) -> NormalizedName | None:
        if self._lead in self._waiting:
            return self._lead
        for name in self._stale:
            self._refresh_front(name)
        self._stale.clear()
        for name in self._waiting:
            if not self._required.get(name):
                return name
        return next(iter(self._waiting), None)

    def _refresh_front(self, name: NormalizedName) -> None:
        self._count(self._front_targets.pop(name, frozenset()), -1)
        front = self._front(name)
        if front is None:
            return
        found = self._knowledge.dependencies.get(front)
        if found is None:
            self._wanted[front] = None
            return
        extras = frozenset(self._standings[name].extras)
        named = frozenset(line.target for line in found.lines(extras)) - {name}
        self._front_targets[name] = named
        self._count(named, 1)

    def _count(self, names: frozenset[NormalizedName], step: int) -> None:
        for name in names:
            self._required[name] = self._required.get(name, 0) + step

    def _front(self, name: NormalizedName) -> Release | None:
        releases = self._knowledge.releases[name]
        if releases is None:
            return None
        standing = self._standings[name]
        gates = self._knowledge.gates(releases)
        opened = standing.allowed & ~standing.shut(gates)
        return next(self._in_order(releases, gates, opened), None)

    # Which version.

    def _decide(self, name: NormalizedName) -> None:
        releases = self._knowledge.releases[name]
        if releases is None:
            # The page says "no such project", yet a solution exists without it: an
            # unread release asked for it no more. The next round knows.
            self._leave(name)
            return
        order = self._order(name, releases)
        place = self._first_solvable(name, order)
        release = order[place]
        if place:
            self._passed_over[name] = tuple(order[place + 1 :])
        self._leave(name)
        self._decided[name] = release
        self._assumed.append(self._encoding.chosen[release])
        if release in self._knowledge.dependencies:
            self._ask_for_lines(release)
        else:
            self._wanted[release] = None

    def _leave(self, name: NormalizedName) -> None:
        del self._waiting[name]
        self._stale.pop(name, None)
        self._count(self._front_targets.pop(name, frozenset()), -1)

    def _order(self, name: NormalizedName, releases: Releases) -> list[Release]:
        standing = self._standings[name]
        gates = self._knowledge.gates(releases)
        self._ask_for_holders(standing, releases, gates)
        shut = standing.shut(gates)
        return [
            *self._in_order(releases, gates, standing.allowed & ~shut),
            *_newest_first(releases, gates, standing.allowed & shut),
        ]

    def _in_order(
        self, releases: Releases, gates: Gates, mask: int
    ) -> Iterator[Release]:
        """Yield releases with no shut gate: the preferred one, then the others."""
        version = self._question.preferences.get(releases.project)
        preferred = releases.by_version.get(version) if version else None
        if preferred is not None and mask >> preferred.position & 1:
            yield preferred
            mask ^= 1 << preferred.position
        yield from _newest_first(releases, gates, mask)

    def _ask_for_holders(
        self, standing: Standing, releases: Releases, gates: Gates
    ) -> None:
        # A release holds a gate shut only once it is read: its metadata may turn
        # out invalid.
        for shut, holders in (
            (standing.shut_prereleases(gates), gates.finals),
            (standing.shut_yanks(gates) & standing.pinned, gates.unyanked),
        ):
            if shut & standing.allowed:
                admitted = standing.allowed & holders
                fitting = list(self._in_order(releases, gates, admitted))
                if not any(map(self._knowledge.is_read, fitting)):
                    self._wanted[fitting[0]] = None

    def _first_solvable(self, name: NormalizedName, order: list[Release]) -> int:
        """Find the first candidate with which a whole solution still exists."""
        encoding = self._encoding
        solve = encoding.sat.solve
        refused = encoding.refused_after(tuple(self._assumed), name)
        start = next(i for i, release in enumerate(order) if release not in refused)
        place = self._place_in_model(name, order)
        if place == start or solve([*self._assumed, encoding.chosen[order[start]]]):
            return start
        refused.add(order[start])
        while place > start + 1:
            switch = encoding.better(order[start + 1 : place])
            if not solve([*self._assumed, switch]):
                break
            place = self._place_in_model(name, order)
        refused.update(order[:place])
        return place

    def _place_in_model(self, name: NormalizedName, order: list[Release]) -> int:
        release = self._encoding.chosen_of(name)
        if release is None:
            message = f"{name} is required, but the model has nothing of it"
            raise AssertionError(message)
        return order.index(release)

    # What a decided release brings.

    def _ask_for_lines(self, release: Release) -> None:
        extras = frozenset(self._standings[release.project].extras)
        lines = self._knowledge.dependencies[release].lines(extras)
        brought = deque(self._ask_lines(release, lines))
        while brought:
            name, extra = brought.popleft()
            decided = self._decided[name]
            found = self._knowledge.dependencies.get(decided)
            if found is not None:
                brought.extend(self._ask_lines(decided, found.extra_lines(extra)))

    def _ask_lines(
        self, release: Release, lines: Iterable[ParsedLine]
    ) -> list[tuple[NormalizedName, NormalizedName]]:
        """Ask for each line; return new extras of releases already decided."""
        brought: list[tuple[NormalizedName, NormalizedName]] = []
        for line in lines:
            new = self._ask(line.target, line.specifier, line.extras, release.project)
            if line.target in self._decided:
                brought.extend((line.target, extra) for extra in new)
        return brought


def _newest_first(releases: Releases, gates: Gates, mask: int) -> Iterator[Release]:
    """Yield releases newest first, yanked ones last."""
    yield from (releases.all[position] for position in bits(mask & ~gates.yanked))
    # A release of which only a yanked file turned out valid has no place among them.
    yanked = [releases.all[position] for position in bits(mask & gates.yanked)]
    yield from sorted(yanked, key=lambda release: release.version, reverse=True)
