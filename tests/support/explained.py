"""Real conflicts, explained over what was read of the public index for them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from axletree.commands.results.remedies import Remedies, RepairSearch
from axletree.commands.results.unread import resolve_or_explain
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Conflict
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Limits, Question, ask
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from benchmarks.reported import Reported
from tests.support.building_index import BuildingIndex
from tests.support.recorded import Recording, open_recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A conflict, and what it took."""

    conflict: Conflict
    index: BuildingIndex
    recording: Recording
    pages_to_cause: int
    files_to_cause: int


def question_of(case: Reported) -> Question:
    """Ask what was asked."""
    end = datetime.fromisoformat(case.as_of).replace(tzinfo=UTC) + timedelta(days=1)
    return ask(
        list(map(parse_requirement, case.requirements)),
        environment_for(case.python, case.platform),
        limits=Limits(exclude_newer=end),
    )


def explain(case: Reported, most_repairs: int, *, asks_pip: bool = True) -> Explained:
    """Explain it, with so many repairs."""
    recording = Recording()
    index = open_recording(recording)
    spared = index.spared()
    memo = MemoUniverse(spared)
    question = question_of(case)
    refusal = resolve_or_explain(Resolver(memo), question)
    assert isinstance(refusal, Refusal)
    pages, files = len(index.pages_read), len(index.files_read)
    search = RepairSearch(
        universe=memo,
        spared=spared,
        question=question,
        refusal=refusal,
        remedies=Remedies(),
    )
    list(search.find(most_repairs))
    if asks_pip:
        search.ask_pip()
    return Explained(
        conflict=search.conflict(),
        index=index,
        recording=recording,
        pages_to_cause=pages,
        files_to_cause=files,
    )
