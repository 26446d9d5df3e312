"""A check as JSON (`axletree.check/1`)."""

from collections.abc import Sequence
from typing import assert_never

from axletree.resolver.locks.json_form import environment_to_json
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.json_types import (
    Json,
    JsonObject,
)
from axletree.resolver.queries.check import (
    Cell,
    Failure,
)
from axletree.resolver.reports.baseline_json import Compared, compared_to_json
from axletree.resolver.reports.check_text import one_line
from axletree.resolver.reports.conflict_json import conflict_to_json, failure_to_json


def check_to_json(
    cells: Sequence[Cell], compared: Compared | None = None
) -> JsonObject:
    """Give the document `axletree.check/1`.

    A conflict stands in it whole. A resolution stands in it as its pins: its files
    and hashes are what `axletree lock` is for.
    """
    forms = [_cell_to_json(cell) for cell in cells]
    outcomes = [form["outcome"] for form in forms]
    return {
        "format": "axletree.check/1",
        "satisfiable": set(outcomes) <= {"ok"},
        "summary": {
            "cells": len(cells),
            "ok": outcomes.count("ok"),
            "conflicts": outcomes.count("conflict"),
            "errors": outcomes.count("error"),
        },
        "baseline": None if compared is None else compared_to_json(compared),
        "cells": forms,
    }


def _cell_to_json(cell: Cell) -> JsonObject:
    form: dict[str, Json] = {
        "file": cell.file,
        "path": cell.path or cell.file,
        "part": cell.part,
        "environment": environment_to_json(cell.environment),
        "outcome": "ok",
        "pins": None,
        "cause": None,
        "conflict": None,
        "error": None,
        "known": cell.outcome == "known",
        "fingerprints": [cell.fingerprint(core) for core in cell.cores],
        "command": cell.command or None,
    }
    match cell.answer:
        case Resolution(pins=pins, environment=environment):
            form["environment"] = environment_to_json(environment)
            form["pins"] = {pin.name: str(pin.version) for pin in pins}
        case Conflict() as conflict:
            form["outcome"] = "conflict"
            form["cause"] = one_line(cell)
            form["conflict"] = conflict_to_json(conflict)
        case Failure() as failure:
            form["outcome"] = "error"
            form["cause"] = one_line(cell)
            form["error"] = failure_to_json(failure)
        case _:
            assert_never(cell.answer)
    return form
