from datetime import UTC, datetime
from pathlib import Path

import pytest

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.recipes.drafting import (
    changed_text,
    draft_recipe,
    split_address,
)
from axletree.builder.recipes.recipe import load_recipe
from axletree.builder.recipes.source_table import GitSource

TIME = datetime(2024, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("https://h.invalid/a.git", ("https://h.invalid/a.git", None, "")),
        ("https://h.invalid/a@b", ("https://h.invalid/a", "b", "")),
        ("https://u@h.invalid/a@f/x#1", ("https://u@h.invalid/a", "f/x#1", "")),
        ("git+ssh://git@h.invalid/a@v1", ("ssh://git@h.invalid/a", "v1", "")),
        ("git@h.invalid:a/b", ("git@h.invalid:a/b", None, "")),
        ("git@h.invalid:a/b@main", ("git@h.invalid:a/b", "main", "")),
        ("./here@x@y", ("./here", "x@y", "")),
        (
            "https://h.invalid/a@b#subdirectory=sdk/python",
            ("https://h.invalid/a", "b", "sdk/python"),
        ),
        ("./a@b#egg=a&subdirectory=sdk/", ("./a", "b", "sdk")),
        ("./a#subdirectory=sdk&egg=a", ("./a", None, "sdk")),
        ("./a@b#egg=a", ("./a", "b", "")),
    ],
)
def test_an_address_is_split_as_pip_s_users_write_it(
    text: str, parts: tuple[str, str | None, str]
) -> None:
    assert split_address(text) == parts


def test_a_draft_is_a_recipe(tmp_path: Path) -> None:
    source = GitSource(
        url="https://h.invalid/a",
        ref="feature/x#1",
        commit="1" * 40,
        committed=TIME,
        subdirectory="sdk",
    )
    path = tmp_path / "recipe.toml"
    path.write_text(
        draft_recipe(source, name="Thing", version="1.0", number=3, python="3.9")
    )
    recipe = load_recipe(path)
    assert recipe.source == source
    assert str(recipe.version) == "1.0+axle.3"
    assert recipe.build.pythons == ("3.9",)


TEXT = """\
# a recipe
[project]
local = 'axle.1'  # the first
[source] # where
commit = "old"
committed = 2020-01-01T00:00:00Z
[other]
commit = "old"
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_only_the_lines_that_change_change(end: str) -> None:
    text = TEXT.replace("\n", end)
    changed = changed_text(
        text,
        {
            ("project", "local"): "axle.2",
            ("source", "commit"): "new",
            ("source", "committed"): TIME,
        },
        Path("x.toml"),
    )
    assert changed == (
        text.replace("'axle.1'", '"axle.2"')
        .replace('"old"', '"new"', 1)
        .replace("2020-01-01T00:00:00Z", "2024-03-01 10:00:00+00:00")
    )


def test_what_stands_otherwise_is_not_guessed() -> None:
    with pytest.raises(InvalidRecipeError, match="cannot be changed in place"):
        changed_text(
            'source = { commit = "old" }\n',
            {("source", "commit"): "new"},
            Path("x.toml"),
        )
