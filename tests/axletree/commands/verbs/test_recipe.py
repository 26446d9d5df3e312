"""`axletree recipe`: recipes written, checked and brought up to date."""

import os
import sys
from pathlib import Path

import pytest

from axletree.builder.recipes.recipe import load_recipe
from axletree.builder.recipes.source_table import GitSource, SdistSource
from tests.support.command_line import CommandLine
from tests.support.failures import refuse
from tests.support.repositories import make_repository, run_git
from tests.support.sources import (
    PROJECTS,
    build_requirements,
    runtime_requirements,
    sdist_of,
)
from tests.support.wheelhouses import publish_all, published_in

pytestmark = pytest.mark.slow


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    make_repository(Path.cwd() / "repository", PROJECTS / "good")
    return Path.cwd() / "repository"


def commit(repository: Path, message: str) -> str:
    run_git(repository, "commit", "--quiet", "--allow-empty", "-m", message)
    return run_git(repository, "rev-parse", "HEAD")


NEW = ("recipe", "new", "--allow-file-sources", "--isolation", "none")


@pytest.mark.parametrize("ref", ["", "@patched", "@v1", "@{commit}"])
def test_a_recipe_is_written_for_what_a_name_means_now(
    axletree: CommandLine, repository: Path, ref: str
) -> None:
    run_git(repository, "tag", "v1")
    head = run_git(repository, "rev-parse", "HEAD")

    ran = axletree(*NEW, f"./repository{ref.format(commit=head)}")

    assert ran.code == 0, ran.err
    recipe = load_recipe(Path("small-thing-1.0+axle.1.toml"))
    source = recipe.source
    assert isinstance(source, GitSource)
    assert (recipe.name, str(recipe.version)) == ("small-thing", "1.0+axle.1")
    assert (source.url, source.commit) == (repository.as_uri(), head)
    named = {"": "patched", "@patched": "patched", "@v1": "v1"}
    assert source.ref == named.get(ref)
    assert axletree("recipe", "check", ".").code == 0
    again = axletree(*NEW, "./repository")
    assert (again.code, "the file exists already" in again.err) == (2, True)


def test_what_was_written_is_built_and_then_brought_up_to_date(
    axletree: CommandLine, repository: Path, tmp_path: Path
) -> None:
    wheels = tmp_path / "wheels"
    publish_all(
        tmp_path / "house", [*build_requirements(wheels), *runtime_requirements(wheels)]
    )
    path = Path("ours.toml")
    axletree(*NEW, "./repository@patched", "-o", path)
    path.write_text(
        path.read_text().replace("commit =", "# why this one\ncommit =") + "# the end\n"
    )
    build = ("build", path, "--allow-file-sources", "--isolation", "none")
    update = ("recipe", "update", path, "--allow-file-sources")
    assert axletree(*build).code == 0
    before = path.read_text()

    same = axletree(*update)
    second = commit(repository, "The second")
    third = commit(repository, "The third")
    newer = axletree(*update)

    assert "pins the newest commit of patched already" in same.out
    assert newer.code == 0, newer.err
    lines = newer.out.splitlines()
    assert lines[0].startswith(f"ours.toml: axle.2, {third} of 2022-01-15")
    assert [line.split(" ", 4)[-1] for line in lines[1:]] == ["The third", "The second"]
    assert second != third
    changed = [
        (old, new)
        for old, new in zip(
            before.splitlines(), path.read_text().splitlines(), strict=True
        )
        if old != new
    ]
    assert [old.partition(" ")[0] for old, _ in changed] == ["local", "commit"]
    assert axletree(*build).code == 0
    assert "small_thing-1.0+axle.2-py3-none-any.whl" in published_in(tmp_path / "house")


def test_a_recipe_of_an_sdist_lies_beside_it(
    axletree: CommandLine, tmp_path: Path
) -> None:
    sdist = sdist_of(tmp_path / "down", "good", "small-thing")

    ran = axletree("recipe", "new", sdist, "--python-version", "3.9")

    assert ran.code == 0, ran.err
    recipe = load_recipe(tmp_path / "down/small-thing-1.0+axle.1.toml")
    assert isinstance(recipe.source, SdistSource)
    assert recipe.build.pythons == ("3.9",)
    sdist.write_bytes(b"another")
    code, document = refuse(axletree, "recipe", "check", recipe.path)
    assert (code, document["reference"]) == (2, "invalid-recipe")
    assert "the recipe pins" in str(document["what"])


def test_all_mistakes_of_all_files_are_told(axletree: CommandLine) -> None:
    Path("a.toml").write_text("[project]\n")
    Path("b.toml").write_text("[proj]\n")
    Path("c.toml").write_text("not toml")

    code, document = refuse(axletree, "recipe", "check", ".")

    assert (code, document["reference"]) == (2, "invalid-recipe")
    assert str(document["what"]).startswith("3 of 3 recipes are not valid:\n  a.toml:")
    assert "proj is not known; project is" in str(document["what"])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("./repository@nowhere", "has no branch or tag nowhere"),
        ("./repository@--upload-pack=x", "is no branch, tag or commit"),
        ("ext::sh", "git sources are fetched over"),
    ],
)
def test_what_is_no_source_is_one_error(
    axletree: CommandLine, repository: Path, address: str, said: str
) -> None:
    del repository
    ran = axletree(*NEW, address)
    assert ran.code in {2, 4}
    assert said in ran.err
    assert "Traceback" not in ran.err
