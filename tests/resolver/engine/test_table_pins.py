import pytest

from axletree.resolver.engine.problem import (
    Demand,
    Problem,
)
from axletree.resolver.engine.search import Decided, Search, Shared
from axletree.resolver.engine.table_pins import (
    TablePin,
    table_pins,
)
from axletree.resolver.model.distribution import UnusableKind, UnusableMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import Limits, Question, ask
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.table_reader import (
    KnowledgeReader,
    unlimited_knowledge,
)
from axletree.resolver.universe.tables import (
    BeyondTablesError,
    Tables,
)
from tests.support.answers import make_file, make_root
from tests.support.scenarios import Scenario, load_scenario, scenario_names
from tests.support.sdist_index import Index

PLAIN = [
    name
    for name in scenario_names()
    if not (question := load_scenario(name).question).constraints
    and question.limits == Limits()
    and question.prefer == "newest"
    and not question.changes
]
"""Scenarios whose question could be asked of the quick search."""
SOLVED = [name for name in PLAIN if load_scenario(name).expected.pins is not None]
REFUSED = [name for name in PLAIN if name not in SOLVED]


def answer(scenario: Scenario) -> tuple[TablePin, ...] | None:
    return answered(scenario.universe, scenario.question)


def answered(universe: Universe, question: Question) -> tuple[TablePin, ...] | None:
    def compiler() -> KnowledgeReader:
        return KnowledgeReader(
            knowledge=unlimited_knowledge(universe, question.environment)
        )

    tables = Tables({}, {}, 0, compiler)
    try:
        found = [tables.root(root.text) for root in question.roots]
        roots = [Demand(*table, Origin()) for table in found if table is not None]
        return table_pins(Search(Shared(tables), Problem(roots)))
    except BeyondTablesError:
        return None


@pytest.mark.parametrize("name", REFUSED)
def test_a_conflict_is_left_to_the_plain_engine(name: str) -> None:
    assert answer(load_scenario(name)) is None


@pytest.mark.parametrize("name", SOLVED)
def test_an_answer_is_the_scenarios_or_left_to_the_plain_engine(name: str) -> None:
    scenario = load_scenario(name)
    expected = scenario.expected.pins or {}

    pins = answer(scenario)

    if pins is not None:
        assert {pin.name for pin in pins} == set(expected)
        assert [
            pin.version
            for pin in pins
            if not expected[pin.name].endswith((".whl", ".gz"))
        ] == [
            version
            for _, version in sorted(expected.items())
            if not version.endswith((".whl", ".gz"))
        ]


@pytest.mark.parametrize(
    "name", ["answer/a_root_far_behind_gets_a_note", "candidates/undefined_markers"]
)
def test_an_answer_with_a_note_is_left_to_the_plain_engine(name: str) -> None:
    assert name in SOLVED
    assert answer(load_scenario(name)) is None


def test_most_scenarios_without_a_note_are_answered() -> None:
    plain = [name for name in SOLVED if not load_scenario(name).expected.notes]
    answered = [name for name in plain if answer(load_scenario(name)) is not None]

    assert len(answered) > len(plain) / 2


def test_a_wrong_answer_is_refused_before_anybody_sees_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = next(name for name in SOLVED if answer(load_scenario(name)) is not None)
    run = Search.run

    def worst(search: Search) -> Decided | None:
        decided = run(search)
        assert decided is not None
        missing = next(iter(decided.positions))
        kept = {n: at for n, at in decided.positions.items() if n != missing}
        return Decided(kept, decided.criteria, decided.python)

    monkeypatch.setattr(Search, "run", worst)

    with pytest.raises(AssertionError, match="the checker refuses"):
        answer(load_scenario(name))


@pytest.mark.parametrize("kind", ["host", "backend", "invalid"])
def test_a_newest_release_that_is_of_no_use_is_to_be_told(kind: UnusableKind) -> None:
    files = [make_file("app-2.tar.gz"), make_file("app-1-py3-none-any.whl")]
    gone = UnusableMetadata(reason="it needs gcc", kind=kind)
    index = Index(files, {"app-2.tar.gz": gone}, is_frozen=True)
    question = ask([make_root("app")], environment_for("3.9", "linux"))

    assert answered(index, question) is None
