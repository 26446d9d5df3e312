"""A refused question as facts, over what was read for it.

The search for cores runs on tables (`axletree.resolver.conflicts.cores`); here they are
made of what is read for this question, whatever its limits and changes.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Self

from packaging.utils import NormalizedName

from axletree.resolver.conflicts.also_contended import (
    AlsoContended,
    also_contended,
)
from axletree.resolver.conflicts.asked import Asked, AskedLine
from axletree.resolver.conflicts.cores import (
    CoreSearch,
    KeyCore,
)
from axletree.resolver.conflicts.sentences import write_core
from axletree.resolver.engine.decisions import as_table, as_tables, tables_of
from axletree.resolver.engine.fact_clauses import FactClauses
from axletree.resolver.engine.gates import GateClause
from axletree.resolver.engine.models import FactModels
from axletree.resolver.model.fact_keys import FactKey
from axletree.resolver.model.facts import Core
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.near_names import near_names
from axletree.resolver.universe.tables import Project, Tables
from axletree.resolver.universe.tables_read import (
    Reading,
    bits,
)


class Explanation:
    """A refused question, taken apart into facts."""

    def __init__(
        self,
        question: Question,
        knowledge: Knowledge,
        tables: Tables,
        models: FactModels | None = None,
    ) -> None:
        """Encode nothing yet but what is asked.

        :param knowledge: one that keeps what fell away; what it reads, `tables` have.
        :param models: of the same question over the same tables, where there are some.
        """
        self.question = question
        self.knowledge = knowledge
        self._tables = tables
        asked = as_tables(question)
        self._models = models or FactModels(
            Reading(tables, keeps_unusable=True),
            asked,
            is_frozen=knowledge.universe.is_frozen,
        )
        self._reading = self._models.reading
        self._search = CoreSearch(self._models, [root.name for root in asked.roots])

    @classmethod
    def of_frozen(
        cls, question: Question, knowledge: Knowledge, tables: Tables
    ) -> Self:
        """Explain over a universe where all is at hand.

        What others have read plays no part, so that equal conflicts are told alike.
        """
        return cls(question, knowledge, tables)

    @classmethod
    def of_index(
        cls,
        question: Question,
        knowledge: Knowledge,
        tables: Tables,
        objections: Sequence[GateClause],
    ) -> Self:
        """Explain by what a search has read, since reading more takes time."""
        new = cls(question, knowledge, tables)
        new._read_at_hand()
        new._models.clauses.sync()
        for objection in objections:
            new._models.object_to(new._weakened(objection))
        return new

    @property
    def reading(self) -> Reading:
        """Return what was read for it."""
        return self._reading

    def cores(self) -> tuple[tuple[KeyCore, ...], bool]:
        """Return the conflicts, the one to show first, and whether that is all."""
        return self._search.cores()

    def first(self) -> KeyCore | None:
        """Return one irreducible core, without looking for a smaller one or others."""
        return self._search.first()

    def write(self, core: KeyCore) -> Core:
        """Put a core into words."""
        return write_core(core, self._asked, self._models, self._reading)

    @property
    def _asked(self) -> Asked:
        return _asked(self.question, self._unasked, self._near)

    def _near(self, name: str) -> Sequence[str]:
        return near_names(self.knowledge, name)

    def _unasked(self, name: str) -> Sequence[str]:
        releases = self.knowledge.releases.get(NormalizedName(name))
        return () if releases is None else releases.page.unasked

    def also_contended(self, cores: Iterable[KeyCore]) -> AlsoContended:
        """Name what is contended beside what these cores clash on."""
        return also_contended(self._models, self._reading, cores)

    def holds(self, keys: Collection[FactKey], *literals: int) -> bool:
        """Tell whether facts can hold together (with some literals besides)."""
        return self._models.holds(keys, *literals)

    def can_hold_without(self, hidden: Collection[FactKey], *literals: int) -> bool:
        """Tell whether all other facts can hold together (with literals besides)."""
        return self._models.can_hold_without(hidden, *literals)

    def held(self, keys: Iterable[FactKey]) -> set[FactKey]:
        """Return those facts that the last model holds, whether it had to or not."""
        holds, selectors = self._models.clauses.sat.holds, self._models.selectors
        return {key for key in keys if holds(selectors[key])}

    def refusing_without(self, hidden: Collection[FactKey]) -> list[FactKey]:
        """Name facts among the others that cannot hold together.

        :returns: some of them may be spared; empty if all others can hold together.
        """
        return [] if self.can_hold_without(hidden) else self._models.used()

    def literal(self, release: Release) -> int:
        """Return the literal that says that a release is chosen."""
        self._reading.read_ahead([release.project])
        self._models.clauses.sync()
        return self._models.clauses.chosen[release.project][release.position]

    def demanding(self, release: Release) -> int:
        """Return a literal that keeps what a release requires chosen, if assumed."""
        self.read([release])
        return self._models.clauses.demanding(release.project, release.position)

    def project(self, name: str) -> Project | None:
        """Return the tables of a project; None: there is no such project."""
        return self._tables.project(name)

    def newest_final(self, name: str) -> int | None:
        """Return the position of a project's newest final release that may be chosen."""
        project = self.project(name)
        return next(bits(project.finals), None) if project is not None else None

    def admits(self, name: str, position: int, specifier: str) -> bool:
        """Tell whether a specifier admits a release."""
        project = self.project(name)
        if project is None or not specifier:
            return True
        return bool(self._tables.mask(project, specifier)[0] >> position & 1)

    def specifiers(self, name: str) -> Iterator[str]:
        """Yield what lines say of a project that anybody has read."""
        return (line[1] or "" for line in self._tables.lines() if line[0] == name)

    @property
    def facts(self) -> Collection[FactKey]:
        """Return all facts known so far."""
        return self._models.selectors.keys()

    @property
    def solver_calls(self) -> int:
        """Count the calls of the solver."""
        return self._models.solver_calls

    def read_pages(self, names: Iterable[str]) -> None:
        """Read pages."""
        self._reading.read_ahead(names)
        self._models.clauses.sync()

    def read(self, releases: Iterable[Release]) -> None:
        """Read releases."""
        listed = list(releases)
        self._reading.read_ahead((r.project for r in listed), _places(listed))
        self._models.clauses.sync()

    def catch_up(self) -> bool:
        """Take in what others have read meanwhile; False if that was nothing."""
        before = len(self._reading.history)
        rows = list(self._tables.looked_at)
        places = [(name, at) for name, row in rows for at in row]
        self._reading.read_ahead(name for name, _ in places)
        self._reading.read_ahead((), places)
        universe = self.knowledge.universe
        if isinstance(universe, MemoUniverse):
            self._reading.read_ahead(universe.page_of)
            self.read(
                release
                for releases in list(self.knowledge.releases.values())
                if releases is not None
                for release in releases.all
                if release.candidate_files[0] in universe.metadata_of
            )
        self._models.clauses.sync()
        return len(self._reading.history) > before

    def _read_at_hand(self) -> None:
        """Take in what the search has read."""
        self._reading.read_ahead(list(self.knowledge.releases))
        places = (
            (name, position)
            for name in self._reading.projects
            if (project := self.project(name)) is not None
            for position in (*project.releases, *_found_excluded(project))
        )
        self._reading.read_ahead((), list(places))

    def _weakened(self, objection: GateClause) -> GateClause:
        """Put what was said against a search's choice for one that leaves facts out.

        An excluded release may open a gate once its fact is left out, so all of them
        are let through.
        """
        excluded = [
            (name, position)
            for name, project in self._reading.projects.items()
            if project is not None
            for position in _excluded(project)
        ]
        return GateClause(
            refused=objection.refused,
            admitted=[*objection.admitted, *excluded],
            required=objection.required,
            facts=objection.facts,
            python=objection.python,
        )


