"""Tables of what a knowledge reads."""

import marshal

import pytest

from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Limits
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.snapshot import universe_from_json
from axletree.resolver.universe.table_reader import KnowledgeReader
from axletree.resolver.universe.tables import EMPTY
from tests.support.command_line import snapshot_of
from tests.support.scenarios import NAMES, load_scenario


def reader(name: str, *, is_storable: bool) -> KnowledgeReader:
    scenario = load_scenario(name)
    question = scenario.question
    universe = MemoUniverse(scenario.universe)
    knowledge = Knowledge(
        universe, question.environment, question.limits, question.changes
    )
    return KnowledgeReader(knowledge=knowledge, is_storable=is_storable)


def project_names(name: str) -> list[str]:
    universe = load_scenario(name).universe
    assert isinstance(universe, FrozenUniverse)
    return list(universe.page_of)


@pytest.mark.parametrize("name", NAMES)
def test_tables_in_memory_hold_what_tables_on_disk_do(name: str) -> None:
    stored, late = reader(name, is_storable=True), reader(name, is_storable=False)
    for project in project_names(name):
        table, other = stored.project(project), late.project(project)
        if table is None or other is None:
            # As of the date of the question there is no such project.
            assert table is other
            continue

        assert marshal.loads(marshal.dumps(table)) == table  # type: ignore[arg-type]  # all of it plain  # noqa: S302  our own
        assert dict(other[4]) == table[4]
        assert (*other[:4], *other[5:]) == (*table[:4], *table[5:])


def test_files_of_what_is_excluded_are_looked_at_when_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    ways = KnowledgeReader._ways_by_page  # noqa: SLF001  what it costs is counted

    def counted(self: KnowledgeReader, release: Release) -> tuple[object, ...]:
        asked.append(release.label)
        return ways(self, release)

    monkeypatch.setattr(KnowledgeReader, "_ways_by_page", counted)
    name = "candidates/a_file_without_upload_time_is_left_out"
    tables = {
        project: table
        for project in project_names(name)
        if (table := reader(name, is_storable=False).project(project)) is not None
    }
    assert asked == []

    found = [dict(table[4]) for table in tables.values()]

    assert len(asked) == sum(map(len, found)) > 0


def test_a_line_says_for_which_patch_releases_it_is_true() -> None:
    snapshot = snapshot_of(
        {
            "app 1": [
                "a; python_full_version < '3.9.4'",
                "b; extra == 'x' and python_full_version >= '3.9.4'",
                "c; extra == 'x' or python_full_version < '3.9.4'",
                "d; python_full_version >= '3.9.0'",
                "e; python_full_version >= '3.10.0'",
                "f; 'x' in extra and python_full_version < '3.9.2'",
            ]
        }
    )
    environment = environment_for("3.9", "linux")
    knowledge = Knowledge(universe_from_json(snapshot), environment, Limits())
    made = KnowledgeReader(knowledge=knowledge, is_storable=False)
    early, everything = (1 << 4) - 1, (1 << len(environment.micros)) - 1
    assert made.project("app") is not None

    lines = made.release("app", 0)[0]

    assert [(line[0], line[3], line[4]) for line in lines if line[0] != "f"] == [
        ("a", None, early),
        ("b", ("x",), everything & ~early),
        ("c", None, early),
        ("c", ("x",), everything & ~early),
        ("d", None, 0),
    ]
    odd = {line[4]: line[3] for line in lines if line[0] == "f"}
    wanting = {micros for micros, when in odd.items() if when and "x" in when}
    assert wanting == {1 << 0, 1 << 1}


def test_it_is_told_whether_any_version_at_all_meets_a_requirement() -> None:
    snapshot = snapshot_of({"app 1": []})
    environment = environment_for("3.9", "linux")
    knowledge = Knowledge(universe_from_json(snapshot), environment, Limits())
    made = KnowledgeReader(knowledge=knowledge, is_storable=True)

    found = {text: made.verdict("app", EMPTY, text) for text in (">2,<1", ">2,<3", "")}

    assert found == {">2,<1": True, ">2,<3": False, "": False}
