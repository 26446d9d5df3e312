"""Gates: what lets a pre-release or a yanked file in, and the founded check of it.

Admission is a least fixed point (RESOLVING.md 1): roots and constraints first, then a
chosen release is admitted when a root or an admitted release requires it and, if it
is gated, when roots, constraints and releases admitted before it open its gate. So
no release can let itself in by a detour.

What is said against a shut gate refuses no more than it must, and always the very
choice that was looked at, superfluous releases included: else a solver could answer
with the same decisions again and again.
"""

from __future__ import annotations

from axletree.resolver.engine.criteria import Criterion
from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.universe.tables_read import Unread, bits, lowest

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.universe.table_types import LineTable
    from axletree.resolver.universe.tables_read import Reading

    Place: TypeAlias = tuple[str, int]
    """A release: project and position."""


class GateClause:
    """What is said against shut gates: one of these must hold."""

    __slots__ = ("admitted", "facts", "python", "refused", "required")

    def __init__(
        self,
        *,
        refused: Sequence[Place],
        admitted: Sequence[Place],
        required: Sequence[str],
        facts: Sequence[FallenKey],
        python: int,
    ) -> None:
        self.refused = refused
        """One of these is not chosen…"""
        self.admitted = admitted
        """…or one of these is…"""
        self.required = required
        """…or one of these projects is."""
        self.facts = facts
        """The shut gates; with one of them left out, the clause says nothing."""
        self.python = python
        """The patch release of Python for which it is said, by its place."""

    def for_good(self, reading: Reading) -> Iterator[GateClause]:
        """Refuse pre-releases of these projects whatever else is chosen.

        That is more than is known to be refused. All of a project: if one alone were, the
        next older would be chosen, and refused in turn.
        """
        reasons: dict[str, FallenKey] = {fact.project: fact for fact in self.facts}
        for name, position in self.refused:
            fact, project = reasons[name], reading.projects[name]
            is_prerelease = project is not None and fact.reason == "pre-release"
            alike = (
                bits(project.prereleases) if project and is_prerelease else [position]
            )
            for each in alike:
                yield GateClause(
                    refused=[(name, each)],
                    admitted=(),
                    required=(),
                    facts=[fact],
                    python=self.python,
                )


def admitted(
    reading: Reading,
    asked: Problem,
    chosen: Mapping[str, int],
    python: int,
    waived: Collection[FallenKey] = (),
) -> GateClause | Unread | None:
    """Look for shut gates in a choice of releases; None: all that is required may be.

    What is unread is to be read before a gate may be called shut.

    In an explanation the choice may lack what is required, since facts are left out.

    What cannot be read holds no gate shut, since it may be of no use.

    :param chosen: project -> position; what none requires plays no part.
    :param python: the patch release of Python, by its place.
    :param waived: gates that are left out.
    """
    if not any(_is_gated(reading, name, at) for name, at in chosen.items()):
        return None
    admission = _Admission(reading, asked, chosen, python, waived)
    admission.run()
    blocked = admission.blocked()
    if not blocked:
        return None
    gates = [next(admission.shut_gates(name)) for name in blocked]
    if unread := admission.unread(gates):
        return unread
    if any((name, chosen[name]) in reading.unread for name in admission.admitted):
        # What nobody can read may open any gate.
        return None
    return _Against(admission, gates).clause()


def shut_by_unread(
    reading: Reading, asked: Problem, chosen: Mapping[str, int], python: int
) -> Iterator[Place]:
    """Yield what cannot be read, and would shut a gate in an answer if it is of use.

    Most often a gate is open whatever that is: then the answer does not hang on it.
    """
    if not any(name in chosen for name, _ in reading.unread):
        return
    admission = _Admission(reading, asked, chosen, python, ())
    admission.doubted = {}
    admission.run()
    for name in admission.blocked():
        allowed = admission.criteria[name].allowed
        for place in reading.unread:
            if place[0] == name and allowed >> place[1] & 1:
                yield place


def _is_gated(reading: Reading, name: str, position: int) -> bool:
    project = reading.projects.get(name)
    gated = 0 if project is None else project.prereleases | project.yanked
    return bool(gated >> position & 1)


