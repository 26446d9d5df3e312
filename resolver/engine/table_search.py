"""The plain engine's searches, run on tables where all is at hand.

Over a frozen universe nothing is gained by reading as little as a lazy search does, and
the same rule runs several times faster on tables (`axletree.resolver.engine.swift`). What that
cannot decide for certain is left to the lazy search.
"""

from collections.abc import Collection
from dataclasses import dataclass

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.engine.lazy import Search
from axletree.resolver.engine.rule import (
    Decisions,
    Standing,
)
from axletree.resolver.engine.swift import (
    Decided,
    Shared,
    SwiftSearch,
)
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.outcomes import (
    Answer,
    Found,
    GaveUp,
    ProvedNone,
)
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.universe.compiled import CompiledUniverse
from axletree.resolver.universe.compiling import KnowledgeCompiler
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.swift_reading import (
    SwiftAsked,
    SwiftRoot,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a search on tables came to."""

    answer: Answer[Decisions]
    rounds: int
    solver_calls: int


def is_quick(question: Question) -> bool:
    """Tell whether a question is one that tables can answer."""
    return question.prefer == "newest" and not question.preferences


def tables_of(knowledge: Knowledge) -> CompiledUniverse:
    """Give tables of what a knowledge reads."""
    compiler = KnowledgeCompiler(knowledge=knowledge, is_storable=False)
    return CompiledUniverse({}, {}, compiler.patches, lambda: compiler)


def tables_beside(
    tables: CompiledUniverse, knowledge: Knowledge, changed: Collection[NormalizedName]
) -> CompiledUniverse:
    """Give tables for a knowledge of another universe; all but `changed` is kept."""
    compiler = KnowledgeCompiler(knowledge=knowledge, is_storable=False)
    return tables.beside(lambda: compiler, changed)


def search_tables(shared: Shared, search: Search) -> Outcome:
    """Run the rule for the question of a search that has not been run."""
    question = search.question
    asked = SwiftAsked(
        list(map(as_table, question.roots)),
        list(map(as_table, question.constraints)),
        allow_prereleases=question.limits.allow_prereleases,
        lead=search.lead,
    )
    quick, before = SwiftSearch(shared, asked), shared.solver_calls
    decided = quick.decide()
    answer: Answer[Decisions] = ProvedNone() if quick.is_refused else GaveUp()
    if decided is not None:
        answer = Found(value=_decisions(search.knowledge, decided))
    return Outcome(
        answer=answer,
        rounds=quick.rounds,
        solver_calls=shared.solver_calls - before,
    )


def as_table(root: RootRequirement) -> SwiftRoot:
    """Put a root or constraint as tables have it."""
    requirement = root.requirement
    extras = tuple(sorted(map(canonicalize_name, requirement.extras)))
    name = canonicalize_name(requirement.name)
    return SwiftRoot(name, extras, str(requirement.specifier), root.origin)


def _decisions(knowledge: Knowledge, decided: Decided) -> Decisions:
    knowledge.read_pages(map(NormalizedName, decided.positions))
    releases = {
        name: page.all[decided.positions[name]]
        for name in map(NormalizedName, decided.positions)
        if (page := knowledge.releases[name]) is not None
    }
    # Tables may have been read by others than this knowledge.
    knowledge.read_metadata(releases.values())
    return Decisions(
        releases=releases,
        standings={
            name: Standing(
                allowed=found.allowed,
                prereleases_open=found.prereleases_open,
                pinned=found.pinned,
                extras=dict.fromkeys(map(NormalizedName, found.extras)),
                requested_by={
                    who if isinstance(who, Origin) else NormalizedName(who): None
                    for who in found.requested_by
                },
            )
            for name in releases
            for found in [decided.standings[name]]
        },
        wanted={},
        wanted_pages={},
        passed_over={},
    )
