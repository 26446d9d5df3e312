"""What is told of forty conflicts that people reported, over what was read for them.

Where they were reported, and what helped: `benchmarks/reported.toml`. Recorded by
`python -m tests.recordings`; `docs/explanation/real-conflicts.md` has the live run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from axletree.resolver.model.answers import Resolution
from axletree.resolver.reports.cause_text import MOST_LINES
from axletree.resolver.reports.conflict_text import cause_report
from axletree.resolver.reports.lines import to_text
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from benchmarks.reported import FIRST, Answer, judge, offered, read_conflicts
from tests.support.explained import explain, question_of
from tests.support.recorded import Recording, open_recording

pytestmark = pytest.mark.slow
CONFLICTS = {conflict.name: conflict for conflict in read_conflicts()}
SOLVED = "torchvision-numpy"
"""It was reported, and has a solution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of a conflict."""

    facts: int
    projects: str
    """That its facts are about."""
    is_fixed: bool
    """What the thread settled on is among the first repairs."""


SAID: Mapping[str, Said] = {}


def said_of(name: str) -> tuple[Said, int]:
    """Explain a conflict; return what is pinned, and the lines before what helps."""
    reported = CONFLICTS[name]
    conflict = explain(reported, FIRST, asks_pip=False).conflict
    text = to_text(cause_report(conflict, width=80))
    facts = conflict.conflicts[0].facts
    repairs = tuple(offered(each.changes, each.text) for each in conflict.repairs)
    told = judge(reported, text, Answer(facts=len(facts), repairs=repairs))
    projects = {name for fact in facts for name in (fact.project, fact.target) if name}
    said = Said(
        facts=told.facts,
        projects=" ".join(sorted(projects)),
        is_fixed=told.fix_at is not None,
    )
    return said, told.lines


@pytest.mark.parametrize("name", SAID)
def test_a_reported_conflict_is_told_as_it_was(name: str) -> None:
    said, lines = said_of(name)

    assert said == SAID[name]
    assert lines <= MOST_LINES


def test_what_was_reported_and_has_a_solution_is_solved() -> None:
    question = question_of(CONFLICTS[SOLVED])
    resolver = Resolver(MemoUniverse(open_recording(Recording())))

    assert isinstance(resolver.resolve(question), Resolution)


def test_every_report_is_held_to_what_is_told_of_it() -> None:
    assert {*SAID, SOLVED} == set(CONFLICTS)
    assert sum(said.is_fixed for said in SAID.values()) >= 0.8 * len(CONFLICTS)
