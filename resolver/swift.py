"""The answer rule on a compiled universe: the plain case, at once.

The same rule as in `axletree.resolver.rule`. While it runs, gates count as open: that
makes the problem weaker, and a refusal by a weaker problem is a refusal. When all is
decided, admission is looked at; where it fails, or where there is no answer, the
outcome is None, and the plain engine is asked, which also explains. Source:
RESOLVING.md 2 and 3.

Releases are read at once when they are decided or stand in front. What is read then
may leave what was decided before without a solution; the round begins again, and
what it refuses now stays refused.
"""

from __future__ import annotations

from bisect import bisect_left

from axletree.resolver.sat import Sat

TYPE_CHECKING = False  # see axletree.resolver.compiled
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from axletree.resolver.compiled import (
        CompiledUniverse,
        LineTable,
        Project,
        ReleaseTable,
    )

MAX_DOUBLINGS = 12
"""More releases than any project has."""
FAR_BEHIND_S = 365 * 86400
"""From more seconds than this the plain engine may have a note (`resolver.behind`)."""


class SwiftRoot:
    """One root requirement."""

    __slots__ = ("asker", "extras", "name", "specifier")

    def __init__(
        self, name: str, extras: tuple[str, ...], specifier: str, asker: str
    ) -> None:
        self.name = name
        self.extras = extras
        self.specifier = specifier
        self.asker = asker
        """How a lock names where it was written."""


class SwiftPin:
    """One release of an answer."""

    __slots__ = ("extras", "hashes", "name", "requested_by", "version")

    def __init__(
        self,
        project: Project,
        position: int,
        standing: _Standing,
        hashes: Sequence[str],
    ) -> None:
        self.name = project.name
        self.version = project.versions[position]
        self.extras = tuple(sorted(standing.extras))
        self.requested_by = tuple(standing.requested_by)
        """Roots' askers and names of projects."""
        self.hashes = hashes


class _Standing:
    """What roots and decided releases say about one project (`rule.Standing`)."""

    __slots__ = ("allowed", "extras", "pinned", "prereleases_open", "requested_by")

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.prereleases_open = False
        self.pinned = 0
        self.extras: dict[str, None] = {}
        self.requested_by: dict[str, None] = {}

    def shut(self, project: Project) -> int:
        """Return the releases whose gate is not open."""
        unyanked = project.alive & ~project.yanked
        shut = project.yanked
        if not self.allowed & unyanked:
            shut &= ~self.pinned
        if not self.prereleases_open and self.allowed & project.finals:
            shut |= project.prereleases
        return shut


class _Stale(Exception):  # noqa: N818  no error: the round begins again
    """What was decided has no solution any more, or gates changed."""


class SwiftSearch:
    """One question over one compiled universe."""

    def __init__(self, universe: CompiledUniverse, roots: Sequence[SwiftRoot]) -> None:
        self._universe = universe
        self._roots = roots
        self._clauses = _Clauses(universe)
        self._refused: dict[tuple[tuple[int, ...], str], int] = {}
        self._refusals: dict[str, int] = {}
        self._last: dict[str, int] = {}

    def run(self) -> tuple[SwiftPin, ...] | None:
        """Return the pins by name; None: ask the plain engine."""
        self._universe.read_ahead([root.name for root in self._roots])
        for root in self._roots:
            self._clauses.add_root(root)
        while self._clauses.solve([]):
            round_ = _Round(self)
            try:
                round_.run()
            except _Stale:
                self._read_beside(round_.decided)
                continue
            return round_.pins()
        return None

    @property
    def roots(self) -> Sequence[SwiftRoot]:
        """Return what is asked."""
        return self._roots

    @property
    def clauses(self) -> _Clauses:
        """Return what is known, as clauses."""
        return self._clauses

    @property
    def refused(self) -> dict[tuple[tuple[int, ...], str], int]:
        """Return masks of what was refused, by what was decided before it."""
        return self._refused

    def _read_beside(self, decided: dict[str, int]) -> None:
        """Read 1, 2, 4, 8… releases beside one that is refused again and again."""
        for name, position in decided.items():
            before = self._last.get(name)
            self._last[name] = position
            if before is not None and position > before:
                times = self._refusals[name] = self._refusals.get(name, 0) + 1
                batch = 1 << min(times, MAX_DOUBLINGS)
                self._clauses.read_some(name, position + 1, batch - 1)


