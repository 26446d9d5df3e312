"""A check as annotations of GitHub Actions: a mark at the line of each clash.

Sources: GitHub's documentation, "Workflow commands for GitHub Actions", and the runner's
`ActionCommand`, which says what is escaped.
"""

from collections.abc import Iterable, Sequence

from axletree.resolver.model.shown_text import shown
from axletree.resolver.queries.findings import NO_SOLUTION, Finding

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def to_annotations(found: Iterable[Finding]) -> str:
    """Give a line for each thing that is wrong and not known.

    What is the same for several environments is one mark: a step shows ten at most.
    """
    alike: dict[object, list[Finding]] = {}
    for finding in found:
        if not finding.is_known:
            key = (finding.places, finding.reference, finding.what)
            alike.setdefault(key, []).append(finding)
    return "".join(map(_annotation, alike.values()))


def _annotation(same: Sequence[Finding]) -> str:
    first = same[0]
    labels = ", ".join(dict.fromkeys(f.cell.environment.label for f in same))
    is_conflict = first.reference == NO_SOLUTION
    head = "no solution" if is_conflict else first.reference
    properties = {
        "file": first.place.path,
        **({} if first.place.line is None else {"line": str(first.place.line)}),
        "title": f"axletree: {head} for {labels}",
    }
    at = [", ".join(map(str, first.places))] if first.others else []
    commands = (f.cell.command for f in same if f.cell.command)
    message = "\n".join((first.what, *at, *dict.fromkeys(commands)))
    given = ",".join(f"{k}={_escaped(v, _PROPERTY)}" for k, v in properties.items())
    return f"::error {given}::{_escaped(message, _DATA)}\n"


def _escaped(text: str, how: dict[str, str]) -> str:
    # What GitHub has no escape for must not steer the terminal of who reads the log.
    return "".join(how.get(sign, shown(sign)) for sign in text)
