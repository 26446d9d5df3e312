"""`axletree explain --reproduce`, in this process, over snapshots."""

import shlex
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

ASKED = ("left==1", "right==2", "--python-version", "3.9")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_conflict_is_written_and_told(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "conflict"

    ran = axletree("explain", *ASKED, "--universe", clash, "--reproduce", folder)

    assert ran.code == 1
    assert "4. right 2 requires shared>=2" in ran.out
    assert f"wrote the first conflict to {folder}" in " ".join(ran.err.split())
    assert sorted(contents(folder)) == [
        "README.md",
        "requirements.txt",
        "simple/left/index.html",
        "simple/right/index.html",
        "simple/shared/index.html",
        "universe.json",
        "wheels/left-1-py3-none-any.whl",
        "wheels/right-2-py3-none-any.whl",
        "wheels/shared-1-py3-none-any.whl",
        "wheels/shared-2-py3-none-any.whl",
    ]


def test_its_readme_holds_our_own_command(
    axletree: CommandLine,
    clash: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "conflict"
    words = ("explain", *ASKED, "--universe", clash, "--no-repairs")
    first = axletree(*words, "--exclude-newer", "2022-02-01", "--reproduce", folder)
    readme = (folder / "README.md").read_text()
    [line] = [x for x in readme.splitlines() if x.startswith("axletree explain")]

    monkeypatch.chdir(folder)
    again = axletree(*shlex.split(line)[1:], "--no-repairs")

    assert "--exclude-newer 2022-02-01" in line
    assert again.code == 1
    facts = [x for x in first.out.splitlines() if " requires " in x]
    assert [x for x in again.out.splitlines() if " requires " in x] == facts


def test_nothing_of_this_machine_is_in_it(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    requirements = tmp_path / "input.txt"
    requirements.write_text("left==1\nright==2\n")
    words = ("explain", "-r", requirements, "--universe", clash)
    one, two = tmp_path / "one", tmp_path / "two"

    axletree(*words, "--reproduce", one)
    axletree(*words, "--reproduce", two)

    assert contents(one) == contents(two)
    assert str(tmp_path).encode() not in b"".join(contents(one).values())


def test_constraints_are_written_too(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    limits = tmp_path / "limits.txt"
    limits.write_text("shared<2\n")
    folder = tmp_path / "conflict"

    words = ("right==2", "-c", limits, "--universe", clash, "--reproduce", folder)
    ran = axletree("explain", *words)

    assert ran.code == 1
    assert (folder / "constraints.txt").read_text() == "shared<2\n"
    assert "-c constraints.txt" in (folder / "README.md").read_text()


def test_a_folder_with_something_in_it_is_refused(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    (folder / "mine").write_text("keep")

    ran = axletree("explain", *ASKED, "--universe", clash, "--reproduce", folder)

    assert (ran.code, ran.out) == (2, "")
    assert "not an empty folder" in " ".join(ran.err.split())
    assert contents(folder) == {"mine": b"keep"}


def test_an_empty_folder_is_filled(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()

    ran = axletree("explain", *ASKED, "--universe", clash, "--reproduce", folder)

    assert ran.code == 1
    assert "README.md" in contents(folder)


def test_without_a_conflict_nothing_is_written(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "conflict"

    ran = axletree("explain", "left", "--universe", clash, "--reproduce", folder)

    assert ran.code == 0
    assert "nothing was written" in ran.err
    assert not folder.exists()


def test_what_pip_would_do_is_not_reproduced(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    words = ("--engine", "resolvelib", "--reproduce", tmp_path / "conflict")

    ran = axletree("explain", *ASKED, "--universe", clash, *words)

    assert ran.code == 2
    assert "--engine" in ran.err
