"""Annotations of GitHub Actions, also of files with names that mean harm."""

import re

import pytest

from axletree.resolver.queries.findings import findings
from axletree.resolver.reports.github import to_annotations
from tests.support.checks import (
    CAUSE,
    COMMAND,
    HOSTILE_NAMES,
    OUTAGE,
    cell,
    fine,
    known,
    refused,
)


def test_an_annotation_names_file_line_cause_whole_and_command() -> None:
    assert to_annotations(findings([fine("fine.txt"), refused("a.txt", 3, 9)])) == (
        "::error file=a.txt,line=3,title=axletree%3A no solution for Python 3.9 on "
        f"linux::{CAUSE}%0Aa.txt:3, a.txt:9%0A{COMMAND}\n"
    )


def test_what_several_environments_have_in_common_is_one_annotation() -> None:
    cells = [refused("a.txt", 3), refused("a.txt", 3, python="3.8"), refused("b.txt")]

    first, second = to_annotations(findings(cells)).splitlines()

    assert "Python 3.9 on linux%2C Python 3.8 on linux::" in first
    assert second.startswith("::error file=b.txt,")


def test_an_error_is_annotated_and_what_is_known_is_not() -> None:
    cells = [cell("a.txt", OUTAGE), known("b.txt")]

    assert to_annotations(findings(cells)) == (
        "::error file=a.txt,title=axletree%3A unreachable-index for Python 3.9 on "
        "linux::the index does not answer (try again later)\n"
    )


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Read an annotation as GitHub's runner does."""
    command, properties, data = re.fullmatch(r"::(\w+) (.*?)::(.*)", line).groups()  # type: ignore[union-attr]  # it matches
    pairs = (pair.split("=", 1) for pair in properties.split(","))
    return command, {key: unescaped(value) for key, value in pairs}, unescaped(data)


def unescaped(text: str) -> str:
    for code, sign in (
        ("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%"),
    ):  # fmt: skip
        text = text.replace(code, sign)
    return text


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_breaks_out_of_its_annotation(name: str) -> None:
    [line] = to_annotations(findings([refused(name, 1)])).splitlines()

    command, properties, _ = parsed(line)
    assert command == "error"
    assert sorted(properties) == ["file", "line", "title"]
    assert properties["line"] == "1"
    if name.isprintable():
        assert properties["file"] == name
    assert line.isprintable()
