from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.recipes.recipe import (
    load_recipe,
    load_recipes,
)
from axletree.builder.recipes.source_table import GitSource, SdistSource
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.repairs.suggested_recipe import suggest_recipe
from axletree.resolver.universe.candidates import Release

GIT = """\
[project]
name = "Kubeflow_Fairing"
version = "1.0.2"
local = "axle.2"

[source]
git = "https://git.invalid/fairing"
ref = "fix"
commit = "56c4e9c5b9dacec2b181565750c5204a0fce5939"
committed = 2022-01-26T10:57:36+08:00

[expect]
requires-dist = ["kubernetes>=12.0.0"]
requires-python = ">=3.6"
"""


def write(tmp_path: Path, text: str, name: str = "recipe.toml") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_recipe_describes_its_wheel_before_it_is_built(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, GIT))
    file, metadata = recipe.expected_file(), recipe.expected_metadata()
    assert file is not None
    assert metadata is not None
    assert file.filename == "kubeflow_fairing-1.0.2+axle.2-py3-none-any.whl"
    assert (file.project, file.version) == ("kubeflow-fairing", "1.0.2+axle.2")
    assert file.upload_time == datetime(2022, 1, 26, 2, 57, 36, tzinfo=UTC)
    assert metadata.requires_dist == ("kubernetes>=12.0.0",)
    assert file.requires_python == metadata.requires_python == ">=3.6"


def test_a_base_with_a_local_version_keeps_it(tmp_path: Path) -> None:
    text = GIT.replace('"1.0.2"', '"1.0.2+corp.5"')
    assert str(load_recipe(write(tmp_path, text)).version) == "1.0.2+corp.5.axle.2"


def test_a_path_is_taken_from_the_recipe_s_folder(tmp_path: Path) -> None:
    text = GIT.replace("https://git.invalid/fairing", "../fairing")
    source = load_recipe(write(tmp_path, text)).source
    assert isinstance(source, GitSource)
    assert source.url == (tmp_path.parent / "fairing").as_uri()


@pytest.mark.parametrize(
    "ref", ["fix/#12", "me@home", "a/b.c-d+e", "1.x", "ünïcode", "refs/pull/567/head"]
)
def test_a_branch_may_have_any_name_that_git_takes(ref: str, tmp_path: Path) -> None:
    source = load_recipe(write(tmp_path, GIT.replace('"fix"', f'"{ref}"'))).source
    assert isinstance(source, GitSource)
    assert source.ref == ref


@pytest.mark.parametrize(
    "ref",
    [
        "-x",
        "a..b",
        "a b",
        "a:b",
        "a^",
        "a~1",
        "@",
        "a@{1}",
        "x.lock",
        "a//b",
        "/a",
        "a/",
    ],
)
def test_what_git_takes_for_no_branch_is_refused(ref: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRecipeError, match="must be a branch or tag"):
        load_recipe(write(tmp_path, GIT.replace('"fix"', f'"{ref}"')))


def test_a_mirror_may_be_a_folder_beside_the_recipe(tmp_path: Path) -> None:
    table = '[mirrors]\n"https://git.invalid/" = "./mirrors/"\n'
    recipe = load_recipe(write(tmp_path, GIT + table))
    folder = (tmp_path / "mirrors").as_uri()
    assert recipe.mirrors == {"https://git.invalid/": f"{folder}/"}


def test_a_bundle_may_be_the_source(tmp_path: Path) -> None:
    text = GIT.replace('git = "https://git.invalid/fairing"', 'bundle = "x.bundle"')
    source = load_recipe(write(tmp_path, text)).source
    assert isinstance(source, GitSource)
    assert source.bundle == tmp_path / "x.bundle"
    outside = text.replace("x.bundle", "../x.bundle")
    with pytest.raises(InvalidRecipeError, match="beside the recipe"):
        load_recipe(write(tmp_path, outside))


