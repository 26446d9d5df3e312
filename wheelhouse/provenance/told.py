"""What a statement says, in rows for people; what stands in it otherwise is left out."""

from collections.abc import Iterator, Mapping, Sequence

from axletree.resolver.model.shown_text import shown
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.provenance.envelope import part_of

_LONGEST = 300
_MOST = 50


def told(statement: Mapping[str, object]) -> Sequence[tuple[str, str]]:
    """Say from what, with what and how far apart something was built."""
    definition = ("predicate", "buildDefinition")
    found = part_of(statement, *definition, "resolvedDependencies")
    materials = (
        [each for each in found or () if isinstance(each, Mapping)][:_MOST]
        if isinstance(found, list)
        else []
    )
    rows = [("source", text) for text in _named(materials, "source")]
    rows += [("patch", text) for text in _named(materials, "patch")]
    recipe = part_of(statement, *definition, "externalParameters", "recipe", "name")
    if isinstance(recipe, str):
        rows.append(("recipe", _cut(recipe)))
    edits = _edits(statement, definition)
    if edits:
        rows.append(("metadata", edits))
    pythons = _named(materials, "interpreter")
    wheels = _named(materials, "build-requirement")
    rows.append(("built with", ", ".join([*pythons, *wheels]) or "nothing"))
    isolation = part_of(statement, *definition, "internalParameters", "isolation")
    rows.append(("isolation", _cut(str(isolation))))
    return rows


def _named(materials: Sequence[Mapping[object, object]], role: str) -> list[str]:
    return list(_texts(materials, role))


def _texts(materials: Sequence[Mapping[object, object]], role: str) -> Iterator[str]:
    for each in materials:
        annotations = each.get("annotations")
        if isinstance(annotations, Mapping) and annotations.get("role") == role:
            yield _cut(str(each.get("uri") or each.get("name")))


def _edits(statement: Mapping[str, object], definition: Sequence[str]) -> str:
    edits = part_of(statement, *definition, "externalParameters", "requires-dist")
    if not isinstance(edits, Mapping):
        return ""
    parts = []
    for key, verb in (("exchanged", "exchanged"), ("added", "added")):
        made = edits.get(key)
        if isinstance(made, list | dict) and made:
            parts.append(f"{counted(len(made), 'requirement')} {verb}")
    if isinstance(edits.get("requires-python"), str):
        parts.append(f"requires Python {_cut(str(edits['requires-python'])) or 'any'}")
    return ", ".join(parts)


def _cut(text: str) -> str:
    return shown(text[:_LONGEST])
