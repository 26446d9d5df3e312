"""An index that is read sparingly."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from packaging.specifiers import SpecifierSet

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Question, ask
from axletree.resolver.universe.composed import (
    FrozenUniverse,
    MemoUniverse,
    OverlayUniverse,
)
from axletree.resolver.universe.protocol import note_objection
from axletree.resolver.universe.sparing import (
    ReadEnoughError,
    ReadingLimits,
    Sparing,
    SparingUniverse,
)
from tests.support.answers import name
from tests.support.building_index import BuildingIndex
from tests.support.building_index import index_of as wheels_of

UNKNOWN = FileMetadata()
KNOWN = FileMetadata(requires_dist=("six",))


def sdist(project: str, version: str) -> DistributionFile:
    return DistributionFile(
        project=name(project),
        filename=safe_name(f"{project}-{version}.tar.gz"),
        version=version,
        kind="sdist",
        upload_time=datetime(2020, 1, 1, tzinfo=UTC),
    )


def index_of(*files: DistributionFile, lines: str = "six") -> BuildingIndex:
    """Serve files that all say the same and must be built to do so."""
    projects = {file.project for file in files}
    base = FrozenUniverse(
        page_of={
            project: Page(
                project=project,
                files=tuple(file for file in files if file.project == project),
            )
            for project in projects
        },
        metadata_of={
            file.filename: FileMetadata(requires_dist=(lines,)) for file in files
        },
    )
    return BuildingIndex(base=base, dynamic=[file.filename for file in files])


def asked(*lines: str) -> Question:
    return ask(list(map(parse_requirement, lines)), environment_for("3.9", "linux"))


def read(universe: SparingUniverse, *files: DistributionFile) -> list[object]:
    universe.pages(list({file.project for file in files}))
    answers = universe.metadata(files)
    return [answers[file] for file in files]


def test_until_it_is_told_to_spare_all_is_built() -> None:
    files = [sdist("a", version) for version in ("3", "2", "1")]
    universe = index_of(*files).spared()

    assert read(universe, *files) == [KNOWN] * 3
    assert not universe.unread


def test_no_more_is_built_than_is_allowed_and_the_first_that_is_asked_for() -> None:
    files = [sdist("a", version) for version in ("3", "2", "1")]
    index = index_of(*files)
    universe = index.spared()

    with universe.sparing(Sparing(builds=2)):
        assert read(universe, *files) == [KNOWN, KNOWN, UNKNOWN]
    assert index.built == ["a-3.tar.gz", "a-2.tar.gz"]
    assert universe.allowance.built == files[:2]
    assert universe.unread == {files[2]: "unbuilt"}
    assert universe.is_decisive()


@pytest.mark.parametrize(
    ("tag", "year", "is_built"),
    [
        pytest.param("py3-none-any", 2020, True, id="pure wheels"),
        pytest.param("cp39-cp39-win_amd64", 2020, False, id="wheels with native code"),
        pytest.param("cp39-cp39-win_amd64", 2026, True, id="but later ones"),
    ],
)
def test_no_sdist_is_built_of_a_project_whose_wheels_hold_native_code(
    tag: str, year: int, *, is_built: bool
) -> None:
    file = sdist("a", "1")
    wheel = replace(
        file,
        filename=safe_name(f"a-2-{tag}.whl"),
        version="2",
        kind="wheel",
        tag=tag,
        upload_time=datetime(year, 1, 1, tzinfo=UTC),
    )
    index = index_of(file, wheel)
    universe, question = index.spared(), asked("a")
    limits = replace(question.limits, exclude_newer=datetime(2023, 1, 1, tzinfo=UTC))
    question = replace(question, limits=limits)

    with universe.sparing(Sparing(builds=3, question=question)):
        read(universe, file)
    assert bool(index.built) == is_built
    assert bool(universe.unread) != is_built


def test_what_stayed_unknown_is_asked_for_anew_afterwards() -> None:
    file = sdist("a", "1")
    universe = index_of(file).spared()
    with universe.sparing(Sparing(builds=0)):
        assert read(universe, file) == [UNKNOWN]

    assert universe.forgotten() == [file]
    assert read(universe, file) == [KNOWN]


@pytest.mark.parametrize("line", ["a>=2rc1", "a==2rc1", "a~=2.0b1", "a>2.dev0"])
def test_a_prerelease_is_read_where_a_line_of_the_user_opens_its_gate(
    line: str,
) -> None:
    final, early = sdist("a", "1"), sdist("a", "2rc1")
    universe = index_of(final, early).spared()

    with universe.sparing(Sparing(builds=9, question=asked(line))):
        assert read(universe, early) == [KNOWN]
    assert not universe.unread


@pytest.mark.parametrize("line", ["a", "a<2.dev0", "a!=2rc1", "a<=2rc1", "b>=2rc1"])
def test_a_prerelease_whose_gate_is_shut_is_not_read(line: str) -> None:
    final, early = sdist("a", "1"), sdist("a", "2rc1")
    index = index_of(final, early)
    universe = index.spared()

    with universe.sparing(Sparing(builds=9, question=asked(line))):
        assert read(universe, early) == [UNKNOWN]
    assert universe.unread == {early: "gated"}
    assert index.files_read == []


def test_a_prerelease_is_read_where_a_line_that_was_read_names_one() -> None:
    final, early, other = sdist("a", "1"), sdist("a", "2rc1"), sdist("b", "1")
    index = index_of(final, early, other, lines="a>=2rc1")
    universe = index.spared()

    with universe.sparing(Sparing(builds=9, question=asked("b"))):
        read(universe, other)
        read(universe, early)

    assert index.built == ["b-1.tar.gz", "a-2rc1.tar.gz"]


def test_a_prerelease_is_read_where_there_is_no_other() -> None:
    early = sdist("a", "2rc1")
    universe = index_of(early).spared()

    with universe.sparing(Sparing(builds=9, question=asked("a"))):
        assert read(universe, early) == [KNOWN]


def test_a_prerelease_whose_gate_is_shut_decides_nothing_by_its_lines() -> None:
    final, early = sdist("a", "1"), sdist("a", "2rc1")
    universe = index_of(final, early).spared()

    with universe.sparing(Sparing(builds=9, question=asked("a"))):
        assert read(universe, early) == [UNKNOWN]
    assert not universe.is_decisive()


def test_what_nobody_asks_for_is_not_read() -> None:
    files = [sdist("a", "9"), sdist("a", "1")]
    index = index_of(*files)
    universe = index.spared()
    floors = {name("a"): SpecifierSet(">=8")}

    with universe.sparing(Sparing(builds=9, floors=floors)):
        assert read(universe, *files) == [KNOWN, UNKNOWN]
    assert universe.unread == {files[1]: "older"}
    assert not universe.is_decisive()


def test_a_search_stops_at_its_own_limits_and_all_of_them_at_theirs() -> None:
    files = [sdist("a", str(version)) for version in range(9)]
    universe = index_of(*files).spared()
    how = Sparing(
        builds=9,
        all_searches=ReadingLimits(files=6, batches=9, objections=0),
        one_search=ReadingLimits(files=4, batches=2, objections=0),
    )

    with universe.sparing(how):
        read(universe, files[0])
        read(universe, files[1])
        said = [universe.has_read_enough]
        with pytest.raises(ReadEnoughError):
            read(universe, files[2])
        said.append(universe.has_read_enough)
        universe.begin_search()
        said.append(universe.has_read_enough)
        read(universe, *files[2:5])
        universe.begin_search()
        with pytest.raises(ReadEnoughError):
            read(universe, *files[5:7])
    assert said == [False, True, False]
    assert read(universe, *files[5:]) == [KNOWN] * 4


def test_a_search_may_object_so_often_and_all_of_them_so_often() -> None:
    universe = index_of(sdist("a", "1")).spared()
    above = OverlayUniverse(base=MemoUniverse(universe), added={})
    how = Sparing(
        builds=0,
        all_searches=ReadingLimits(files=9, batches=9, objections=3),
        one_search=ReadingLimits(files=9, batches=9, objections=2),
    )

    note_objection(above)  # Nobody spares yet.
    with universe.sparing(how):
        note_objection(above)
        note_objection(above)
        with pytest.raises(ReadEnoughError):
            note_objection(above)
        universe.begin_search()
        note_objection(above)
        with pytest.raises(ReadEnoughError):
            note_objection(above)
    note_objection(above)


def test_objections_are_cut_short_once_a_search_has_objected_some_times() -> None:
    file = sdist("a", "1")
    universe = index_of(file).spared()
    many = ReadingLimits(files=9, batches=9, objections=9)
    how = Sparing(builds=9, all_searches=many, one_search=many)

    with universe.sparing(how):
        said = [note_objection(universe) for _ in range(5)]
        universe.begin_search()
        said.append(note_objection(universe))
        assert universe.is_decisive()
        with universe.aside():
            assert not universe.is_decisive()
        universe.forgotten()
        assert not universe.is_decisive()
    assert said == [False] * 4 + [True] * 2


def test_what_was_read_once_is_not_counted_again() -> None:
    files = [sdist("a", version) for version in ("3", "2", "1")]
    universe = index_of(*files).spared()
    read(universe, files[0])
    few = ReadingLimits(files=1, batches=1, objections=0)

    with universe.sparing(Sparing(builds=9, all_searches=few)):
        assert read(universe, files[0]) == [KNOWN]
        assert read(universe, *files[:2]) == [KNOWN] * 2
        with pytest.raises(ReadEnoughError):
            read(universe, files[2])


@pytest.mark.parametrize(("keeps_builds", "count"), [(True, 1), (False, 2)])
def test_builds_are_kept_for_what_the_conflict_is_about(
    count: int, *, keeps_builds: bool
) -> None:
    files = [sdist("b", "1"), sdist("c", "1")]
    index = index_of(*files)
    universe = index.spared()
    how = Sparing(builds=2, blamed=[name("a")], keeps_builds=keeps_builds)

    with universe.sparing(how):
        read(universe, *files)
    assert len(index.built) == count


def test_hints_are_read_within_limits_and_without_a_build() -> None:
    files = [sdist("a", "2"), sdist("a", "1")]
    index = index_of(*files)
    index.hints = {"a-1.tar.gz": KNOWN}
    universe = index.spared()
    few = ReadingLimits(files=3, batches=9, objections=0)

    with universe.sparing(Sparing(builds=9, all_searches=few)):
        assert universe.hints(files) == {files[1]: KNOWN}
        assert not index.built
        assert read(universe, files[0]) == [KNOWN]
        with pytest.raises(ReadEnoughError):
            universe.hints(files[1:])


NOTED = FileMetadata(requires_dist=("noted",))


def test_what_notes_an_earlier_build_counts_as_that_until_an_answer_holds_it() -> None:
    files = [sdist("a", "2"), sdist("a", "1"), sdist("b", "1")]
    index = index_of(*files, lines="noted")
    index.hints = {"a-2.tar.gz": NOTED, "a-1.tar.gz": KNOWN, "b-1.tar.gz": NOTED}
    universe = index.spared()

    with universe.sparing(Sparing(builds=3, blamed=[name("b")])):
        # What the conflict is about is built at once.
        assert read(universe, *files) == [NOTED, KNOWN, NOTED]
        assert index.built == ["b-1.tar.gz"]
        assert universe.is_decisive()
        universe.confirm(files[:2])
    assert index.built == ["b-1.tar.gz", "a-2.tar.gz", "a-1.tar.gz"]
    # The other one says something else than it noted.
    assert universe.unread == {files[1]: "unbuilt"}


def test_a_prerelease_that_an_answer_takes_is_read_and_mostly_requires_nothing() -> (
    None
):
    index = wheels_of({"a 2rc1": [], "a 1": [], "b 2rc1": ["six"], "b 1": []})
    universe = index.spared()
    pages = universe.pages([name("a"), name("b")]).values()
    early = [f for page in pages if page for f in page.files if "rc" in f.version]

    with universe.sparing(Sparing(builds=9, question=asked("a", "b"))):
        assert read(universe, *early) == [UNKNOWN, UNKNOWN]
        universe.confirm(early)
    assert {file.project for file in universe.unread} == {"b"}


@pytest.mark.parametrize(("builds", "hinted"), [(1, 2), (2, 1)])
def test_nothing_is_built_for_an_answer_where_not_all_of_it_can_be(
    builds: int, hinted: int
) -> None:
    files = [sdist("a", "2"), sdist("b", "1")]
    index = index_of(*files, lines="noted")
    index.hints = {file.filename: NOTED for file in files[:hinted]}
    universe = index.spared()

    with universe.sparing(Sparing(builds=0)):
        read(universe, *files)
        universe.allowance.left = builds
        universe.confirm(files)
    assert not index.built
    assert len(universe.unread) == len(files)


def test_a_universe_where_all_is_at_hand_is_never_spared() -> None:
    file = sdist("a", "1")
    index = index_of(file)
    index.is_frozen = True
    universe = index.spared()

    with universe.sparing(Sparing(builds=0)):
        assert read(universe, file) == [KNOWN]


def test_what_was_built_is_told_of_each_sparing_for_itself() -> None:
    first, second = sdist("a", "2"), sdist("a", "1")
    universe = index_of(first, second).spared()

    with universe.sparing(Sparing(builds=1)):
        read(universe, first)
        told = universe.allowance.built
    with universe.sparing(Sparing(builds=1)):
        read(universe, second)
        assert universe.allowance.built == [second]
    assert told == [first]
