"""Questions as tables have them, and answers from tables as releases."""

from collections.abc import Collection
from functools import cached_property

from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.engine.checked_tables import refuse_wrong
from axletree.resolver.engine.problem import (
    Demand,
    Problem,
)
from axletree.resolver.engine.search import Decided, Search
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.release_sets import bits
from axletree.resolver.universe.table_reader import KnowledgeReader
from axletree.resolver.universe.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question with the search that answers it, and what that reads."""

    question: Question
    knowledge: Knowledge
    search: Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What roots, constraints and decided releases say about one project."""

    prereleases_open: bool
    extras: dict[NormalizedName, None]
    """Asked for, in order."""
    requested_by: dict[Origin | NormalizedName, None]
    """Lines of the user's, and decided projects."""


class Decisions:
    """The answer to a question; its releases are read when they are asked for.

    To know that there is an answer, or a version of it, tables are enough.
    """

    def __init__(self, knowledge: Knowledge, search: Search, decided: Decided) -> None:
        """Take what was decided on tables."""
        self.python = decided.python
        """The patch release of Python for which they were decided, by its place."""
        self._knowledge = knowledge
        self._asked = search.asked
        self._reading = search.reading
        self._decided = decided

    def version(self, name: str) -> str | None:
        """Spell the version of a project in its normal form; None: it has no part."""
        project, position = (
            self._reading.projects.get(name),
            self._decided.positions.get(name),
        )
        return (
            None if project is None or position is None else project.versions[position]
        )

    @cached_property
    def versions(self) -> dict[NormalizedName, str]:
        """Spell all versions, by name."""
        found = ((name, self.version(name)) for name in sorted(self._decided.positions))
        return {NormalizedName(name): at for name, at in found if at is not None}

    def check_on_tables(self) -> None:
        """Let the independent checker look at the answer, as tables have it.

        :raises AssertionError: it refuses it.
        """
        tables = self._reading.universe
        refuse_wrong(tables, self._asked, self._decided.positions, self.python)

    @cached_property
    def releases(self) -> dict[NormalizedName, Release]:
        """Return the decided releases in the order decided, read."""
        knowledge, positions = self._knowledge, self._decided.positions
        names = list(map(NormalizedName, positions))
        knowledge.read_pages(names)
        releases = {
            name: page.all[positions[name]]
            for name in names
            if (page := knowledge.releases[name]) is not None
        }
        # Tables may have been read by others than this knowledge.
        knowledge.read_metadata(releases.values())
        return releases

    def decides(self, name: NormalizedName) -> bool:
        """Tell whether a release of the project is decided."""
        return name in self._decided.positions

    def release(self, name: NormalizedName) -> Release:
        """Return one decided release, its page read."""
        self._knowledge.read_pages([name])
        page = self._knowledge.releases[name]
        if page is None:
            message = f"{name} is decided, and there is no such project"
            raise AssertionError(message)
        return page.all[self._decided.positions[name]]

    @cached_property
    def standings(self) -> dict[NormalizedName, Standing]:
        """Return what was said about each."""
        return {
            NormalizedName(name): Standing(
                prereleases_open=found.prereleases_open,
                extras=dict.fromkeys(map(NormalizedName, found.extras)),
                requested_by={
                    who if isinstance(who, Origin) else NormalizedName(who): None
                    for who in found.requested_by
                },
            )
            for name in self._decided.positions
            for found in [self._decided.criteria[name]]
        }

    @property
    def micros_on_tables(self) -> int | None:
        """Return the same, where no line of theirs depends on it; None: one does."""
        found = (1 << self._reading.universe.micros) - 1
        for name, position in self._decided.positions.items():
            release = self._reading.releases[name][position]
            if release is None or any(line[4] for line in release[0]):
                return None
            found &= release[2]
        for each in (*self._asked.roots, *self._asked.constraints):
            if each.micros:
                found &= each.micros if each.micros >> self.python & 1 else ~each.micros
        return found

    @cached_property
    def micros(self) -> int:
        """Return those for which they hold: what is decided would be no other."""
        asked = (*self._asked.roots, *self._asked.constraints)
        said = (each.micros for each in asked if each.micros)
        extras = {
            name: frozenset(map(NormalizedName, self._decided.criteria[name].extras))
            for name in self.releases
        }
        return self._knowledge.micros_alike(self.python, self.releases, extras, said)

    @cached_property
    def unread(self) -> tuple[DistributionFile, ...]:
        """Return the files that cannot be read, and that it holds or hangs on."""
        knowledge, places = self._knowledge, self._decided.unread
        knowledge.read_pages(NormalizedName(name) for name, _ in places)
        unread = [
            page.all[position]
            for name, position in places
            if (page := knowledge.releases[NormalizedName(name)]) is not None
        ]
        knowledge.read_metadata(unread)
        return tuple(map(knowledge.file_of, unread))

    def pythons(self, environment: Environment) -> tuple[int, ...]:
        """Return the patch releases for which they hold."""
        return tuple(environment.micros[place] for place in bits(self.micros))


def tables_of(knowledge: Knowledge) -> Tables:
    """Give tables of what a knowledge reads."""
    reader = reader_of(knowledge)
    return Tables({}, {}, reader.micros, lambda: reader)


def reader_of(knowledge: Knowledge) -> KnowledgeReader:
    """Give who puts what a knowledge reads into tables."""
    return KnowledgeReader(knowledge=knowledge, is_storable=False)


def tables_beside(
    tables: Tables, knowledge: Knowledge, changed: Collection[NormalizedName]
) -> Tables:
    """Give tables for a knowledge of another universe; all but `changed` is kept."""
    reader = reader_of(knowledge)
    return tables.beside(lambda: reader, changed)


def as_tables(question: Question, lead: NormalizedName | None = None) -> Problem:
    """Put a question as tables have it.

    :param lead: a root decided before all others.
    """
    evaluator = MarkerEvaluator(question.environment)
    return Problem(
        [as_table(root, evaluator) for root in question.roots],
        [as_table(limit, evaluator) for limit in question.constraints],
        allow_prereleases=question.limits.allow_prereleases,
        lead=lead,
        kept={name: str(v) for name, v in question.preferences.items()},
    )


def as_table(root: RootRequirement, evaluator: MarkerEvaluator) -> Demand:
    """Put a root or constraint as tables have it."""
    requirement = root.requirement
    extras = tuple(sorted(map(canonicalize_name, requirement.extras)))
    name = canonicalize_name(requirement.name)
    micros = evaluator.limit(requirement.marker)
    return Demand(name, extras, root.specifier, root.origin, micros)
