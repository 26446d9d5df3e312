"""GitLab's Code Quality report."""

import json

import pytest

from axletree.console import document_text
from axletree.resolver.queries.findings import findings
from axletree.resolver.reports.gitlab import to_code_quality
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


def test_code_quality_has_what_gitlab_needs_of_each_issue() -> None:
    cells = [
        fine("fine.txt"),
        refused("a.txt", 3),
        known("b.txt"),
        cell("c.txt", OUTAGE),
    ]

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
