"""The engine against the one that it replaced (tests/property/reference)."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from axletree.resolver.model.question import Question
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.protocol import Universe
from tests.property.reference.lazy import Search
from tests.property.strategies import Case, cases, preferences
from tests.support.universes import LazyUniverse

PROFILE = settings.default or settings()
MORE = settings(
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=3 * PROFILE.max_examples,
)
SLACK = 1.1

Pins = Mapping[NormalizedName, str]
"""Project -> the file to install."""


def now(universe: MemoUniverse, question: Question) -> Pins | None:
    resolver = Resolver(universe)
    inquiry = resolver.search(question)
    found = resolver.run(inquiry)
    if found is None:
        return None
    file_of = inquiry.knowledge.file_of
    return {name: file_of(r).filename for name, r in found.releases.items()}


def before(universe: MemoUniverse, question: Question) -> Pins | None:
    knowledge = Knowledge(
        universe, question.environment, question.limits, question.changes
    )
    found = Search(knowledge, question).run()
    if found is None:
        return None
    file_of = knowledge.file_of
    return {name: file_of(r).filename for name, r in found.releases.items()}


def asked(case: Case, data: st.DataObject) -> Question:
    kept = data.draw(st.one_of(st.just({}), preferences(case)))
    question = replace(case.question, preferences=kept)
    is_balanced = data.draw(st.booleans())
    return replace(question, prefer="balanced") if is_balanced else question


@MORE
@given(case=cases(), drawn=st.data())
def test_it_decides_what_the_former_engine_decides_and_reads_no_more(
    case: Case, drawn: st.DataObject
) -> None:
    question = asked(case, drawn)
    index: Universe = LazyUniverse(base=case.universe)
    one, other = MemoUniverse(index), MemoUniverse(index)

    expected = before(other, question)

    assert now(one, question) == expected
    assert now(MemoUniverse(case.universe), question) == expected
    assert len(one.page_of) <= SLACK * len(other.page_of)
    assert len(one.metadata_of) <= SLACK * len(other.metadata_of)
