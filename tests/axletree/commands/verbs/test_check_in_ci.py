"""`axletree check` as CI runs it: what is printed, written, known, and named how."""

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from axletree.console import Console
from tests.support.checking import CAUSE, Checking, plain, write
from tests.support.checks import HOSTILE_NAMES
from tests.support.command_line import CommandLine, write_universe
from tests.support.schemas import validate_sarif


def test_a_folder_is_checked_and_a_pipe_is_told_all(
    check: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    ran = check("requirements")

    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[:2] == [
        f"no     requirements/clash.txt  Python 3.9 on linux  {CAUSE}",
        "ok     requirements/fine.txt   Python 3.9 on linux  3 projects",
    ]
    assert "  at requirements/clash.txt:2, requirements/clash.txt:3" in lines
    command = (
        f"axletree explain --universe {check.universe} -r requirements/clash.txt "
        "--python-version 3.9 --python-platform linux"
    )
    assert lines[lines.index("To see what would help:") + 1] == f"  {command}"
    assert "…" not in ran.out


def test_the_command_that_it_names_explains_the_cell(
    axletree: CommandLine, check: Checking
) -> None:
    ran = check("requirements", "-v", "--json", "--jobs", "1")
    words = plain(ran.document("check"))["cells"][0]["command"].split()

    ran = axletree(*words[1:], "--no-repairs")

    assert ran.code == 1
    assert "1. you require left==1  (requirements/clash.txt, line 2)" in ran.out
    assert "--json" not in words
    assert "-v" not in words
    assert "--jobs" not in words


def test_a_folder_that_is_gone_is_no_bug_of_ours(
    check: Checking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path("requirements/fine.txt").resolve()
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    assert check(file).code == 0
    assert check(".").code == 2


def test_with_no_path_the_current_folder_is_checked(check: Checking) -> None:
    assert check().out == check(".").out


def test_nothing_to_check_is_an_error_before_anything_is_resolved(
    check: Checking,
) -> None:
    Path("docs").mkdir()
    write("pyproject.toml", "[tool.ruff]")
    ran = check("requirements", "docs")

    assert ran.code == 2
    assert ran.out == ""
    assert "error: nothing to check: there is no requirements file in docs" in ran.err


def test_what_is_left_out_of_a_folder_is_noted(check: Checking) -> None:
    write("pyproject.toml", "[tool.ruff]")
    note = "note: pyproject.toml is left out: it has no [project] table"
    assert note in check(".").err


@pytest.mark.parametrize("word", ["--json", "--output-format=json"])
def test_as_json_an_error_is_one_document_too(check: Checking, word: str) -> None:
    Path("docs").mkdir()
    assert check("docs", word).document("error")["reference"] == "nothing-to-check"
    assert check("requirements", word).document("check")["satisfiable"] is False


def test_two_forms_cannot_be_printed(check: Checking) -> None:
    ran = check("requirements", "--json", "--output-format", "sarif")
    assert ran.code == 2
    assert "would print two forms: name one" in ran.err


# Forms.


def test_each_form_is_printed_alone_as_it_is_written(check: Checking) -> None:
    files = [w for form in FORMS for w in (f"--{form}", f"out.{form}")]
    written = check("requirements", *files)

    assert written.out.startswith("no ")
    for form in FORMS:
        ran = check("requirements", "--output-format", form)
        assert ran.code == 1
        assert ran.out == Path(f"out.{form}").read_text()
    validate_sarif(json.loads(Path("out.sarif").read_text()))
    [issue] = json.loads(Path("out.gitlab").read_text())
    assert issue["location"] == {
        "path": "requirements/clash.txt",
        "lines": {"begin": 2},
    }
    assert fromstring(Path("out.junit").read_text()).get("failures") == "1"  # noqa: S314  our own
    assert "| **no** |" in Path("out.markdown").read_text()


FORMS = ("sarif", "gitlab", "junit", "markdown")


def test_files_are_named_from_the_root_of_the_repository(
    check: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("requirements")
    ran = check("clash.txt", "--output-format", "github")
    text = check("clash.txt")

    assert ran.out.startswith("::error file=requirements/clash.txt,line=2,")
    assert "  at clash.txt:2, clash.txt:3\n" in text.out


def test_a_clash_in_a_file_that_is_included_is_marked_there(check: Checking) -> None:
    write("requirements/top.txt", "-r clash.txt")
    ran = check("requirements/top.txt", "--output-format", "github")
    assert ran.out.startswith("::error file=requirements/clash.txt,line=2,")


def test_a_line_that_cannot_be_read_is_marked(check: Checking) -> None:
    write("requirements/bad.txt", "left = 1", "right", "left = 2")
    ran = check("requirements", "--output-format", "github")

    marks = [line.split(",title")[0] for line in ran.out.splitlines()]
    assert marks == [
        "::error file=requirements/bad.txt,line=1",
        "::error file=requirements/bad.txt,line=3",
        "::error file=requirements/clash.txt,line=2",
    ]
    assert ran.code == 2


# GitHub Actions.


@pytest.fixture
def on_github(
    axletree: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    del axletree
    summary = tmp_path / "summary.md"
    summary.write_text("of another command\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    return summary


def test_github_is_told_by_itself_more_than_text(
    check: Checking, on_github: Path
) -> None:
    ran = check("requirements")

    *text, annotation = ran.out.splitlines()
    assert text[-1] == "1 of 2 has a solution; 1 has none"
    assert annotation.startswith("::error file=requirements/clash.txt,line=2,")
    assert on_github.read_text().startswith(
        "of another command\n\n### axletree check\n"
    )


@pytest.mark.parametrize("form", ["text", "github", "json", "sarif"])
def test_a_form_that_is_asked_for_wins_over_what_github_would_get(
    check: Checking, on_github: Path, form: str
) -> None:
    ran = check("requirements", "--output-format", form)

    assert ("::error" in ran.out) is (form == "github")
    assert ran.out.startswith("::error") is (form == "github")
    assert on_github.read_text() == "of another command\n"


def test_a_summary_that_cannot_be_written_fails_nothing(
    check: Checking, on_github: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(on_github / "nowhere"))
    ran = check("requirements/fine.txt")

    assert ran.code == 0
    assert "note: the job has no summary: " in ran.err


@pytest.mark.usefixtures("on_github")
@pytest.mark.parametrize("name", [n for n in HOSTILE_NAMES if not {"/", "\0"} & {*n}])
def test_no_name_of_a_file_is_a_command_to_the_host(check: Checking, name: str) -> None:
    folder = Path("requirements", name)
    folder.mkdir()
    (folder / "requirements.txt").write_text("left==1\nright==2\n")
    (folder / "requirements-bad.txt").write_text(f"{name.encode(errors='replace')!r}\n")
    ran = check(f"requirements/{name}", "-v")

    lines = [*ran.out.splitlines(), *ran.err.splitlines()]
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert len(commands) == 2
    assert all(line.startswith("::error file=") for line in commands)
    others = [line for line in lines if line not in commands]
    assert not any("##[" in line for line in others)
    assert all(line.isprintable() for line in lines)


@pytest.mark.usefixtures("on_github")
def test_an_error_gives_no_command_to_the_host(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Console().say("a\n ::add-mask::x ##[command]")
    assert capsys.readouterr().err == "a\n : :add-mask::x ## [command]\n"


@pytest.mark.parametrize("variable", ["GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"])
@pytest.mark.parametrize("more", [[], ["--no-repairs"]])
def test_no_name_is_a_command_to_a_host_in_an_explanation(
    axletree: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    more: Sequence[str],
) -> None:
    universe = write_universe(Path("u.json"), {"left 1": []})
    Path("r-##vso[x]y.txt").write_text("left==2\n")
    words = ("explain", "-r", "r-##vso[x]y.txt", "--universe", str(universe), *more)
    assert "##vso[x]" in axletree(*words).out

    monkeypatch.setenv(variable, "1")

    assert "##vso[x]" not in axletree(*words).out
