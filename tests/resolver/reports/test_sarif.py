"""SARIF, held against the schema of the standard."""

import json
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from axletree.console import document_text
from axletree.resolver.queries.check import Cell
from axletree.resolver.queries.findings import findings
from axletree.resolver.reports.sarif import to_sarif
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
from tests.support.schemas import validate_sarif


def sarif(*cells: Cell) -> Any:  # noqa: ANN401  plain JSON
    text = document_text(to_sarif(findings(cells), version="0.1.0", baseline="b.json"))
    document = json.loads(text.encode("utf-8", "strict"))
    validate_sarif(document)
    [run] = document["runs"]
    return run


def test_sarif_is_valid_by_the_schema_of_the_standard() -> None:
    run = sarif(
        fine("fine.txt"), refused("a.txt", 3, 9), known("b.txt"), cell("c.txt", OUTAGE)
    )

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
    assert sarif(fine("fine.txt"))["results"] == []


@pytest.mark.parametrize("name", [*HOSTILE_NAMES, "a b%20#c?.txt", "/else/where.txt"])
def test_sarif_names_any_file_by_an_address(name: str) -> None:
    [result] = sarif(refused(name))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    path = unquote_to_bytes(uri.removeprefix("file://"))
    assert path == name.encode("utf-8", "surrogateescape")
    assert uri.isascii()