class _Clauses:
    """What is known, as clauses (`axletree.resolver.encoding` without facts)."""

    def __init__(self, universe: CompiledUniverse) -> None:
        self._universe = universe
        self._sat = Sat()
        self.projects: dict[str, Project | None] = {}
        self.chosen: dict[str, list[int]] = {}
        self.is_changed = False
        """Clauses were added since the last call of the solver."""
        self.has_new_gates = False
        self._order: dict[str, list[int]] = {}
        self._present: dict[str, int] = {}
        self._extras: dict[str, dict[str, int]] = {}
        self._filters: dict[tuple[str, str], int] = {}
        self._waiting: dict[str, list[tuple[int, str]]] = {}
        self._read: dict[str, dict[int, ReleaseTable | None]] = {}
        self._patches: list[int] = []

    def solve(self, assumed: Sequence[int]) -> bool:
        """Tell whether all can hold."""
        self.is_changed = False
        return self._sat.solve(assumed)

    def better(self, literals: Iterable[int]) -> int:
        """Return a literal that, when assumed, demands one of some."""
        switch = self._sat.variable()
        self._sat.add([-switch, *literals])
        return switch

    def position_in_model(self, name: str) -> int:
        """Return the project's release in the last model; it must have one."""
        # The order's literals are false up to the chosen release, then true.
        return bisect_left(self._order[name], True, key=self._sat.holds)  # noqa: FBT003  the value sought

    def add_root(self, root: SwiftRoot) -> None:
        """Demand a root."""
        self._add_demand([], root.name, root.specifier, root.extras)

    def project(self, name: str) -> Project | None:
        """Return a project, its page encoded."""
        try:
            return self.projects[name]
        except KeyError:
            found = self.projects[name] = self._universe.project(name)
            self._add_page(name, found)
            return found

    def release(self, name: str, position: int) -> ReleaseTable | None:
        """Return a release, its lines encoded; None: it is dead."""
        read = self._read.setdefault(name, {})
        try:
            return read[position]
        except KeyError:
            return self._read_release(name, position)

    def read_some(self, name: str, start: int, most: int) -> None:
        """Read releases of a project from a position on."""
        project = self.projects[name]
        if project is not None:
            end = min(start + most, len(project.versions))
            for position in range(start, end):
                if project.alive >> position & 1:
                    self.release(name, position)

    def _read_release(self, name: str, position: int) -> ReleaseTable | None:
        project = self.projects[name]
        if project is None:
            return None
        before = project.gates
        found = self._universe.release(project, position)
        self._read[name][position] = found
        self.has_new_gates |= project.gates != before
        unless = -self.chosen[name][position]
        if found is None:
            self._add([unless])
            return None
        lines, _, patches, *_ = found
        for line in lines:
            if line[3] is None:
                self._add_line([unless], line)
        for extra, literal in list(self._extras.get(name, {}).items()):
            self._add_extra_lines([unless, -literal], found, extra)
        self._limit_patches(unless, patches)
        return found

    def _add(self, clause: list[int]) -> None:
        self.is_changed = True
        self._sat.add(clause)

    def _presence(self, name: str) -> int:
        found = self._present.get(name)
        if found is None:
            found = self._present[name] = self._sat.variable()
        return found

    def _add_line(self, condition: list[int], line: LineTable) -> None:
        target, specifier, extras, _ = line
        if specifier is None:
            # Asked for by a dependency alone, a direct URL is refused.
            self._add(condition)
        else:
            self._add_demand(condition, target, specifier, extras)

    def _add_demand(
        self, condition: list[int], name: str, specifier: str, extras: tuple[str, ...]
    ) -> None:
        self._add([*condition, self._presence(name)])
        if specifier:
            self._add([*condition, self._filter(name, specifier)])
        for extra in extras:
            self._add([*condition, self._extra(name, extra)])

    def _extra(self, name: str, extra: str) -> int:
        literals = self._extras.setdefault(name, {})
        literal = literals.get(extra)
        if literal is None:
            literal = literals[extra] = self._sat.variable()
            for position, release in list(self._read.get(name, {}).items()):
                if release is not None:
                    condition = [-self.chosen[name][position], -literal]
                    self._add_extra_lines(condition, release, extra)
        return literal

    def _add_extra_lines(
        self, condition: list[int], release: ReleaseTable, extra: str
    ) -> None:
        for line in release[0]:
            if line[3] is not None and extra in line[3]:
                self._add_line(condition, line)

    def _filter(self, name: str, specifier: str) -> int:
        key = name, specifier
        literal = self._filters.get(key)
        if literal is None:
            literal = self._filters[key] = self._sat.variable()
            project = self.projects.get(name)
            if project is not None and name in self._order:
                self._define_filter(literal, project, specifier)
            else:
                self._waiting.setdefault(name, []).append((literal, specifier))
        return literal

    def _define_filter(self, literal: int, project: Project, specifier: str) -> None:
        order, name = self._order[project.name], project.name
        allowed = self._universe.mask(project, specifier)[0]
        if not allowed:
            self._add([-literal, -self._presence(name)])
            return
        first, last = _lowest(allowed), allowed.bit_length() - 1
        if first > 0:
            self._add([-literal, -order[first - 1]])
        if last < len(order) - 1:
            self._add([-literal, -self._presence(name), order[last]])
        holes = ~allowed & ((1 << last) - 1) & ~((1 << first) - 1)
        for hole in _bits(holes):
            self._add([-literal, -self.chosen[name][hole]])

    def _add_page(self, name: str, project: Project | None) -> None:
        present = self._presence(name)
        if project is None or not project.versions:
            self._add([-present])
            return
        chosen = self._add_releases(project, present)
        everything = (1 << len(chosen)) - 1
        for position in _bits(everything & ~project.alive):
            self._add([-chosen[position]])
        for position, patches in project.possible.items():
            self._limit_patches(-chosen[position], patches)
        for literal, specifier in self._waiting.pop(name, ()):
            self._define_filter(literal, project, specifier)

    def _add_releases(self, project: Project, present: int) -> list[int]:
        # As `Encoding._add_releases`, where it is explained.
        sat, add = self._sat, self._sat.add
        count = len(project.versions)
        order = [*sat.variables(count - 1)[::-1], present]
        self._order[project.name] = order
        chosen = self.chosen[project.name] = [*sat.variables(count)]
        newer = 0
        for within, literal in zip(order, chosen, strict=True):
            add((-literal, within))
            if not newer:
                add((-within, literal))
            else:
                add((-literal, -newer))
                add((-newer, within))
                add((-within, newer, literal))
            newer = within
        self.is_changed = True
        everything = (1 << count) - 1
        ungated = everything & ~project.prereleases & ~project.yanked
        first = _lowest(ungated) if ungated else 0
        sat.prefer([*(-literal for literal in order[:first]), *order[first:-1]])
        return chosen

    def _limit_patches(self, unless: int, patches: int) -> None:
        count = self._universe.patches
        refused = ((1 << count) - 1) & ~patches
        if not refused:
            return
        if not self._patches:
            self._patches = [self._sat.variable() for _ in range(count)]
            self._add(self._patches)
        for patch in _bits(refused):
            self._add([unless, -self._patches[patch]])


