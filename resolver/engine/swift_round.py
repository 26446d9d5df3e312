"""One run of the answer rule on tables (`axletree.resolver.engine.rule.Round`).

Without clauses the first candidate is taken every time. If nothing clashes in the end,
that is the answer: each was the first, and here is the whole solution with it. With
clauses the solver is asked. Source: RESOLVING.md 2.
"""

from __future__ import annotations

from axletree.resolver.universe.swift_reading import (
    bits,
    lowest,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    from axletree.resolver.engine.swift_clauses import Clauses
    from axletree.resolver.model.origins import Origin
    from axletree.resolver.universe.compiled import (
        LineTable,
        Project,
    )
    from axletree.resolver.universe.swift_reading import (
        Reading,
        SwiftAsked,
    )

    Requester: TypeAlias = Origin | str
    """A line of the user's, or a decided project."""
    Refused: TypeAlias = dict[tuple[tuple[int, ...], str], int]
    """Masks of what was refused, by what was decided before it."""


class StaleError(Exception):
    """What was decided has no solution any more, or gates changed: begin again."""


class ClashError(Exception):
    """Without the solver it does not work."""


class Standing:
    """What roots and decided releases say about one project (`rule.Standing`)."""

    __slots__ = ("allowed", "extras", "pinned", "prereleases_open", "requested_by")

    def __init__(self, reading: Reading, asked: SwiftAsked, name: str) -> None:
        """Begin with what constraints say; a page not read admits nothing."""
        project = reading.projects.get(name)
        self.allowed = 0 if project is None else project.alive
        self.prereleases_open = asked.allow_prereleases
        self.pinned = 0
        self.extras: dict[str, None] = {}
        self.requested_by: dict[Requester, None] = {}
        for constraint in asked.constraints if project is not None else ():
            if constraint.name == name:
                self.admit(reading, name, constraint.specifier)

    def admit(self, reading: Reading, name: str, specifier: str) -> None:
        """Take one more requirement on the project into account."""
        if specifier:
            mask, pinned, names_prerelease = reading.mask(name, specifier)
            self.allowed &= mask
            self.pinned |= pinned
            self.prereleases_open |= names_prerelease

    @property
    def said(self) -> tuple[int, int, bool, int]:
        """Return what gates depend on; it differs when something new was said."""
        return self.allowed, self.pinned, self.prereleases_open, len(self.extras)

    def shut(self, project: Project) -> int:
        """Return the releases whose gate is not open."""
        return self.shut_yanks(project) | self.shut_prereleases(project)

    def shut_yanks(self, project: Project) -> int:
        """Return the yanked releases that no pin lets in."""
        has_unyanked = self.allowed & project.alive & ~project.yanked
        return project.yanked if has_unyanked else project.yanked & ~self.pinned

    def shut_prereleases(self, project: Project) -> int:
        """Return the pre-releases, if nothing lets them in."""
        is_shut = not self.prereleases_open and self.allowed & project.finals
        return project.prereleases if is_shut else 0


class Round:
    """One run of the rule."""

    def __init__(
        self,
        reading: Reading,
        asked: SwiftAsked,
        clauses: Clauses | None = None,
        refused: Refused | None = None,
    ) -> None:
        """Line nothing up yet.

        :param refused: what earlier rounds found; this one adds to it.
        """
        self.decided: dict[str, int] = {}
        """Project -> position, in the order decided."""
        self.standings: dict[str, Standing] = {}
        self._reading = reading
        self._asked = asked
        self._clauses = clauses
        self._refused: Refused = {} if refused is None else refused
        self._assumed: list[int] = []
        self._patches = (1 << reading.universe.patches) - 1
        self._waiting: dict[str, None] = {}
        self._stale: dict[str, None] = {}
        self._front_targets: dict[str, frozenset[str]] = {}
        self._required: dict[str, int] = {}

    def assume(self, literal: int) -> None:
        """Look at the solutions only in which a literal holds."""
        self._assumed.append(literal)

    def run(self) -> None:
        """Decide all projects.

        :raises StaleError: something read on the way changed what was decided before.
        :raises ClashError: not without clauses.
        """
        self._reading.has_new_gates = False
        for root in self._asked.roots:
            self._ask(root.name, root.specifier, root.extras, root.origin)
        while (name := self._turn()) is not None:
            self._decide(name)
            if self._reading.has_new_gates:
                raise StaleError

    # The waiting line.

    def _ask(
        self, name: str, specifier: str, extras: Iterable[str], requester: Requester
    ) -> list[str]:
        """Append a project to the line, or narrow it; return its new extras."""
        standing = self.standings.get(name)
        if standing is None:
            self._reading.project(name)
            standing = Standing(self._reading, self._asked, name)
            self.standings[name] = standing
            self._waiting[name] = None
        standing.requested_by[requester] = None
        new = [extra for extra in extras if extra not in standing.extras]
        for extra in new:
            standing.extras[extra] = None
        if name in self._waiting:
            standing.admit(self._reading, name, specifier)
            self._stale[name] = None
        elif self._clauses is None and specifier:
            mask = self._reading.mask(name, specifier)[0]
            if not mask >> self.decided[name] & 1:
                raise ClashError
        return new

    # Whose turn.

    def _turn(self) -> str | None:
        if self._asked.lead in self._waiting:
            return self._asked.lead
        for name in self._stale:
            self._refresh_front(name)
        self._stale.clear()
        for name in self._waiting:
            if not self._required.get(name):
                return name
        return next(iter(self._waiting), None)

    def _refresh_front(self, name: str) -> None:
        self._count(self._front_targets.pop(name, ()), -1)
        project, standing = self._reading.projects[name], self.standings[name]
        if project is None:
            return
        opened = standing.allowed & ~standing.shut(project)
        unyanked = opened & ~project.yanked
        if not opened:
            return
        position = lowest(unyanked or opened)
        found = self._reading.active(name, position, tuple(standing.extras))
        if found is None:
            raise StaleError
        self._front_targets[name] = found.targets
        self._count(found.targets, 1)

    def _count(self, names: Iterable[str], step: int) -> None:
        required = self._required
        for name in names:
            required[name] = required.get(name, 0) + step

    # Which version.

    def _decide(self, name: str) -> None:
        clauses = self._clauses
        if clauses is None:
            position = self._first(name)
        else:
            position = self._first_solvable(name, clauses)
            self._assumed.append(clauses.chosen[name][position])
        del self._waiting[name]
        self._count(self._front_targets.pop(name, ()), -1)
        self.decided[name] = position
        release = self._reading.release(name, position)
        if release is None:
            raise StaleError
        self._patches &= release[2]
        if not self._patches:
            # With clauses it is no solution any more, which the solver will say.
            raise ClashError if clauses is None else StaleError
        self._ask_for_lines(name, position)

    def _first(self, name: str) -> int:
        """Return the first candidate whose gate is open."""
        opened_unyanked, opened_yanked, *_ = self._ranks(name)
        opened = opened_unyanked or opened_yanked
        if not opened:
            raise ClashError
        return lowest(opened)

    def _first_solvable(self, name: str, clauses: Clauses) -> int:
        """Find the first candidate with which a whole solution still exists."""
        assumed = self._assumed
        clauses.sync()
        if clauses.is_changed and not clauses.solve(assumed):
            raise StaleError
        chosen = clauses.chosen[name]
        key = tuple(assumed), name
        refused = self._refused.get(key, 0)
        ranks = [mask & ~refused for mask in self._ranks(name)]
        found = self._in_model(name, clauses)
        start = lowest(next(filter(None, ranks)))
        if found == start or clauses.solve([*assumed, chosen[start]]):
            return start
        order = [position for mask in ranks for position in bits(mask)]
        place = order.index(found)
        while place > 1:
            switch = clauses.better(chosen[p] for p in order[1:place])
            if not clauses.solve([*assumed, switch]):
                break
            place = order.index(self._in_model(name, clauses))
        for position in order[:place]:
            refused |= 1 << position
        self._refused[key] = refused
        # The last call of the solver left no model of what is decided now.
        clauses.is_changed = True
        return order[place]

    def _in_model(self, name: str, clauses: Clauses) -> int:
        """Return the candidate in the last model.

        :raises StaleError: others found out that it is unusable, the model has not.
        """
        position = clauses.position_in_model(name)
        if position is None:
            message = f"{name} is required, but the model has nothing of it"
            raise AssertionError(message)
        project = self._reading.projects[name]
        is_alive = project is not None and project.alive >> position & 1
        if not is_alive and self._reading.release(name, position) is None:
            raise StaleError
        return position

    def _ranks(self, name: str) -> tuple[int, int, int, int]:
        """Return masks of the candidates, those to try first before the others."""
        project, standing = self._reading.projects[name], self.standings[name]
        if project is None:
            raise StaleError if self._clauses is not None else ClashError
        self._read_holder(name, project, standing)
        allowed, shut = standing.allowed, standing.shut(project)
        unyanked, yanked = ~project.yanked, project.yanked
        opened, closed = allowed & ~shut, allowed & shut
        return opened & unyanked, opened & yanked, closed & unyanked, closed & yanked

    def _read_holder(self, name: str, project: Project, standing: Standing) -> None:
        """Read one that keeps gates shut: its metadata may turn out invalid."""
        allowed = standing.allowed
        gated = allowed & standing.shut(project)
        for mask, holders in (
            (project.prereleases, project.finals),
            (project.yanked & standing.pinned, project.alive & ~project.yanked),
        ):
            fitting = allowed & holders
            if (
                gated & mask
                and fitting
                and not any(p in project.releases for p in bits(fitting))
                and self._reading.release(name, lowest(fitting)) is None
            ):
                raise StaleError

    # What a decided release brings.

    def _ask_for_lines(self, name: str, position: int) -> None:
        extras = tuple(self.standings[name].extras)
        active = self._reading.active(name, position, extras)
        brought = [] if active is None else self._ask_lines(name, active.lines)
        while brought:
            target, extra = brought.pop(0)
            found = self._reading.release(target, self.decided[target])
            if found is not None:
                more = [line for line in found[0] if line[3] and extra in line[3]]
                brought += self._ask_lines(target, more)

    def _ask_lines(
        self, name: str, lines: Sequence[LineTable]
    ) -> list[tuple[str, str]]:
        """Ask for each line; return new extras of releases already decided."""
        self._reading.universe.read_ahead([line[0] for line in lines])
        return [new for line in lines for new in self._ask_line(name, line)]

    def _ask_line(self, name: str, line: LineTable) -> Iterator[tuple[str, str]]:
        target, specifier, extras, _ = line
        if specifier is None:
            raise ClashError if self._clauses is None else StaleError
        new = self._ask(target, specifier, extras, name)
        return ((target, extra) for extra in new if target in self.decided)
