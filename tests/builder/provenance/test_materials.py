"""What goes into a build is named and hashed, without what is nobody's business."""

from pathlib import Path

import pytest

from axletree.builder.provenance.materials import lock_wheels, recipe_materials
from axletree.builder.recipes.recipe import load_recipe
from axletree.wheelhouse.store.files import digest_of
from tests.support.wheels import make_wheel

RECIPE = """
[project]
name = "thing"
version = "1.0"
local = "axle.1"

[source]
{source}
commit = "0123456789012345678901234567890123456789"
committed = 2022-01-15T10:20:30Z

[[patch]]
file = "one.patch"
"""
URLS = {
    "https://git.example.org/thing": "git+https://git.example.org/thing",
    "https://ann:secret@git.example.org/thing": "git+https://***@git.example.org/thing",
    "ssh://git@git.example.org/thing": "git+ssh://***@git.example.org/thing",
    "git@git.example.org:team/thing": "git+ssh://git@git.example.org/team/thing",
}


@pytest.mark.parametrize("url", URLS)
def test_a_git_source_is_named_with_its_commit_and_no_secret(
    tmp_path: Path, url: str
) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE.format(source=f'git = "{url}"'))
    (tmp_path / "one.patch").write_text("a patch")
    source, patch = recipe_materials(load_recipe(path))
    assert source["uri"] == f"{URLS[url]}@0123456789012345678901234567890123456789"
    assert source["digest"] == {"gitCommit": "0123456789012345678901234567890123456789"}
    assert patch["name"] == "one.patch"
    assert patch["digest"] == {"sha256": digest_of(tmp_path / "one.patch")}


def test_wheels_are_locked_as_requirements_files_do(tmp_path: Path) -> None:
    wheels = [make_wheel(tmp_path, name, "1") for name in ("Zeta", "alpha")]
    first, second = lock_wheels(wheels)
    assert first.line == f"alpha==1 --hash=sha256:{digest_of(wheels[1])}"
    assert second.pin == "zeta==1"
