"""What is printed of a conflict is a contradiction by itself, taken literally.

Each fact is about the versions that its JSON names and about no other: of those it
says nothing, so that they are free of what it demands, or of its reason to exclude
them. Gates and reachability are judged on all that releases say (RESOLVING.md 4).
"""

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings

from axletree.resolver.reports.conflict_json import conflict_to_json
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe
from tests.property.brute_conflicts import Choices, Named
from tests.property.case import Case
from tests.property.strategies import cases
from tests.support.universes import LazyUniverse

pytestmark = pytest.mark.slow

PROFILE = settings.default or settings()
MORE = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    max_examples=3 * PROFILE.max_examples,
)


def printed(refusal: Refusal) -> list[list[set[Named]]]:
    """Read of each core what its facts are about, from the JSON."""
    document = json.loads(json.dumps(conflict_to_json(refusal.conflict)))
    return [
        [
            {(key, version) for version in fact["versions"] or [""]}
            for key, fact in zip(core.keys, told["core"], strict=True)
        ]
        for core, told in zip(refusal.cores, document["conflicts"], strict=True)
    ]


def refused(universe: Universe, case: Case) -> Refusal:
    outcome = Resolver(MemoUniverse(universe)).resolve(case.question)
    assume(isinstance(outcome, Refusal))
    assert isinstance(outcome, Refusal)
    return outcome


@MORE
@given(case=cases(has_twins=False, most_projects=4))
def test_the_versions_that_facts_name_are_a_contradiction_without_one_to_spare(
    case: Case,
) -> None:
    """So they are by what was read of an index, too."""
    refusal = refused(case.universe, case)
    choices = Choices(case.universe, case.question)
    for facts in printed(refusal):
        named = set[Named]().union(*facts)
        assert not choices.can_hold_as_named(named)
        for each in named:
            assert choices.can_hold_as_named(named - {each})
    for facts in printed(refused(LazyUniverse(base=case.universe), case)):
        assert not choices.can_hold_as_named(set[Named]().union(*facts))
