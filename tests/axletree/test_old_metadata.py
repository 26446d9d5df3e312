"""Metadata of old, whose lines only old pips read (omegaconf 2.0.6, celery 4.4.7)."""

from pathlib import Path

import pytest

from axletree.builder.recipes.recipe import load_recipe
from tests.support.command_line import CommandLine
from tests.support.wheels import make_sdist, make_wheel

TARGET = ("--python-version", "3.9", "--python-platform", "linux")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_wheel(tmp_path, "omegaconf", "2.0.5", requires_dist=["PyYAML (>=5.1.*)"])
    make_wheel(tmp_path, "omegaconf", "2.0.6", requires_dist=["PyYAML (>=5.1.*)"])
    make_wheel(tmp_path, "omegaconf", "2.1", requires_dist=["PyYAML>=5.1"])
    for version in ("5.0", "5.4"):
        make_wheel(tmp_path, "pyyaml", version)
    return tmp_path


def test_an_override_mends_the_line(axletree: CommandLine, folder: Path) -> None:
    words = ("lock", "omegaconf==2.0.6", "-f", folder, *TARGET)

    assert axletree(*words).code == 1

    ran = axletree(*words, "--override", "omegaconf:PyYAML>=5.1")

    assert ran.code == 0, ran.err
    assert "omegaconf==2.0.6" in ran.out
    assert "pyyaml==5.4" in ran.out
    assert "install with --no-deps" in " ".join(ran.err.split())

    assert "pyyaml==5.0" in axletree(*words, "--override", "PyYAML<5.4").out
    assert "pyyaml" not in axletree(*words, "--exclude", "pyyaml").out.replace(
        "--exclude pyyaml", ""
    )


def test_the_fact_says_which_pip_takes_it_and_the_override_is_a_repair(
    axletree: CommandLine, folder: Path
) -> None:
    ran = axletree("explain", "omegaconf==2.0.6", "-f", folder, *TARGET)

    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert (
        "omegaconf 2.0.6 cannot be used: its metadata has a line that is not a "
        "requirement: 'PyYAML (>=5.1.*)'; pip before 24.1 takes it, newer ones do not"
    ) in said
    assert "by an override: omegaconf:pyyaml>=5.1" in said
    assert "--override=omegaconf:pyyaml>=5.1" in said.replace("'", "")
    assert (
        "build omegaconf 2.0.6 by a recipe, to require PyYAML>=5.1 instead of PyYAML "
        "(>=5.1.*)"
    ) in said


def test_the_recipe_is_one_and_its_repair_is_written(
    axletree: CommandLine, folder: Path
) -> None:
    make_sdist(folder, "omegaconf", "2.0.6", requires_dist=["PyYAML (>=5.1.*)"])
    words = ("explain", "omegaconf==2.0.6", "-f", folder, *TARGET)
    repairs = axletree(*words, "--json").document()["repairs"]
    assert isinstance(repairs, list)
    kinds = [repair["kind"] for repair in repairs]
    number = str(kinds.index("recipe") + 1)

    ran = axletree(*words, "--repair", number, "--write")

    assert ran.code == 0, ran.err
    [path] = Path.cwd().glob("omegaconf-2.0.6+axle.1.toml")
    # When it was made nobody says of a file in a folder.
    text = path.read_text()
    path.write_text(text.replace("# committed = …", "committed = 2021-01-19T00:00:00Z"))
    recipe = load_recipe(path)
    assert recipe.redeclared.exchanged == {"PyYAML (>=5.1.*)": "PyYAML>=5.1"}
    assert recipe.build.requires == ("setuptools<66", "wheel<0.40")
    assert f"axletree build {path.name}" in " ".join(ran.err.split())


def test_several_releases_have_their_metadata(
    axletree: CommandLine, folder: Path
) -> None:
    ran = axletree("explain", "omegaconf<2.1", "-f", folder, *TARGET)

    said = " ".join(ran.out.split())
    assert "omegaconf 2.0.5 and 2.0.6 cannot be used: their metadata has a line" in said


def test_an_override_of_another_project_mends_nothing(
    axletree: CommandLine, folder: Path
) -> None:
    words = ("lock", "omegaconf==2.0.6", "-f", folder, *TARGET)

    assert axletree(*words, "--override", "other:PyYAML>=5.1").code == 1
    assert axletree(*words, "--override", "omegaconf:other>=5.1").code == 1
