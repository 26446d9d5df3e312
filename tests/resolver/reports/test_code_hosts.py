"""What code hosts are told of a check, also of files with names that mean harm."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import fromstring

import pytest
from markdown_it import MarkdownIt

from axletree.console import document_text
from axletree.resolver.queries.check import Cell, Failure
from axletree.resolver.queries.findings import findings
from axletree.resolver.reports.check_text import check_report
from axletree.resolver.reports.github import to_annotations
from axletree.resolver.reports.gitlab import to_code_quality
from axletree.resolver.reports.junit import to_junit
from axletree.resolver.reports.lines import to_text
from axletree.resolver.reports.markdown import MOST_CHARACTERS, to_markdown
from axletree.resolver.reports.sarif import to_sarif
from tests.support.answers import make_pin, make_resolution
from tests.support.checks import COMMAND, HOSTILE_NAMES, cell, conflict_at
from tests.support.schemas import validate_sarif

FINE = cell("fine.txt", make_resolution(make_pin("six", "1.15.0")))
OUTAGE = Failure(
    reference="unreachable-index",
    what="the index does not answer",
    where="index",
    hint="try again later",
    exit_code=3,
)
CAUSE = (
    "kubeflow-fairing 1.0.2 requires kubernetes==10.0.1, "
    "but kfserving 0.6.1 requires kubernetes>=12.0.0"
)


def refused(file: str, *lines: int, python: str = "3.9") -> Cell:
    return replace(
        cell(file, conflict_at(file, *(lines or (1, 2))), python), command=COMMAND
    )


def known(file: str) -> Cell:
    found = refused(file)
    return replace(found, known=frozenset({found.fingerprint(found.cores[0])}))


# GitHub.


def test_an_annotation_names_file_line_cause_whole_and_command() -> None:
    assert to_annotations(findings([FINE, refused("a.txt", 3, 9)])) == (
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


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_breaks_the_lines_of_the_report(name: str) -> None:
    plain = to_text(check_report([refused("a.txt")], width=300)).count("\n")
    assert to_text(check_report([refused(name)], width=300)).count("\n") == plain


# GitLab.


def test_code_quality_has_what_gitlab_needs_of_each_issue() -> None:
    cells = [FINE, refused("a.txt", 3), known("b.txt"), cell("c.txt", OUTAGE)]

    issues = to_code_quality(findings(cells))

    assert [issue["severity"] for issue in issues] == ["major", "info", "major"]
    assert [issue["location"] for issue in issues] == [
        {"path": "a.txt", "lines": {"begin": 3}},
        {"path": "b.txt", "lines": {"begin": 1}},
        {"path": "c.txt", "lines": {"begin": 1}},
    ]
    assert issues[0]["description"] == f"{CAUSE} (Python 3.9 on linux) - {COMMAND}"
    assert len({issue["fingerprint"] for issue in issues}) == 3
    assert issues[2]["check_name"] == "axletree-unreachable-index"


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_code_quality_is_json_whatever_a_file_is_called(name: str) -> None:
    text = document_text(to_code_quality(findings([refused(name)])))
    assert len(json.loads(text.encode("utf-8", "strict"))) == 1


# SARIF.


def sarif(*cells: Cell) -> Any:  # noqa: ANN401  plain JSON
    text = document_text(to_sarif(findings(cells), version="0.1.0", baseline="b.json"))
    document = json.loads(text.encode("utf-8", "strict"))
    validate_sarif(document)
    [run] = document["runs"]
    return run


def test_sarif_is_valid_by_the_schema_of_the_standard() -> None:
    run = sarif(FINE, refused("a.txt", 3, 9), known("b.txt"), cell("c.txt", OUTAGE))

    clash, old, error = run["results"]
    assert clash["message"]["text"].startswith(f"{CAUSE} (Python 3.9 on linux)")
    assert clash["message"]["text"].endswith(COMMAND)
    assert clash["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a.txt", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3},
    }
    [other] = clash["relatedLocations"]
    assert other["physicalLocation"]["region"] == {"startLine": 9}
    assert clash["level"] == "error"
    assert old["suppressions"] == [
        {"kind": "external", "justification": "the baseline b.json has it"}
    ]
    assert error["ruleId"] == "unreachable-index"
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_sarif_of_what_is_well_has_no_results() -> None:
    assert sarif(FINE)["results"] == []


@pytest.mark.parametrize("name", [*HOSTILE_NAMES, "a b%20#c?.txt", "/else/where.txt"])
def test_sarif_names_any_file_by_an_address(name: str) -> None:
    [result] = sarif(refused(name))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    path = unquote_to_bytes(uri.removeprefix("file://"))
    assert path == name.encode("utf-8", "surrogateescape")
    assert uri.isascii()


# JUnit.


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_junit_is_xml_whatever_a_file_is_called(name: str) -> None:
    suites = fromstring(to_junit([refused(name)]))  # noqa: S314  our own
    [failure] = suites.iter("failure")
    assert str(failure.text).rstrip().endswith(COMMAND)


def test_junit_skips_what_is_known() -> None:
    suites = fromstring(to_junit([known("a.txt"), refused("b.txt")]))  # noqa: S314  our own

    assert (suites.get("failures"), suites.get("skipped")) == ("1", "1")
    [skipped] = suites.iter("skipped")
    assert skipped.get("message") == f"the baseline has it: {CAUSE}"


# Markdown.


def test_markdown_has_a_table_and_each_explanation_folded() -> None:
    text = to_markdown([FINE, refused("a.txt", 3)])

    assert text.startswith(
        "### axletree check\n\n1 of 2 has a solution; 1 has none.\n\n"
        "| | file | environment | |\n|---|---|---|---|\n"
        "| ok | <code>fine.txt</code> | <code>Python 3.9 on linux</code> | "
        "<code>1 project</code> |\n"
        "| **no** | <code>a.txt</code> |"
    )
    assert text.count("<details>") == text.count("</details>") == 1
    assert f"  {COMMAND}\n```\n\n</details>\n" in text


class _Tags(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


OURS = {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "strong", "code"} | {
    "details",
    "summary",
    "pre",
}


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_is_markup_in_markdown(name: str) -> None:
    page = _Tags()
    markdown = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    text = to_markdown([refused(name), cell("x.txt", failing_at(name))])
    page.feed(markdown.render(text))

    assert page.tags <= OURS
    assert page.links == []
    assert "www." not in re.sub(r"(`{3,})text\n.*?\n\1\n", "", text, flags=re.DOTALL)
    assert page.text.count("Python 3.9 on linux") >= 4


def failing_at(name: str) -> Failure:
    return replace(OUTAGE, what=f"{name} is odd", where=name)


def test_a_summary_is_no_longer_than_github_takes() -> None:
    cells = [refused(f"{number}.txt") for number in range(400)]
    text = to_markdown(cells)

    assert len(text) <= MOST_CHARACTERS + 100
    assert re.search(r"\n\d+ more are left out here: the log has them\.\n$", text)
