"""What universes that differ in a few projects say of a question, by shared clauses."""

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.engine.worlds import MOST_WORLDS, OpenClauses
from axletree.resolver.model.distribution import DistributionFile, FileMetadata
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Question
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import (
    FrozenUniverse,
    MemoUniverse,
    OverlayUniverse,
)
from tests.support.corpus import REAL, recorded_question, recorded_universe
from tests.support.engine import TRIED
from tests.support.scenarios import load_scenario

Added = dict[DistributionFile, FileMetadata]


def stamped(universe: FrozenUniverse, name: NormalizedName, *kept: str) -> Added:
    """Make the first wheel of a page again, with some of its requirements only."""
    page = universe.page_of[name]
    assert page is not None
    files = [f for f in page.files if f.filename in universe.metadata_of]
    if not files or any("+" in f.version for f in files):
        return {}
    newest = max(files, key=lambda file: Version(file.version))
    version = f"{newest.version}+axle.1"
    made = DistributionFile(
        project=name,
        filename=safe_name(f"{name.replace('-', '_')}-{version}-py3-none-any.whl"),
        version=version,
        kind="wheel",
        tag="py3-none-any",
        upload_time=newest.upload_time,
    )
    return {made: FileMetadata(requires_dist=kept)}


def answer(resolver: Resolver, question: Question) -> dict[NormalizedName, str] | None:
    decisions = resolver.run(resolver.search(question))
    return None if decisions is None else dict(decisions.versions)


@pytest.mark.parametrize("name", TRIED)
def test_clauses_that_are_shared_answer_as_those_made_anew(name: str) -> None:
    scenario = load_scenario(name)
    universe, question = scenario.universe, scenario.question
    assert isinstance(universe, FrozenUniverse)
    shared = Resolver(MemoUniverse(universe))
    clauses = shared.search(question).search.clauses
    assert isinstance(clauses, OpenClauses)
    before = answer(shared, question)

    for changed in list(universe.page_of)[:6]:
        others = [n for n in universe.page_of if n != changed]
        for kept in ((), (f"{changed}>=0",), tuple(others[:1])):
            added = stamped(universe, changed, *kept)
            overlay = OverlayUniverse(base=universe, added=added)
            anew = Resolver(MemoUniverse(overlay))

            assert answer(shared.beside(added), question) == answer(anew, question)
    assert answer(shared, question) == before


def test_a_changed_wheel_costs_no_more_than_the_clauses_of_its_project() -> None:
    universe, question = recorded_universe(), recorded_question(REAL["fairing"])
    shared = Resolver(MemoUniverse(universe))
    assert answer(shared, question) is None
    added = stamped(universe, NormalizedName("kfserving"))
    sat = shared.search(question).search.clauses.sat
    assert answer(shared.beside(added), question) is not None
    before = sat.variable()

    assert answer(shared.beside(added), question) is not None

    assert sat.variable() - before < before / 10


@pytest.mark.slow
def test_clauses_are_shared_until_they_are_a_burden() -> None:
    universe, question = recorded_universe(), recorded_question(REAL["fairing"])
    shared = Resolver(MemoUniverse(universe))
    assert answer(shared, question) is None
    clauses = shared.search(question).search.clauses
    added = stamped(universe, NormalizedName("kfserving"))

    beside = [shared.beside(added) for _ in range(MOST_WORLDS + 2)]
    found = [answer(each, question) for each in beside]

    assert found == [found[0]] * len(found)
    sats = [each.search(question).search.clauses.sat is clauses.sat for each in beside]
    assert sats == [True] * MOST_WORLDS + [False] * 2