class _ShutGate:
    """Why a chosen release is not admitted; the first reason, if it has several."""

    __slots__ = ("fact", "holder", "name", "position")

    def __init__(self, fact: FallenKey, position: int, holder: int | None) -> None:
        self.fact = fact
        self.name = fact.project
        self.position = position
        self.holder = holder
        """The release that keeps it shut by fitting; None: there is no pin."""


class _Admission:
    """The least fixed point over one choice of releases."""

    def __init__(
        self,
        reading: Reading,
        asked: Problem,
        chosen: Mapping[str, int],
        python: int,
        waived: Collection[FallenKey],
    ) -> None:
        self.reading = reading
        self.chosen = chosen
        self.python = python
        self.criteria: dict[str, Criterion] = {}
        """Of all that is required, in the order in which that was found."""
        self.admitted: dict[str, None] = {}
        self.doubted: Collection[Place] = reading.unread
        """Releases that hold no gate shut."""
        self._asked = asked
        self._waived = waived
        self._heard: dict[str, int] = {}
        """Admitted project -> the extras that were asked of it when its lines were."""

    def run(self) -> None:
        """Admit until nothing more is."""
        for root in self._asked.roots_at(self.python):
            self._demand(root.name, root.specifier, root.extras)
        is_news = True
        while is_news:
            is_news = False
            for name in list(self.criteria):
                is_news |= name in self.chosen and self._hear(name)

    def blocked(self) -> list[str]:
        """List the chosen projects that are required, and were not admitted."""
        chosen = filter(self.chosen.__contains__, self.criteria)
        return [name for name in chosen if name not in self.admitted]

    def _hear(self, name: str) -> bool:
        """Ask for what a chosen release requires, if it is admitted; False: no news."""
        asked = len(self.criteria[name].extras)
        if self._heard.get(name) == asked:
            return False
        if name not in self.admitted and not self._is_open(name):
            return False
        self._heard[name] = asked
        self.admitted[name] = None
        for line in self.lines(name, self.chosen[name]):
            self._demand(line[0], line[1] or "", line[2])
        return True

    def lines(self, name: str, position: int) -> Sequence[LineTable]:
        """Return a release's true lines, with the extras that admitted ones ask for."""
        if self.reading.releases[name].get(position) is None:
            return ()
        extras = tuple(self.criteria[name].extras)
        found = self.reading.active(name, position, extras, self.python)
        return () if found is None else found.lines

    def shut_gates(self, name: str) -> Iterator[_ShutGate]:
        """Yield the gates of a chosen release that are shut, and not left out."""
        project = self.reading.projects[name]
        if project is None:
            return
        criterion, position = self.criteria[name], self.chosen[name]
        bit = 1 << position
        if criterion.shut_yanks(project) & bit:
            fact = FallenKey(name, "yanked")
            fits = criterion.allowed & project.alive & ~project.yanked
            holder = self._holder(name, fits if criterion.pinned & bit else 0)
            has_none = holder is None and bool(criterion.pinned & bit)
            if fact not in self._waived and not has_none:
                yield _ShutGate(fact, position, holder)
        if criterion.shut_prereleases(project) & bit:
            fact = FallenKey(name, "pre-release")
            holder = self._holder(name, criterion.allowed & project.finals)
            if fact not in self._waived and holder is not None:
                yield _ShutGate(fact, position, holder)

    def unread(self, gates: Iterable[_ShutGate]) -> Unread | None:
        """List what could still open a gate although it is chosen, or required."""
        looked_at = [(name, self.chosen[name]) for name in self.admitted]
        looked_at += [(g.name, g.holder) for g in gates if g.holder is not None]
        read = self.reading.releases
        releases = [(name, at) for name, at in looked_at if at not in read[name]]
        pages = [name for name in self.criteria if name not in self.reading.projects]
        return Unread(releases, pages) if releases or pages else None

    def _demand(self, name: str, specifier: str, extras: Iterable[str]) -> None:
        criterion = self.criteria.get(name)
        if criterion is None:
            project = self.reading.projects.get(name)
            # What is excluded may be chosen, too, when its fact is left out.
            everything = 0 if project is None else (1 << len(project.versions)) - 1
            criterion = self.criteria[name] = Criterion(
                self.reading, self._asked, name, everything, self.python
            )
        if self.reading.projects.get(name) is not None:
            criterion.admit(self.reading, name, specifier)
        criterion.extras.update(dict.fromkeys(extras))

    def _is_open(self, name: str) -> bool:
        return next(self.shut_gates(name), None) is None

    def _holder(self, name: str, fitting: int) -> int | None:
        """Return the release that keeps a gate shut, one that is read if possible."""
        read, doubted = self.reading.releases[name], self.doubted
        for at in bits(fitting) if doubted else ():
            if (name, at) in doubted:
                fitting &= ~(1 << at)
        first = lowest(fitting) if fitting else None
        return next((at for at in bits(fitting) if at in read), first)


