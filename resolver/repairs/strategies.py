"""The repair by asking every index, where some were not asked (RESOLVING.md 1, 5)."""

from collections.abc import Iterator, Sequence
from dataclasses import field

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import Pin, Repair
from axletree.resolver.model.outcomes import Found, GaveUp
from axletree.resolver.repairs.costs import INDEX_STRATEGY, cost_of
from axletree.resolver.repairs.proving import Prover, projects_of
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.sparing import SparingUniverse

_RISK = (
    "anybody who can publish on one of the indexes can then supply a version of any "
    "project"
)
_MOST_NAMED = 3
"""Releases from other indexes that its sentence names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllIndexes:
    """Indexes with every one of them asked for every project."""

    universe: SparingUniverse
    names: tuple[str, ...]
    """By their rank."""


@dataclass(slots=True)
class StrategyRepairs:
    """Looks whether an index that was not asked has what is needed."""

    prover: Prover
    all_indexes: AllIndexes
    is_complete: bool = field(init=False, default=True)

    def find(self) -> Iterator[Repair]:
        """Yield the repair if it works."""
        question = self.prover.question
        about = (projects_of(question, core.keys) for core in self.prover.cores)
        if not all(map(self._is_about_unasked, about)):
            return
        self.prover.reporter.proving("the other indexes")
        universe = MemoUniverse(self.all_indexes.universe)
        resolver = Resolver(universe, reporter=self.prover.reporter)
        found = self.prover.attempt(resolver, question)
        if isinstance(found, GaveUp):
            self.is_complete = False
        if not isinstance(found, Found):
            return
        # What a folder has has the rank of the first.
        others = [pin for pin in found.value.pins if pin.file.index_rank]
        yield Repair(
            kind="index-strategy",
            text=f"ask every index for every project: {self._sentence(others)}",
            changes=("--index-strategy unsafe-best-match",),
            cost=cost_of([INDEX_STRATEGY]),
            claim=self.prover.claim(found),
            resolution=found.value,
            notes=(_RISK, *self.prover.notes(found.unread)),
        )

    def _sentence(self, others: Sequence[Pin]) -> str:
        told = [
            f"{pin.name} {pin.version} comes from "
            f"{self.all_indexes.names[pin.file.index_rank]}"
            for pin in others[:_MOST_NAMED]
        ]
        more = len(others) - _MOST_NAMED
        return ", ".join([*told, f"and {more} more"] if more > 0 else told)

    def _is_about_unasked(self, names: set[NormalizedName]) -> bool:
        pages = self.prover.universe.pages(sorted(names)).values()
        return any(page is not None and page.unasked for page in pages)
