"""What a search has read, as clauses.

Which release of a project is chosen is said by their order, newest first
(`axletree.resolver.engine.literals`), so that a range of versions costs two clauses, and
what releases in a row require is said once. Clauses are only ever added: what is read
later makes the problem stronger, never weaker, which is what makes a refusal final.
Of a clause that states a fact it is asked what it holds unless; here that is nothing,
where a conflict is explained each fact has its own selector (`fact_clauses`).
"""

from __future__ import annotations

from axletree.resolver.engine.literals import PythonClauses, ReleaseLiterals, Row
from axletree.resolver.engine.sat import Sat
from axletree.resolver.universe.tables_read import PAGE, bits, lowest

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from axletree.resolver.engine.gates import GateClause
    from axletree.resolver.engine.literals import Said
    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.universe.table_types import LineTable, ReleaseTable
    from axletree.resolver.universe.tables import Project
    from axletree.resolver.universe.tables_read import Reading


class Clauses(PythonClauses):
    """The clauses of what was read."""

    def __init__(self, reading: Reading, sat: Sat | None = None) -> None:
        super().__init__(reading, sat or Sat())
        self.chosen: dict[str, ReleaseLiterals] = {}
        """Project -> a literal for each release, that it is chosen."""
        self._order: dict[str, Sequence[int]] = {}
        self._present: dict[str, int] = {}
        self._extras: dict[str, dict[str, int]] = {}
        self._filters: dict[str, dict[str, int]] = {}
        self._demands: dict[str, dict[str, Sequence[int]]] = {}
        self._waiting: dict[str, list[tuple[int, str]]] = {}
        self._pages: dict[str, Project | None] = {}
        self._read: dict[str, dict[int, ReleaseTable]] = {}
        self._seen = 0

    def sync(self) -> None:
        """Encode what was read since the last call."""
        history = self.reading.history
        while self._seen < len(history):
            name, row = history[self._seen]
            self._seen += 1
            while self._seen < len(history):
                # In a row as well, though it was read later.
                other, more = history[self._seen]
                if other != name or more.start != row.stop:
                    break
                row = range(row.start, more.stop)
                self._seen += 1
            self._take_all(name, row)

    def making_beside(
        self, changed: Collection[str]
    ) -> Callable[[Reading], Clauses] | None:
        """Return who makes those of a universe that differs in some projects.

        :returns: None: these are not shared.
        """
        del changed
        return None

    def _take_all(self, name: str, positions: range) -> None:
        """Encode what was read of a project in a row."""
        if positions[0] == PAGE:
            self._add_page(name, self.reading.projects[name])
            positions = positions[1:]
        if positions:
            self._add_releases(name, positions)

    @property
    def is_changed(self) -> bool:
        """Tell whether clauses were added since it was last told what can hold."""
        return self.sat.is_changed

    def solve(self, assumed: Sequence[int]) -> bool:
        """Tell whether all that was read can hold."""
        self.sync()
        self.sat.is_changed = False
        return self.sat.solve(assumed)

    def object_to(self, objection: GateClause, *, unless: Iterable[int] = ()) -> None:
        """Say what is against shut gates, unless one of some literals holds."""
        self.sync()
        clause = [*unless]
        clause += [-self.chosen[name][position] for name, position in objection.refused]
        clause += [self.chosen[name][position] for name, position in objection.admitted]
        clause += map(self.presence, objection.required)
        if self._pythons:
            clause.append(-self.is_python(self.alike(objection.python)))
        self.sat.is_changed = True
        self.sat.add(clause)

    def put(self, asked: Problem) -> int:
        """Return a literal that, when assumed, puts a question."""
        switch = self.sat.variable()
        for root in asked.roots:
            where = self.where((-switch,), root.micros)
            self.add_demand(where, root.name, root.specifier, root.extras)
        for limit in asked.constraints:
            where = self.where((-switch,), limit.micros)
            self.add_limit(where, limit.name, limit.specifier)
        return switch

    def better(self, literals: Iterable[int]) -> int:
        """Return a literal that, when assumed, demands one of some."""
        switch = self.sat.variable()
        self.sat.add([-switch, *literals])
        return switch

    def prefer(self, places: Iterable[tuple[str, int]]) -> None:
        """Let the solver try first to choose these, and what lines demand."""
        literals = [f for found in self._filters.values() for f in found.values()]
        for name, position in places:
            order = self._order[name]
            literals += (-literal for literal in order[:position])
            literals += order[position:]
        self.sat.prefer(literals)

    def position_in_model(self, name: str) -> int | None:
        """Return the project's release in the last model."""
        return self.chosen[name].position_in_model()

    def presence(self, name: str) -> int:
        """Return the literal that says that some release of a project is chosen."""
        found = self._present.get(name)
        if found is None:
            found = self._present[name] = self.sat.variable()
        return found

    def add_demand(
        self, unless: Sequence[int], name: str, specifier: str, extras: Iterable[str]
    ) -> None:
        """Demand a project, unless one of some literals holds."""
        sat = self.sat
        sat.is_changed = True
        for demanded in self._demanded(name, specifier):
            sat.add([*unless, demanded])
        for extra in extras:
            sat.add([*unless, self._extra(name, extra)])

    def add_limit(self, unless: Sequence[int], name: str, specifier: str) -> None:
        """Limit the versions of a project, likewise."""
        if specifier:
            self._add([*unless, self._filter(name, specifier)])

    def _add(self, clause: list[int]) -> None:
        self.sat.is_changed = True
        self.sat.add(clause)

    # What facts need; None: the fact in question says nothing of this.

    def _unless_edge(
        self, project: str, position: int, extra: str, target: str
    ) -> Sequence[int] | None:
        """Name the literals by which a release need not require a project."""
        del project, position, extra, target
        return ()

    def _unless_absence(self, name: str) -> Sequence[int]:
        """Name those by which there may be such a project."""
        del name
        return ()

    def _unless_python(self, name: str, position: int) -> Sequence[int] | None:
        """Name those by which a release is for every patch release of Python."""
        del name, position
        return ()

    def _add_unusable(self, name: str, project: Project) -> None:
        """Say of the releases without a usable file, by the page, what they are."""
        chosen = self.chosen[name]
        everything = (1 << len(chosen)) - 1
        for position in bits(everything & ~project.alive):
            self._add(chosen.unless(position))

    def _unless_otherwise(self, name: str) -> Sequence[int]:
        """Name the literals by which a project may be otherwise than it is here."""
        del name
        return ()

    def _unless(
        self, name: str, position: int, release: ReleaseTable | None
    ) -> list[int] | None:
        """Begin the clauses on what a release requires; None: it requires nothing."""
        unless = self.chosen[name].unless(position)
        if release is not None:
            return unless
        self._add(unless)
        return None

    # Demands.

    def _say(self, unless: Sequence[int], said: Said | None) -> None:
        """Say what a line does of the releases that have it, all of them at once."""
        if said is None:
            return
        condition, demanded = said
        first, add = (*unless, *condition), self.sat.add
        self.sat.is_changed = True
        for literal in demanded:
            add((*first, literal))
        if not demanded:
            add(first)

    def _of_line(
        self, name: str, extra: str, position: int, line: LineTable
    ) -> Said | None:
        """Return what a line says, for all releases that have it."""
        target, specifier, extras, _, micros = line
        unless = self._unless_edge(name, position, extra, target)
        if unless is None:
            return None
        if micros:
            unless = self.where(unless, micros)
        if specifier is None:
            # Asked for by a dependency alone, a direct URL is refused.
            return unless, ()
        demanded = self._demanded(target, specifier)
        if extras:
            demanded = (*demanded, *(self._extra(target, each) for each in extras))
        return unless, demanded

    def _demanded(self, name: str, specifier: str) -> Sequence[int]:
        """Return literals that together demand a project in some versions."""
        demands = self._demands.get(name)
        if demands is None:
            demands = self._demands[name] = {}
        found = demands.get(specifier)
        if found is None:
            found = self._span(name, specifier) if specifier else ()
            if not found:
                found = (self.presence(name),)
                found += (self._filter(name, specifier),) if specifier else ()
            demands[specifier] = found
        return found

    def _span(self, name: str, specifier: str) -> tuple[int, ...]:
        """Return literals that demand a project in a range of versions.

        Nothing where that takes more: its page is not read, or the range has holes.
        """
        order, project = self._order.get(name), self._pages.get(name)
        if order is None or project is None or self._unless_otherwise(name):
            return ()
        allowed = self.reading.mask_of(project, specifier)[0]
        low = allowed & -allowed
        if not allowed or (allowed + low).bit_count() > 1:
            return ()
        first, last = low.bit_length() - 1, allowed.bit_length() - 1
        return (order[last], -order[first - 1]) if first else (order[last],)

    def _extra(self, name: str, extra: str) -> int:
        literals = self._extras.setdefault(name, {})
        literal = literals.get(extra)
        if literal is None:
            literal = literals[extra] = self.sat.variable()
            self._add_extra(name, extra, literal)
        return literal

    def _add_extra(self, name: str, extra: str, literal: int) -> None:
        """Say what an extra of each release that was read requires."""
        for position, release in list(self._read.get(name, {}).items()):
            self._add_extra_lines(name, position, release, extra, literal)

    def _add_extra_lines(
        self, name: str, position: int, release: ReleaseTable, extra: str, literal: int
    ) -> None:
        unless = self._unless(name, position, release)
        if unless is None:
            return
        unless = [*unless, -literal]
        for line in release[0]:
            if line[3] is not None and extra in line[3]:
                self._say(unless, self._of_line(name, extra, position, line))

    def _filter(self, name: str, specifier: str) -> int:
        filters = self._filters.setdefault(name, {})
        literal = filters.get(specifier)
        if literal is None:
            literal = filters[specifier] = self.sat.variable()
            if name in self._order:
                self._define_filter(literal, name, specifier)
            else:
                self._waiting.setdefault(name, []).append((literal, specifier))
        return literal

    def _define_filter(self, literal: int, name: str, specifier: str) -> None:
        order, project = self._order[name], self._pages[name]
        allowed = 0 if project is None else self.reading.mask_of(project, specifier)[0]
        if not allowed:
            self._add([-literal, -self.presence(name), *self._unless_otherwise(name)])
            return
        first, last = lowest(allowed), allowed.bit_length() - 1
        if first > 0:
            self._add([-literal, -order[first - 1]])
        if last < len(order) - 1:
            present = self.presence(name)
            elsewhere = self._unless_otherwise(name)
            self._add([-literal, -present, order[last], *elsewhere])
        for hole in bits(~allowed & ((1 << last) - 1) & ~((1 << first) - 1)):
            self._add([-literal, *self.chosen[name].unless(hole)])

    # Pages and releases.

    def _add_page(self, name: str, project: Project | None) -> None:
        self._pages[name] = project
        present = self.presence(name)
        if project is None or not project.versions:
            unless = (*self._unless_otherwise(name), *self._unless_absence(name))
            self._add([-present, *unless])
            return
        self._add_versions(project, present)
        self.sat.is_changed = True
        self._add_unusable(name, project)
        for position, micros in project.possible.items():
            self._limit_micros(name, position, micros)
        for literal, specifier in self._waiting.pop(name, ()):
            self._define_filter(literal, name, specifier)

    def _add_versions(self, project: Project, present: int) -> None:
        # With the order preferred true, so that the solver's first guess is "absent",
        # then "the newest without a gate".
        count, elsewhere = len(project.versions), self._unless_otherwise(project.name)
        literals = ReleaseLiterals(self.sat, count, present, elsewhere)
        self.chosen[project.name] = literals
        order = self._order[project.name] = literals.order
        # By the page alone: what was read before plays no part in what is guessed.
        gated = project.prereleases | project.partly_yanked
        usable = (p for p in range(count) if p not in project.unusable)
        ungated = next((1 << p for p in usable if not gated >> p & 1), 0)
        first = lowest(ungated) if ungated else 0
        self.sat.prefer([*(-literal for literal in order[:first]), *order[first:-1]])

    def _add_releases(self, name: str, positions: range) -> None:
        """Encode releases in a row: what several require is said once."""
        row = Row(
            self.chosen[name],
            lambda position, line: self._of_line(name, "", position, line),
            self._say,
        )
        read, kept = self.reading.releases[name], self._read.setdefault(name, {})
        everything = (1 << self.reading.universe.micros) - 1
        for position in positions:
            release = read[position]
            if release is None or release[3]:
                row.end(position)
                self._add_release(name, position, release)
                continue
            row.say(position, release[0])
            kept[position] = release
            if name in self._extras or everything & ~release[2]:
                self._add_rest(name, position, release)
        row.end(positions.stop)

    def _add_release(
        self, name: str, position: int, release: ReleaseTable | None
    ) -> None:
        unless = self._unless(name, position, release)
        if release is None or unless is None:
            return
        for line in release[0]:
            if line[3] is None:
                self._say(unless, self._of_line(name, "", position, line))
        self._add_rest(name, position, release)

    def _add_rest(self, name: str, position: int, release: ReleaseTable) -> None:
        """Encode all of a release but its lines without an extra."""
        self._read.setdefault(name, {})[position] = release
        if name in self._extras:
            for extra, literal in list(self._extras[name].items()):
                self._add_extra_lines(name, position, release, extra, literal)
        if not release[3]:
            self._limit_micros(name, position, release[2])

    def _limit_micros(
        self, name: str, position: int, micros: int, literal: int = 0
    ) -> None:
        """Let a release be for some patch releases of Python only.

        :param literal: says that one of its files is chosen; 0: any is.
        """
        refused = ((1 << self.reading.universe.micros) - 1) & ~micros
        python = self._unless_python(name, position) if refused else None
        if python is not None:
            unless = [-literal] if literal else self.chosen[name].unless(position)
            self._add([*unless, -self.is_python(refused), *python])
