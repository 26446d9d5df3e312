"""Searches over one universe: what one has read, the next has at hand."""

import pytest
from packaging.utils import NormalizedName

from axletree.resolver.engine.decisions import Inquiry
from axletree.resolver.model.distribution import DistributionFile, FileMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Question, ask
from axletree.resolver.model.reporter import SilentReporter
from axletree.resolver.searches import Searches
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.snapshot import universe_from_json
from axletree.resolver.universe.sparing import (
    ReadEnoughError,
    ReadingLimits,
    Sparing,
    SparingUniverse,
)
from tests.property.case import root
from tests.support.command_line import snapshot_of
from tests.support.scenarios import load_scenario
from tests.support.universes import LazyUniverse

UNREAD_MAY_OPEN = {
    "app 1": ["tool", "base>=2", "other"],
    "tool 1": ["base<2"],
    "tool 2rc1": [],
    **{f"base {version}": [] for version in (1, 2)},
    **{f"other {version}": [] for version in range(1, 70)},
}
"""Only a pre-release would do; each `other` might let it in, and none does."""
EACH_OTHER = load_scenario("answer/the_first_root_is_newest")
"""`left` and `right`, of which each in its version 2.0 wants the other's 1.0."""


def searches() -> tuple[Searches, LazyUniverse]:
    index = LazyUniverse(base=EACH_OTHER.universe)
    memo = MemoUniverse(index)
    return Searches(universe=memo, reporter=SilentReporter()), index


def question(*texts: str) -> Question:
    return ask(map(root, texts), environment_for("3.9", "linux"))


def stamped(project: str) -> DistributionFile:
    """Make a wheel of a project's 2.0 that requires nothing."""
    return DistributionFile(
        project=NormalizedName(project),
        filename=safe_name(f"{project}-2.0+axle.1-py3-none-any.whl"),
        version="2.0+axle.1",
        kind="wheel",
        tag="py3-none-any",
    )


def test_what_one_search_has_read_the_next_does_not_read_again() -> None:
    made, index = searches()
    assert made.run(made.prepare(question("left", "right"))) is not None
    read = len(index.pages_read), len(index.files_read)

    assert made.run(made.prepare(question("left", "right"))) is not None

    assert (len(index.pages_read), len(index.files_read)) == read
    assert (made.counters.pages, made.counters.metadata) == read


def test_the_work_of_all_of_them_is_counted() -> None:
    made, _ = searches()
    made.run(made.prepare(question("left", "right")))
    rounds, calls = made.counters.rounds, made.counters.solver_calls
    assert rounds > 1

    assert made.run(made.prepare(question("left>=2", "right>=2"))) is None

    assert made.counters.rounds > rounds
    assert made.counters.solver_calls > calls


def test_beside_some_files_more_the_first_universe_stays_as_it_is() -> None:
    made, _ = searches()
    asked = question("left>=2", "right>=2")
    assert made.run(made.prepare(asked)) is None
    patched = made.beside(
        {stamped("left"): FileMetadata(), stamped("right"): FileMetadata()}
    )

    assert patched.run(patched.prepare(asked)) is not None
    assert made.run(made.prepare(asked)) is None


def test_all_is_read_that_may_open_a_gate() -> None:
    made, inquiry, _ = search_for_what_opens_a_gate()

    assert made.run(inquiry) is None
    assert len(inquiry.search.objections) > 2


def test_a_search_for_what_opens_a_gate_stops_when_the_universe_has_had_enough() -> (
    None
):
    made, inquiry, index = search_for_what_opens_a_gate()
    limits = ReadingLimits(files=999, batches=999, objections=2)

    with (
        index.sparing(Sparing(builds=0, one_search=limits)),
        pytest.raises(ReadEnoughError),
    ):
        made.run(inquiry)

    assert len(inquiry.search.objections) == 2


def search_for_what_opens_a_gate() -> tuple[Searches, Inquiry, SparingUniverse]:
    universe = universe_from_json(snapshot_of(UNREAD_MAY_OPEN))
    index = SparingUniverse(base=LazyUniverse(base=universe))
    made = Searches(universe=MemoUniverse(index), reporter=SilentReporter())
    return made, made.prepare(question("app")), index
