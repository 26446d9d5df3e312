"""The quick answer against the plain engine, from tables fresh and stored."""

import marshal
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from axletree.resolver.engine.problem import (
    Demand,
    Problem,
)
from axletree.resolver.engine.search import Search, Shared
from axletree.resolver.engine.table_pins import table_pins
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import (
    Question,
    ask,
)
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.table_reader import (
    KnowledgeReader,
    unlimited_knowledge,
)
from axletree.resolver.universe.tables import (
    BeyondTablesError,
    Tables,
)
from tests.property.case import Case
from tests.property.strategies import cases

PROFILE = settings.default or settings()
MORE = settings(
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=3 * PROFILE.max_examples,
)

Answer = Mapping[str, tuple[str, tuple[str, ...]]]
"""Project -> version and extras."""


def plain(universe: Universe, question: Question) -> Answer | None:
    outcome = Resolver(MemoUniverse(universe)).resolve(question)
    if isinstance(outcome, Refusal):
        return None
    assert isinstance(outcome, Resolution)
    return {pin.name: (str(pin.version), pin.extras) for pin in outcome.pins}


def compiled(
    universe: Universe, environment: Environment, before: Tables | None = None
) -> Tables:
    """Give empty tables, or those of `before` as a later process reads them."""

    def compiler() -> KnowledgeReader:
        return KnowledgeReader(knowledge=unlimited_knowledge(universe, environment))

    if before is None:
        return Tables({}, {}, 0, compiler)
    raw = marshal.dumps((before.pack(), before.roots, before.micros))
    packed, roots, micros = marshal.loads(raw)  # noqa: S302  our own
    return Tables(packed, roots, micros, compiler)


def from_tables(tables: Tables, question: Question) -> Answer | None:
    found = [tables.root(root.text) for root in question.roots]
    roots = [Demand(*table, Origin()) for table in found if table is not None]
    pins = table_pins(Search(Shared(tables), Problem(roots))) if roots else None
    if pins is None:
        return None
    return {pin.name: (pin.version, pin.extras) for pin in pins}


def plain_roots(case: Case) -> tuple[RootRequirement, ...]:
    """Take the roots without what a plain command line has not: hashes, overrides."""
    return tuple(
        replace(root, requirement=Requirement(root.text), hashes=(), overrides=())
        for root in case.question.roots
    )


@pytest.mark.slow
@MORE
@given(case=cases())
def test_a_quick_answer_is_the_plain_one(case: Case) -> None:
    question = ask(plain_roots(case), case.question.environment)
    environment = question.environment
    tables = compiled(case.universe, environment)
    try:
        quick = from_tables(tables, question)
        again = from_tables(compiled(case.universe, environment, tables), question)
    except BeyondTablesError:
        return

    assert quick in (None, plain(case.universe, question))
    assert again == quick


@pytest.mark.slow
@MORE
@given(case=cases(), order=st.permutations(range(4)))
def test_tables_that_other_questions_filled_give_the_same(
    case: Case, order: list[int]
) -> None:
    environment = case.question.environment
    roots = plain_roots(case)
    tables = compiled(case.universe, environment)
    try:
        for place in order:
            fewer = ask(roots[place:] + roots[:1], environment)
            tables = compiled(case.universe, environment, tables)
            quick = from_tables(tables, fewer)
            assert quick in (None, plain(case.universe, fewer))
    except BeyondTablesError:
        return
