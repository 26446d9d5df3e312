"""`-`, where a file to write is asked for, is standard output: no such file is made."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from axletree.commands.line.table import OPTIONS
from tests.support.command_line import CommandLine, Ran

FINE = ("left==1", "right==1")
CLASH = ("left==1", "right==2")


def is_lock(ran: Ran) -> bool:
    return "shared==1" in ran.out


def is_sarif(ran: Ran) -> bool:
    return ran.document()["version"] == "2.1.0"


def is_list(ran: Ran) -> bool:
    return isinstance(json.loads(ran.out), list)


def is_markdown(ran: Ran) -> bool:
    return ran.out.startswith("##") or "|" in ran.out


def is_junit(ran: Ran) -> bool:
    return fromstring(ran.out).tag == "testsuites"  # noqa: S314  our own output


def is_snapshot(ran: Ran) -> bool:
    return ran.document()["format"] == "axletree.universe/1"


def is_picture(ran: Ran) -> bool:
    return fromstring(ran.out).tag.endswith("svg")  # noqa: S314  our own output


WRITES: Mapping[tuple[str, str], tuple[tuple[str, ...], Callable[[Ran], bool]]] = {
    ("lock", "--output-file"): (FINE, is_lock),
    ("snapshot", "--output-file"): (FINE, is_snapshot),
    ("check", "--sarif"): (("r.txt",), is_sarif),
    ("check", "--gitlab"): (("r.txt",), is_list),
    ("check", "--markdown"): (("r.txt",), is_markdown),
    ("check", "--junit"): (("r.txt",), is_junit),
    ("explain", "--svg"): (CLASH, is_picture),
}


def test_every_option_that_writes_a_file_is_here() -> None:
    assert set(WRITES) == {
        (verb, option.names[-1])
        for verb, options in OPTIONS.items()
        for option in options
        if option.kind == "output"
    }


@pytest.mark.parametrize(("verb", "option"), WRITES)
def test_a_dash_is_stdout(
    axletree: CommandLine, clash: Path, verb: str, option: str
) -> None:
    Path("r.txt").write_text("left==1\nright==1\n")
    asked, is_so = WRITES[verb, option]

    ran = axletree(verb, *asked, option, "-", "--universe", clash)

    assert ran.code == (1 if asked == CLASH else 0), ran.err
    assert is_so(ran), ran.out
    assert not Path("-").exists()


def test_a_picture_on_stdout_is_alone(axletree: CommandLine, clash: Path) -> None:
    ran = axletree("explain", *FINE, "--svg", "-", "--universe", clash)
    assert (ran.code, ran.out) == (0, "")
    assert "there is no conflict, so a picture was not written" in ran.err

    ran = axletree("explain", *CLASH, "--svg", "-", "--json", "--universe", clash)
    assert ran.code == 2
    assert "--svg - prints the picture and nothing else" in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("--json", "--sarif", "-"),
        ("--output-format", "junit", "--gitlab", "-"),
        ("--junit", "-", "--markdown", "-"),
    ],
)
def test_two_forms_are_not_printed_at_once(
    axletree: CommandLine, clash: Path, words: tuple[str, ...]
) -> None:
    Path("r.txt").write_text("left\n")

    ran = axletree("check", "r.txt", *words, "--universe", clash)

    assert ran.code == 2
    assert "would print two forms" in ran.err


def test_the_same_form_twice_is_printed_once(
    axletree: CommandLine, clash: Path
) -> None:
    Path("r.txt").write_text("left\n")

    ran = axletree(
        "check",
        "r.txt",
        "--junit",
        "-",
        "--output-format",
        "junit",
        "--universe",
        clash,
    )

    assert is_junit(ran)


def test_a_baseline_is_not_written_there(axletree: CommandLine, clash: Path) -> None:
    Path("r.txt").write_text("left\n")
    words = ("--baseline", "-", "--write-baseline", "--universe", clash)

    ran = axletree("check", "r.txt", *words)

    assert ran.code == 2
    assert "name the file with --baseline" in ran.err
    assert not Path("-").exists()
