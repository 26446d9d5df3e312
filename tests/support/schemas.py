"""The JSON Schemas that we publish, for tests to hold documents against."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from axletree.resolver.model.json_types import JsonObject

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"


def validate(document: JsonObject, schema: str) -> JsonObject:
    """Check `document`, as it would be printed, against `docs/schema/SCHEMA…`.

    :returns: the document, read back from its text.
    """
    form = json.loads((SCHEMAS / f"{schema}.schema.json").read_text())
    Draft202012Validator.check_schema(form)
    printed: JsonObject = json.loads(json.dumps(document))
    Draft202012Validator(
        form,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
        registry=_registry(),
    ).validate(printed)
    return printed


@cache
def _registry() -> Registry[Any]:
    """Know every schema by its name, since some refer to others."""
    forms = [json.loads(path.read_text()) for path in SCHEMAS.glob("*.schema.json")]
    resources = [(form["$id"], Resource.from_contents(form)) for form in forms]
    return Registry().with_resources(resources)
