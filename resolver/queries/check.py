"""Many requirements files for many environments: the cells of a check.

Each cell is one resolution; what comes out is plain data that can cross from one
process to another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from axletree.errors import AxletreeError
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

    @classmethod
    def of(cls, error: AxletreeError) -> "Failure":
        """Keep what a user reads of an error."""
        return cls(
            reference=error.reference,
            what=error.what,
            where=error.where,
            hint=error.hint,
            exit_code=error.exit_code,
        )


CellAnswer: TypeAlias = Resolution | Conflict | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One requirements file for one environment, with what came out."""

    file: str
    environment: Environment
    answer: CellAnswer

    @property
    def label(self) -> str:
        """Name it for people: `r.txt, Python 3.9 on linux`."""
        return f"{self.file}, {self.environment.label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Cells with one conflict, or one failure, in common."""

    cells: tuple[Cell, ...]
    answer: Conflict | Failure
    """A conflict with that core alone, the places of all cells as its evidence."""


def exit_code(cells: Iterable[Cell]) -> int:
    """Return what a check of these cells ends with.

    An error wins over a conflict: what could not be looked at may hold more of them.
    """
    codes = {0}
    for cell in cells:
        match cell.answer:
            case Conflict() as conflict:
                codes.add(3 if conflict.holds_here_only else 1)
            case Failure(exit_code=code):
                codes.add(code)
            case Resolution():
                pass
    return max(codes)


def explained(cells: Iterable[Cell]) -> tuple[Explained, ...]:
    """Gather the cells without an answer by what is wrong, first met first.

    A cell with several conflicts stands under each of them.
    """
    alike: dict[object, list[tuple[Cell, Conflict | Failure]]] = {}
    for cell in cells:
        match cell.answer:
            case Conflict() as conflict:
                for core in conflict.conflicts:
                    single = replace(conflict, conflicts=(core,), complete=True)
                    alike.setdefault(_sentences(core), []).append((cell, single))
            case Failure() as failure:
                alike.setdefault(failure, []).append((cell, failure))
            case Resolution():
                pass
    return tuple(map(_explain, alike.values()))


def cause(conflict: Conflict) -> str:
    """Say in one line what clashes: the facts on the contended project alone."""
    core = conflict.conflicts[0]
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
    if isinstance(answer, Conflict):
        cores = [a.conflicts[0] for _, a in met if isinstance(a, Conflict)]
        answer = replace(answer, conflicts=(_merge_cores(cores),))
    return Explained(cells=cells, answer=answer)


def _merge_cores(cores: Sequence[Core]) -> Core:
    facts = zip(*(core.facts for core in cores), strict=True)
    return cores[0].telling(tuple(map(_merge_facts, facts)))


def _merge_facts(facts: Sequence[Fact]) -> Fact:
    evidence = dict.fromkeys(e for fact in facts for e in fact.evidence)
    return facts[0].found_at(tuple(evidence))
