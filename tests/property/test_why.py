"""Why, over random universes, against brute force."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.question import Question
from axletree.resolver.queries.why import (
    Asker,
    Why,
)
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.property.brute_force import World
from tests.property.brute_rule import answer
from tests.property.case import Case, root
from tests.property.strategies import cases

SLOW = settings(suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@SLOW
@given(case=cases(), place=st.integers(0, 4))
def test_chains_and_verdicts_are_true(case: Case, place: int) -> None:
    resolver = Resolver(MemoUniverse(case.universe))
    found = resolver.resolve(case.question)
    assume(isinstance(found, Resolution) and found.pins)
    assert isinstance(found, Resolution)
    pin = found.pins[place % len(found.pins)]

    why = Asker(resolver, case.question, found).why(pin.name)

    check_chains(why, case.question, found)
    check_verdict(why, case)


def check_chains(why: Why, question: Question, found: Resolution) -> None:
    pins = {pin.name: str(pin.version) for pin in found.pins}
    roots = {canonicalize_name(root.requirement.name) for root in question.roots}
    assert why.chains
    for chain in why.chains:
        first, *_, last = (*chain.links, chain.links[-1])
        assert (first.requirer, last.target) == (None, why.pin.name)
        assert first.target in roots
        steps = zip(chain.links, chain.links[1:], strict=False)
        assert all(before.target == after.requirer for before, after in steps)
        assert all(
            pins[link.requirer] == link.version
            for link in chain.links[1:]
            if link.requirer
        )


def check_verdict(why: Why, case: Case) -> None:
    newer = why.newer
    if newer.version is None:
        return
    exact = root(f"{why.pin.name}=={newer.version}")
    supposed = replace(case.question, roots=(*case.question.roots, exact))
    world = World(case.universe, supposed)
    with_it = [
        choice
        for choice in world.solutions()
        if str(choice[why.pin.name].version) == newer.version
    ]
    is_free = bool(with_it) and not is_overridden(case, why.pin.name, newer.version)
    assert is_free is (newer.verdict == "passed-over")
    for repair in newer.repairs:
        pins = {pin.name: str(pin.version) for pin in repair.resolution.pins}
        assert pins[why.pin.name] == newer.version
    if newer.verdict == "passed-over":
        assert answer(world) is not None


def is_overridden(case: Case, target: str, version: str) -> bool:
    """Tell whether nobody may require a version: what is supposed is no requirement."""
    of_everyone: list[bool] = []
    of_one: dict[str, list[bool]] = {}
    for each in case.question.changes.overrides:
        if each.target == target:
            own = of_one.setdefault(each.requirer, []) if each.requirer else of_everyone
            own.append(each.specifier.contains(version, prereleases=True))
    return not all(of_everyone) and not any(map(all, of_one.values()))
