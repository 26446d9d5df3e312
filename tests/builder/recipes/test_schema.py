"""The published schema of recipes, held against the keys that the reader asks for."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from axletree.builder.recipes.recipe import load_recipe
from axletree.builder.recipes.tables import Table
from axletree.resolver.model.json_types import JsonObject
from tests.support.schemas import SCHEMAS

HASH = "0" * 64
PROJECT = '[project]\nname = "x"\nversion = "1"\nlocal = "axle.1"\n[source]\n'
TIME = "committed = 2022-01-26T02:57:36Z\n"
COMMIT = f'commit = "{"0" * 40}"\n'
REST = f"""
[[source.lfs]]
file = "large"
sha256 = "{HASH}"
[[patch]]
file = "a.patch"
[build]
[expect]
tag = "py3-none-any"
"""
RECIPES = (
    f'{PROJECT}git = "https://git.invalid/x"\n{COMMIT}{TIME}{REST}',
    f'{PROJECT}bundle = "x.bundle"\n{COMMIT}{TIME}',
    f'{PROJECT}sdist = "x-1.tar.gz"\nsha256 = "{HASH}"\n{TIME}',
)
OPEN_TABLES = ("build.environment", "mirrors", "requires-dist")
"""Their keys are the user's."""


def read_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Return the keys that are asked for, of each table."""
    asked: dict[str, set[str]] = defaultdict(set)
    take = Table._take  # noqa: SLF001 - the one place where all keys pass

    def noting(self: Table, key: str) -> object:
        asked[self.section].add(key)
        return take(self, key)

    monkeypatch.setattr(Table, "_take", noting)
    for text in RECIPES:
        path = tmp_path / "recipe.toml"
        path.write_text(text)
        load_recipe(path)
    return asked


def schema_keys(schema: JsonObject, section: str = "") -> dict[str, set[str]]:
    """Return the keys that a schema lists, of each table."""
    items = schema.get("items", schema)
    assert isinstance(items, dict)
    properties = items.get("properties")
    if not isinstance(properties, dict):
        return {}
    found = {section: set(properties)}
    for key, below in properties.items():
        assert isinstance(below, dict)
        found |= schema_keys(below, f"{section}.{key}".removeprefix("."))
    return found


def test_the_schema_lists_the_keys_that_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = schema_keys(json.loads((SCHEMAS / "recipe.schema.json").read_text()))
    read = read_keys(tmp_path, monkeypatch)
    for each in OPEN_TABLES:
        listed.pop(each, None)
        read.pop(each, None)
    assert listed == read
