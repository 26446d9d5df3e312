"""The answer rule: whose turn it is, and which version (RESOLVING.md 2).

Requirers first: the first waiting project that no other waiting project's front
requires. Then the first candidate with which a whole solution still exists. Without
clauses the first candidate is taken every time: if nothing clashes in the end, that is
the answer, since each was the first, and here is the whole solution with it. With
clauses the solver is asked (`axletree.resolver.engine.choosing`).

What it comes upon and is not read counts as usable and without requirements, and is
`wanted`; where reading costs nothing, it is read at once.
"""

from __future__ import annotations

from itertools import chain, filterfalse

from axletree.resolver.engine.choosing import StaleError
from axletree.resolver.engine.criteria import Criterion
from axletree.resolver.universe.tables_read import (
    active_lines,
    bits,
    lowest,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from axletree.resolver.engine.choosing import Chooser
    from axletree.resolver.engine.criteria import Requester
    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.universe.table_types import LineTable
    from axletree.resolver.universe.tables import Project
    from axletree.resolver.universe.tables_read import (
        ActiveLines,
        Reading,
    )


class ClashError(Exception):
    """Without the solver it does not work."""


class Round:
    """One run of the rule over what is read."""

    def __init__(
        self, reading: Reading, asked: Problem, chooser: Chooser | None = None
    ) -> None:
        """Line nothing up yet.

        :param chooser: asks the solver; None: the first candidate is taken every time.
        """
        self.decided: dict[str, int] = {}
        """Project -> position, in the order decided."""
        self.criteria: dict[str, Criterion] = {}
        self.wanted: dict[tuple[str, int], None] = {}
        """Releases that were decided or asked, and are not read."""
        self.wanted_pages: dict[str, None] = {}
        self.passed_over: set[str] = set()
        """Projects of which not the first candidate was decided."""
        self.doubtful: dict[tuple[str, int], None] = {}
        """Fronts that cannot be read, and on whose lines it may hang whose turn it was."""
        self._reading = reading
        self._asked = asked
        self._chooser = chooser
        self.python = reading.universe.newest_python
        """The patch release of Python, by its place: it is decided before all others."""
        self._waiting: dict[str, None] = {}
        self._stale: dict[str, None] = {}
        self._front_targets: dict[str, frozenset[str]] = {}
        self._unread_fronts: dict[str, int] = {}
        self._required: dict[str, int] = {}
        """Project -> how many fronts require it; none that no front does."""

    def run(self) -> None:
        """Decide all projects.

        :raises StaleError: something read on the way changed what was decided before.
        :raises ClashError: not without clauses.
        """
        self._reading.has_new_gates = False
        if self._chooser is not None:
            found = self._chooser.python()
            self.python = self.python if found is None else found
        for root in self._asked.roots_at(self.python):
            self._ask(root.name, root.specifier, root.extras, root.origin)
        while (name := self._turn()) is not None:
            self._decide(name)
            if self._reading.has_new_gates:
                raise StaleError
        if self._chooser is not None:
            # What was read with the last ones decided may be against them.
            self._chooser.keep_solvable()

    # The waiting line.

    def _ask(
        self,
        name: str,
        specifier: str,
        extras: Iterable[str],
        requester: Requester,
    ) -> list[str]:
        """Append a project to the line, or narrow it; return its new extras."""
        criterion = self.criteria.get(name) or self._line_up(name)
        if criterion is None:
            return []
        criterion.requested_by[requester] = None
        new = [extra for extra in extras if extra not in criterion.extras]
        for extra in new:
            criterion.extras[extra] = None
        if name in self._waiting:
            criterion.admit(self._reading, name, specifier)
            self._stale[name] = None
        elif self._chooser is None and specifier:
            mask = self._reading.mask(name, specifier)[0]
            if not mask >> self.decided[name] & 1:
                raise ClashError
        return new

    def _line_up(self, name: str) -> Criterion | None:
        if not self._reading.has_page(name):
            self.wanted_pages[name] = None
            return None
        project = self._reading.projects[name]
        alive = 0 if project is None else project.alive
        found = Criterion(self._reading, self._asked, name, alive, self.python)
        self.criteria[name] = found
        self._waiting[name] = None
        return found

    # Whose turn.

    def _turn(self) -> str | None:
        if self._asked.lead in self._waiting:
            return self._asked.lead
        for name in self._stale:
            self._refresh_front(name)
        self._stale.clear()
        free = filterfalse(self._required.__contains__, self._waiting)
        return next(chain(free, self._waiting), None)

    def _refresh_front(self, name: str) -> None:
        self._forget_front(name)
        project, criterion = self._reading.projects[name], self.criteria[name]
        if project is None:
            return
        opened = criterion.allowed & ~criterion.shut(project)
        if not opened:
            return
        front = self._first_of(name, project, opened)
        found = self._active(name, front)
        if (name, front) in self._reading.unread:
            self._unread_fronts[name] = front
        elif found is not None:
            self._front_targets[name] = found.targets
            self._count(found.targets, 1)

    def _first_of(self, name: str, project: Project, opened: int) -> int:
        """Return the first of some releases with no shut gate."""
        return lowest(self._kept(name, opened) or opened & ~project.yanked or opened)

    def _kept(self, name: str, opened: int) -> int:
        """Return the mask of the release that is to be kept, if it is among some."""
        version = self._asked.kept.get(name)
        return 0 if version is None else self._reading.kept(name, version) & opened

    def _count(self, names: Iterable[str], step: int) -> None:
        required = self._required
        for name in names:
            count = required[name] = required.get(name, 0) + step
            if not count:
                del required[name]

    def _active(self, name: str, position: int) -> ActiveLines | None:
        """Return a release's true lines; None: it is not read, and wanted now.

        :raises StaleError: it turned out unusable when it was read.
        """
        if not self._reading.has_release(name, position):
            self.wanted[name, position] = None
            return None
        extras = tuple(self.criteria[name].extras)
        found = self._reading.active(name, position, extras, self.python)
        if found is None:
            raise StaleError
        return found

    # Which version.

    def _decide(self, name: str) -> None:
        project = self._reading.projects[name]
        if project is None:
            self._leave_absent(name)
            return
        ranks = self._ranks(name, project)
        self._doubt(name, ranks)
        if self._chooser is None:
            position = self._first(ranks)
        else:
            position = self._chooser.first(name, ranks)
        if position != lowest(next(filter(None, ranks))):
            self.passed_over.add(name)
        self._leave(name)
        self.decided[name] = position
        active = self._active(name, position)
        self._see_to_python(name, position, project)
        if active is not None:
            self._ask_for_lines(name, active)

    def _leave(self, name: str) -> None:
        del self._waiting[name]
        self._stale.pop(name, None)
        self._forget_front(name)

    def _forget_front(self, name: str) -> None:
        self._unread_fronts.pop(name, None)
        self._count(self._front_targets.pop(name, ()), -1)

    def _doubt(self, name: str, ranks: Sequence[int]) -> None:
        """Note the fronts that may require a project whose turn is taken to be now.

        Where nothing is to be chosen, it does not matter when it is decided; and the
        first in line goes first where all others are required anyway.
        """
        if not self._unread_fronts or sum(ranks).bit_count() == 1:
            return
        first, *others = self._waiting
        if first != name or not all(map(self._required.__contains__, others)):
            fronts = self._unread_fronts.items()
            self.doubtful.update((front, None) for front in fronts if front[0] != name)

    def _leave_absent(self, name: str) -> None:
        """Leave a project out that there is not.

        The solver has a solution without it, so that what asked for it is known to
        be no part of one: the next round knows.
        """
        if self._chooser is None:
            raise ClashError
        if self._reading.reads_freely:
            raise StaleError
        self._leave(name)

    def _see_to_python(self, name: str, position: int, project: Project) -> None:
        release = self._reading.releases[name].get(position)
        micros = project.possible.get(position, -1) if release is None else release[2]
        if not micros >> self.python & 1:
            # With clauses it is no solution any more, which the solver will say.
            raise ClashError if self._chooser is None else StaleError

    def _first(self, ranks: Sequence[int]) -> int:
        """Return the first candidate whose gate is open."""
        opened = next(filter(None, ranks[:_OPENED]), 0)
        if not opened:
            raise ClashError
        return lowest(opened)

    def _ranks(self, name: str, project: Project) -> tuple[int, ...]:
        """Return masks of the candidates, those to try first before the others."""
        criterion = self.criteria[name]
        self._read_holders(name, project, criterion)
        allowed, shut = criterion.allowed, criterion.shut(project)
        if project.possible:
            allowed &= ~self._reading.unfit(project, self.python)
        unyanked, yanked = ~project.yanked, project.yanked
        opened, closed = allowed & ~shut, allowed & shut
        kept = self._kept(name, opened)
        opened &= ~kept
        return (
            *(kept, opened & unyanked, opened & yanked),
            *(closed & unyanked, closed & yanked),
        )

    def _read_holders(self, name: str, project: Project, criterion: Criterion) -> None:
        """Read what keeps gates shut: its metadata may turn out invalid."""
        allowed, read = criterion.allowed, self._reading.releases[name]
        for shut, holders in (
            (criterion.shut_prereleases(project), project.finals),
            (
                criterion.shut_yanks(project) & criterion.pinned,
                project.alive & ~project.yanked,
            ),
        ):
            fitting = allowed & holders
            if shut & allowed and not any(at in read for at in bits(fitting)):
                first = lowest(self._kept(name, fitting) or fitting)
                if not self._reading.has_release(name, first):
                    self.wanted[name, first] = None
                elif self._reading.release(name, first) is None:
                    raise StaleError

    # What a decided release brings.

    def _ask_for_lines(self, name: str, active: ActiveLines) -> None:
        brought = self._ask_lines(name, active.lines)
        while brought:
            target, extra = brought.pop(0)
            found = self._reading.releases[target].get(self.decided[target])
            if found is not None:
                more = [
                    line
                    for line in active_lines(found, (extra,), self.python)
                    if line[3] is not None
                ]
                brought += self._ask_lines(target, more)

    def _ask_lines(
        self, name: str, lines: Sequence[LineTable]
    ) -> list[tuple[str, str]]:
        """Ask for each line; return new extras of releases already decided."""
        if self._reading.reads_freely:
            self._reading.universe.read_ahead([line[0] for line in lines])
        return [new for line in lines for new in self._ask_line(name, line)]

    def _ask_line(self, name: str, line: LineTable) -> Iterator[tuple[str, str]]:
        target, specifier, extras, _, _ = line
        if specifier is None:
            raise ClashError if self._chooser is None else StaleError
        new = self._ask(target, specifier, extras, name)
        return ((target, extra) for extra in new if target in self.decided)


_OPENED = 3
"""The first so many ranks are of candidates whose gate is open."""
