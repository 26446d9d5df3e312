from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.version import Version

from axletree.builder.checks.version_agreement import version_hint
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.recipes.source_table import GitSource, SdistSource
from axletree.resolver.model.file_names import safe_name

TIME = datetime(2024, 3, 1, tzinfo=UTC)
GIT = GitSource(url="https://git.invalid/x", ref=None, commit="1" * 40, committed=TIME)
RECIPE = Recipe(
    path=Path("recipe.toml"),
    name="x",
    upstream_version=Version("2.3.0"),
    local="axle.1",
    source=GIT,
)
UNKNOWN = ["0.0.0+axle.1", "0+unknown.axle.1", "0.1.dev4+g1a2b3c4.axle.1", "0.0+axle.1"]


@pytest.mark.parametrize("found", UNKNOWN)
def test_a_version_given_for_want_of_a_tag_is_never_one_to_take(found: str) -> None:
    version = Version(found)
    assert "history = true" in version_hint(RECIPE, version)

    told = replace(RECIPE, source=replace(GIT, history=True))
    assert "pin a tagged commit" in version_hint(told, version)

    sdist = SdistSource(filename=safe_name("x.tar.gz"), sha256="0" * 64, committed=TIME)
    assert "by a patch" in version_hint(replace(RECIPE, source=sdist), version)
    for recipe in (RECIPE, told):
        assert "[project] version" not in version_hint(recipe, version)


def test_a_version_of_the_source_s_own_is_one_to_take() -> None:
    hint = version_hint(RECIPE, Version("2.3.1+corp.5.axle.1"))
    assert hint.startswith("if 2.3.1+corp.5 is the source's own version, put it into")
    assert "history = true" in hint
