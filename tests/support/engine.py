"""The engine over scenarios: questions put, all read, choices as it takes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from packaging.version import Version

from axletree.resolver.engine.decisions import Decisions, Inquiry
from axletree.resolver.engine.search import Search
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import Universe
from tests.property.brute_force import Choice, World
from tests.property.choices import exchanges
from tests.support.scenarios import NAMES, Scenario, load_scenario

UNDEFINED = "candidates/undefined_markers"
"""Brute force knows fewer markers that packaging does not evaluate."""
TRIED = [name for name in NAMES if name != UNDEFINED]
MOST_SOLUTIONS = 4


def inquire(scenario: Scenario, universe: Universe | None = None) -> Inquiry:
    """Put a scenario's question, and read nothing yet."""
    resolver = Resolver(MemoUniverse(universe or scenario.universe))
    return resolver.search(scenario.question)


def decide(scenario: Scenario, universe: Universe | None = None) -> Decisions:
    """Answer it."""
    resolver = Resolver(MemoUniverse(universe or scenario.universe))
    found = resolver.run(resolver.search(scenario.question))
    assert found is not None
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A scenario's question with all of its universe read, beside brute force."""

    world: World
    search: Search

    @classmethod
    def of(cls, name: str, *, is_put_first: bool = False) -> Self:
        """Read it, before or after the question is put as clauses."""
        scenario = load_scenario(name)
        assert isinstance(scenario.universe, FrozenUniverse)
        search = inquire(scenario).search
        if is_put_first:
            assert search.switch
        names = list(scenario.universe.page_of)
        roots = [root.name for root in search.asked.roots]
        search.reading.read_ahead([*names, *roots])
        for project in search.reading.projects.values():
            if project is not None:
                places = range(len(project.versions))
                alive = [at for at in places if project.alive >> at & 1]
                search.reading.read_ahead((), [(project.name, at) for at in alive])
        search.reading.read_ahead(list(search.reading.requirers()))
        return cls(world=World(scenario.universe, scenario.question), search=search)

    def choices(self) -> Iterator[Choice]:
        """Yield solutions, and choices that are one release away from them."""
        for solution in self.world.solutions()[:MOST_SOLUTIONS] or [{}]:
            yield solution
            yield from exchanges(self.world, solution)

    def positions(self, choice: Choice) -> dict[str, int]:
        """Put a choice as the engine does: by the places of releases."""
        return {name: self.position(name, c.version) for name, c in choice.items()}

    def position(self, name: str, version: Version) -> int:
        """Find the place of a release."""
        project = self.search.reading.projects[name]
        assert project is not None
        return [Version(text) for text in project.versions].index(version)
