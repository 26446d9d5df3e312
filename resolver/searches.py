"""The searches over one universe, and what they share: what was read stays read."""

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial
from typing import Protocol, TypeAlias

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.engine.decisions import (
    Decisions,
    Inquiry,
    as_tables,
    reader_of,
    tables_beside,
    tables_of,
)
from axletree.resolver.engine.search import Search, Shared
from axletree.resolver.model.answers import Counters
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import (
    Limits,
    Question,
)
from axletree.resolver.model.reporter import Reporter
from axletree.resolver.universe.composed import MemoUniverse, OverlayUniverse
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.protocol import note_objection
from axletree.resolver.universe.table_reader import KnowledgeReader
from axletree.resolver.universe.tables import Tables

_KnownBy: TypeAlias = tuple[str, tuple[int, ...], Limits, Changes]
"""Environment's label and patch releases of Python, limits, changes."""


class KeptTables(Protocol):
    """Tables that were made before, of what the universe holds."""

    def tables(
        self, environment: Environment, make_reader: Callable[[], KnowledgeReader]
    ) -> Tables | None:
        """Return what is kept for an environment, if no limits are set."""
        ...


@dataclass(slots=True, kw_only=True)
class Searches:
    """Prepares and runs searches, and counts their work."""

    universe: MemoUniverse
    reporter: Reporter
    kept: KeptTables | None = None
    rounds: int = 0
    solver_calls: int = 0
    _known: dict[_KnownBy, Knowledge] = field(default_factory=dict)
    _shared: dict[Knowledge, Shared] = field(default_factory=dict)
    _over_kept: set[Knowledge] = field(default_factory=set)
    """Those that only complete tables that were made before."""

    def prepare(
        self, question: Question, *, lead: NormalizedName | None = None
    ) -> Inquiry:
        """Prepare a search that reads through this universe."""
        # What another question made known makes this one stronger, never different.
        environment = question.environment
        key = (
            environment.label,
            environment.micros,
            question.limits,
            question.changes,
        )
        knowledge = self._known.get(key)
        if knowledge is None:
            knowledge = self._known[key] = Knowledge(
                self.universe,
                question.environment,
                question.limits,
                question.changes,
            )
        knowledge.guesses.hear(question)
        search = Search(
            self.shared_by(knowledge),
            as_tables(question, lead),
            is_balanced=question.prefer == "balanced",
            watcher=self.reporter,
            objecting=partial(note_objection, self.universe),
        )
        return Inquiry(question=question, knowledge=knowledge, search=search)

    def run(self, inquiry: Inquiry) -> Decisions | None:
        """Run a search and count its work."""
        search, shared = inquiry.search, self.shared_by(inquiry.knowledge)
        rounds, calls = search.rounds, shared.solver_calls
        decided = search.run()
        self.rounds += search.rounds - rounds
        self.solver_calls += shared.solver_calls - calls
        if decided is None:
            return None
        return Decisions(inquiry.knowledge, search, decided)

    def shared_by(self, knowledge: Knowledge) -> Shared:
        """Return what the searches share that know the same."""
        found = self._shared.get(knowledge)
        if found is None:
            tables = self._kept_for(knowledge) or tables_of(knowledge)
            found = self._shared[knowledge] = Shared(
                tables, reads_freely=self.universe.is_frozen, is_open=True
            )
        return found

    def is_over_kept(self, inquiry: Inquiry) -> bool:
        """Tell whether a search only completes tables that were made before."""
        return inquiry.knowledge in self._over_kept

    def beside(self, added: Mapping[DistributionFile, FileMetadata]) -> "Searches":
        """Search the same universe with some files more."""
        universe = MemoUniverse(OverlayUniverse(base=self.universe, added=added))
        changed = frozenset(file.project for file in added)
        new = Searches(universe=universe, reporter=self.reporter)
        for key, knowledge in self._known.items():
            other = new._known[key] = knowledge.beside(universe, changed)
            if knowledge in self._over_kept:
                new._over_kept.add(other)
            if knowledge in self._shared:
                shared = self._shared[knowledge]
                tables = tables_beside(shared.tables, other, changed)
                new._shared[other] = shared.beside(tables, changed)
        return new

    @property
    def counters(self) -> Counters:
        """Return what was read and done so far."""
        return Counters(
            pages=len(self.universe.page_of),
            metadata=len(self.universe.metadata_of),
            rounds=self.rounds,
            solver_calls=self.solver_calls,
        )

    def _kept_for(self, knowledge: Knowledge) -> Tables | None:
        is_plain = knowledge.limits == Limits() and not knowledge.changes
        if self.kept is None or not is_plain:
            return None
        kept = self.kept.tables(knowledge.environment, lambda: reader_of(knowledge))
        if kept is not None:
            self._over_kept.add(knowledge)
        return kept
