"""Sources of many shapes: built as their clone would be, or refused with the reason."""

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name, parse_wheel_filename

from axletree.builder.errors import BuilderError
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.interpreters.uv_program import uv_program
from axletree.builder.jobs.job import build_recipe
from axletree.builder.recipes.recipe import load_recipe
from axletree.builder.sandbox.isolation import Isolation
from axletree.resolver.model.environment import Environment
from tests.support.clones import Repository, clone, make, write
from tests.support.source_shapes import (
    DOWNLOADS,
    LARGE,
    TAG,
    VERSION,
    Shape,
    shapes,
)

pytestmark = [pytest.mark.slow, pytest.mark.public_index]

RECIPE = """
[project]
name = "thing"
version = "{version}"
local = "axle.1"
[source]
git = "./repository"
commit = "{commit}"
committed = 2022-01-15T10:20:30Z
{keys}
"""
SHA256 = hashlib.sha256(LARGE).hexdigest()
SPECIFICATION = "git-lfs.github.com"
POINTER = (
    f"version https://{SPECIFICATION}/spec/v1\noid sha256:{SHA256}\nsize {len(LARGE)}\n"
)
SHAPES = shapes(SHA256, POINTER)


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("downloads")
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
    subprocess.run(
        [*pip, "--only-binary=:all:", "-d", folder, *sorted(set(DOWNLOADS))], check=True
    )
    return folder


@dataclass
class Downloaded:
    wheels: list[Path]

    def provide(
        self,
        requirements: Sequence[str],  # noqa: ARG002 - the shape says which
        environment: Environment,  # noqa: ARG002 - this machine's
        constraints: Sequence[str] = (),  # noqa: ARG002 - as above
    ) -> Sequence[Path]:
        return self.wheels


def repository_of(
    shape: Shape, folder: Path, wheels: Sequence[Path] = ()
) -> Repository:
    repository = make(folder / "repository", {"LICENSE": "free\n", **shape.files})
    for name, target in shape.links.items():
        (repository.folder / name).symlink_to(target)
    for path, files in shape.submodules.items():
        other = make(folder / "others" / path, files)
        repository.git("submodule", "--quiet", "add", other.folder.as_uri(), path)
    if shape.made_by:
        subprocess.run(
            [sys.executable, *shape.made_by],
            cwd=repository.folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, wheels))},
            check=True,
            capture_output=True,
        )
    repository.commit(TAG)
    return repository


def built_as_clone(shape: Shape, repository: Repository, downloads: Path) -> Path:
    """Build a clone by uv, in which the recipe's patches were made by hand."""
    cloned = Repository(folder=clone(repository, repository.folder.parent / "clone"))
    write(cloned.folder, shape.as_clone)
    if shape.as_clone:
        cloned.git("add", "--all", "--force", ".")
        cloned.git("commit", "--quiet", "--amend", "--no-edit")
        cloned.git("tag", "--force", TAG)
    out = repository.folder.parent / "reference"
    options = ("--offline", "--no-index", "--no-config", "--find-links", downloads)
    unpacked = ("--cache-dir", downloads / "unpacked")  # what all of them build with
    target = ("--python", sys.executable, "-o", out, cloned.folder / shape.folder)
    subprocess.run(
        [uv_program(), "build", "--wheel", "--quiet", *unpacked, *options, *target],
        check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(out.parent), "LANG": "C.UTF-8"},
    )
    return next(out.glob("*.whl"))


def content_of(wheel: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if ".dist-info/" not in name and not name.endswith("/")
        }


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_source_builds_what_its_clone_would(  # noqa: PLR0913, PLR0917 - fixtures
    shape: Shape,
    downloads: Path,
    environment: Environment,
    workshop: Workshop,
    full: Isolation,
    tmp_path: Path,
) -> None:
    wanted = set(shape.needs)
    wheels = [
        wheel
        for wheel in downloads.glob("*.whl")
        if canonicalize_name(wheel.name.split("-")[0]) in wanted
    ]
    repository = repository_of(shape, tmp_path, wheels)
    keys = shape.keys
    for number, patch in enumerate(shape.patches):
        (tmp_path / f"{number}.patch").write_bytes(patch.encode())
        keys += f'\n[[patch]]\nfile = "{number}.patch"\n'
    write(tmp_path, shape.beside)
    recipe = tmp_path / "recipe.toml"
    text = RECIPE.format(version=VERSION, commit=repository.head, keys=keys)
    recipe.write_text(text)
    shop = Workshop(
        work_dir=workshop.work_dir,
        requirements=Downloaded(wheels),
        environ=workshop.environ,
        isolation=full,
        allows_file_sources=True,
        may_install_pythons=False,
    )
    if shape.refusal:
        with pytest.raises(BuilderError) as caught:
            build_recipe(load_recipe(recipe), environment, shop, tmp_path / "built")
        said = f"{caught.value.what} {caught.value.hint}"
        assert re.search(shape.refusal, said, re.DOTALL)
        return

    built = build_recipe(load_recipe(recipe), environment, shop, tmp_path / "built")

    reference = built_as_clone(shape, repository, downloads)
    assert str(parse_wheel_filename(reference.name)[1]) == VERSION
    found, expected = content_of(built.path), content_of(reference)
    assert sorted(found) == sorted(expected)
    for name, content in found.items():
        if name not in shape.written and not name.endswith(".so"):
            assert content == expected[name], name
