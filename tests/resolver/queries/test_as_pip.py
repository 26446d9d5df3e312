from dataclasses import replace

import pytest

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableKind,
    UnusableMetadata,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Question, ask, skipping
from axletree.resolver.queries.as_pip import (
    as_pip,
    as_pip_in_passing,
    is_simulated,
)
from axletree.resolver.universe.composed import (
    FrozenUniverse,
    MemoUniverse,
    RecordedUniverse,
)
from tests.support.answers import make_file, make_root, name
from tests.support.pip_scenarios import PipScenario, load_scenarios
from tests.support.sdist_index import Index

SCENARIOS = {scenario.name: scenario for scenario in load_scenarios()}
WALK = SCENARIOS["walks_back_over_a_root"]


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_outcome_pins_and_price_are_those_of_pip(scenario: PipScenario) -> None:
    answer = as_pip(scenario.universe(), scenario.question())

    assert answer.outcome == scenario.outcome
    assert dict(answer.pins) == scenario.pins
    assert answer.fetched == scenario.fetched


def with_files(
    scenario: PipScenario, *, size_bytes: int | None, has_metadata: bool
) -> FrozenUniverse:
    """Give the scenario's universe as an index would list its files."""
    universe = scenario.universe()

    def listed(file: DistributionFile) -> DistributionFile:
        hashes: dict[str, str] | None = {} if has_metadata else None
        return replace(file, size_bytes=size_bytes, metadata_hashes=hashes)

    pages = {
        project: Page(project=project, files=tuple(map(listed, page.files)))
        for project, page in universe.page_of.items()
    }
    return replace(universe, page_of=pages)


def test_a_walk_names_its_project_and_what_it_weighs() -> None:
    universe = with_files(WALK, size_bytes=14_900_000, has_metadata=False)

    assert as_pip(universe, WALK.question()).text == (
        "pip would fetch 4 versions of walker and 1 of 1 other project, 74.5 MB, "
        "then install 2 projects."
    )


def test_where_the_index_has_metadata_pip_reads_that_alone() -> None:
    universe = with_files(WALK, size_bytes=14_900_000, has_metadata=True)

    assert as_pip(universe, WALK.question()).text.startswith(
        "pip would read the metadata of 4 versions of walker"
    )


def test_a_crash_of_pip_is_told_and_is_none_of_ours() -> None:
    scenario = SCENARIOS["crashes_on_a_cycle_among_what_was_refused"]

    assert as_pip(scenario.universe(), scenario.question()).text.endswith(
        "then crash with a RecursionError: projects that it has refused require each "
        "other."
    )


def test_what_pip_loses_of_its_answer_is_told() -> None:
    scenario = SCENARIOS["loses_what_its_answer_requires"]

    assert as_pip(scenario.universe(), scenario.question()).text.endswith(
        "then install 1 project without lost-a, which is required."
    )


def test_a_requirement_that_pip_forgets_is_told() -> None:
    scenario = SCENARIOS["forgets_what_its_answer_requires"]

    assert as_pip(scenario.universe(), scenario.question()).text.endswith(
        "then install 3 projects, though forgets-c 1 requires forgets-a==1."
    )


def test_a_conflict_says_that_pip_fails() -> None:
    scenario = SCENARIOS["fails_on_two_pins"]

    answer = as_pip(scenario.universe(), scenario.question())

    assert answer.text.endswith("versions of 4 projects, then fail.")


def test_nothing_read_is_said_so() -> None:
    scenario = SCENARIOS["yanked_release_alone_is_no_candidate"]

    answer = as_pip(scenario.universe(), scenario.question())

    assert answer.text == "pip would fail at once."


def test_the_cap_on_files_stops_and_claims_nothing_more() -> None:
    answer = as_pip(WALK.universe(), WALK.question(), most_files=3)

    assert answer.outcome == "too-deep"
    assert answer.text.endswith("and still not be done, where we stopped following it.")
    assert sum(answer.fetched.values()) == 3


def test_the_cap_on_rounds_stops_and_names_where_pip_gives_up() -> None:
    answer = as_pip(WALK.universe(), WALK.question(), most_rounds=1)

    assert answer.outcome == "too-deep"
    assert answer.rounds == 1
    assert "after 1 round, where we stopped" in answer.text
    assert "200,000" in answer.text


def test_a_file_with_broken_metadata_is_passed_over() -> None:
    universe = WALK.universe()
    broken = FileMetadata(requires_dist=("walked-lib>=",))
    metadata = {**universe.metadata_of, "walker-2.0-py3-none-any.whl": broken}

    answer = as_pip(replace(universe, metadata_of=metadata), WALK.question())

    assert dict(answer.pins)["walker"] == "1.0"


def test_the_same_question_has_the_same_answer() -> None:
    question: Question = WALK.question()

    assert as_pip(WALK.universe(), question) == as_pip(WALK.universe(), question)


def test_projects_are_counted_by_their_normalised_name() -> None:
    answer = as_pip(WALK.universe(), WALK.question())

    assert answer.fetched[name("Walked_Lib")] == 1


def test_in_passing_pip_is_followed_up_to_an_sdist_that_it_would_build() -> None:
    universe = MemoUniverse(WALK.universe())
    pages = universe.pages([name("walker")])
    page = pages[name("walker")]
    assert page is not None
    unread = set(page.files)

    text = as_pip_in_passing(universe, WALK.question(), unread).text

    assert "to read it and still not be done, where we stopped" in text


@pytest.mark.parametrize("is_frozen", [False, True])
def test_in_passing_no_more_is_read_of_an_index_than_it_is_worth(
    monkeypatch: pytest.MonkeyPatch, *, is_frozen: bool
) -> None:
    monkeypatch.setattr("axletree.resolver.queries.as_pip.MOST_NEW_FILES", 2)
    frozen = WALK.universe()
    recorded = RecordedUniverse(
        page_of=frozen.page_of, metadata_of=frozen.metadata_of, is_frozen=is_frozen
    )

    answer = as_pip_in_passing(MemoUniverse(recorded), WALK.question(), ())

    whole = as_pip(frozen, WALK.question())
    assert (answer.text == whole.text) is is_frozen
    assert sum(answer.fetched.values()) == (5 if is_frozen else 2)


@pytest.mark.parametrize(("python", "is_there"), [("3.8", False), ("3.9", True)])
def test_for_a_python_with_another_pip_it_is_said_so(
    python: str,
    is_there: bool,  # noqa: FBT001  a parameter
) -> None:
    scenario = SCENARIOS["fails_on_two_pins"]
    question = replace(
        scenario.question(), environment=environment_for(python, "linux")
    )

    answer = as_pip(scenario.universe(), question)

    assert is_simulated(question.environment) is is_there
    said = answer.text.startswith("By the rules of a pip that does not run on Python")
    assert said is not is_there


@pytest.mark.parametrize("kind", ["backend", "host", "limits"])
def test_pip_stops_at_an_sdist_that_cannot_be_built(kind: UnusableKind) -> None:
    gone = UnusableMetadata(reason="it needs gcc", kind=kind)
    files = [make_file("app-2.tar.gz"), make_file("app-1.tar.gz")]
    index = Index(files, {"app-2.tar.gz": gone})
    question = skipping(ask([make_root("app")], environment_for("3.9", "linux")))

    answer = as_pip(MemoUniverse(index), question)

    assert answer.outcome == "conflict"
    assert answer.text.endswith("then stop at app-2.tar.gz, which it cannot build.")
