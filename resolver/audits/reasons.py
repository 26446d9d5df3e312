"""Which facts make a release or a pair impossible, asked for thousands of them.

All is encoded once, to learn which facts play a part at all: what is far from a
question is not put in force, and costs nothing. Which of these few are superfluous is
then tried over an encoding of the few projects that they are about, where a model is
small.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from packaging.utils import NormalizedName

from axletree.resolver.audits.closures import Cones
from axletree.resolver.conflicts.explanation import encode_all
from axletree.resolver.engine.fact_clauses import FactClauses
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FactKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.tables_read import Reading


@dataclass(frozen=True, slots=True)
class ReleasesAsked:
    """Just these releases are wanted."""

    releases: tuple[Release, ...]

    def literals(self, clauses: FactClauses) -> list[int]:
        """Demand them."""
        chosen = clauses.chosen
        return [chosen[release.project][release.position] for release in self.releases]

    @property
    def names(self) -> tuple[NormalizedName, ...]:
        """Name their projects."""
        return tuple(release.project for release in self.releases)


@dataclass(frozen=True, slots=True)
class ProjectsAsked:
    """Some release of each of these projects is wanted."""

    names: tuple[NormalizedName, ...]

    def literals(self, clauses: FactClauses) -> list[int]:
        """Demand them."""
        return [clauses.presence(name) for name in self.names]


Asked: TypeAlias = ReleasesAsked | ProjectsAsked


@dataclass(kw_only=True)
class Reasons:
    """Finds the facts, none of which is superfluous; gates are no such facts."""

    knowledge: Knowledge
    cones: Cones
    _all: FactClauses = field(init=False)
    _facts: Mapping[NormalizedName, list[FactKey]] = field(init=False)
    """Project -> what is said of it, or by it."""
    _few: FactClauses = field(init=False)
    """All about the projects that facts were about so far, and nothing of others."""

    def __post_init__(self) -> None:
        self._all = encode_all(self.knowledge)
        facts: dict[NormalizedName, list[FactKey]] = {}
        for key in self._all.selectors:
            facts.setdefault(_subject(key), []).append(key)
        self._facts = facts
        tables = self._all.reading.universe
        self._few = FactClauses(Reading(tables, keeps_unusable=True), (), ())

    def core(self, asked: Asked) -> tuple[FactKey, ...] | None:
        """Return facts that cannot hold with what is asked; None if all can."""
        clauses = self._all
        facts = self._near(asked.names)
        selectors = [clauses.selectors[key] for key in facts]
        if clauses.sat.solve([*asked.literals(clauses), *selectors]):
            return None
        used = set(clauses.sat.core())
        core = [key for key in facts if clauses.selectors[key] in used]
        return _minimised(core, asked, self._small(core, asked.names))

    def _near(self, names: Iterable[NormalizedName]) -> list[FactKey]:
        """List the facts of all that can be reached; others play no part."""
        cone = 0
        for name in names:
            cone |= self.cones.of(name)
        reached = self.cones.members(cone)
        return [key for name in reached for key in self._facts.get(name, ())]

    def _small(
        self, core: Iterable[FactKey], names: Iterable[NormalizedName]
    ) -> FactClauses:
        """Encode the projects that some facts are about, beside those before them."""
        about = dict.fromkeys(names)
        for key in core:
            about[_subject(key)] = None
            if isinstance(key, EdgeKey):
                about[key.target] = None
        reading = self._few.reading
        reading.read_ahead(about)
        for name in about:
            project = reading.projects[name]
            count = 0 if project is None else len(project.versions)
            reading.read_ahead((), ((name, position) for position in range(count)))
        self._few.sync()
        return self._few


def _minimised(
    core: list[FactKey], asked: Asked, clauses: FactClauses
) -> tuple[FactKey, ...]:
    """Leave out one fact after the other."""
    selectors, sat = clauses.selectors, clauses.sat
    literals = asked.literals(clauses)
    for key in list(core):
        rest = [other for other in core if other != key]
        if key in core and not sat.solve(_assumed(literals, rest, selectors)):
            used = set(sat.core())
            core = [other for other in rest if selectors[other] in used]
    return tuple(core)


def _assumed(
    literals: Iterable[int],
    facts: Collection[FactKey],
    selectors: Mapping[FactKey, int],
) -> list[int]:
    return [*literals, *(selectors[key] for key in facts)]


def _subject(key: FactKey) -> NormalizedName:
    """Name the project that a fact is one of."""
    match key:
        case EdgeKey(project=name) | AbsentKey(project=name) | FallenKey(project=name):
            return name
        case RootKey() | ConstraintKey():
            message = f"nothing is asked for in an audit: {key}"
            raise TypeError(message)