def test_an_sdist_may_be_the_source(tmp_path: Path) -> None:
    text = (
        '[project]\nname = "x"\nversion = "1"\nlocal = "axle.1"\n[source]\n'
        f'sdist = "x-1.tar.gz"\nsha256 = "{"0" * 64}"\ncommitted = 2022-01-26T02:57:36Z\n'
    )
    recipe = load_recipe(write(tmp_path, text))
    assert isinstance(recipe.source, SdistSource)
    assert recipe.expected_file() is None


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[expect]", "[expected]", "line 12: expected is not known"),
        ("ref =", "branch =", "line 8: [source] branch is not known"),
        ('"axle.2"', '"axle.0"', "line 4: [project] local must be `axle.N`"),
        ('"axle.2"', "2", "line 4: [project] local must be a text"),
        (
            "ref = ",
            "submodules = 1\nref = ",
            "line 8: [source] submodules must be true",
        ),
        ("ref = ", "subdirectory = '../x'\nref = ", "line 8: [source] subdirectory"),
        ("ref = ", "subdirectory = '/x'\nref = ", "line 8: [source] subdirectory"),
        (
            "[expect]",
            "[[source.lfs]]\nfile = '/x'\n[expect]",
            "line 13: [source.lfs] f",
        ),
        ("5939", "593", "line 9: [source] commit must be a whole commit"),
        ('"fix"', '"-fix"', "line 8: [source] ref must be a branch or tag"),
        ("+08:00", "", "line 10: [source] committed must be a time with an offset"),
        ('"1.0.2"', '"0.0.0.dev0"', "line 3: [project] version is what a build says"),
        ('"1.0.2"', '"one"', "line 3: [project] version must be a version"),
        (
            "ref = ",
            "bundle = 'x'\nref = ",
            "not valid: line 8: [source] bundle stands beside git: a source is one",
        ),
        ("ref = ", "sdist = 'x-1.zip'\nref = ", "line 8: [source] sdist stands beside"),
        (
            "[expect]",
            "[[patch]]\nfile = 'x'\n[[patch]]\nfile = '/y'\n[expect]",
            "not valid: line 15: [patch] file must lie beside",
        ),
        (
            "[expect]",
            "[[patch]]\nfile = 'x'\n[[patch]]\n[expect]",
            "not valid: line 14: [patch] file is missing",
        ),
        (">=12.0.0", "=>12", "line 13: [expect] requires-dist has a bad requirement"),
        ('name = "Kubeflow_Fairing"\n', "", "line 1: [project] name is missing"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    old: str, new: str, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRecipeError) as caught:
        load_recipe(write(tmp_path, GIT.replace(old, new)))
    assert complaint in caught.value.what
    assert caught.value.exit_code == 2


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = GIT.replace("local =", "locale =").replace("5939", "")
    with pytest.raises(InvalidRecipeError) as caught:
        load_recipe(write(tmp_path, text))
    assert caught.value.what.count("line ") == 3


def test_what_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecipeError, match="it is not valid TOML"):
        load_recipe(write(tmp_path, "[project"))


def test_a_patch_must_lie_beside_the_recipe(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecipeError, match="beside the recipe"):
        load_recipe(write(tmp_path, GIT + '[[patch]]\nfile = "../x.patch"\n'))


def test_twins_count_once(tmp_path: Path) -> None:
    write(tmp_path, GIT, "b.toml")
    write(tmp_path, GIT, "a.toml")
    assert [recipe.path.name for recipe in load_recipes(tmp_path)] == ["a.toml"]


def test_other_requirements_are_pairs_on_one_project(tmp_path: Path) -> None:
    table = '[requires-dist]\n"kubernetes==10.0.1" = "kubernetes>=10.0.1"\n'
    recipe = load_recipe(write(tmp_path, GIT + table))
    assert recipe.redeclared.exchanged == {"kubernetes==10.0.1": "kubernetes>=10.0.1"}

    wrong = table.replace('"kubernetes>=10.0.1"', '"kubernetes-client>=10"')
    with pytest.raises(InvalidRecipeError, match="requires another project then"):
        load_recipe(write(tmp_path, GIT + wrong))


def test_what_explain_suggests_is_a_recipe(tmp_path: Path) -> None:
    sdist = DistributionFile(
        project=canonicalize_name("kubeflow-fairing"),
        filename=safe_name("kubeflow-fairing-1.0.2.tar.gz"),
        version="1.0.2",
        kind="sdist",
        hashes={"sha256": "a" * 64},
        upload_time=datetime(2020, 9, 21, 12, 30, 1, tzinfo=UTC),
    )
    release = Release(
        project=sdist.project,
        version=Version("1.0.2"),
        files=(sdist,),
        position=0,
        is_yanked=False,
    )
    lines = {'urllib3==1.24.2; extra == "x"': 'urllib3>=1.24.2; extra == "x"'}

    text = suggest_recipe(release, "1.0.2+axle.3", lines, page=None, python="3.9")

    recipe = load_recipe(write(tmp_path, text))
    assert str(recipe.version) == "1.0.2+axle.3"
    assert recipe.redeclared.exchanged == lines
    assert recipe.build.pythons == ("3.9",)
    assert recipe.source == SdistSource(
        filename=sdist.filename,
        sha256="a" * 64,
        committed=datetime(2020, 9, 21, 12, 30, 1, tzinfo=UTC),
    )
