"""`axletree explain`, in this process, over snapshots."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, run_process, write_universe

RECIPE = """
[project]
name = "left"
version = "1"
local = "axle.1"

[source]
git = "https://git.invalid/left"
commit = "{commit}"
committed = 2022-01-15T10:20:30Z

[build]
pythons = ["3.9"]

[expect]
requires-dist = ["shared>=2"]
"""
ASKED = ("left==1", "right==2")


def test_a_core_comes_with_repairs_and_what_pip_would_do(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("explain", *ASKED, "--universe", clash)

    assert ran.code == 1
    assert "3. left 1 requires shared==1  (METADATA of left-1-py3" in ran.out
    assert "4. right 2 requires shared>=2" in ran.out
    assert "left 1: shared==1   ●  ○" in ran.out
    assert "use left 2 instead of left==1" in ran.out
    assert "pip would read" in ran.out
    assert ran.err == ""


def test_no_repairs_stops_at_the_core(axletree: CommandLine, clash: Path) -> None:
    ran = axletree("explain", *ASKED, "--universe", clash, "--no-repairs")

    assert ran.code == 1
    assert "4. right 2 requires shared>=2" in ran.out
    assert "instead of" not in ran.out
    assert "pip would" not in ran.out


def test_a_recipe_is_offered_as_a_repair(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipes" / "left.toml"
    recipe.parent.mkdir()
    recipe.write_text(RECIPE.format(commit="0" * 40))
    words = ("explain", *ASKED, "--universe", clash, "--recipes", recipe.parent)

    document = axletree(*words, "--json").document("conflict")

    repairs = document["repairs"]
    assert isinstance(repairs, list)
    assert str(recipe) in [
        repair["recipe"] for repair in repairs if isinstance(repair, dict)
    ]
    assert "left.toml" in axletree(*words).out


@pytest.mark.parametrize("more", [(), ("--no-repairs",)])
def test_json_is_one_valid_document(
    axletree: CommandLine, clash: Path, more: tuple[str, ...]
) -> None:
    ran = axletree("explain", *ASKED, "--universe", clash, "--json", *more)

    assert ran.code == 1
    assert ran.err == ""
    assert bool(ran.document("conflict")["repairs"]) is not bool(more)


def test_resolvelib_shows_what_pip_would_do(axletree: CommandLine, clash: Path) -> None:
    words = ("--universe", clash, "--engine", "resolvelib")

    refused = axletree("explain", *ASKED, *words)
    done = axletree("explain", "left", *words)

    assert (refused.code, done.code) == (1, 0)
    assert "then fail" in refused.out
    assert done.out.splitlines()[1:] == ["  left 2", "  shared 2"]


def test_resolvelib_has_json_of_its_own(axletree: CommandLine, clash: Path) -> None:
    ran = axletree(
        "explain", *ASKED, "--universe", clash, "--engine", "resolvelib", "--json"
    )

    document = ran.document("as-pip")
    assert (ran.code, document["outcome"]) == (1, "conflict")


def test_a_satisfiable_set_is_shown_with_its_solution(
    axletree: CommandLine, clash: Path
) -> None:
    words = ("explain", "left", "right", "--universe", clash)

    ran = axletree(*words)

    assert ran.code == 0
    assert ran.out.startswith("There is a solution for Python ")
    assert ran.out.splitlines()[1:] == ["  left 2", "  right 2", "  shared 2"]
    assert axletree(*words, "--json").document("resolution")["satisfiable"] is True


def test_an_unknown_project_is_a_fact(axletree: CommandLine, clash: Path) -> None:
    ran = axletree("explain", "nothing-such", "--universe", clash)

    assert ran.code == 1
    assert "there is no project named nothing-such" in ran.out


def test_progress_is_told_only_with_v(axletree: CommandLine, clash: Path) -> None:
    words = ("explain", *ASKED, "--universe", clash)

    assert axletree(*words).err == ""
    assert "up to the core" in axletree(*words, "-v").err


def test_output_that_shows_ascii_only_gets_ascii(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    del axletree
    text = run_process("explain", *ASKED, "--universe", clash, PYTHONIOENCODING="ascii")
    accent = ["two; python_version > '3' or 'é' in sys_platform"]
    universe = write_universe(tmp_path / "u.json", {"one 1": accent})
    words = ("explain", "one", "--universe", universe, "--json")
    document = run_process(*words, PYTHONIOENCODING="ascii")

    assert (text.code, text.err) == (1, "")
    assert (text.out + document.out).isascii()
    assert "\\u00e9" in document.out
    document.document("conflict")


@pytest.mark.slow
def test_every_hash_seed_gives_the_same_words(
    axletree: CommandLine, clash: Path
) -> None:
    del axletree
    words = ("explain", *ASKED, "--universe", clash)

    printed = {run_process(*words, PYTHONHASHSEED=seed).out for seed in "012"}

    assert len(printed) == 1
    assert "What helps" in printed.pop()


# One repair.

INPUT = """\
# what the team needs
right==2
left==1  # the old one
-c limits.txt
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ask for the clash in a file, in a folder of its own."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "limits.txt").write_text("left<3\n")
    path = folder / "asked.txt"
    path.write_text(INPUT)
    return path


