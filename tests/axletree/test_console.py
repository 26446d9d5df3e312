import json
import re

import pytest

from axletree.console import Console, UsageError
from axletree.errors import Step
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.resolver.reports.conflict_text import conflict_report
from axletree.resolver.reports.lines import (
    ReportLine,
    to_text,
)
from tests.support.conflicts import fairing_conflict
from tests.support.schemas import validate

ERROR = InvalidRequirementError(
    "flask=2 is none", where="r.in, line 3", hint="write =="
)


def test_a_report_into_a_pipe_is_its_plain_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = conflict_report(fairing_conflict(), width=100)

    Console().report(lines)

    printed = capsys.readouterr()
    assert printed.out == to_text(lines)
    assert printed.err == ""


def test_a_report_has_colour_where_it_is_forced_and_none_under_no_color(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = conflict_report(fairing_conflict(), width=100)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")

    Console().report(lines)
    coloured = capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    Console().report(lines)
    plain = capsys.readouterr().out

    assert "\x1b[1;31m" in coloured
    assert "\x1b[1;31m" not in plain
    assert "\x1b[31m" not in plain


def test_an_error_says_what_where_and_what_to_do_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Console().show_error(ERROR)

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "error: flask=2 is none\n  where: r.in, line 3\n  hint: write ==\n"
        "  docs: axletree docs invalid-requirement\n"
    )


def test_an_error_with_json_is_one_document_on_stdout(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Console(is_json=True).show_error(ERROR)

    document = json.loads(capsys.readouterr().out)
    assert validate(document, "error")["reference"] == "invalid-requirement"


def test_progress_is_silent_where_nobody_looks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Console().progress() as progress:
        progress.reading_round(pages=40, metadata=2, projects=7)
        progress.proving("kfserving 0.4.1")

    assert capsys.readouterr() == ("", "")


def test_progress_is_plain_lines_on_stderr_with_v(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Console(verbosity=1).progress() as progress:
        progress.reading_round(pages=40, metadata=2, projects=7)

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.strip().endswith("reading 40 pages and 2 metadata")
    assert "\x1b" not in printed.err


def test_our_own_fault_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["axletree", "lock"])

    Console().show_bug(KeyError("six"))

    printed = capsys.readouterr().err
    assert "Traceback" not in printed
    assert "KeyError" in printed
    assert "report it" in printed


HOSTILE = "a\x1b]0;owned\x07b\u202egpj.exe\u2066\x9b2J\r"
TAMED = "a\\x1b]0;owned\\x07b\\u202egpj.exe\\u2066\\x9b2J"


def test_nothing_that_others_wrote_steers_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console = Console(verbosity=1)
    lines = [ReportLine(role="fact", text=HOSTILE)]

    console.report(lines)
    console.result(f"{HOSTILE}\n")
    console.say(HOSTILE)
    console.notes([HOSTILE])
    console.detail(HOSTILE)
    console.progress().step(HOSTILE)
    console.show_error(InvalidRequirementError(HOSTILE, where=HOSTILE, hint=HOSTILE))
    console.show_bug(ValueError(HOSTILE))

    printed = capsys.readouterr()
    assert printed.out == f"{TAMED}\n{TAMED}\n"
    assert printed.err.count(TAMED) == 9
    assert not set("\x1b\x07\u202e\u2066\x9b\r") & set(printed.out + printed.err)


def test_a_document_keeps_what_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Console(is_json=True).document({"text": HOSTILE})

    assert json.loads(capsys.readouterr().out) == {"text": HOSTILE}


def test_an_error_ends_its_lines_between_words_at_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    command = "axletree lock a-name-that-is-so-long-that-it-fills-a-line"
    error = UsageError(
        "there is nowhere to get packages from: no index is named",
        where="command line",
        hint="one of\nthese",
        steps=[Step(purpose="use the public index", command=command)],
    )

    Console().show_error(error)

    plain = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().err)
    assert plain == (
        "error: there is nowhere to get packages\n  from: no index is named\n"
        "  where: command line\n  hint: one of\nthese\n    use the public index:\n"
        f"      {command}\n  docs: axletree docs usage\n"
    )


TYPED = ("explain", "six", "--upstream", "public")


@pytest.mark.parametrize(
    ("command", "is_told"),
    [
        ("axletree explain six --upstream public", False),
        ("axletree explain --upstream=public six", False),
        ("axletree explain 'six' --upstream public", False),
        ("axletree explain six", True),
        ("axletree lock six --upstream public", True),
        ("AXLETREE_HOME=/w axletree explain six --upstream public", True),
    ],
)
def test_what_was_typed_is_not_told_as_what_helps(
    capsys: pytest.CaptureFixture[str], command: str, *, is_told: bool
) -> None:
    steps = [Step(purpose="try", command=command)]
    console = Console(typed=TYPED)

    console.steps(steps, heading="To get it:")
    said = capsys.readouterr().err
    console.show_error(UsageError("no", hint="choose one of these:", steps=steps))
    error = capsys.readouterr().err

    assert (command in said) is (command in error) is is_told
    assert ("To get it:" in said) is ("choose one" in error) is is_told


def test_a_verb_of_two_words_that_was_typed_is_not_told_either(
    capsys: pytest.CaptureFixture[str],
) -> None:
    steps = [Step(purpose="see them", command="axletree token list --json")]

    Console(typed=("token list", "--json")).steps(steps, heading="To see them:")

    assert "axletree token list" not in capsys.readouterr().err
