"""Conflicts and errors as JSON, each valid by its schema in docs/schema/."""

from collections.abc import Sequence

from axletree.errors import AxletreeError
from axletree.resolver.locks.json_form import (
    counters_to_json,
    environment_to_json,
    pin_to_json,
    to_json,
)
from axletree.resolver.locks.locked import lay_together
from axletree.resolver.model.answers import (
    AsPip,
    Conflict,
    Repair,
    Resolution,
)
from axletree.resolver.model.facts import (
    Core,
    Evidence,
    Fact,
    Picture,
)
from axletree.resolver.model.json_types import (
    Json,
    JsonObject,
)
from axletree.resolver.model.requirements import Edit
from axletree.resolver.queries.check import Failure

# DESIGN.md 7: what each kind of evidence is found by.
_EVIDENCE_FIELDS = {
    "requirement-line": ("file", "line"),
    "metadata": ("filename", "sha256", "field"),
    "index-page": ("project",),
    "policy": ("file", "line"),
}


def conflict_to_json(conflict: Conflict) -> JsonObject:
    """Give the document `axletree.conflict/1`."""
    cores = [_core_to_json(core) for core in conflict.conflicts]
    return {
        "format": "axletree.conflict/1",
        "satisfiable": False,
        "environment": environment_to_json(conflict.environment),
        "as_of": conflict.as_of or None,
        "core": cores[0]["core"],
        "conflicts": cores,
        "complete": conflict.complete,
        "also_contended": list(conflict.also_contended),
        "also_contended_complete": conflict.also_contended_complete,
        "holds_here_only": conflict.holds_here_only,
        "repairs": [repair_to_json(repair) for repair in conflict.repairs],
        "repairs_complete": conflict.repairs_stopped is None,
        "repairs_stopped": conflict.repairs_stopped,
        "repair_builds": list(conflict.repair_builds),
        "as_pip": None if conflict.as_pip is None else as_pip_to_json(conflict.as_pip),
        "counters": counters_to_json(conflict.counters),
        "repair_counters": counters_to_json(conflict.repair_counters),
        "notes": list(conflict.notes),
    }


def outcomes_to_json(outcomes: Sequence[Resolution | Conflict]) -> JsonObject:
    """Give the document `axletree.outcomes/1`: not all environments have an answer."""
    return {
        "format": "axletree.outcomes/1",
        "satisfiable": False,
        "outcomes": [
            to_json(lay_together([outcome]), outcome.counters)
            if isinstance(outcome, Resolution)
            else conflict_to_json(outcome)
            for outcome in outcomes
        ],
    }


def error_to_json(error: AxletreeError) -> JsonObject:
    """Give the document `axletree.error/1`."""
    document = failure_to_json(Failure.of(error))
    if error.steps:
        document["commands"] = [
            {"for": step.purpose, "command": step.command} for step in error.steps
        ]
    if error.missing:
        document["missing"] = [
            {"filename": name, "reason": reason}
            for name, reason in error.missing.items()
        ]
    return document


def failure_to_json(failure: Failure) -> JsonObject:
    """Give it of an error that is kept as plain data."""
    return {
        "format": "axletree.error/1",
        "reference": failure.reference,
        "what": failure.what,
        "where": failure.where,
        "hint": failure.hint,
    }


def as_pip_to_json(as_pip: AsPip) -> JsonObject:
    """Give what pip would do."""
    return {
        "outcome": as_pip.outcome,
        "text": as_pip.text,
        "rounds": as_pip.rounds,
        "fetched": dict(as_pip.fetched),
        "pins": [{"name": name, "version": version} for name, version in as_pip.pins],
    }


def _core_to_json(core: Core) -> JsonObject:
    picture = core.picture
    return {
        "core": [fact_to_json(fact) for fact in core.facts],
        "claim": core.claim,
        "verdict": core.verdict or None,
        "upstream": core.upstream or None,
        "picture": None if picture is None else _picture_to_json(picture),
    }


def fact_to_json(fact: Fact) -> JsonObject:
    """Give one fact with its evidence."""
    return {
        "kind": fact.kind,
        "text": fact.text,
        "project": fact.project,
        "versions": list(fact.versions),
        "target": fact.target,
        "requirement": fact.requirement,
        "evidence": [evidence_to_json(evidence) for evidence in fact.evidence],
        "observed": fact.observed,
        "openers": [
            {
                "project": opener.project,
                "version": opener.version,
                "requirement": opener.requirement,
                "because": opener.because,
            }
            for opener in fact.openers
        ],
    }


def evidence_to_json(evidence: Evidence) -> JsonObject:
    """Give the fields that this kind of evidence is found by."""
    values: dict[str, Json] = {
        "file": evidence.file,
        "line": evidence.line,
        "filename": evidence.filename,
        "sha256": evidence.sha256,
        "field": evidence.field,
        "project": evidence.project,
    }
    fields = _EVIDENCE_FIELDS[evidence.kind]
    return {"kind": evidence.kind, **{name: values[name] for name in fields}}


def _picture_to_json(picture: Picture) -> JsonObject:
    return {
        "project": picture.project,
        "versions": list(picture.versions),
        "rows": [
            {"label": row.label, "allowed": list(row.allowed)} for row in picture.rows
        ],
    }


def repair_to_json(repair: Repair) -> JsonObject:
    """Give one repair with the pins it leads to."""
    """Give one repair, with the pins that it leads to."""
    resolution = repair.resolution
    return {
        "kind": repair.kind,
        "text": repair.text,
        "cost": list(repair.cost),
        "changes": list(repair.changes),
        "edits": [_edit_to_json(edit) for edit in repair.edits],
        "claim": repair.claim,
        "environment": environment_to_json(resolution.environment),
        "pins": [pin_to_json(pin, resolution.environment) for pin in resolution.pins],
        "notes": [*repair.notes, *resolution.notes],
        "recipe": repair.recipe,
        "recipes": list(repair.recipes),
        "command": repair.command,
    }


def _edit_to_json(edit: Edit) -> JsonObject:
    return {
        "file": edit.origin.file,
        "line": edit.origin.line,
        "old": edit.old,
        "new": edit.new,
    }
