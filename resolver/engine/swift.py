"""The answer rule on a compiled universe: the plain case, at once.

The same rule as in `axletree.resolver.engine.rule`. While it runs, gates count as open: that
makes the problem weaker, and a refusal by a weaker problem is a refusal. When all is
decided, admission is looked at; where it fails, or where there is no answer, the
outcome is None, and the plain engine is asked, which also explains. Source:
RESOLVING.md 2 and 3.

Releases are read at once when they are decided or stand in front. What is read then
may leave what was decided before without a solution; the round begins again, and
what it refuses now stays refused.
"""

from __future__ import annotations

import marshal

from axletree.resolver.engine.swift_check import SecondLook
from axletree.resolver.engine.swift_round import (
    ClashError,
    Round,
    StaleError,
)
from axletree.resolver.model.origins import Requirer
from axletree.resolver.universe.swift_reading import (
    Reading,
    lowest,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from axletree.resolver.engine.swift_clauses import Clauses
    from axletree.resolver.engine.swift_round import (
        Refused,
        Standing,
    )
    from axletree.resolver.model.origins import RequestedBy
    from axletree.resolver.universe.compiled import (
        CompiledUniverse,
        FileTable,
        Project,
    )
    from axletree.resolver.universe.swift_reading import SwiftAsked

FIRST_BATCH = 32
"""Releases to read where one was refused; from tables they cost next to nothing."""
MAX_DOUBLINGS = 8
"""More releases than any project has."""
FAR_BEHIND_S = 365 * 86400
"""From more seconds than this the plain engine may have a note (`resolver.behind`)."""


class SwiftPin:
    """One release of an answer."""

    __slots__ = ("extras", "hashes", "name", "requested_by", "version")

    def __init__(
        self,
        *,
        name: str,
        version: str,
        extras: Sequence[str],
        requested_by: Sequence[RequestedBy],
        hashes: Sequence[str],
    ) -> None:
        self.name = name
        self.version = version
        self.extras = tuple(extras)
        self.requested_by = requested_by
        self.hashes = hashes


class Decided:
    """An answer: what was decided, and what was said about it."""

    __slots__ = ("positions", "standings")

    def __init__(
        self, positions: Mapping[str, int], standings: Mapping[str, Standing]
    ) -> None:
        self.positions = positions
        """Project -> position, in the order decided."""
        self.standings = standings


class Shared:
    """What questions over one compiled universe share: what was read, as clauses."""

    def __init__(self, tables: CompiledUniverse) -> None:
        self.tables = tables
        self.reading = Reading(tables)
        self._clauses: Clauses | None = None

    @property
    def clauses(self) -> Clauses:
        """Make the clauses when they are first needed."""
        if self._clauses is None:
            # Late: the solver takes longer to load than an answer without a clash
            # to find.
            from axletree.resolver.engine.swift_clauses import Clauses  # noqa: PLC0415

            self._clauses = Clauses(self.reading)
        return self._clauses

    @property
    def solver_calls(self) -> int:
        """Count the calls of the solver, of all questions."""
        return 0 if self._clauses is None else self._clauses.sat.calls


class SwiftSearch:
    """One question over one compiled universe."""

    def __init__(self, shared: Shared, asked: SwiftAsked) -> None:
        self.reading = shared.reading
        self.is_refused = False
        """It was found that there is no solution."""
        self.rounds = 0
        self._shared = shared
        self._asked = asked
        self._refused: Refused = {}
        self._refusals: dict[str, int] = {}
        self._last: dict[str, int] = {}

    def decide(self) -> Decided | None:
        """Return the answer; None: there is none, or it is beyond this search."""
        names = [root.name for root in self._asked.roots]
        self.reading.universe.read_ahead(names)
        round_ = self._without_clauses() or self._with_clauses()
        if round_ is None:
            return None
        look = SecondLook(self.reading, self._asked, round_.decided)
        if not look.is_solution() or not look.is_admitted():
            return None
        return Decided(round_.decided, round_.standings)

    def run(self) -> tuple[SwiftPin, ...] | None:
        """Return the pins by name; None: ask the plain engine, which may have notes."""
        decided = self.decide()
        return None if decided is None else self._pins(decided)

    def _without_clauses(self) -> Round | None:
        """Run the rule as if nothing clashed; None: something does."""
        while True:
            self.rounds += 1
            round_ = Round(self.reading, self._asked)
            try:
                round_.run()
            except StaleError:
                continue
            except ClashError:
                return None
            return round_

    def _with_clauses(self) -> Round | None:
        """Run the rule; None: there is no solution."""
        clauses = self._shared.clauses
        asked = clauses.asking(self._asked)
        while clauses.solve([asked]):
            self.rounds += 1
            round_ = Round(self.reading, self._asked, clauses, self._refused)
            round_.assume(asked)
            try:
                round_.run()
            except StaleError:
                self._read_beside(round_.decided)
                continue
            return round_
        self.is_refused = True
        return None

    def _read_beside(self, decided: dict[str, int]) -> None:
        """Read ever more releases beside one that is refused again and again."""
        for name, position in decided.items():
            before = self._last.get(name)
            self._last[name] = position
            if before is not None and position > before:
                times = self._refusals[name] = self._refusals.get(name, 0) + 1
                batch = FIRST_BATCH << min(times - 1, MAX_DOUBLINGS)
                self.reading.read_some(name, position + 1, batch - 1)

    # The answer.

    def _pins(self, decided: Decided) -> tuple[SwiftPin, ...] | None:
        """Put the answer into pins; None: there is something to note."""
        if any(self._is_far_behind(r.name, decided) for r in self._asked.roots):
            return None
        pins = [self._pin(name, decided) for name in sorted(decided.positions)]
        found = tuple(pin for pin in pins if pin is not None)
        return found if len(found) == len(pins) else None

    def _pin(self, name: str, decided: Decided) -> SwiftPin | None:
        project, position = self.reading.projects[name], decided.positions[name]
        release = self.reading.release(name, position)
        if project is None or release is None:
            return None
        standing = decided.standings[name]
        has_note = release[5] or any(e not in release[1] for e in standing.extras)
        has_note = has_note or project.has_excluded
        if has_note or _is_unread_above(project, position):
            return None
        _, hashes, _ = unpack_file(release[4])
        return SwiftPin(
            name=name,
            version=project.versions[position],
            extras=sorted(standing.extras),
            requested_by=[
                self._requirer(who, decided) if isinstance(who, str) else who
                for who in standing.requested_by
            ],
            hashes=hashes,
        )

    def _requirer(self, name: str, decided: Decided) -> Requirer:
        project = self.reading.projects[name]
        versions = () if project is None else project.versions
        return Requirer(name, versions[decided.positions[name]])

    def _is_far_behind(self, name: str, decided: Decided) -> bool:
        """Tell whether a root may be so far behind that the plain engine notes it."""
        project, position = self.reading.projects[name], decided.positions[name]
        chosen = self.reading.release(name, position)
        if project is None or chosen is None:
            return False
        allowed = project.finals
        for other in self._asked.roots:
            if other.name == name and other.specifier:
                allowed &= self.reading.mask(name, other.specifier)[0]
        newer = None
        while newer is None:
            # One that turns out to be dead is no final any more.
            allowed &= project.finals
            if not allowed or lowest(allowed) >= position:
                return False
            newer = self.reading.release(name, lowest(allowed))
        times = [unpack_file(release[4])[2] for release in (newer, chosen)]
        if times[0] is None or times[1] is None:
            return False
        return times[0] - times[1] > FAR_BEHIND_S


def _is_unread_above(project: Project, position: int) -> bool:
    """Tell whether a newer release was passed over since it could not be read."""
    read = project.releases.items()
    return any(above < position and r[3] and r[5] for above, r in read)


def unpack_file(packed: bytes) -> FileTable:
    """Unpack what is kept of a file: most of it is of no use to most answers."""
    found: FileTable = marshal.loads(packed)  # noqa: S302  our own, its digest checked
    return found
