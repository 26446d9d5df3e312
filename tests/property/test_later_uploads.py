"""As of a date, nothing that is said depends on what was uploaded later."""

from collections.abc import Iterator

import pytest
from hypothesis import assume, given

from axletree.resolver.model.answers import Repair
from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.resolver.repairs.repairer import MOST_REPAIRS, Repairer
from axletree.resolver.reports.conflict_json import conflict_to_json
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from tests.property.case import Case
from tests.property.plans import QUIRKS
from tests.property.strategies import cases

_ONCE = tuple(quirk for quirk in QUIRKS if quirk != "times")


@pytest.mark.slow
@given(case=cases(quirks=(*_ONCE, *("date",) * 12)))
def test_later_uploads_change_no_word_but_of_later_dates(case: Case) -> None:
    limit = case.question.limits.exclude_newer
    assume(limit is not None)
    then = as_of_then(case)

    assert said(case.universe, case) == said(then, case)


def as_of_then(case: Case) -> FrozenUniverse:
    """Give the universe without what was uploaded later."""
    limit = case.question.limits.exclude_newer
    assert limit is not None
    early = {
        name: tuple(
            file
            for file in page.files
            if file.upload_time is None or file.upload_time < limit
        )
        for name, page in case.universe.page_of.items()
    }
    return FrozenUniverse(
        page_of={
            name: Page(project=name, files=files)
            for name, files in early.items()
            if files
        },
        metadata_of=case.universe.metadata_of,
    )


def said(universe: FrozenUniverse, case: Case) -> object:
    """Tell the answer, or the cause and what helps."""
    memo = MemoUniverse(universe)
    outcome = Resolver(memo).resolve(case.question)
    if not isinstance(outcome, Refusal):
        pins = [(pin.name, str(pin.version), pin.file.filename) for pin in outcome.pins]
        return pins, outcome.notes, read(memo)
    told = conflict_to_json(outcome.conflict), read(memo)
    repairs = Repairer(memo, case.question, outcome).repairs()
    assume(len(repairs) < MOST_REPAIRS)
    return told, list(unmoved(repairs))


def unmoved(repairs: tuple[Repair, ...]) -> Iterator[tuple[object, ...]]:
    """Tell the repairs as of the same date."""
    for repair in repairs:
        if not any("--exclude-newer" in change for change in repair.changes):
            yield repair.text, repair.changes, repair.cost, repair.claim, repair.notes


def read(memo: MemoUniverse) -> list[str]:
    """Name the files whose metadata was read."""
    files: list[DistributionFile] = list(memo.metadata_of)
    return sorted(file.filename for file in files)
