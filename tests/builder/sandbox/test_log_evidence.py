import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pytest

from axletree.builder.sandbox.log_evidence import (
    Diagnosis,
    Lack,
    diagnose,
    limit_in,
    telling_line,
    telling_lines,
)


def lack_in(lines: Sequence[str]) -> str:
    found = diagnose(lines)
    return found.words if isinstance(found, Lack) else ""


LINES = tomllib.loads(Path(__file__).with_name("log_lines.toml").read_text())
LACKS = [(each["line"], each["says"]) for each in LINES["lack"]]
LIMITS = [(each["line"], each["limit"]) for each in LINES["limit"]]
CAUSES = [
    (each["rule"], each["line"], each["says"], tuple(each["requires"]))
    for each in LINES["cause"]
]


@pytest.mark.parametrize(("line", "lack"), LACKS)
def test_a_line_tells_what_the_machine_lacks(line: str, lack: str) -> None:
    assert lack_in(["before", line, "after"]) == lack


def test_the_last_line_that_tells_counts() -> None:
    lines = [
        "/bin/sh: 1: git: not found",
        "fatal error: x.h: No such file or directory",
    ]
    assert lack_in(lines) == "the header x.h"


def test_a_lack_long_before_the_end_was_got_over() -> None:
    assert lack_in(["/bin/sh: 1: git: not found", *(500 * ["compiling"])]) == ""


@pytest.mark.parametrize(("line", "limit"), LIMITS)
def test_a_line_tells_which_limit_was_met(line: str, limit: str) -> None:
    assert limit_in(["before", line, *(500 * ["after"])]) == limit


@pytest.mark.slow
@pytest.mark.parametrize("part", ["a", "a-", "a/", "lib", "Package '", "_config ", "("])
def test_looking_takes_time_in_proportion_to_the_lines(part: str) -> None:
    # A line is cut before it is looked at: this ends.
    lines = 300 * [part * 20_000]
    assert lack_in(lines) == limit_in(lines) == ""


def test_what_a_build_tries_to_fetch_for_want_of_it_is_what_is_lacking() -> None:
    # maturin 1.9 without cargo; puccinialin downloads it.
    log = [
        "Rust not found, installing into a temporary directory",
        "Downloading rustup-init from https://static.rust-lang.org/rustup/dist/x/y",
        "httpx.ConnectError: [Errno -3] Temporary failure in name resolution",
    ]
    assert diagnose(log) == Lack(words="a Rust compiler", package="cargo")
    # With a network it is there, and something else is wrong.
    gone = "ModuleNotFoundError: No module named 'distutils'"
    assert lack_in([*log[:1], gone]) == ""


@pytest.mark.parametrize(("rule", "line", "says", "requires"), CAUSES)
def test_a_line_tells_why_a_build_failed(
    rule: str, line: str, says: str, requires: tuple[str, ...]
) -> None:
    end = ("error: command '/usr/bin/gcc' failed with exit code 1", "")
    found = diagnose(["running build_ext", line, *end, "ended with exit code 1"])
    assert isinstance(found, Diagnosis)
    assert found.rule == rule
    assert says in found.says
    assert found.requires == requires


def test_every_rule_has_a_line_and_says_what_helps() -> None:
    text = (files("axletree.builder.sandbox") / "log_evidence.toml").read_text()
    rules = tomllib.loads(text)
    said = [lack["says"].partition("{}")[0] for lack in rules["lack"]]
    assert [
        each for each in said if not any(w.startswith(each) for _, w in LACKS)
    ] == []
    causes = rules["cause"]
    assert {cause["name"] for cause in causes} == {row[0] for row in CAUSES}
    assert [c["name"] for c in causes if not {"requires", "advice"} & c.keys()] == []


def test_what_stands_later_has_more_to_do_with_the_end() -> None:
    missing = "/bin/sh: 1: git: not found"
    module = "ModuleNotFoundError: No module named 'numpy'"
    assert lack_in([module, missing]) == "the program git"
    assert lack_in([missing, module]) == ""


def test_the_package_that_has_what_is_lacking_is_named() -> None:
    found = diagnose(["x.c:1:1: fatal error: mysql.h: No such file or directory"])
    assert found == Lack(
        words="the header mysql.h", package="default-libmysqlclient-dev"
    )


def test_the_lines_that_are_shown_tell_something() -> None:
    lines = ["first", "", "-----", "    ^^^^", "last", "ended with exit code 1"]
    assert telling_lines(lines) == ("first", "last")


TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "setup.py", line 3, in <module>',
    "    import pybind11",
)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((), ""),
        (("", "-----", "  indented"), ""),
        (
            (
                "running egg_info",
                "error in gym setup command: 'extras_require' must be",
            ),
            "error in gym setup command: 'extras_require' must be",
        ),
        (
            (*TRACEBACK, "ModuleNotFoundError: No module named 'pybind11'"),
            "ModuleNotFoundError: No module named 'pybind11'",
        ),
        # What is missing led to the error that came last.
        (
            (
                *TRACEBACK,
                "ModuleNotFoundError: No module named 'pybind11'",
                "",
                "During handling of the above exception, another exception occurred:",
                "",
                *TRACEBACK[:2],
                "RuntimeError: pybind11 install failed.",
            ),
            "ModuleNotFoundError: No module named 'pybind11'",
        ),
        # An error that was dealt with before is none that led to the last.
        (
            (
                "ModuleNotFoundError: No module named 'optional'",
                "going on without it",
                "ValueError: this is no version",
            ),
            "ValueError: this is no version",
        ),
        # That a command failed says less than what it printed.
        (
            (
                "The library foo must be installed first",
                "subprocess.CalledProcessError: Command 'make' returned 1",
            ),
            "The library foo must be installed first",
        ),
        (
            (
                "The 'sklearn' PyPI package is deprecated, use 'scikit-learn'",
                "rather than 'sklearn' for pip commands.",
                "",
                "More information is available at the project's page.",
            ),
            "The 'sklearn' PyPI package is deprecated, use 'scikit-learn'",
        ),
        (("running bdist_wheel", "it just ended"), "it just ended"),
        # As sys.exit(TEXT) of a setup.py ends.
        (("no foo-devel here", "ended with exit code 1"), "no foo-devel here"),
        (("error: command 'gcc' failed", ""), "error: command 'gcc' failed"),
    ],
)
def test_the_line_that_tells_most_is_found(lines: tuple[str, ...], told: str) -> None:
    assert telling_line(lines) == told


def test_a_line_is_cut_and_only_the_last_are_looked_at() -> None:
    assert len(telling_line(["ValueError: " + "x" * 1_000_000])) <= 2000
    assert telling_line(["ValueError: early", *["fine"] * 400]) == "fine"
