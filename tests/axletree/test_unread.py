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
INVALID = {"unusable": "its METADATA is no text"}
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


@pytest.mark.parametrize("verb", ["lock", "explain"])
@pytest.mark.parametrize(
    ("answer", "code"), [(LACKS, 3), (LATE, 3), (SAID_NO, 1), (INVALID, 1)]
)
def test_a_no_that_depends_on_this_machine_is_none(
    axletree: CommandLine, tmp_path: Path, verb: str, answer: object, code: int
) -> None:
    recorded = universe(tmp_path, d1=answer)

    ran = axletree(verb, "demo", "--universe", recorded, *TARGET)

    assert ran.code == code
    is_absolute = "No solution for Python 3.9 on linux: " in ran.out
    assert is_absolute == (code == 1)
    if code == 3:
        assert "with what can be read here:" in ran.out
        assert "demo 1 could not be read here: " in ran.out
        assert "Elsewhere, or with other limits, fact 2 may not hold." in ran.out
        assert "could be read here" in ran.out


def test_the_document_says_what_was_observed(
    axletree: CommandLine, tmp_path: Path
) -> None:
    recorded = universe(tmp_path, d1=LACKS)

    ran = axletree("lock", "demo", "--universe", recorded, *TARGET, "--json")

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

    ran = axletree("lock", "demo", "--universe", recorded, *TARGET)

    assert ran.code == 3
    assert "demo 1 and 2 cannot be used, or could not be read here: this" in ran.out


def test_a_cause_that_holds_everywhere_makes_the_no_absolute(
    axletree: CommandLine, tmp_path: Path
) -> None:
    recorded = universe(tmp_path, d1=LACKS)

    ran = axletree("lock", "demo", "app", "--universe", recorded, *TARGET)

    assert ran.code == 1
    assert "No solution for Python 3.9 on linux: " in ran.out


def test_an_answer_names_the_newer_release_that_was_not_read(
    axletree: CommandLine, tmp_path: Path
) -> None:
    recorded = universe(tmp_path, d1=GOOD, d2=LACKS, d3=INVALID)

    ran = axletree(
        "lock", "demo", "--universe", recorded, *TARGET, "--format", "constraints"
    )

    assert ran.code == 0
    assert "demo==1" in ran.out
    assert (
        "note: demo 2 could not be read here (this machine lacks the program "
        "mysql_config), so demo 1 was taken"
    ) in ran.err
    assert "demo 3" not in ran.err


def test_a_check_ends_as_its_cells_do(axletree: CommandLine, tmp_path: Path) -> None:
    recorded = universe(tmp_path, d1=LATE)
    (tmp_path / "r.txt").write_text("demo\n")

    ran = axletree("check", tmp_path / "r.txt", "--universe", recorded, *TARGET)

    assert ran.code == 3
    assert "with what can be read here" in ran.out


@pytest.mark.parametrize("verb", ["lock", "explain"])
def test_an_sdist_of_a_folder_that_only_a_build_reads_makes_no_absolute_no(
    axletree: CommandLine, tmp_path: Path, verb: str
) -> None:
    make_sdist(tmp_path, "demo", "2.0", dynamic=["Requires-Dist"])

    ran = axletree(verb, "demo", "-f", tmp_path, *TARGET)

    assert ran.code == 3
    assert "demo 2.0 could not be read here: " in ran.out


def test_an_sdist_of_a_folder_is_not_passed_over_in_silence(
    axletree: CommandLine, tmp_path: Path
) -> None:
    make_sdist(tmp_path, "demo", "2.0", dynamic=["Requires-Dist"])
    make_wheel(tmp_path, "demo", "1.0")

    ran = axletree("lock", "demo", "-f", tmp_path, *TARGET)

    assert ran.code == 0
    assert "demo 2.0 could not be read here" in ran.err
    assert "so demo 1.0 was taken" in ran.err
