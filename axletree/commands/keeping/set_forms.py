"""Requirement sets as JSON, each form valid by its schema in docs/schema/."""

from collections.abc import Sequence

from axletree.resolver.model.json_types import JsonObject
from axletree.wheelhouse.sets.checking import SetCheck
from axletree.wheelhouse.sets.differences import SetDifference
from axletree.wheelhouse.sets.locks import pins_of
from axletree.wheelhouse.sets.reading import KeptSet, SetPast
from axletree.wheelhouse.sets.records import Outcome, SetState, SetVersion


def checks_to_json(checks: Sequence[SetCheck], generation: int) -> JsonObject:
    """Give the document `axletree.set-check/1`."""
    return {
        "format": "axletree.set-check/1",
        "generation": generation,
        "checks": [
            {
                "set": check.name,
                "environment": check.target.name,
                "python": check.target.python_version,
                "platform": check.target.platform,
                "was": None if check.before is None else check.before.result,
                "is_changed": check.is_changed,
                **_outcome(check.after),
            }
            for check in checks
        ],
    }


def removed_to_json(version: SetVersion) -> JsonObject:
    """Give the document `axletree.set-removal/1`."""
    return {
        "format": "axletree.set-removal/1",
        "name": version.name,
        "versions": version.number,
    }


def sets_to_json(kept: Sequence[KeptSet], due: frozenset[int]) -> JsonObject:
    """Give the document `axletree.sets/1`."""
    return {
        "format": "axletree.sets/1",
        "sets": [
            {
                "name": each.version.name,
                "version": each.version.number,
                "environments": [
                    _state(state, each.version, due) for state in each.states
                ],
            }
            for each in kept
        ],
    }


def set_to_json(kept: KeptSet, past: SetPast, due: frozenset[int]) -> JsonObject:
    """Give the document `axletree.set/1`."""
    version = kept.version
    return {
        "format": "axletree.set/1",
        "name": version.name,
        "version": version.number,
        "requirements": version.text.requirements,
        "constraints": version.text.constraints,
        "view": version.text.view or None,
        "environments": [
            {**_state(state, version, due), "lock": _lock(state.lock)}
            for state in kept.states
        ],
        "versions": [
            {
                "number": each.number,
                "at": each.at.isoformat(),
                "actor": each.actor,
                "generation": each.generation,
                "environments": [target.name for target in each.targets],
                "is_removed": each.is_removed,
            }
            for each in past.versions
        ],
        "outcomes": [
            {
                "environment": environment,
                "version": outcome.version,
                "generation": outcome.generation,
                "at": outcome.at.isoformat(),
                **_outcome(outcome),
            }
            for environment, outcome in past.outcomes
        ],
    }


def difference_to_json(difference: SetDifference) -> JsonObject:
    """Give the document `axletree.set-diff/1`."""
    return {
        "format": "axletree.set-diff/1",
        "name": difference.name,
        "from": difference.old.number,
        "to": difference.new.number,
        "requirements": list(difference.requirements),
        "constraints": list(difference.constraints),
        "environments": [
            {
                "environment": each.environment,
                "change": each.change,
                "gone": [pin.text for pin in each.locks.superfluous],
                "new": [pin.text for pin in each.locks.missing],
                "changed": [pin.text for pin in each.locks.changed],
            }
            for each in difference.environments
        ],
    }


def _state(state: SetState, version: SetVersion, due: frozenset[int]) -> JsonObject:
    target = version.target(state.environment)
    return {
        "environment": state.environment,
        "python": "" if target is None else target.python_version,
        "platform": "" if target is None else target.platform,
        **_outcome(state.outcome),
        "known_until": state.generation,
        "checked_at": state.checked_at.isoformat(),
        "is_due": state.number in due,
    }


def _outcome(outcome: Outcome) -> JsonObject:
    return {
        "result": outcome.result,
        "since": outcome.since,
        "cause": outcome.cause,
        "report": outcome.report,
    }


def _lock(lock: Outcome | None) -> JsonObject | None:
    if lock is None:
        return None
    return {
        "generation": lock.generation,
        "at": lock.at.isoformat(),
        "pins": {pin.name: str(pin.version) for pin in pins_of(lock.lock)},
    }
