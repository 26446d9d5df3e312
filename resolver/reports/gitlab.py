"""A check as GitLab's Code Quality report, shown beside the changes of a merge request.

Source: GitLab's documentation, "Code Quality", "Import Code Quality results".
"""

from collections.abc import Iterable, Sequence

from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.queries.findings import Finding


def to_code_quality(found: Iterable[Finding]) -> Sequence[JsonObject]:
    """Give its issues; those that are known are information."""
    return [_issue(finding) for finding in found]


def _issue(finding: Finding) -> JsonObject:
    cell = finding.cell
    parts = [
        finding.what,
        f"({cell.environment.label})",
        *([f"at {', '.join(map(str, finding.places))}"] if finding.others else []),
        *([f"- {cell.command}"] if cell.command else []),
    ]
    return {
        "description": " ".join(parts),
        "check_name": f"axletree-{finding.reference}",
        "fingerprint": finding.fingerprint,
        "severity": "info" if finding.is_known else "major",
        "location": {
            "path": finding.place.path,
            # GitLab shows no issue without a line.
            "lines": {"begin": finding.place.line or 1},
        },
    }
