"""A check as JUnit XML, which GitLab, Jenkins and others show beside a merge request.

There is no standard; this keeps to what Jenkins' own schema has and GitLab reads: a
suite for each set, a case for each environment. No times stand in it, so that the
same answers give the same bytes.
"""

import re
from collections.abc import Sequence
from typing import assert_never
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.queries.check import (
    Cell,
    Failure,
)
from axletree.resolver.queries.findings import NO_SOLUTION
from axletree.resolver.reports.check_text import (
    explanation_text,
    one_line,
)

# Source: XML 1.0 §2.2, the characters that may not stand in a document at all.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(cells: Sequence[Cell]) -> bytes:
    """Give the document; a conflict is a failure, what could not be read an error.

    What a baseline has is left out as a test that is skipped.
    """
    suites = Element("testsuites", {"name": "axletree check", **_counts(cells)})
    by_file: dict[str, list[Cell]] = {}
    for cell in cells:
        by_file.setdefault(cell.name, []).append(cell)
    for file, own in by_file.items():
        suite = SubElement(suites, "testsuite", {"name": _text(file), **_counts(own)})
        for cell in own:
            _add_case(suite, cell)
    indent(suites)
    return bytes(tostring(suites, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_case(suite: Element, cell: Cell) -> None:
    name, path = _text(cell.environment.label), _text(cell.path or cell.file)
    case = SubElement(
        suite, "testcase", classname=_text(cell.name), name=name, file=path
    )
    match cell.answer:
        case Resolution():
            return
        case Conflict() if cell.outcome == "known":
            said = _text(f"the baseline has it: {one_line(cell)}")
            SubElement(case, "skipped", message=said)
            return
        case Conflict():
            outcome = SubElement(case, "failure", type=NO_SOLUTION)
        case Failure(reference=reference):
            outcome = SubElement(case, "error", type=reference)
        case _:
            assert_never(cell.answer)
    outcome.set("message", _text(one_line(cell)))
    outcome.text = _text(explanation_text(cell))


def _counts(cells: Sequence[Cell]) -> dict[str, str]:
    outcomes = [cell.outcome for cell in cells]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("conflict")),
        "errors": str(outcomes.count("error")),
        "skipped": str(outcomes.count("known")),
    }


def _text(text: str) -> str:
    """Leave out what no XML document may hold."""
    return _NOT_XML.sub("", text)
