"""What is wrong with the cells of a check, each thing at its place: for CI to show.

A finding is what code hosts make a mark in a file of: one for each conflict, and for
each line that cannot be read, of each cell.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from axletree.errors import Spot
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.facts import Core
from axletree.resolver.model.origins import Origin
from axletree.resolver.queries.check import Cell, Failure, cause

NO_SOLUTION = "no-solution"
"""The reference of a conflict; other findings have their error's."""

Locate: TypeAlias = Callable[[str], str]
"""A file as the user named it -> as the repository names it, from its root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a file, which the repository names from its root."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        """Render as tools do: `FILE:N`."""
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with one cell."""

    cell: Cell
    reference: str
    what: str
    """Whole, in one line."""
    place: Place
    """The first line that it is about, else the file."""
    others: tuple[Place, ...] = ()
    """Further lines that it is about."""
    fingerprint: str
    """The same in the next run; no other finding of this one has it."""
    is_known: bool = False
    """A baseline has it."""

    @property
    def places(self) -> tuple[Place, ...]:
        """List all lines."""
        return (self.place, *self.others)


def findings(cells: Iterable[Cell], locate: Locate = str) -> tuple[Finding, ...]:
    """Say what is wrong with cells, in their order, known things too."""
    seen: Counter[str] = Counter()
    found = []
    for finding in (each for cell in cells for each in _of_cell(cell, locate)):
        seen[finding.fingerprint] += 1
        count = seen[finding.fingerprint]
        more = f"-{count}" if count > 1 else ""
        found.append(replace(finding, fingerprint=f"{finding.fingerprint}{more}"))
    return tuple(found)


def places_of(core: Core, cell: Cell, locate: Locate = str) -> tuple[Place, ...]:
    """List the lines that a conflict is about, as far as users wrote them."""
    named = {
        Place(path=_path(e.file, cell, locate), line=e.line): None
        for fact in core.facts
        for e in fact.evidence
        if e.kind == "requirement-line" and e.file is not None
    }
    return tuple(named) or (Place(path=locate(cell.file)),)


def _of_cell(cell: Cell, locate: Locate) -> Iterator[Finding]:
    match cell.answer:
        case Resolution():
            return
        case Conflict():
            yield from (_of_core(cell, core, locate) for core in cell.cores)
        case Failure() as failure:
            yield from _of_failure(cell, failure, locate)
        case _:
            assert_never(cell.answer)


def _of_core(cell: Cell, core: Core, locate: Locate) -> Finding:
    first, *others = places_of(core, cell, locate)
    fingerprint = cell.fingerprint(core)
    return Finding(
        cell=cell,
        reference=NO_SOLUTION,
        what=cause(core),
        place=first,
        others=tuple(others),
        fingerprint=fingerprint,
        is_known=fingerprint in cell.known,
    )


def _of_failure(cell: Cell, failure: Failure, locate: Locate) -> Iterator[Finding]:
    first = failure.what.partition("\n")[0]
    hint = f" ({failure.hint})" if failure.hint else ""
    spots = failure.spots or (Spot(file=cell.file, line=None, what=f"{first}{hint}"),)
    for spot in spots:
        yield Finding(
            cell=cell,
            reference=failure.reference,
            what=spot.what,
            place=Place(path=_path(spot.file, cell, locate), line=spot.line),
            fingerprint=cell.error_fingerprint(failure.reference, spot.what),
        )


def _path(file: str, cell: Cell, locate: Locate) -> str:
    """Name a file; what stands in none is told at the file that is checked."""
    return locate(cell.file if file == Origin().file else file)
