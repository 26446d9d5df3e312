"""What this machine could not read is never an answer for every machine."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.wheels import make_sdist, make_wheel

TARGET = ("--python-version", "3.9", "--python-platform", "linux")
LACKS = {"unusable": "this machine lacks the program mysql_config", "kind": "host"}
LATE = {"unusable": "asking it takes longer than 120 seconds", "kind": "limits"}
SAID_NO = {"unusable": "its metadata could not be built: no", "kind": "backend"}
INVALID = {"unusable": "its METADATA is not text"}
GOOD: dict[str, object] = {
    "requires_dist": [],
    "requires_python": None,
    "provides_extra": [],
}


def universe(folder: Path, **metadata: object) -> Path:
    """Write releases `d1`, `d2`, … of demo, each an sdist, and an app without any."""
    demo = [
        {"filename": f"demo-{release[1:]}.tar.gz", "metadata": answer}
        for release, answer in metadata.items()
    ]
    projects = {"demo": demo, "app": []}
    path = folder / "universe.json"
    path.write_text(json.dumps({"format": "axletree.universe/1", "projects": projects}))
    return path


@pytest.mark.parametrize("verb", ["lock", "check"])
@pytest.mark.parametrize(("answer", "code"), [(LACKS, 3), (LATE, 3), (SAID_NO, 1)])
def test_a_verb_that_answers_stops_and_names_what_it_cannot_read(
    axletree: CommandLine, tmp_path: Path, verb: str, answer: dict[str, str], code: int
) -> None:
    recorded = universe(tmp_path, d1=GOOD, d2=answer)
    (tmp_path / "r.txt").write_text("demo\n")
    asked = (tmp_path / "r.txt",) if verb == "check" else ("demo",)

    ran = axletree(verb, *asked, "--universe", recorded, *TARGET)

    assert ran.code == code
    said = ran.out + ran.err
    assert "demo 2 is part of the solution, and cannot be read" in said
    assert answer["unusable"] in " ".join(said.split())
    assert "--skip-unbuildable" in said


@pytest.mark.parametrize(("answer", "code"), [(LACKS, 3), (LATE, 3), (SAID_NO, 1)])
def test_explain_goes_on_from_the_fact_that_it_cannot_be_read(
    axletree: CommandLine, tmp_path: Path, answer: object, code: int
) -> None:
    recorded = universe(tmp_path, d1=GOOD, d2=answer)

    ran = axletree("explain", "demo==2", "--universe", recorded, *TARGET)

    assert ran.code == code
    is_absolute = "No solution for Python 3.9 on linux: " in ran.out
    assert is_absolute == (code == 1)
    if code == 3:
        assert "with what can be read here:" in ran.out
        assert "demo 2 could not be read here: " in ran.out
        assert "Elsewhere, or with other limits, fact 2 may not hold." in ran.out
    else:
        assert "demo 2 cannot be used: its metadata could not be built: no" in ran.out
    assert "use demo 1 instead of demo==2" in " ".join(ran.out.split())


def test_explain_says_what_is_taken_where_it_is_left_out(
    axletree: CommandLine, tmp_path: Path
) -> None:
    recorded = universe(tmp_path, d1=GOOD, d2=SAID_NO)

    ran = axletree("explain", "demo", "--universe", recorded, *TARGET)

    assert ran.code == 1
    assert "demo 2 is part of the solution, and cannot be read" in ran.err
    hint = " ".join(ran.err.split())
    assert "--skip-unbuildable leaves it out, and gives demo 1; or ask for" in hint


def test_what_is_invalid_is_a_fact_for_everybody(
    axletree: CommandLine, tmp_path: Path
) -> None:
    recorded = universe(tmp_path, d1=INVALID)

    ran = axletree("lock", "demo", "--universe", recorded, *TARGET)

    assert ran.code == 1
    assert "No solution for Python 3.9 on linux: " in ran.out


def test_a_repair_may_need_to_leave_out_what_cannot_be_read(
    axletree: CommandLine, tmp_path: Path
) -> None:
    """All versions of demo but the first are unread, and app 2 refuses that one."""
    demo = [
        {"filename": f"demo-{version}.tar.gz", "metadata": answer}
        for version, answer in (("1", GOOD), ("2", SAID_NO))
    ]
    app = [
        {
            "filename": f"app-{version}-py3-none-any.whl",
            "metadata": {**GOOD, "requires_dist": [need]},
        }
        for version, need in (("1", "demo"), ("2", "demo>2"))
    ]
    projects = {"demo": demo, "app": app}
    path = tmp_path / "universe.json"
    path.write_text(json.dumps({"format": "axletree.universe/1", "projects": projects}))

    ran = axletree("explain", "app==2", "--universe", path, *TARGET)

    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert "use app 1 instead of app==2, and leave out what cannot be read" in said
    assert "--skip-unbuildable" in said


def test_the_document_says_what_was_observed(
    axletree: CommandLine, tmp_path: Path
) -> None:
    recorded = universe(tmp_path, d1=LACKS)

    ran = axletree("explain", "demo", "--universe", recorded, *TARGET, "--json")

    document = ran.document("conflict")
    assert document["holds_here_only"] is True
    core = document["core"]
    assert isinstance(core, list)
    assert [fact["observed"] for fact in core if isinstance(fact, dict)] == [
        None,
        "host",
    ]


def test_releases_that_are_wrong_beside_one_that_is_unread(
    axletree: CommandLine, tmp_path: Path
) -> None:
    recorded = universe(tmp_path, d1=INVALID, d2=LACKS)

    ran = axletree("explain", "demo", "--universe", recorded, *TARGET)

    assert ran.code == 3
    assert "demo 1 and 2 cannot be used, or could not be read here: this" in ran.out


@pytest.mark.parametrize("verb", ["lock", "explain"])
def test_a_cause_that_holds_everywhere_makes_the_no_absolute(
    axletree: CommandLine, tmp_path: Path, verb: str
) -> None:
    recorded = universe(tmp_path, d1=LACKS)

    ran = axletree(verb, "demo", "app", "--universe", recorded, *TARGET)

    assert ran.code == 1
    assert "No solution for Python 3.9 on linux: " in ran.out
    assert "read here" not in ran.out.partition("Conflict 2 of 2")[0]


def test_skipping_takes_the_next_release_and_names_what_was_left_out(
    axletree: CommandLine, tmp_path: Path
) -> None:
    recorded = universe(tmp_path, d1=GOOD, d2=LACKS, d3=INVALID)

    ran = axletree(
        *("lock", "demo", "--universe", recorded, *TARGET, "--format", "constraints"),
        "--skip-unbuildable",
    )

    assert ran.code == 0
    assert "demo==1" in ran.out
    assert (
        "note: demo 2 could not be read here (this machine lacks the program "
        "mysql_config), so demo 1 was taken"
    ) in ran.err
    assert (
        "note: demo 3 cannot be used (its METADATA is not text), so demo 1 was taken"
    ) in ran.err


def test_skipping_says_no_for_this_machine_only(
    axletree: CommandLine, tmp_path: Path
) -> None:
    recorded = universe(tmp_path, d1=LATE)
    (tmp_path / "r.txt").write_text("demo\n")

    ran = axletree(
        *("check", tmp_path / "r.txt", "--universe", recorded, *TARGET),
        "--skip-unbuildable",
    )

    assert ran.code == 3
    assert "with what can be read here" in ran.out


def test_an_sdist_of_a_folder_that_only_a_build_reads_stops_a_lock(
    axletree: CommandLine, tmp_path: Path
) -> None:
    make_sdist(tmp_path, "demo", "2.0", dynamic=["Requires-Dist"])
    make_wheel(tmp_path, "demo", "1.0")

    ran = axletree("lock", "demo", "-f", tmp_path, *TARGET)

    assert ran.code == 3
    assert "demo 2.0 is part of the solution, and cannot be read" in ran.err

    ran = axletree("lock", "demo", "-f", tmp_path, *TARGET, "--only-binary", "demo")

    assert ran.code == 0
    assert "demo==1.0" in ran.out
