"""`--override` and `--exclude`, in this process, over a snapshot."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

ASKED = ("left==1", "right==2")


def test_an_override_is_a_file_or_stands_on_the_command_line(
    axletree: CommandLine, clash: Path
) -> None:
    Path("overrides.txt").write_text("left:shared>=2\n")

    for value in ("overrides.txt", "left:shared>=2"):
        ran = axletree("lock", *ASKED, "--universe", clash, "--override", value)

        assert ran.code == 0
        assert "shared==2" in ran.out
        assert "install with --no-deps (left 1 requires shared==1)" in ran.err
        assert "# note: by your overrides or exclusions, these pins" in ran.out


def test_an_override_that_contradicts_nothing_needs_no_note(
    axletree: CommandLine, clash: Path
) -> None:
    words = ("--universe", clash, "--override", "right:shared==2")

    assert "--no-deps" not in axletree("lock", "right==2", *words).err


def test_the_line_of_an_override_is_evidence_and_told_once(
    axletree: CommandLine, clash: Path
) -> None:
    Path("overrides.txt").write_text("# why\nleft:shared>=7\n")
    words = ("explain", "left==1", "--universe", clash, "--override", "overrides.txt")

    text = axletree(*words).out
    document = axletree(*words, "--json").document("conflict")

    edge = "left 1 requires shared>=7 (by your override, overrides.txt, line 2)"
    assert [line[5:] for line in text.splitlines() if "shared>=7 (" in line] == [
        f"{edge}, but"
    ]
    core = document["core"]
    assert isinstance(core, list)
    assert isinstance(core[-1], dict)
    assert core[-1]["evidence"] == [
        {"kind": "requirement-line", "file": "overrides.txt", "line": 2}
    ]


def test_resolvelib_sees_overrides_and_says_whose_they_are(
    axletree: CommandLine, clash: Path
) -> None:
    words = ("--universe", clash, "--engine", "resolvelib")

    ran = axletree("explain", *ASKED, *words, "--override", "left:shared>=2")

    assert ran.code == 0
    assert ran.out.startswith("With requirements as you changed them, pip would")
    assert ran.out.splitlines()[1:] == ["  left 1", "  right 2", "  shared 2"]


def test_an_overridden_root_is_not_repaired_by_its_line(
    axletree: CommandLine, clash: Path
) -> None:
    words = ("--universe", clash, "--override", "left>=7")

    ran = axletree("explain", "left==1", *words)

    assert ran.code == 1
    assert "instead of" not in ran.out


def test_requirements_on_an_excluded_project_are_dropped(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("lock", *ASKED, "--universe", clash, "--exclude", "Shared")

    assert ran.code == 0
    assert "shared==" not in ran.out.replace("(left 1 requires shared==1;", "")
    assert "install with --no-deps" in ran.out


@pytest.mark.parametrize("name", ["shared>=2", "", "./shared"])
def test_an_exclusion_is_a_name_alone(
    axletree: CommandLine, clash: Path, name: str
) -> None:
    ran = axletree("lock", "left", "--universe", clash, "--exclude", name, "--json")

    assert ran.code == 2
    assert ran.document("error")["reference"] == "invalid-requirement"