def _excluded(project: Project) -> Iterator[int]:
    return bits(~project.alive & ((1 << len(project.versions)) - 1))


def _found_excluded(project: Project) -> Iterator[int]:
    """Yield the releases that only reading has excluded, not their page."""
    return (each for each in _excluded(project) if each not in project.unusable)


def _asked(
    question: Question,
    unasked: Callable[[str], Sequence[str]],
    near: Callable[[str], Sequence[str]],
) -> Asked:
    evaluator = MarkerEvaluator(question.environment)

    def asked(lines: Iterable[RootRequirement]) -> list[AskedLine]:
        return [AskedLine(as_table(line, evaluator), line) for line in lines]

    return Asked(
        roots=asked(question.roots),
        constraints=asked(question.constraints),
        python_version=question.environment.python_version,
        platform=question.environment.platform,
        pythons=question.environment.pythons,
        overrides=question.changes.of,
        last_day=question.limits.last_day,
        hash_lines=[(each.project, each.origin) for each in question.limits.hashes],
        unasked=unasked,
        near=near,
    )


def encode_all(knowledge: Knowledge) -> FactClauses:
    """Encode all that was read, with nothing asked for."""
    reading = Reading(tables_of(knowledge), keeps_unusable=True)
    reading.read_ahead(list(knowledge.releases))
    pages = knowledge.releases.values()
    places = _places(r for page in pages if page is not None for r in page.all)
    reading.read_ahead((), places)
    clauses = FactClauses(reading, (), ())
    clauses.sync()
    return clauses


def _places(releases: Iterable[Release]) -> list[tuple[str, int]]:
    return [(release.project, release.position) for release in releases]