def test_one_repair_is_shown_whole(axletree: CommandLine, clash: Path) -> None:
    ran = axletree("explain", *ASKED, "--universe", clash, "--repair", "1")

    assert ran.code == 0
    assert ran.out.startswith("use left 2 instead of left==1\n")
    assert "  left 2\n  right 2\n  shared 2\n" in ran.out
    words = ("explain", *ASKED, "--universe", clash, "--repair", "1", "--json")
    document = axletree(*words).document("repair")
    assert document["changes"] == ["left==2"]


def test_a_repair_is_written_where_the_requirement_stands(
    axletree: CommandLine, clash: Path, asked: Path
) -> None:
    words = ("explain", "-r", "asked.txt", "--universe", clash)
    ran = axletree(*words, "--repair", "1", "--write")

    assert ran.code == 0, ran.err
    assert "-left==1" in ran.out
    assert "+left==2" in ran.out
    assert "shared" not in ran.out
    assert asked.read_text() == INPUT.replace("left==1", "left==2")
    assert axletree(*words).code == 0
    [lock] = commands_in(ran.err)
    assert axletree(*lock).code == 0


def commands_in(text: str) -> list[list[str]]:
    """List the commands that are to be copied, each as its words after the first."""
    lines = [line.strip() for line in text.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("axletree ")]


def test_every_repair_ends_with_the_command_that_applies_it(
    axletree: CommandLine, clash: Path, asked: Path
) -> None:
    """A range, a date, a Python and lifted bans by `lock`, what files say by --write."""
    for words in (("-r", asked.name), ASKED):
        ran = axletree("explain", *words, "--universe", clash)
        copied = commands_in(ran.out)

        told = ran.out.partition("What helps")[2]
        assert len(copied) == len(re.findall(r"^  \d\. ", told, re.MULTILINE)) > 2
        before = asked.read_text()
        for command in copied:
            assert axletree(*command).code == 0, command
            asked.write_text(before)
            for recipe in Path.cwd().glob("*+axle.1.toml"):
                recipe.unlink()


def test_a_repair_of_a_set_that_has_a_solution_is_an_error(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("explain", "left", "--universe", clash, "--repair", "1")

    assert (ran.code, ran.out) == (2, "")
    assert "--repair repairs a conflict, and there is none" in ran.err


def test_a_repair_by_recipe_writes_the_recipe(
    axletree: CommandLine, clash: Path, asked: Path
) -> None:
    words: tuple[str | Path, ...] = ("explain", "-r", "asked.txt", "--universe", clash)
    report = axletree(*words).out
    [number] = re.findall(r"(\d)\. change what left 1 requires", report)
    words = (*words, "--repair", number)
    ran = axletree(*words, "--write")

    assert ran.code == 0, ran.err
    written = asked.parent / "left-1+axle.1.toml"
    assert '"shared==1" = "shared>=1"' in written.read_text()
    assert "wrote the recipe left-1+axle.1.toml" in ran.err
    build, lock = commands_in(ran.err)
    assert build == ["build", written.name]
    assert axletree(*lock).code == 0
    assert asked.read_text() == INPUT
    again = axletree(*words, "--write")
    assert again.code == 2
    assert again.err.endswith(" repair-not-written\n")


def test_what_stands_on_the_command_line_is_not_written(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("explain", *ASKED, "--universe", clash, "--repair", "1", "--write")

    assert ran.code == 2
    assert "none of your files can hold this repair" in ran.err
    assert f"axletree lock left==2 right==2 --universe {clash}\n" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--repair", "9"), "--repair 9 does not exist: there are"),
        (("--write",), "say which with --repair N"),
        (("--repair", "1", "--no-repairs"), "leave out --no-repairs"),
    ],
)
def test_repairs_that_cannot_be_shown(
    axletree: CommandLine, clash: Path, words: tuple[str, ...], said: str
) -> None:
    ran = axletree("explain", *ASKED, "--universe", clash, *words)

    assert ran.code == 2
    assert said in ran.err
