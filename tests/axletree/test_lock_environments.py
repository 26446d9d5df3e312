"""`axletree lock` and `explain` for several environments at once."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, snapshot_file, write_universe

TWO = ("--python-version", "3.9", "--python-version", "3.12")
LINUX = ("--python-platform", "linux")
BOTH = (*LINUX, "--python-platform", "windows")


def pins(printed: str) -> list[str]:
    """List the pins of a printed lock, with markers."""
    lines = printed.splitlines()
    return [line.removesuffix(" \\") for line in lines if line[:1] not in {"#", " "}]


@pytest.fixture
def universe(tmp_path: Path) -> Path:
    """Write a universe whose answers differ by Python and platform."""
    return write_universe(
        tmp_path / "universe.json",
        {
            "app 1": [
                "colours ; sys_platform == 'win32'",
                "lib",
                "old ; python_version < '3.10'",
                "extra[more] ; python_version >= '3.10'",
                "extra",
            ],
            "colours 1": [],
            "old 1": [],
            "extra 1": [],
            "lib 1": [],
            "apart 1": ["lib==1 ; python_version < '3.10'", "lib>=2"],
        },
        lib=[snapshot_file("lib", "2", tag="cp312-cp312-win_amd64")],
    )


def test_what_differs_has_a_marker_and_what_does_not_has_none(
    axletree: CommandLine, universe: Path
) -> None:
    ran = axletree("lock", "app", "--universe", universe, *TWO, *BOTH)

    assert ran.code == 0
    assert pins(ran.out) == [
        "app==1",
        'colours==1 ; sys_platform == "win32"',
        'extra==1 ; python_version == "3.9"',
        'extra[more]==1 ; python_version == "3.12"',
        'lib==1 ; python_version == "3.9" or sys_platform == "linux"',
        'lib==2 ; python_version == "3.12" and sys_platform == "win32"',
        'old==1 ; python_version == "3.9"',
    ]


def test_the_header_names_all_environments(
    axletree: CommandLine, universe: Path
) -> None:
    ran = axletree("lock", "app", "--universe", universe, *TWO, *LINUX)

    assert ran.out.startswith(
        "#\n# This file was made by axletree for Python 3.9 on linux,\n"
        "# Python 3.12 on linux\n# with the following command:\n"
    )


def test_constraints_have_markers_too(axletree: CommandLine, universe: Path) -> None:
    words = ("lock", "app", "--universe", universe, *TWO, *LINUX)

    ran = axletree(*words, "--format", "constraints")

    assert pins(ran.out) == [
        "app==1", "extra==1", "lib==1", 'old==1 ; python_version == "3.9"',
    ]  # fmt: skip


def test_json_names_the_environments_of_each_pin(
    axletree: CommandLine, universe: Path
) -> None:
    ran = axletree("lock", "app", "--universe", universe, *TWO, *LINUX, "--json")

    ran.document("resolution")
    document = json.loads(ran.out)
    held = {
        (pin["name"], *pin["extras"]): pin["environments"] for pin in document["pins"]
    }
    both = ["Python 3.9 on linux", "Python 3.12 on linux"]
    assert [each["label"] for each in document["environments"]] == both
    assert held == {
        ("app",): both,
        ("extra",): both[:1],
        ("extra", "more"): both[1:],
        ("lib",): both,
        ("old",): both[:1],
    }


def test_each_environment_has_the_answer_it_has_alone(
    axletree: CommandLine, universe: Path
) -> None:
    words = ("lock", "app", "--universe", universe, "--python-version", "3.12")

    linux = axletree(*words, *LINUX).out
    windows = axletree(*words, "--python-platform", "windows").out

    assert "lib==1" in pins(linux)
    assert "lib==2" in pins(windows)


def test_environments_that_no_marker_tells_apart_are_refused_if_they_differ(
    axletree: CommandLine, tmp_path: Path
) -> None:
    newer = snapshot_file("lib", "2", tag="py3-none-manylinux_2_28_x86_64")
    universe = write_universe(tmp_path / "u.json", {"lib 1": []}, lib=[newer])
    glibcs = [f"--python-platform=x86_64-manylinux_2_{minor}" for minor in (17, 28)]

    ran = axletree("lock", "lib", "--universe", universe, *glibcs)
    same = axletree("lock", "lib<2", "--universe", universe, *glibcs)

    assert ran.code == 2
    assert "no marker tells these two apart" in ran.err
    assert pins(same.out) == ["lib==1"]


def test_a_conflict_in_one_environment_writes_nothing_and_names_the_others(
    axletree: CommandLine, universe: Path
) -> None:
    words = ("apart", "--universe", universe, *TWO, *LINUX)

    ran = axletree("lock", *words, "-o", "lock.txt")

    assert ran.code == 1
    assert not Path("lock.txt").exists()
    assert "No solution for Python 3.9 on linux" in ran.out
    assert "No solution for Python 3.12 on linux" in ran.out
    assert "axletree explain apart" in ran.err


def test_explain_explains_those_that_fail_and_names_those_that_do_not(
    axletree: CommandLine, universe: Path
) -> None:
    words = ("old", "lib>=2", "--universe", universe, *TWO)
    platform = ("--python-platform", "windows")

    ran = axletree("explain", *words, *platform)
    in_json = axletree("explain", *words, *platform, "--json")

    assert ran.code == 1
    assert ran.out.startswith("No solution for Python 3.9 on windows")
    assert "What helps" in ran.out
    assert ran.out.endswith(
        "There is a solution for Python 3.12 on windows: 2 projects.\n"
    )
    in_json.document("outcomes")
    outcomes = json.loads(in_json.out)["outcomes"]
    assert [outcome["satisfiable"] for outcome in outcomes] == [False, True]


def test_explain_says_that_all_resolve(axletree: CommandLine, universe: Path) -> None:
    words = ("explain", "old", "--universe", universe, *TWO, *LINUX)

    assert axletree(*words).out == (
        "There is a solution for Python 3.9 on linux: 1 project.\n  old 1\n"
        "There is a solution for Python 3.12 on linux: 1 project.\n  old 1\n"
    )
    assert axletree(*words, "--json").document("resolution")["satisfiable"] is True


@pytest.mark.parametrize(
    "words", [("collect",), ("snapshot",), ("explain", "--engine", "resolvelib")]
)
def test_what_is_for_one_environment_says_so(
    axletree: CommandLine, universe: Path, words: tuple[str, ...]
) -> None:
    source = () if words == ("collect",) else ("--universe", universe)

    ran = axletree(*words, "old", *source, *TWO, *LINUX)

    assert ran.code == 2
    assert "takes one environment at a time, and 2 were named" in ran.err


def test_the_same_environment_twice_is_one(
    axletree: CommandLine, universe: Path
) -> None:
    words = ("lock", "old", "--universe", universe, *LINUX, *LINUX, "--json")

    assert len(json.loads(axletree(*words).out)["environments"]) == 1
