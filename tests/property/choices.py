"""Choices of brute force, as the independent checker takes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from packaging.utils import NormalizedName

from axletree.resolver.engine.checked_files import ChosenFile
from axletree.resolver.engine.checked_tables import violations_on_tables
from axletree.resolver.engine.decisions import as_tables, tables_of
from axletree.resolver.engine.problem import Problem
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.question import Question
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.tables import Tables
from tests.property.brute_files import Candidate
from tests.property.brute_force import Choice, World


def exchanges(world: World, choice: Choice) -> Iterator[Choice]:
    """Exchange, leave out or add one release."""
    for name in world.candidates:
        yield {other: choice[other] for other in choice if other != name}
        for candidate in world.candidates[name]:
            yield {**choice, name: candidate}


def chosen_files(world: World, choice: Choice) -> dict[NormalizedName, ChosenFile]:
    """Put a choice as the checker takes it."""
    return {name: _chosen_file(world, found) for name, found in choice.items()}


def _chosen_file(world: World, candidate: Candidate) -> ChosenFile:
    metadata = world.universe.metadata_of[candidate.file.filename]
    assert isinstance(metadata, FileMetadata)
    others = world.candidates[candidate.project]
    return ChosenFile(
        version=candidate.version,
        file=candidate.file,
        metadata=metadata,
        finals=tuple(c.file.version for c in others if c.is_final),
        unyanked=tuple(c.file.version for c in others if not c.is_yanked),
    )


@dataclass(frozen=True, slots=True)
class OnTables:
    """One question, and tables of all that can be read for it."""

    knowledge: Knowledge
    tables: Tables
    asked: Problem

    @classmethod
    def of(cls, universe: FrozenUniverse, question: Question) -> Self:
        """Read everything."""
        knowledge = Knowledge(
            universe, question.environment, question.limits, question.changes
        )
        tables = tables_of(knowledge)
        for name in universe.page_of:
            project = tables.project(name)
            for position in range(len(project.versions) if project else 0):
                assert project is not None
                tables.release(project, position)
        return cls(knowledge, tables, as_tables(question))

    def violations(self, choice: Choice, micro: int) -> tuple[str, ...]:
        """Let the checker look at a choice by what stands in the tables.

        :param micro: the patch release of Python to look at it for.
        """
        chosen = {str(name): self._position(found) for name, found in choice.items()}
        place = self.knowledge.environment.micros.index(micro)
        return violations_on_tables(self.tables, self.asked, chosen, place)

    def _position(self, candidate: Candidate) -> int:
        releases = self.knowledge.releases[candidate.project]
        assert releases is not None
        return releases.by_version[candidate.version].position
