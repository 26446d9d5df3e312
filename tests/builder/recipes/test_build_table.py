"""The `[build]`, `[check]` and `[requires-dist]` tables of recipes."""

from pathlib import Path

import pytest

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.recipes.recipe import Recipe, load_recipe
from axletree.builder.recipes.redeclared import Redeclared
from tests.support.schemas import validate

HEAD = """\
[project]
name = "thing"
version = "1.0"
local = "axle.1"
[source]
git = "https://git.invalid/thing"
commit = "56c4e9c5b9dacec2b181565750c5204a0fce5939"
committed = 2022-01-26T10:57:36Z
"""
LINES = HEAD.count("\n")


def read(folder: Path, text: str) -> Recipe:
    path = folder / "recipe.toml"
    path.write_text(HEAD + text)
    return load_recipe(path)


def test_all_keys_are_read(tmp_path: Path) -> None:
    recipe = read(
        tmp_path,
        """
[build]
pythons = ["3.11", "3.12"]
requires = ["pybind11>=2"]
constraints = ["setuptools<60", "wheel<0.40"]
memory = "8 GB"
time = "90 min"
environment = { THING_NATIVE = "1", CFLAGS = "" }
[check]
imports = ["thing"]
command = ["python", "-m", "thing", "--version"]
[requires-dist]
"lib==1.0" = "lib>=1"
"odd" = ""
add = ["more>=2"]
requires-python = ">=3.8"
""",
    )
    build = recipe.build
    assert build.pythons == ("3.11", "3.12")
    assert build.requires == ("pybind11>=2",)
    assert build.constraints == ("setuptools<60", "wheel<0.40")
    assert (build.memory_bytes, build.time_s) == (8 * 10**9, 5400)
    assert build.environment == {"THING_NATIVE": "1", "CFLAGS": ""}
    assert recipe.command == ("python", "-m", "thing", "--version")
    assert recipe.redeclared == Redeclared(
        exchanged={"lib==1.0": "lib>=1", "odd": ""},
        added=("more>=2",),
        requires_python=">=3.8",
    )


@pytest.mark.parametrize(
    "name",
    [
        *("PATH", "HOME", "TMPDIR", "LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONPATH"),
        *("PYTHONHASHSEED", "PIP_INDEX_URL", "UV_INDEX", "SOURCE_DATE_EPOCH"),
        *("GIT_DIR", "PEP517_BUILD_BACKEND", "_PYPROJECT_HOOKS_BUILD_BACKEND", "Path"),
    ],
)
def test_what_the_sandbox_sets_is_no_recipe_s(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidRecipeError) as caught:
        read(tmp_path, f'[build]\nrequires = []\nenvironment = {{ {name} = "x" }}\n')
    assert caught.value.what == (
        f"the recipe is not valid: line {LINES + 3}: [build.environment] {name} "
        "is set by the sandbox, not by a recipe"
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[build.environment]\n"A B" = "x"', 2, "[build.environment] A B is not the"),
        ("[build.environment]\nA = 1", 2, "[build.environment] A must be a text"),
        ('[build]\nmemory = "much"', 2, "[build] memory must be a size"),
        ('[build]\nmemory = "1 MB"', 2, "[build] memory must be a size"),
        ('[build]\ntime = "1 year"', 2, "[build] time must be a time"),
        ('[build]\ntime = "0 s"', 2, "[build] time must be a time"),
        ('[build]\npythons = ["3.9", "3.9"]', 2, "[build] pythons names 3.9 twice"),
        ('[build]\npythons = ["3.99"]', 2, "[build] pythons names 3.99: Python v"),
        ('[build]\npython = ["3.9"]', 2, "[build] python is not known; pythons is"),
        (
            '[build]\nconstraints = ["a[b]<2"]',
            2,
            "[build] constraints must say versions only",
        ),
        ('[build]\nconstraints = "a<2"', 2, "[build] constraints must be a list"),
        ('[check]\ncommand = "python -m x"', 2, "[check] command must be a list"),
        ('[check]\nimport = ["x"]', 2, "[check] import is not known; imports is"),
        ('[requires-dist]\n"a" = "b"', 2, "[requires-dist] a requires another"),
        (
            '[requires-dist]\nadd = ["&"]',
            2,
            "[requires-dist] add has a bad requirement",
        ),
        (
            '[requires-dist]\nrequires-python = "3.8"',
            2,
            "[requires-dist] requires-python must be such as",
        ),
        ("[chek]\nx = 1", 1, "chek is not known; check is"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_key(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    with pytest.raises(InvalidRecipeError) as caught:
        read(tmp_path, text + "\n")
    assert f"line {LINES + line}: {said}" in caught.value.what


def test_a_project_of_the_name_add_is_one_like_others(tmp_path: Path) -> None:
    recipe = read(tmp_path, '[requires-dist]\nadd = "add>=2"\n')
    assert recipe.redeclared == Redeclared(exchanged={"add": "add>=2"})


def test_the_published_schema_takes_what_is_read(tmp_path: Path) -> None:
    del tmp_path
    validate(
        {
            "project": {"name": "thing", "version": "1.0", "local": "axle.1"},
            "source": {
                "sdist": "thing-1.0.tar.gz",
                "sha256": "0" * 64,
                "committed": "2022-01-26T10:57:36Z",
            },
            "build": {
                "pythons": ["3.9"],
                "constraints": ["wheel<1"],
                "environment": {"A": "1"},
                "memory": "8 GB",
                "time": "2 h",
            },
            "requires-dist": {"a": "", "add": ["b"], "requires-python": ">=3"},
            "check": {"imports": ["a"], "command": ["python", "-V"]},
        },
        "recipe",
    )
