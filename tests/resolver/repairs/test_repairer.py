"""All repairs of a refused question, cheapest first."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Question, ask
from axletree.resolver.model.reporter import SilentReporter
from axletree.resolver.repairs.repairer import MOST_BUILDS, Repairer
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.sparing import ReadingLimits
from tests.support.building_index import BuildingIndex, index_of
from tests.support.repairs import has_its_repairs
from tests.support.scenarios import REPAIRED


@pytest.mark.parametrize("name", REPAIRED)
def test_the_scenario_has_its_repairs(name: str) -> None:
    has_its_repairs(name)


class Listener(SilentReporter):
    """Notes what is tried, beside the repairs that come."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def proving(self, what: str) -> None:
        self.heard.append(what)


def asked(*lines: str) -> Question:
    return ask(list(map(parse_requirement, lines)), environment_for("3.9", "linux"))


@dataclass(slots=True)
class Search:
    """A search for repairs over an index, told to spare."""

    index: BuildingIndex
    question: Question
    listener: Listener = field(default_factory=Listener)
    one_search: ReadingLimits | None = None

    def events(self) -> Iterator[str]:
        """Yield what was tried and what was found, in order."""
        spared = self.index.spared()
        memo = MemoUniverse(spared)
        refusal = Resolver(memo).resolve(self.question)
        assert isinstance(refusal, Refusal)
        self.index.files_read.clear()
        self.index.built.clear()
        repairer = Repairer(
            memo, self.question, refusal, reporter=self.listener, spared=[spared]
        )
        how = replace(repairer.sparing, one_search=self.one_search)
        with spared.sparing(how):
            for repair in repairer.find():
                yield from self._heard()
                yield f"{repair.text} ({repair.claim})"
            yield from self._heard()
        yield "all" if repairer.is_complete else "not all"

    def _heard(self) -> list[str]:
        heard, self.listener.heard = self.listener.heard, []
        return heard


def test_a_repair_comes_before_dearer_ones_are_tried() -> None:
    index = index_of({"app 2": ["dep<2"], "dep 2": [], "dep 1": []})
    index.is_frozen = True

    assert list(Search(index, asked("app==2", "dep==2")).events()) == [
        "another version of app",
        "another version of dep",
        "use dep 1 instead of dep==2 (cheapest)",
        "other requirements of app",
        "change what app 2 requires: dep<2 to dep<=2 (irreducible)",
        "all",
    ]


def test_what_was_given_up_and_found_with_more_open_names_only_what_moves() -> None:
    index = index_of(
        {
            "app 2": ["dep==1"],
            "app 1": ["absent"],
            "tool 2": ["dep==2"],
            "tool 1": ["far"],
            "far 1": [],
            "dep 2": [],
            "dep 1": [],
        }
    )
    one = ReadingLimits(files=1, batches=9, objections=9)
    search = Search(index, asked("app==2", "tool==2"), one_search=one)

    found = [event for event in search.events() if event.startswith("use ")]

    assert found == ["use tool 1 instead of tool==2 (works)"]


def test_repairs_build_no_more_than_a_few_sdists_and_claim_nothing_over_the_rest() -> (
    None
):
    needed = [f"s{number}" for number in range(9)]
    sdists = {f"{project} 1": () for project in needed}
    index = index_of(
        {"app 2": ["dep<2"], "dep 2": [], "dep 1": needed, **sdists}, list(sdists)
    )

    *_, override, _ = Search(index, asked("app==2", "dep==2")).events()

    assert len(index.built) == MOST_BUILDS
    # Less than all that was written is not known to be too little.
    assert override == "change what app 2 requires: dep<2 to dep<=2 (works)"


def test_a_repair_over_what_was_not_built_is_untried_and_says_so() -> None:
    needed = [f"s{number}" for number in range(9)]
    sdists = {f"{project} 1": () for project in needed}
    index = index_of(
        {"app 2": ["dep<2"], "dep 2": [], "dep 1": needed, **sdists}, list(sdists)
    )

    texts = list(Search(index, asked("app==2", "dep==2")).events())

    assert "use dep 1 instead of dep==2 (untried)" in texts


def test_a_prerelease_whose_gate_is_shut_is_not_read_for_a_repair() -> None:
    early = {f"dep 1.{minor}rc1": () for minor in range(9)}
    index = index_of({"app 2": ["dep<2"], "dep 2": [], "dep 1": [], **early})

    list(Search(index, asked("app==2", "dep==2")).events())

    assert [file for file in index.files_read if "rc1" in file] == []


LET_IN = (
    "allow pre-releases of app, by the constraint app>=3rc1, and move --exclude-newer "
    "from 2020-05-31 to 2023-01-01 (the day before does not work) (irreducible)"
)


