"""Many requirements files for many environments: the cells of a check.

Each cell is one resolution; what comes out is plain data that can cross from one
process to another.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from axletree.errors import AxletreeError, Spot
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.facts import (
    Core,
    Fact,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error as plain data: a cell that could not be looked at."""

    reference: str
    what: str
    where: str
    hint: str
    exit_code: int
    spots: tuple[Spot, ...] = ()
    """Where in files, if it is known."""

    @classmethod
    def of(cls, error: AxletreeError) -> "Failure":
        """Keep what a user reads of an error."""
        return cls(
            reference=error.reference,
            what=error.what,
            where=error.where,
            hint=error.hint,
            exit_code=error.exit_code,
            spots=error.spots,
        )


CellAnswer: TypeAlias = Resolution | Conflict | Failure
Outcome: TypeAlias = Literal["ok", "conflict", "known", "error"]
"""A known one has no conflict but those that a baseline has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One set of requirements for one environment, with what came out."""

    file: str
    part: str = ""
    """Which of its sets: `[docs]`, `:dev`; empty: the file, or its project."""
    environment: Environment
    answer: CellAnswer
    path: str = ""
    """The file as the repository names it, from its root; empty: as `file`."""
    command: str = ""
    """Shows it whole, with what would help; empty where there is no more to show."""
    known: frozenset[str] = frozenset()
    """Fingerprints of conflicts that a baseline has."""

    @property
    def label(self) -> str:
        """Name it for people: `r.txt, Python 3.9 on linux`."""
        return f"{self.name}, {self.environment.label}"

    @property
    def name(self) -> str:
        """Name the set: `pyproject.toml:dev`."""
        return f"{self.file}{self.part}"

    @property
    def place(self) -> str:
        """Name the set as the repository names its file."""
        return f"{self.path or self.file}{self.part}"

    @property
    def target(self) -> str:
        """Name its environment without a patch release."""
        return f"Python {self.environment.python} on {self.environment.platform}"

    @property
    def cores(self) -> tuple[Core, ...]:
        """List its conflicts, be they known or not."""
        return self.answer.conflicts if isinstance(self.answer, Conflict) else ()

    @property
    def new_cores(self) -> tuple[Core, ...]:
        """List its conflicts that no baseline has."""
        return tuple(c for c in self.cores if self.fingerprint(c) not in self.known)

    @property
    def outcome(self) -> Outcome:
        """Say in a word what came out."""
        match self.answer:
            case Resolution():
                return "ok"
            case Failure():
                return "error"
            case Conflict():
                return "conflict" if self.new_cores else "known"

    def fingerprint(self, core: Core) -> str:
        """Name a conflict so that it has the same name in the next run.

        It hangs on the file, the environment and which projects ask for which, and
        neither on lines nor on versions: who moves a line, or a pin that stays in the
        same conflict, makes no new one.
        """
        facts = {(fact.kind, fact.project, fact.target or "") for fact in core.facts}
        return _digest(self.place, self.target, sorted(facts))

    def error_fingerprint(self, reference: str, what: str) -> str:
        """Name what could not be checked; moving its line makes no new name, either."""
        return _digest(self.place, self.target, (reference, what))


def _digest(*parts: object) -> str:
    # A file's name need be no text.
    text = json.dumps(parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Cells with one conflict, or one failure, in common."""

    cells: tuple[Cell, ...]
    answer: Conflict | Failure
    """A conflict with that core alone, the places of all cells as its evidence."""
    cores: tuple[Core | None, ...]
    """Of each cell its own, with its own places; None: it could not be checked."""


def exit_code(cells: Iterable[Cell]) -> int:
    """Return what a check of these cells ends with.

    An error wins over a conflict: what could not be looked at may hold more of them.
    """
    codes = {0}
    for cell in cells:
        match cell.answer:
            case Conflict() as conflict if cell.new_cores:
                codes.add(3 if conflict.holds_here_only else 1)
            case Failure(exit_code=code):
                codes.add(code)
            case _:
                pass
    return max(codes)


def explained(cells: Iterable[Cell]) -> tuple[Explained, ...]:
    """Gather the cells without an answer by what is wrong, first met first.

    A cell with several conflicts stands under each of them that is not known.
    """
    alike: dict[object, list[tuple[Cell, Conflict | Failure]]] = {}
    for cell in cells:
        match cell.answer:
            case Conflict() as conflict:
                for core in cell.new_cores:
                    single = replace(conflict, conflicts=(core,), complete=True)
                    alike.setdefault(_sentences(core), []).append((cell, single))
            case Failure() as failure:
                alike.setdefault(failure, []).append((cell, failure))
            case Resolution():
                pass
    return tuple(map(_explain, alike.values()))


def cause(core: Core) -> str:
    """Say in one line what clashes: the facts on the contended project alone."""
    bearing = [fact for fact in core.facts if _bears(fact, core)]
    texts = [fact.text for fact in bearing] or [core.facts[-1].text]
    return (", but " if len(texts) == 2 else "; ").join(texts)


def _bears(fact: Fact, core: Core) -> bool:
    if core.picture is None:
        return False
    return core.picture.project == (fact.target or fact.project)


def _sentences(core: Core) -> tuple[object, ...]:
    """Return what two cores share if they read the same, but for places."""
    return (core.claim, *(fact.text for fact in core.facts))


def _explain(met: Sequence[tuple[Cell, Conflict | Failure]]) -> Explained:
    answer = met[0][1]
    cells = tuple(cell for cell, _ in met)
    own = tuple(a.conflicts[0] if isinstance(a, Conflict) else None for _, a in met)
    if isinstance(answer, Conflict):
        cores = [core for core in own if core is not None]
        answer = replace(answer, conflicts=(_merge_cores(cores),))
    return Explained(cells=cells, answer=answer, cores=own)


def _merge_cores(cores: Sequence[Core]) -> Core:
    facts = zip(*(core.facts for core in cores), strict=True)
    return cores[0].telling(tuple(map(_merge_facts, facts)))


def _merge_facts(facts: Sequence[Fact]) -> Fact:
    evidence = dict.fromkeys(e for fact in facts for e in fact.evidence)
    return facts[0].found_at(tuple(evidence))
