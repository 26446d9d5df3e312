"""The real case: its files agree, and the stand-in builds like any other recipe."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

from axletree.builder.checks.inspection import compare_requirements
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import BuiltWheel
from axletree.builder.jobs.job import build_recipe
from axletree.builder.recipes.recipe import (
    load_recipe,
    load_recipes,
)
from axletree.builder.recipes.source_table import GitSource
from axletree.builder.sandbox.isolation import Isolation
from axletree.resolver.model.environment import Environment, environment_for

FAIRING = Path(__file__).parents[2] / "examples" / "fairing"


def lines_of(path: Path) -> list[str]:
    stripped = (
        line.partition("#")[0].strip() for line in path.read_text().splitlines()
    )
    return [line for line in stripped if line]


def maker() -> ModuleType:
    spec = spec_from_file_location("make_stand_in", FAIRING / "make_stand_in.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_two_recipes_differ_in_their_source_only() -> None:
    public, stand_in = (
        load_recipe(FAIRING / name)
        for name in ("kubeflow-fairing.toml", "stand-in.toml")
    )
    assert isinstance(public.source, GitSource)
    assert isinstance(stand_in.source, GitSource)
    assert public.source.ref == stand_in.source.ref
    for recipe in (public, stand_in):
        assert recipe.expect == public.expect
        assert recipe.version == public.version
        assert recipe.imports == public.imports


def test_the_folder_offers_the_public_recipe() -> None:
    assert [recipe.path.name for recipe in load_recipes(FAIRING)] == [
        "kubeflow-fairing.toml"
    ]


def test_the_collected_closure_is_the_one_that_the_wheel_needs() -> None:
    expect = load_recipe(FAIRING / "kubeflow-fairing.toml").expect
    assert expect is not None
    wanted = {Requirement(line).name for line in lines_of(FAIRING / "requirements.in")}
    assert wanted == {requirement.name for requirement in expect.requires_dist}


def test_the_patch_gives_the_expected_requirements() -> None:
    expect = load_recipe(FAIRING / "stand-in.toml").expect
    assert expect is not None
    # The patch's part on requirements.txt: context and added lines are the new file,
    # but for three lines between its two hunks.
    patch = (FAIRING / "stand-in.patch").read_text().partition("+++ b/requirements.txt")
    kept = [line[1:] for line in patch[2].splitlines() if line[:1] in {" ", "+"}]
    difference = compare_requirements(map(str, expect.requires_dist), kept)
    assert difference.surplus == ()


@dataclass
class DownloadedWheels:
    folder: Path

    def provide(
        self,
        requirements: Sequence[str],  # noqa: ARG002 - the same two for all
        environment: Environment,  # noqa: ARG002 - pure Python
        constraints: Sequence[str] = (),  # noqa: ARG002 - the same for all
    ) -> Sequence[Path]:
        return sorted(self.folder.glob("*.whl"))


def download(folder: Path, *arguments: str) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "-d",
            folder,
            *arguments,
        ],
        check=True,
    )


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("downloads")
    download(folder, "setuptools==60.7.1", "wheel==0.37.1")
    download(
        folder,
        "--no-binary=:all:",
        "--no-build-isolation",
        "kubeflow-fairing==1.0.2",
    )
    return folder


def build(
    folder: Path, downloads: Path, environ: dict[str, str], isolation: Isolation
) -> BuiltWheel:
    module = maker()
    commit = module.make_stand_in(downloads / module.SDIST, folder / "repository")
    recipe = load_recipe(FAIRING / "stand-in.toml")
    assert isinstance(recipe.source, GitSource)
    assert recipe.source.commit == commit
    work_dir = folder / "work"
    work_dir.mkdir()
    workshop = Workshop(
        work_dir=work_dir,
        requirements=DownloadedWheels(downloads),
        environ=environ,
        isolation=isolation,
        allows_file_sources=True,
        mirrors={recipe.source.url: (folder / "repository").as_uri()},
    )
    return build_recipe(recipe, environment_for("3.9", "linux"), workshop, folder)


@pytest.mark.public_index
@pytest.mark.slow
def test_the_stand_in_builds_bit_identically_anywhere(
    downloads: Path, tmp_path: Path, full: Isolation
) -> None:
    one = build(tmp_path / "one", downloads, dict(os.environ), full)
    other = build(tmp_path / "another", downloads, dict(os.environ), "none")
    assert one.filename == "kubeflow_fairing-1.0.2+axle.1-py3-none-any.whl"
    assert one.sha256 == other.sha256
    assert one.sha256 == hashlib.sha256(other.path.read_bytes()).hexdigest()
