"""`axletree docs`: into a pipe, on a terminal, and in a shell's completion."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from axletree.manual.pages import FOLDER, pages
from tests.support.command_line import CommandLine, command
from tests.support.terminal import on_a_terminal


def test_without_a_topic_all_pages_are_listed(axletree: CommandLine) -> None:
    ran = axletree("docs")

    assert ran.code == 0
    for page in list(pages().values())[1:]:
        assert f"  {page.stem} " in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_into_a_pipe_goes_the_page_as_it_is(axletree: CommandLine) -> None:
    assert axletree("docs", "lock").out == (FOLDER / "how-to/lock.md").read_text()


@pytest.mark.parametrize("words", [("--base",), ("exit", "codes"), ("-o",)])
def test_a_topic_may_look_like_an_option_or_be_of_two_words(
    axletree: CommandLine, words: tuple[str, ...]
) -> None:
    ran = axletree("docs", *words)
    assert ran.code == 0
    assert ran.out.startswith("# ")


def test_where_a_page_lies_is_told(axletree: CommandLine) -> None:
    for words in (("lock", "--path"), ("--path", "lock#pylocktoml")):
        told = Path(axletree("docs", *words).out.strip())
        assert told.samefile(FOLDER / "how-to/lock.md")


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("lokc", "lock"),
        ("invalid-requirment", "invalid-requirement"),
        ("axletree_hoem", "AXLETREE_HOME"),
        ("--bsae", "--base"),
    ],
)
def test_a_mistyped_topic_is_answered_with_the_right_one(
    axletree: CommandLine, word: str, right: str
) -> None:
    ran = axletree("docs", word)

    assert ran.code == 2
    assert ran.out == ""
    assert f"there is no topic {word}" in ran.err
    assert f"      axletree docs {right}\n" in ran.err
    assert ran.err.endswith("  docs: axletree docs usage\n")


def test_what_is_like_nothing_is_answered_with_the_list(axletree: CommandLine) -> None:
    ran = axletree("docs", "zzzzzzzz")
    assert ran.code == 2
    assert "hint: without a topic all pages are listed" in ran.err


@pytest.mark.slow
def test_a_short_topic_is_drawn_without_a_pager(tmp_path: Path) -> None:
    words = command("docs", "invalid-requirement")
    pager = f"cp /dev/stdin {tmp_path}/paged"
    with on_a_terminal(words, COLUMNS="60", LINES="40", PAGER=pager) as terminal:
        assert terminal.end() == 0
    assert "## " not in terminal.text
    assert terminal.text.startswith("invalid-requirement\n")
    assert max(map(len, terminal.text.splitlines())) <= 60
    assert not (tmp_path / "paged").exists()


@pytest.mark.slow
def test_a_long_page_goes_through_the_pager(tmp_path: Path) -> None:
    paged = tmp_path / "paged"
    script = tmp_path / "pager"
    script.write_text(f"#!/bin/sh\ncat >{paged}\n")
    script.chmod(0o755)
    words = command("docs", "lock")
    with on_a_terminal(words, LINES="20", PAGER=str(script)) as terminal:
        assert terminal.end() == 0
    assert "Lock requirements" in paged.read_text()
    assert "Lock requirements" not in terminal.text


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error() -> None:
    words = " ".join(command("docs", "cli"))
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{words} | head -1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "# Command line\n", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("begun", "completed"),
    [
        ("invalid-requirem", ["invalid-requirement"]),
        ("how-to/loc", ["how-to/lock"]),
        ("axletree_ho", ["AXLETREE_HOME"]),
    ],
)
def test_shells_complete_topics(begun: str, completed: list[str]) -> None:
    program = Path(sys.executable).with_name("axletree")
    done = subprocess.run(
        [program],
        env={
            **os.environ,
            "_AXLETREE_COMPLETE": "bash_complete",
            "COMP_WORDS": f"axletree docs {begun}",
            "COMP_CWORD": "2",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [f"plain,{name}" for name in completed]
