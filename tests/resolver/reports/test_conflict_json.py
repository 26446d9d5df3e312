from dataclasses import replace

import pytest

from axletree.errors import AxletreeError
from axletree.resolver.locks.json_form import to_json
from axletree.resolver.locks.locked import lay_together
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.resolver.model.facts import Core, Evidence
from axletree.resolver.model.origins import Requirer
from axletree.resolver.reports.conflict_json import (
    conflict_to_json,
    error_to_json,
)
from tests.support.answers import make_pin, make_resolution, name
from tests.support.conflicts import fairing_conflict, fairing_core
from tests.support.schemas import validate


def test_the_fairing_conflict_is_valid_by_its_schema() -> None:
    document = validate(conflict_to_json(fairing_conflict()), "conflict")

    assert document["core"] == document["conflicts"][0]["core"]  # type: ignore[index,call-overload]  # plain JSON
    assert document["counters"] == {
        "pages": 40, "metadata": 2, "rounds": 3, "solver_calls": 12,
        "requests": 0,
    }  # fmt: skip


def test_a_bare_core_is_valid_by_its_schema() -> None:
    core = Core(facts=fairing_core().facts, claim="smallest")
    conflict = replace(
        fairing_conflict(), conflicts=(core,), repairs=(), as_pip=None, complete=False
    )

    document = validate(conflict_to_json(conflict), "conflict")

    assert document["as_pip"] is None
    assert document["repairs"] == []


@pytest.mark.parametrize(
    ("evidence", "form"),
    [
        (
            Evidence(kind="requirement-line", file="r.in", line=3),
            {"kind": "requirement-line", "file": "r.in", "line": 3},
        ),
        (
            Evidence(kind="metadata", filename="a-1.whl", field="Requires-Dist: b"),
            {
                "kind": "metadata", "filename": "a-1.whl", "sha256": None,
                "field": "Requires-Dist: b",
            },
        ),
        (
            Evidence(kind="index-page", project=name("ray")),
            {"kind": "index-page", "project": "ray"},
        ),
        (
            Evidence(kind="policy", file="policy.toml", line=1),
            {"kind": "policy", "file": "policy.toml", "line": 1},
        ),
    ],
)  # fmt: skip
def test_evidence_has_the_fields_of_its_kind(
    evidence: Evidence, form: dict[str, object]
) -> None:
    core = fairing_core()
    core = core.telling((core.facts[0].found_at((evidence,)),))

    document = conflict_to_json(replace(fairing_conflict(), conflicts=(core,)))

    printed = validate(document, "conflict")
    assert printed["core"][0]["evidence"] == [form]  # type: ignore[index,call-overload]  # plain JSON


def test_no_conflict_document_holds_an_address() -> None:
    assert "secret" not in str(conflict_to_json(fairing_conflict()))


def test_a_resolution_is_valid_by_its_schema() -> None:
    resolution = make_resolution(
        make_pin("six", "1.16.0", Requirer("ray", "1")), notes=("a note",)
    )

    validate(to_json(lay_together([resolution])), "resolution")
    validate(
        to_json(lay_together([resolution]), fairing_conflict().counters), "resolution"
    )


@pytest.mark.parametrize(
    "error",
    [AxletreeError("broken"), InvalidRequirementError("w", where="r.in", hint="h")],
)
def test_an_error_is_valid_by_its_schema(error: AxletreeError) -> None:
    document = validate(error_to_json(error), "error")

    assert document["reference"] == error.reference
