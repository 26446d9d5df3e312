"""What a few facts leave possible, asked of them alone, is what all clauses say."""

import pytest

from axletree.resolver.engine.fact_slices import FactSlice
from axletree.resolver.model.fact_keys import EdgeKey, FallenKey
from tests.support.corpus import REAL, refusal
from tests.support.refusals import refuse
from tests.support.scenarios import REFUSED, load_scenario
from tests.support.universes import LazyUniverse


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("is_frozen", [True, False])
def test_the_same_releases_are_possible_as_with_all_clauses(
    name: str,
    is_frozen: bool,  # noqa: FBT001  a column of the table
) -> None:
    scenario = load_scenario(name)
    index = LazyUniverse(base=scenario.universe)
    refused = refuse(scenario, None if is_frozen else index)
    models = refused.explanation._models  # noqa: SLF001  what it is made of
    for core in refused.cores:
        for key in core.keys:
            if not isinstance(key, EdgeKey | FallenKey):
                continue
            others = [other for other in core.keys if other != key]
            literals = models.clauses.chosen.get(key.project, ())
            expected = [
                position
                for position, literal in enumerate(literals)
                if models.holds(others, literal)
            ]
            assert models.possible(others, key.project) == expected


@pytest.mark.parametrize("name", REAL)
def test_releases_that_nothing_tells_apart_are_asked_about_once(name: str) -> None:
    refused = refusal(name)
    models = refused.explanation._models  # noqa: SLF001  as above
    keys = refused.cores[0].keys
    for project in {key.project for key in keys if isinstance(key, EdgeKey)}:
        facts = FactSlice(models.reading, models.asked, keys, project)
        found = list(facts.possible())

        edges = [k for k in keys if isinstance(k, EdgeKey) and k.project == project]
        reading = models.reading.releases[project]
        demands = {
            tuple(
                line[:2]
                for line in release[0]
                if any(line[0] == edge.target for edge in edges)
            )
            for release in reading.values()
            if release is not None
        }
        assert not any(is_possible for _, is_possible in found)
        assert facts.solver_calls <= 8 * (len(demands) + 1)