@pytest.mark.parametrize(("lines", "found"), [(["dep==2"], []), ([], [LET_IN])])
def test_a_prerelease_that_a_repair_lets_in_is_read_for_it(
    lines: list[str], found: list[str]
) -> None:
    index = index_of(
        {"app 2": ["dep==2"], "app 3rc1": lines, "dep 2": [], "dep 1": []},
        late=["app 3rc1"],
    )
    question = asked("app>=2", "dep==1")
    limits = replace(question.limits, exclude_newer=datetime(2020, 6, 1, tzinfo=UTC))

    events = Search(index, replace(question, limits=limits)).events()

    assert [event for event in events if event.startswith("allow")] == found


def test_a_search_that_goes_on_without_prereleases_meets_each_project_of_them_once() -> (
    None
):
    # The newest tool asks for a lib whose final releases clash; each of its pre-releases,
    # none of which is read, seems to be a way out before it is found shut.
    early = {f"lib 2.{minor}b1": () for minor in range(1, 30)}
    index = index_of(
        {
            "app 2": ["base", "tool", "helper<2"],
            "app 1": ["base<2"],
            "tool 2": ["lib>=2"],
            "tool 1": ["lib<2"],
            "lib 2": ["helper>=2"],
            "lib 1": [],
            "helper 2": [],
            "helper 1": [],
            "base 2": [],
            "base 1": [],
            **early,
        }
    )
    few = ReadingLimits(files=99, batches=99, objections=9)
    search = Search(index, asked("app==1", "base>=2"), one_search=few)

    assert "use app 2 instead of app==1 (works)" in list(search.events())


def test_versions_beside_one_that_works_are_tried_with_what_goes_with_it() -> None:
    tools = {f"app {number}": ["dep", f"lib<={number}"] for number in range(2, 10)}
    libs = {f"lib {number}": () for number in range(2, 10)}
    index = index_of(
        {"app 1": ["dep<2"], "dep 2": [], "dep 1": [], **tools, **libs},
    )

    found = list(Search(index, asked("app==1", "dep>=2")).events())

    # lib 9 goes with the newest, which is found first.
    assert "use app 2 instead of app==1; 2 to 9 work (cheapest)" in found
    read = {file for file in index.files_read if file.startswith("lib")}
    assert read == {"lib-9-py3-none-any.whl", "lib-2-py3-none-any.whl"}


def test_a_release_that_nobody_read_is_no_way_out_of_a_conflict_about_it() -> None:
    older = {f"app 1.{minor}": ("dep<2",) for minor in range(9)}
    index = index_of(
        {"app 2": ["dep<2"], "dep 2": [], "dep 1": [], **older}, list(older)
    )

    *found, end = Search(index, asked("app==2", "dep==2")).events()

    assert [event for event in found if event.startswith("use ")] == [
        "use dep 1 instead of dep==2 (works)"
    ]
    assert end == "not all"


def test_what_stands_between_is_read_or_no_way_out_either() -> None:
    sdists = {f"mid {version}": ("dep<2",) for version in range(1, 9)}
    others = {"mid 9": ["dep<2"], "dep 2": [], "dep 1": []}
    index = index_of(
        {"app 2": ["mid==9"], "app 1": ["mid<9"], **others, **sdists}, list(sdists)
    )

    *found, _ = Search(index, asked("app==2", "dep==2")).events()

    assert not any(event.startswith("use app") for event in found)
    assert not any("mid" in event and "untried" in event for event in found)


def test_builds_are_for_what_the_conflict_is_about_before_what_that_needs() -> None:
    needed = [f"s{number}" for number in range(9)]
    sdists = {"app 1.1": ["dep<2", *needed], "app 1": needed}
    index = index_of(
        {
            "app 2": ["dep<2", *needed],
            "dep 2": [],
            "dep 1": needed,
            **{f"{project} 1": () for project in needed},
            **sdists,
        },
        [*sdists, *(f"{project} 1" for project in needed)],
    )

    found = list(Search(index, asked("app==2", "dep==2")).events())

    assert "use app 1 instead of app==2 (untried)" in found
    assert sum(file.startswith("app") for file in index.built) == 2


def test_builds_are_for_the_versions_nearest_to_a_pin() -> None:
    sdists = {f"app {minor}.0": ["dep<2"] for minor in range(1, 30)}
    sdists["app 9.0"] = []
    index = index_of({**sdists, "dep 2": [], "dep 1": []}, list(sdists))

    *found, _ = Search(index, asked("app==10", "dep==2")).events()

    assert index.built[:2] == ["app-11.0.tar.gz", "app-9.0.tar.gz"]
    assert "use app 9.0 instead of app==10 (cheapest)" in found


def test_a_line_of_somebody_elses_lets_in_nothing_that_nobody_read() -> None:
    sdists = {f"lib 1.{minor}": ("dep<2",) for minor in range(9)}
    lines = ("dep<2", "lib==2")
    others = {"lib 2": ["dep<2"], "dep 2": [], "dep 1": []}
    index = index_of({"app 2": lines, **others, **sdists}, list(sdists))

    *found, _ = Search(index, asked("app==2", "dep==2")).events()

    assert not any("lib" in event and "(untried)" in event for event in found)
