"""`axletree why` and `explain --if`, in this process, over snapshots."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, run_process, write_universe


@pytest.fixture
def trade(tmp_path: Path) -> Path:
    """Write a universe in which the newest `first` keeps `second` old."""
    return write_universe(
        tmp_path / "trade.json",
        {
            "first 1": ["shared"],
            "first 2": ["shared==1"],
            "second 1": [],
            "second 2": ["shared==2", "extra-work"],
            "extra-work 1": [],
            "shared 1": [],
            "shared 2": [],
        },
    )


def test_why_says_who_asked_and_why_not_newer(
    axletree: CommandLine, trade: Path
) -> None:
    ran = axletree("why", "shared", "first", "second", "--universe", trade)

    assert (ran.code, ran.err) == (0, "")
    assert "first 2 requires shared==1" in ran.out
    assert "because you require first" in ran.out
    assert "2 could be used, but the answer rule" in ran.out
    assert "older    first 2 -> 1" in ran.out


def test_why_has_json_of_its_own(axletree: CommandLine, trade: Path) -> None:
    words = ("shared", "first==2", "--universe", trade, "--json")

    document = axletree("why", *words).document("why")

    newer = document["newer"]
    assert isinstance(newer, dict)
    assert (newer["verdict"], newer["version"]) == ("held-back", "2")
    assert newer["repairs"]


def test_why_of_a_conflict_is_the_conflict(axletree: CommandLine, clash: Path) -> None:
    words = ("left==1", "right==2", "--universe", clash)

    with_why = axletree("why", "left", *words)

    assert (with_why.code, with_why.out) == (1, axletree("explain", *words).out)


def test_why_of_a_project_that_nothing_asks_for(
    axletree: CommandLine, trade: Path
) -> None:
    words = ("why", "frist", "first", "--universe", trade)

    ran, as_json = axletree(*words), axletree(*words, "--json")

    assert (ran.code, ran.out) == (1, "")
    assert "did you mean first?" in ran.err
    assert as_json.document("error")["reference"] == "not-in-the-answer"


@pytest.mark.parametrize("more", [(), ("--json",), ("--no-repairs", "--if", "second")])
def test_explain_knows_why_by_an_option(
    axletree: CommandLine, trade: Path, more: tuple[str, ...]
) -> None:
    words: tuple[str | Path, ...] = ("first", "--universe", trade, *more)

    by_verb = axletree("why", "shared", *words)

    assert by_verb.code == 0
    assert axletree("explain", *words, "--why", "shared") == by_verb


def test_why_with_if_is_asked_of_the_answer_that_there_would_be(
    axletree: CommandLine, trade: Path
) -> None:
    ran = axletree("why", "shared", "first", "--universe", trade, "--if", "second==2")

    assert (ran.code, ran.err) == (0, "")
    assert "shared 2 is in the solution" in ran.out
    assert "second 2 requires shared==2" in ran.out


def test_why_needs_a_project_and_requirements(
    axletree: CommandLine, trade: Path
) -> None:
    assert axletree("why").code == 2
    assert axletree("why", "shared", "--universe", trade).code == 2


def test_why_takes_a_name_alone(axletree: CommandLine, trade: Path) -> None:
    ran = axletree("why", "first==2", "first", "--universe", trade)

    assert (ran.code, ran.out) == (2, "")
    assert "without a version" in " ".join(ran.err.split())


def test_if_shows_what_a_new_requirement_changes(
    axletree: CommandLine, trade: Path
) -> None:
    words = ("explain", "first", "--universe", trade, "--if", "second>=2")

    ran = axletree(*words)

    assert (ran.code, ran.err) == (0, "")
    assert [line for line in ran.out.splitlines() if line.startswith("  ")] == [
        "  added    extra-work 1",
        "  older    first 2 -> 1",
        "  added    second 2",
        "  newer    shared 1 -> 2",
    ]
    document = axletree(*words, "--json").document("if")
    assert document["supposed"] == [{"requirement": "second>=2", "replaces": []}]


def test_if_takes_the_place_of_the_requirement_on_the_same_project(
    axletree: CommandLine, trade: Path
) -> None:
    words = ("first==2", "second", "--universe", trade, "--if", "First==1")

    ran = axletree("explain", *words)

    assert ran.code == 0
    assert "With First==1 instead of first==2, 4 pins" in ran.out
    assert "older    first 2 -> 1" in ran.out


def test_two_suppositions_on_one_project_stand_together(
    axletree: CommandLine, trade: Path
) -> None:
    words = ("first", "--universe", trade, "--if", "first>=1", "--if", "first<2")

    document = axletree("explain", *words, "--json").document("if")

    assert document["supposed"] == [
        {"requirement": "first>=1", "replaces": ["first"]},
        {"requirement": "first<2", "replaces": []},
    ]
    assert document["changes"] == [
        {"change": "down", "name": "first", "before": "2", "after": "1"},
        {"change": "up", "name": "shared", "before": "1", "after": "2"},
    ]


def test_if_that_changes_nothing_says_so(axletree: CommandLine, trade: Path) -> None:
    ran = axletree("explain", "first", "--universe", trade, "--if", "shared")

    assert ran.code == 0
    assert "nothing changes" in ran.out


def test_if_that_makes_a_conflict_explains_it(
    axletree: CommandLine, trade: Path
) -> None:
    words = ("first==2", "--universe", trade, "--if", "second==2")

    ran = axletree("explain", *words)

    assert ran.code == 1
    assert "you require second==2  (--if)" in ran.out
    assert "What helps" in ran.out
    assert axletree("explain", *words, "--json").document("conflict")


def test_if_can_mend_a_conflict(axletree: CommandLine, clash: Path) -> None:
    words = ("left==1", "right==2", "--universe", clash, "--if", "left")

    ran = axletree("explain", *words)
    document = axletree("explain", *words, "--json").document("if")

    assert ran.code == 0
    assert "without it there is none" in " ".join(ran.out.split())
    assert (document["satisfiable_before"], document["changes"]) == (False, [])


@pytest.mark.parametrize(
    "words",
    [
        ("--why", "left", "--engine", "resolvelib"),
        ("--why", "left", "--repair", "1"),
        ("--why", "left", "--svg", "left.svg"),
        ("--why", "left", "--if", "left >> 1"),
        ("--if", "left; python_version < '3'"),
        ("--if", "left >> 1"),
        ("--why", ""),
        ("--if", "right", "--repair", "1", "--write"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    axletree: CommandLine, clash: Path, words: tuple[str, ...]
) -> None:
    ran = axletree("explain", "left", "--universe", clash, *words)

    assert (ran.code, ran.out) == (2, "")
    assert "error: " in ran.err


@pytest.mark.slow
def test_every_hash_seed_gives_the_same_words(
    axletree: CommandLine, trade: Path
) -> None:
    del axletree
    words = ("why", "shared", "first", "second", "--universe", trade)

    printed = {run_process(*words, PYTHONHASHSEED=seed).out for seed in "012"}

    assert len(printed) == 1
