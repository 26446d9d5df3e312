import pytest

from axletree.resolver.model.answers import (
    Pin,
    Resolution,
)
from axletree.resolver.model.question import Question
from axletree.resolver.repairs.repairer import Repairer
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe
from tests.support.scenarios import Scenario, load_scenario, scenario_names
from tests.support.universes import LazyUniverse

NAMES = scenario_names()
SOLVED = [name for name in NAMES if load_scenario(name).expected.pins is not None]
REFUSED = [name for name in NAMES if name not in SOLVED]
REPAIRED = [name for name in NAMES if load_scenario(name).expected.repairs is not None]


def resolve(universe: Universe, question: Question) -> Resolution | Refusal:
    return Resolver(MemoUniverse(universe)).resolve(question)


def refuse(scenario: Scenario) -> Refusal:
    outcome = resolve(scenario.universe, scenario.question)
    assert isinstance(outcome, Refusal)
    return outcome


@pytest.mark.parametrize("name", SOLVED)
def test_the_scenario_has_its_answer(name: str) -> None:
    scenario = load_scenario(name)
    for universe in (scenario.universe, LazyUniverse(base=scenario.universe)):
        outcome = resolve(universe, scenario.question)

        assert isinstance(outcome, Resolution)
        assert scenario.expected.pins == {
            pin.name: _spell(pin, scenario) for pin in outcome.pins
        }
        if scenario.expected.notes is not None and universe.is_frozen:
            assert outcome.notes == scenario.expected.notes


def _spell(pin: Pin, scenario: Scenario) -> str:
    """Spell a version, or the file where a scenario is about files."""
    expected = (scenario.expected.pins or {}).get(pin.name, "")
    is_file = expected.endswith((".whl", ".gz"))
    return pin.file.filename if is_file else str(pin.version)


@pytest.mark.parametrize("name", REFUSED)
def test_the_scenario_has_its_conflict(name: str) -> None:
    scenario = load_scenario(name)

    conflict = refuse(scenario).conflict

    [first, *others] = conflict.conflicts
    assert (first.claim, [fact.text for fact in first.facts]) == (
        scenario.expected.claim,
        list(scenario.expected.facts),
    )
    assert 1 + len(others) == scenario.expected.conflicts


@pytest.mark.parametrize("name", REFUSED)
def test_the_scenario_is_refused_over_an_index_too(name: str) -> None:
    scenario = load_scenario(name)

    outcome = resolve(LazyUniverse(base=scenario.universe), scenario.question)

    assert isinstance(outcome, Refusal)
    first = outcome.conflict.conflicts[0]
    assert first.claim == "irreducible"
    if scenario.expected.over_index is not None:
        facts = tuple(fact.text for fact in first.facts)
        assert facts == scenario.expected.over_index


@pytest.mark.parametrize("name", REPAIRED)
def test_the_scenario_has_its_repairs(name: str) -> None:
    scenario = load_scenario(name)
    memo = MemoUniverse(scenario.universe)
    refusal = Resolver(memo).resolve(scenario.question)
    assert isinstance(refusal, Refusal)

    repairs = Repairer(
        memo,
        scenario.question,
        refusal,
        for_python=scenario.for_python,
        upstream=scenario.upstream,
    ).repairs()

    assert tuple(repair.text for repair in repairs) == scenario.expected.repairs
    if scenario.expected.commands is not None:
        commands = (repair.command for repair in repairs)
        assert tuple(filter(None, commands)) == scenario.expected.commands
    if scenario.expected.changes is not None:
        written = [change for repair in repairs for change in repair.changes]
        assert tuple(written) == scenario.expected.changes
