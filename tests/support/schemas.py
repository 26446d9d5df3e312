"""The JSON Schemas that we publish, for tests to hold documents against."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator
from referencing import Registry, Resource

from axletree.resolver.model.json_types import JsonObject

PUBLISHED = Path(__file__).parent / "published"
SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"


def validate(document: JsonObject, schema: str) -> JsonObject:
    """Check `document`, as it would be printed, against `docs/schema/SCHEMA…`.

    :returns: the document, read back from its text.
    """
    printed: JsonObject = json.loads(json.dumps(document))
    _validator(schema).validate(printed)
    return printed


def validate_sarif(document: JsonObject) -> None:
    """Check a document against the schema of the standard."""
    form = json.loads((PUBLISHED / "sarif-2.1.0.schema.json").read_text())
    checker = Draft4Validator.FORMAT_CHECKER
    Draft4Validator(form, format_checker=checker).validate(document)


@cache
def _validator(schema: str) -> Draft202012Validator:
    """Read and check a schema, which takes longer than to hold documents against it."""
    form = json.loads((SCHEMAS / f"{schema}.schema.json").read_text())
    Draft202012Validator.check_schema(form)
    return Draft202012Validator(
        form,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
        registry=_registry(),
    )


@cache
def _registry() -> Registry[Any]:
    """Know every schema by its name, since some refer to others."""
    forms = [json.loads(path.read_text()) for path in SCHEMAS.glob("*.schema.json")]
    resources = [(form["$id"], Resource.from_contents(form)) for form in forms]
    return Registry().with_resources(resources)
