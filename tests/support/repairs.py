"""The repairs of a scenario, and what is expected of them."""

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.repairs.repairer import Repairer
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe
from tests.support.building_index import BuildingIndex
from tests.support.scenarios import Scenario, load_scenario


def repairer_of(scenario: Scenario, universe: Universe | None = None) -> Repairer:
    """Refuse a scenario's question, perhaps over another universe."""
    memo = MemoUniverse(universe or scenario.universe)
    refusal = Resolver(memo).resolve(scenario.question)
    assert isinstance(refusal, Refusal)
    return Repairer(
        memo,
        scenario.question,
        refusal,
        for_target=scenario.for_target,
        upstream=scenario.upstream,
    )


def has_its_repairs(name: str) -> tuple[Repair, ...]:
    """Hold a scenario to what its file says; return its repairs for more."""
    scenario = load_scenario(name)
    repairs = tuple(repairer_of(scenario).repairs())
    expected = scenario.expected
    assert tuple(repair.text for repair in repairs) == expected.repairs
    if expected.claims is not None:
        assert tuple(repair.claim for repair in repairs) == expected.claims
    if expected.advice is not None:
        assert tuple(note for each in repairs for note in each.notes) == expected.advice
    if expected.commands is not None:
        commands = (repair.command for repair in repairs)
        assert tuple(filter(None, commands)) == expected.commands
    if expected.changes is not None:
        written = [change for repair in repairs for change in repair.changes]
        assert tuple(written) == expected.changes
    return repairs


def texts_over(index: BuildingIndex, *lines: str) -> list[str]:
    """Tell the repairs of a conflict over an index that is read sparingly."""
    spared = index.spared()
    memo = MemoUniverse(spared)
    roots = list(map(parse_requirement, lines))
    question = ask(roots, environment_for("3.9", "linux"))
    refusal = Resolver(memo).resolve(question)
    assert isinstance(refusal, Refusal)
    repairer = Repairer(memo, question, refusal, spared=[spared])
    with spared.sparing(repairer.sparing):
        return [repair.text for repair in repairer.repairs()]
