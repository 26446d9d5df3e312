"""Reproductions of random conflicts against brute force."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from packaging.version import Version

from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.errors import NotReproducibleError
from axletree.resolver.model.markers import names_patch
from axletree.resolver.model.question import Limits
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.queries.reproduce import (
    Reproduction,
    reproduce,
)
from axletree.resolver.queries.reproducer_index import MiniIndex
from axletree.resolver.queries.reproducer_slice import Slice
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.property.brute_force import World
from tests.property.brute_rule import answer
from tests.property.case import Case
from tests.property.strategies import cases

pytestmark = pytest.mark.slow

SLOW = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@SLOW
@given(case=cases(most_projects=4))
def test_a_reproduction_is_refused_and_only_with_all_of_its_facts(case: Case) -> None:
    refusal = Resolver(MemoUniverse(case.universe)).resolve(case.question)
    assume(isinstance(refusal, Refusal))
    assert isinstance(refusal, Refusal)
    for found in reproduced(refusal, case):
        assert not has_answer(found.index, found.sliced)
        for key in found.sliced.keys:
            assert has_answer(found.without(key), found.sliced)


def reproduced(refusal: Refusal, case: Case) -> list[Reproduction]:
    """Reproduce all cores; over a plain universe every one can be."""
    found = []
    pairs = zip(refusal.cores, refusal.conflict.conflicts, strict=True)
    for core, written in pairs:
        try:
            found.append(reproduce(refusal.explanation, core, written))
        except NotReproducibleError:
            names_url = any(" @ " in fact.text for fact in written.facts)
            assert names_url or not is_plain(case)
    return found


def is_plain(case: Case) -> bool:
    """Tell whether no file can fall away and nothing is behind a gate."""
    answers = case.universe.metadata_of.values()
    if any(names_patch(root.text) for root in asked(case)):
        return False
    return all(
        file.yanked is None
        and file.requires_python is None
        and file.tag == "py3-none-any"
        and not Version(file.version).is_prerelease
        and case.question.limits == Limits()
        and not case.question.changes
        for page in case.universe.page_of.values()
        for file in page.files
    ) and all(
        isinstance(answer, FileMetadata)
        and answer.requires_python is None
        # A line that cannot be read makes the file fall away.
        and "b ==" not in {line.partition(";")[0] for line in answer.requires_dist}
        and not any(map(names_patch, answer.requires_dist))
        for answer in answers
    )


def asked(case: Case) -> tuple[RootRequirement, ...]:
    return (*case.question.roots, *case.question.constraints)


def has_answer(index: MiniIndex, sliced: Slice) -> bool:
    world = World(index.universe(), index.question(sliced.question))
    return answer(world) is not None