class _Against:
    """The ways out of some shut gates: what a true solution with them must have.

    Take any choice with the same blocked releases in which all goes in order. The
    first of its releases (or extras) to be admitted that the choice looked at did
    not admit, and that can lead to a blocked project, is required by another release
    of a project admitted here. If there is none, then one of those opens a gate.
    """

    def __init__(self, admission: _Admission, gates: Sequence[_ShutGate]) -> None:
        self._admission = admission
        self._reading = admission.reading
        self._gates = gates
        self._leading = self._find_leading()

    def clause(self) -> GateClause:
        """Put the ways out into a clause."""
        return GateClause(
            refused=[(gate.name, gate.position) for gate in self._gates],
            admitted=list(self._ways_out()),
            required=list(self._ways_out_by_demand()),
            facts=list(dict.fromkeys(gate.fact for gate in self._gates)),
            python=self._admission.python,
        )

    def _ways_out(self) -> Iterator[Place]:
        """List the releases one of which must be chosen, unless a gate's is not."""
        for name in self._admission.admitted:
            if name not in self._leading:
                continue
            chosen, read = self._admission.chosen[name], self._reading.releases[name]
            for position in bits(self._reading.choosable(name)):
                if position != chosen and (
                    position not in read
                    or (name, position) in self._reading.unread
                    or self._leads_out(name, position)
                ):
                    yield name, position

    def _ways_out_by_demand(self) -> Iterator[str]:
        """List the projects that are required but, for facts left out, not chosen."""
        for name in self._admission.criteria:
            project = self._reading.projects[name]
            if name not in self._admission.chosen and project and project.versions:
                yield name

    def _leads_out(self, name: str, position: int) -> bool:
        return any(map(self._is_way_out, self._admission.lines(name, position)))

    def _is_way_out(self, line: LineTable) -> bool:
        target, specifier, extras, _, _ = line
        gates = [gate for gate in self._gates if gate.name == target]
        if gates:
            return any(self._opens(specifier or "", gate) for gate in gates)
        if target not in self._leading:
            return False
        if target not in self._admission.admitted:
            return True
        asked = self._admission.criteria[target].extras
        return any(extra not in asked for extra in extras)

    def _opens(self, specifier: str, gate: _ShutGate) -> bool:
        allowed, pinned, names_prerelease = self._reading.mask(gate.name, specifier)
        if gate.holder is None:
            return bool(pinned >> gate.position & 1)
        is_prerelease = gate.fact.reason == "pre-release"
        shuts_out = not allowed >> gate.holder & 1
        return shuts_out or (is_prerelease and names_prerelease)

    def _find_leading(self) -> set[str]:
        """Collect the projects whose releases can lead to a blocked project.

        What is not read may, be it a release or the page of a project named.
        """
        requirers, projects = self._reading.requirers(), self._reading.projects
        waiting: list[str] = [gate.name for gate in self._gates]
        waiting += filter(self._has_unread, projects)
        waiting += (name for name in requirers if name not in projects)
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += requirers.get(name, ())
        return found

    def _has_unread(self, name: str) -> bool:
        read, unread = self._reading.releases[name], self._reading.unread
        return any(
            at not in read or (name, at) in unread
            for at in bits(self._reading.choosable(name))
        )
