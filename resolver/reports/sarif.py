"""A check as SARIF 2.1.0, which GitHub's code scanning and editors show.

Source: Static Analysis Results Interchange Format 2.1.0, OASIS standard.
"""

import os
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.queries.check import Failure
from axletree.resolver.queries.findings import NO_SOLUTION, Finding, Place
from axletree.resolver.reports.check_text import explanation_text

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"
"""What paths are relative to: code scanning takes it for the root of the repository."""


def to_sarif(found: Sequence[Finding], *, version: str, baseline: str) -> JsonObject:
    """Give the document: a result for each conflict, and each error, of each cell.

    :param version: ours.
    :param baseline: the file that has what is known; its results are suppressed.
    """
    rules = list(dict.fromkeys(finding.reference for finding in found))
    failed = any(isinstance(finding.cell.answer, Failure) for finding in found)
    return {
        "version": "2.1.0",
        "$schema": _SCHEMA,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "axletree",
                        "version": version,
                        "rules": [_rule(reference) for reference in rules],
                    }
                },
                "invocations": [{"executionSuccessful": not failed}],
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(finding, rules.index(finding.reference), baseline)
                    for finding in found
                ],
            }
        ],
    }


def _rule(reference: str) -> JsonObject:
    text = "These requirements cannot be installed together."
    if reference != NO_SOLUTION:
        text = f"This could not be checked: {reference}."
    return {
        "id": reference,
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": "error"},
    }


def _result(finding: Finding, rule: int, baseline: str) -> JsonObject:
    cell = finding.cell
    command = f"\n{cell.command}" if cell.command else ""
    text = f"{finding.what} ({cell.environment.label}){command}"
    result: JsonObject = {
        "ruleId": finding.reference,
        "ruleIndex": rule,
        "level": "note" if finding.is_known else "error",
        "message": {"text": _plain(text)},
        "locations": [_location(finding.place)],
        "partialFingerprints": {"axletree/v1": finding.fingerprint},
        "properties": {
            "environment": cell.environment.label,
            "explanation": explanation_text(cell),
        },
    }
    if finding.others:
        result["relatedLocations"] = list(_related(finding.others))
    if finding.is_known:
        justification = f"the baseline {baseline} has it"
        result["suppressions"] = [{"kind": "external", "justification": justification}]
    return result


def _plain(text: str) -> str:
    """Spell text in which SARIF finds no placeholder and no link (3.11.5, 3.11.6)."""
    escaped = re.sub(r"[\\\[\]]", r"\\\g<0>", text)
    return escaped.replace("{", "{{").replace("}", "}}")


def _related(places: Iterable[Place]) -> Iterable[JsonObject]:
    for number, place in enumerate(places, start=1):
        yield {**_location(place), "id": number}


def _location(place: Place) -> JsonObject:
    uri = quote(os.fsencode(place.path))
    is_outside = place.path.startswith("/")
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": f"file://{uri}"}
            if is_outside
            else {"uri": uri, "uriBaseId": _ROOT},
            **({} if place.line is None else {"region": {"startLine": place.line}}),
        }
    }