class _Round:
    """One run of the rule (`axletree.resolver.rule.Round`)."""

    def __init__(self, search: SwiftSearch) -> None:
        self._search = search
        self._clauses = search.clauses
        self._clauses.has_new_gates = False
        self._universe = search._universe  # noqa: SLF001  one topic, two classes
        self.decided: dict[str, int] = {}
        self._assumed: list[int] = []
        self._standings: dict[str, _Standing] = {}
        self._waiting: dict[str, None] = {}
        self._stale: dict[str, None] = {}
        self._front_targets: dict[str, set[str]] = {}
        self._required: dict[str, int] = {}

    def run(self) -> None:
        """Decide all projects.

        :raises _Stale: something read on the way changed what was decided before.
        """
        for root in self._search.roots:
            self._ask(root.name, root.specifier, root.extras, root.asker)
        while (name := self._turn()) is not None:
            self._decide(name)
            if self._clauses.has_new_gates:
                raise _Stale

    def pins(self) -> tuple[SwiftPin, ...] | None:
        """Return the answer; None: something in it is beyond this search."""
        pins = [self._pin(name) for name in sorted(self.decided)]
        if None in pins or not self._is_solution() or not self._is_admitted():
            return None
        if any(map(self._is_far_behind, self._search.roots)):
            return None
        return tuple(pin for pin in pins if pin is not None)

    def _is_far_behind(self, root: SwiftRoot) -> bool:
        """Tell whether a root may be so far behind that the plain engine notes it."""
        project, position = self._clauses.projects[root.name], self.decided[root.name]
        chosen = self._clauses.release(root.name, position)
        if project is None or chosen is None:
            return False
        allowed = project.finals
        for other in self._search.roots:
            if other.name == root.name:
                allowed &= self._universe.mask(project, other.specifier)[0]
        newer = None
        while newer is None:
            # One that turns out to be dead is no final any more.
            allowed &= project.finals
            if not allowed or _lowest(allowed) >= position:
                return False
            newer = self._clauses.release(root.name, _lowest(allowed))
        if newer[4] is None or chosen[4] is None:
            return False
        return newer[4] - chosen[4] > FAR_BEHIND_S

    def _pin(self, name: str) -> SwiftPin | None:
        project, position = self._clauses.projects[name], self.decided[name]
        release = self._clauses.release(name, position)
        if project is None or release is None:
            return None
        _, provided, _, hashes, _ = release
        standing = self._standings[name]
        if any(extra not in provided for extra in standing.extras):
            return None
        return SwiftPin(project, position, standing, hashes)

    # The waiting line.

    def _ask(
        self, name: str, specifier: str, extras: tuple[str, ...], requester: str
    ) -> list[str]:
        standing = self._standings.get(name)
        if standing is None:
            project = self._clauses.project(name)
            standing = _Standing(0 if project is None else project.alive)
            self._standings[name] = standing
            self._waiting[name] = None
        standing.requested_by[requester] = None
        new = [extra for extra in extras if extra not in standing.extras]
        standing.extras.update(dict.fromkeys(new))
        if name in self._waiting:
            self._admit(name, standing, specifier)
            self._stale[name] = None
        return new

    def _admit(self, name: str, standing: _Standing, specifier: str) -> None:
        project = self._clauses.projects[name]
        if project is not None and specifier:
            mask, pinned, names_prerelease = self._universe.mask(project, specifier)
            standing.allowed &= mask
            standing.pinned |= pinned
            standing.prereleases_open |= names_prerelease

    # Whose turn.

    def _turn(self) -> str | None:
        for name in self._stale:
            self._refresh_front(name)
        self._stale.clear()
        for name in self._waiting:
            if not self._required.get(name):
                return name
        return next(iter(self._waiting), None)

    def _refresh_front(self, name: str) -> None:
        self._count(self._front_targets.pop(name, ()), -1)
        project, standing = self._clauses.projects[name], self._standings[name]
        if project is None:
            return
        opened = standing.allowed & ~standing.shut(project)
        unyanked = opened & ~project.yanked
        if not opened:
            return
        position = _lowest(unyanked or opened)
        release = self._clauses.release(name, position)
        if release is None:
            raise _Stale
        named = {line[0] for line in _lines(release, standing.extras)} - {name}
        self._front_targets[name] = named
        self._count(named, 1)

    def _count(self, names: Iterable[str], step: int) -> None:
        for name in names:
            self._required[name] = self._required.get(name, 0) + step

    # Which version.

    def _decide(self, name: str) -> None:
        position = self._first_solvable(name)
        del self._waiting[name]
        self._count(self._front_targets.pop(name, ()), -1)
        self.decided[name] = position
        self._assumed.append(self._clauses.chosen[name][position])
        release = self._clauses.release(name, position)
        if release is None:
            raise _Stale
        self._ask_for_lines(name, release)

    def _first_solvable(self, name: str) -> int:
        """Find the first candidate with which a whole solution still exists."""
        clauses, assumed = self._clauses, self._assumed
        if clauses.is_changed and not clauses.solve(assumed):
            raise _Stale
        chosen = clauses.chosen[name]
        key = tuple(assumed), name
        refused = self._search.refused.get(key, 0)
        ranks = [mask & ~refused for mask in self._ranks(name)]
        start = _lowest(next(filter(None, ranks)))
        found = clauses.position_in_model(name)
        if found == start or clauses.solve([*assumed, chosen[start]]):
            return start
        order = [position for mask in ranks for position in _bits(mask)]
        place = order.index(found)
        while place > 1:
            switch = clauses.better(chosen[p] for p in order[1:place])
            if not clauses.solve([*assumed, switch]):
                break
            place = order.index(clauses.position_in_model(name))
        for position in order[:place]:
            refused |= 1 << position
        self._search.refused[key] = refused
        # The last call of the solver left no model of what is decided now.
        clauses.is_changed = True
        return order[place]

    def _ranks(self, name: str) -> tuple[int, ...]:
        """Return masks of the candidates, those to try first before the others."""
        project, standing = self._clauses.projects[name], self._standings[name]
        if project is None:
            raise _Stale
        self._read_holder(name, project, standing)
        allowed, shut = standing.allowed, standing.shut(project)
        unyanked, yanked = ~project.yanked, project.yanked
        opened, closed = allowed & ~shut, allowed & shut
        return opened & unyanked, opened & yanked, closed & unyanked, closed & yanked

    def _read_holder(self, name: str, project: Project, standing: _Standing) -> None:
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
                and not any(p in project.releases for p in _bits(fitting))
                and self._clauses.release(name, _lowest(fitting)) is None
            ):
                raise _Stale

    # What a decided release brings.

    def _ask_for_lines(self, name: str, release: ReleaseTable) -> None:
        lines = list(_lines(release, self._standings[name].extras))
        brought = self._ask_lines(name, lines)
        while brought:
            target, extra = brought.pop(0)
            found = self._clauses.release(target, self.decided[target])
            if found is not None:
                more = [line for line in found[0] if line[3] and extra in line[3]]
                brought += self._ask_lines(target, more)

    def _ask_lines(
        self, name: str, lines: Sequence[LineTable]
    ) -> list[tuple[str, str]]:
        self._universe.read_ahead([line[0] for line in lines])
        brought: list[tuple[str, str]] = []
        for target, specifier, extras, _ in lines:
            if specifier is None:
                raise _Stale
            new = self._ask(target, specifier, extras, name)
            if target in self.decided:
                brought += [(target, extra) for extra in new]
        return brought

    # A second look, by another way than the clauses.

    def _is_solution(self) -> bool:
        """Walk from the roots: all that is asked for is decided, and nothing else."""
        asked: dict[str, set[str]] = {}
        demands = [(r.name, r.specifier, r.extras) for r in self._search.roots]
        patches = (1 << self._universe.patches) - 1
        while demands:
            name, specifier, extras = demands.pop()
            project = self._clauses.projects.get(name)
            position = self.decided.get(name)
            if project is None or position is None:
                return False
            if (
                specifier
                and not self._universe.mask(project, specifier)[0] >> position & 1
            ):
                return False
            known = asked.get(name)
            if known is not None and known.issuperset(extras):
                continue
            asked[name] = (known or set()).union(extras)
            release = project.releases.get(position)
            if release is None or not project.alive >> position & 1:
                return False
            patches &= release[2]
            for line in _lines(release, asked[name]):
                if line[1] is None:
                    return False
                demands.append((line[0], line[1], line[2]))
        return asked.keys() == self.decided.keys() and patches != 0

    def _is_admitted(self) -> bool:
        """Run the least fixed point of admission (`axletree.resolver.admission`)."""
        gated = [name for name in self.decided if self._is_gated(name)]
        if not gated:
            return True
        standings: dict[str, _Standing] = {}
        for root in self._search.roots:
            self._note_demand(standings, root.name, root.specifier, root.extras)
        progress, before = 0, -1
        admitted: dict[str, None] = {}
        while progress != before:
            before = progress
            for name in [n for n in standings if n in self.decided]:
                if name in admitted or self._is_open(name, standings[name]):
                    admitted[name] = None
                    release = self._clauses.release(name, self.decided[name])
                    lines = release[0] if release is not None else ()
                    for target, specifier, extras, when in lines:
                        if when is None or any(
                            e in when for e in standings[name].extras
                        ):
                            self._note_demand(
                                standings, target, specifier or "", extras
                            )
            progress = len(admitted) + len(standings)
            progress += sum(len(standing.extras) for standing in standings.values())
        return admitted.keys() == self.decided.keys()

    def _note_demand(
        self,
        standings: dict[str, _Standing],
        name: str,
        specifier: str,
        extras: tuple[str, ...],
    ) -> None:
        project = self._clauses.projects[name]
        if name not in standings:
            standings[name] = _Standing(0 if project is None else project.alive)
        self._admit(name, standings[name], specifier)
        standings[name].extras.update(dict.fromkeys(extras))

    def _is_gated(self, name: str) -> bool:
        project = self._clauses.projects[name]
        gated = 0 if project is None else project.prereleases | project.yanked
        return bool(gated >> self.decided[name] & 1)

    def _is_open(self, name: str, standing: _Standing) -> bool:
        project = self._clauses.projects[name]
        if project is None:
            return False
        return not standing.shut(project) >> self.decided[name] & 1


def _lines(release: ReleaseTable, extras: Iterable[str]) -> Iterator[LineTable]:
    """Yield the lines true for the base or any of `extras`, in their order."""
    for line in release[0]:
        when = line[3]
        if when is None or any(extra in when for extra in extras):
            yield line


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1
