"""Hostile git trees and patches: refused, or of no effect."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from axletree.builder.errors import (
    IncompleteSourceError,
    PatchFailedError,
    UnsafeSourceError,
)
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import BuiltWheel
from axletree.builder.jobs.job import build_recipe
from axletree.builder.recipes.recipe import load_recipe
from axletree.errors import AxletreeError
from axletree.resolver.model.environment import Environment
from tests.builder.conftest import PROJECTS
from tests.support.machine_state import look
from tests.support.repositories import make_repository, run_git

pytestmark = pytest.mark.slow

RECIPE = """
[project]
name = "Small-Thing"
version = "1.0"
local = "axle.3"

[source]
git = "./repository"
ref = "patched"
commit = "{commit}"
committed = 2022-01-15T10:20:30Z
"""
LINK = """diff --git a/l b/l
new file mode 120000
--- /dev/null
+++ b/l
@@ -0,0 +1 @@
+{outside}
\\ No newline at end of file
"""
THROUGH = """--- /dev/null
+++ b/l/owned
@@ -0,0 +1 @@
+owned
"""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text("secret")
    return folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return shutil.copytree(PROJECTS / "good", tmp_path / "tree")


@pytest.fixture
def build(
    tmp_path: Path, environment: Environment, workshop: Workshop
) -> Callable[..., BuiltWheel]:
    """Return a function that builds `tree` with the patches that it is given."""

    def build_it(*patches: str, keys: str = "") -> BuiltWheel:
        repository, recipe = tmp_path / "repository", tmp_path / "recipe.toml"
        if not repository.exists():
            make_repository(repository, tmp_path / "tree")
        commit = run_git(repository, "rev-parse", "HEAD")
        text = RECIPE.format(commit=commit) + keys + "\n"
        for number, patch in enumerate(patches):
            (tmp_path / f"{number}.patch").write_text(patch)
            text += f'[[patch]]\nfile = "{number}.patch"\n'
        recipe.write_text(text)
        loaded = load_recipe(recipe)
        return build_recipe(loaded, environment, workshop, tmp_path / "built")

    return build_it


@pytest.mark.parametrize("target", ["{outside}", "../../..", "..", "a/../../b", "self"])
def test_a_link_in_a_git_tree_that_leads_out_is_refused(
    target: str,
    tree: Path,
    outside: Path,
    build: Callable[..., BuiltWheel],
) -> None:
    (tree / "self").symlink_to(target.format(outside=outside))
    with pytest.raises(UnsafeSourceError):
        build()


def test_submodules_that_are_left_out_are_empty_folders(
    tree: Path, tmp_path: Path, build: Callable[..., BuiltWheel]
) -> None:
    (tree / ".gitmodules").write_text(
        f'[submodule "x"]\n\tpath = ../../out\n\turl = ext::sh -c "touch {tmp_path}/x"\n'
    )
    repository = tmp_path / "repository"
    make_repository(repository, tree)
    kept = run_git(repository, "rev-parse", "HEAD")
    run_git(
        repository, "update-index", "--add", "--cacheinfo", f"160000,{kept},vendored"
    )
    run_git(repository, "commit", "--quiet", "--message", "A submodule")
    with pytest.raises(IncompleteSourceError, match="vendored"):
        build()
    assert build(keys="submodules = false").path.is_file()
    with pytest.raises(IncompleteSourceError, match="no url"):
        build(keys="submodules = true")
    assert not (tmp_path / "x").exists()


def test_names_that_steer_a_terminal_or_clash_without_case_come_as_they_are(
    tree: Path, build: Callable[..., BuiltWheel]
) -> None:
    for name in ("a\n\x1b[31m", "Readme", "README", "\u202egpj.exe"):
        (tree / name).write_text(name)
    assert build().path.is_file()


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    "patches",
    [
        (LINK, THROUGH),
        (LINK + THROUGH,),
        ("diff --git a/a b/b\nold mode 100644\nnew mode 120000\n",),
        (THROUGH.replace("b/l/", "b/../"),),
        (THROUGH.replace("b/l/", "b/{outside}/"),),
        (THROUGH.replace("b/l/", "b/inner/../../"),),
    ],
    ids=["link, then through it", "at once", "mode", "parent", "absolute", "hidden"],
)
def test_a_patch_that_would_write_elsewhere_is_refused(
    patches: tuple[str, ...],
    tmp_path: Path,
    outside: Path,
    build: Callable[..., BuiltWheel],
) -> None:
    before = look([outside], "owned")
    with pytest.raises((PatchFailedError, UnsafeSourceError)):
        build(*(patch.replace("{outside}", str(outside)) for patch in patches))
    assert look([outside], "owned") == before
    assert not list(tmp_path.rglob("owned"))


def test_a_patch_through_a_link_of_the_tree_is_refused(
    tree: Path, build: Callable[..., BuiltWheel]
) -> None:
    (tree / "inner").mkdir()
    (tree / "inner" / "file").write_text("x")
    (tree / "l").symlink_to("inner")
    with pytest.raises(AxletreeError, match="symbolic link"):
        build(THROUGH)
