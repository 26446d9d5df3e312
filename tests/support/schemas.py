"""The JSON Schemas that we publish, for tests to hold documents against."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from axletree.resolver.json_form import JsonObject

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"


def validate(document: JsonObject, schema: str) -> JsonObject:
    """Check `document`, as it would be printed, against `docs/schema/SCHEMA…`.

    :returns: the document, read back from its text.
    """
    # One schema may refer to another by its `$id`.
    known = [
        (str(each["$id"]), Resource.from_contents(each))
        for each in map(_read, SCHEMAS.glob("*.schema.json"))
    ]
    form = json.loads((SCHEMAS / f"{schema}.schema.json").read_text())
    Draft202012Validator.check_schema(form)
    printed: JsonObject = json.loads(json.dumps(document))
    Draft202012Validator(
        form,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
        registry=Registry().with_resources(known),
    ).validate(printed)
    return printed


def _read(path: Path) -> JsonObject:
    form: JsonObject = json.loads(path.read_text())
    return form
