"""`axletree verify-provenance`: from a recipe to a verdict, and what a build sees of it."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from axletree.commands.keeping.provenance import attestation_to_json
from axletree.wheelhouse.model import Attestation
from tests.support.command_line import CommandLine, Ran
from tests.support.repositories import make_repository
from tests.support.sources import PROJECTS, build_requirements, runtime_requirements
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

WHEEL = "small_thing-1.0+axle.1-py3-none-any.whl"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
RECIPE = """
[project]
name = "small-thing"
version = "1.0"
local = "axle.1"

[source]
git = "./repository"
commit = "{commit}"
committed = 2022-01-15T10:20:30Z

[build]
pythons = ["{python}"]
"""


@pytest.fixture
def built(
    axletree: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wall: None
) -> CommandLine:
    """Make a wheelhouse with a key, and build into it behind the wall."""
    del wall
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    wheels = tmp_path / "wheels"
    needed = [*build_requirements(wheels), *runtime_requirements(wheels)]
    publish_all(tmp_path / "house", needed)
    assert axletree("key", "init").code == 0
    commit = make_repository(Path.cwd() / "repository", PROJECTS / "good")
    Path("recipe.toml").write_text(RECIPE.format(commit=commit, python=PYTHON))
    ran = build(axletree)
    assert ran.code == 0, ran.err
    assert "provenance signed" in ran.out
    return axletree


def build(axletree: CommandLine, isolation: str = "full") -> Ran:
    return axletree(
        "build", "recipe.toml", "--allow-file-sources", "--isolation", isolation
    )


def test_a_build_is_signed_shown_and_verified(
    built: CommandLine, tmp_path: Path
) -> None:
    ran = built("verify-provenance", WHEEL)
    assert ran.code == 0, ran.err
    assert ran.out.startswith(f"{WHEEL} was built here, as key ")
    assert "tiny_backend-1-py3-none-any.whl" in ran.out
    shown = built("show", WHEEL)
    assert "built here, signed by key " in shown.out
    ran = built("verify-provenance", WHEEL, "--json")
    ran.document("provenance")
    document: Any = json.loads(ran.out)
    predicate = document["files"][0]["statement"]["predicate"]
    materials = predicate["buildDefinition"]["resolvedDependencies"]
    roles = [each["annotations"]["role"] for each in materials]
    assert roles == ["source", "interpreter", "build-requirement"]
    assert all(each["digest"] for each in materials)

    # A backup has what is said, and the public half; the private one, if asked for.
    assert built("backup", tmp_path / "backup").code == 0
    assert not list((tmp_path / "backup").rglob("*.pem"))
    shutil.move(tmp_path / "house", tmp_path / "lost")
    assert built("restore", tmp_path / "backup", "--json").document("restored")
    assert built("verify-provenance", WHEEL).code == 0
    shutil.rmtree(tmp_path / "house")
    shutil.move(tmp_path / "lost", tmp_path / "house")
    assert built("backup", tmp_path / "backup", "--with-key").code == 0
    shutil.rmtree(tmp_path / "house")
    assert "the key is put back" in built("restore", tmp_path / "backup").out
    mode = (tmp_path / "house/key/ed25519.pem").stat().st_mode & 0o777
    assert mode == 0o600

    # Another key, a file that was changed, and one that is not from here.
    pem = built("key", "show").out
    Path("ours.pem").write_text(pem)
    assert built("verify-provenance", WHEEL, "--key", "ours.pem").code == 0
    shutil.move(tmp_path / "house/key/ed25519.pem", "former.pem")
    built("key", "init")
    Path("other.pem").write_text(built("key", "show").out)
    other = built("verify-provenance", WHEEL, "--key", "other.pem")
    assert (other.code, other.out.count("\n")) == (4, 1)
    assert "which is not that of other.pem" in other.out
    wrong = built("verify-provenance", WHEEL, "--key", "recipe.toml")
    assert wrong.code == 2
    Path(WHEEL).write_bytes(b"tampered")
    assert built("verify-provenance", f"./{WHEEL}").code == 4
    stranger = make_wheel(Path.cwd(), "stranger", "1")
    assert built("verify-provenance", stranger).code == 1
    assert built("verify-provenance", "stranger").code == 1
    assert built("verify-provenance", "./nothing.whl").code == 2


def test_what_is_built_at_less_says_why_and_what_it_could_see(
    built: CommandLine,
) -> None:
    text = Path("recipe.toml").read_text().replace("axle.1", "axle.2")
    Path("recipe.toml").write_text(text)
    ran = build(built, "none")
    assert ran.code == 0, ran.err
    assert "can read the wheelhouse's key" in ran.err
    verified = built("verify-provenance", "small-thing==1.0+axle.2")
    assert verified.code == 1
    assert "nobody has signed that: it was built at isolation none" in verified.out
    assert built("verify-provenance", "small-thing").code == 1


HOSTILE = """
import os, pathlib, sys
def get_requires_for_build_wheel(settings=None):
    found = []
    for start in {places!r}:
        for folder, _, names in os.walk(start):
            for name in names:
                path = os.path.join(folder, name)
                if name.endswith(".pem") and "ed25519" in name:
                    found.append(path)
    for path in {paths!r}:
        try:
            found.append(open(path).read())
        except OSError:
            pass
    if found:
        sys.exit("KEY SEEN: " + repr(found))
    return []
"""


def test_a_hostile_build_finds_no_key(built: CommandLine, tmp_path: Path) -> None:
    key = tmp_path / "house/key/ed25519.pem"
    project = Path.cwd() / "hostile"
    shutil.copytree(PROJECTS / "good", project)
    places = ["/axletree", "/build", "/home", "/root", "/etc", "/var", "/opt", "/mnt"]
    code = HOSTILE.format(places=places, paths=[str(key), f"/proc/1/root{key}"])
    (project / "hostile_backend.py").write_text("from tiny_backend import *\n" + code)
    table = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(
        table.replace(
            'build-backend = "tiny_backend"',
            'build-backend = "hostile_backend"\nbackend-path = ["."]',
        )
    )
    commit = make_repository(Path.cwd() / "hostile-repository", project)
    text = RECIPE.format(commit=commit, python=PYTHON).replace("axle.1", "axle.3")
    Path("recipe.toml").write_text(text.replace("./repository", "./hostile-repository"))
    behind_wall = build(built)
    assert behind_wall.code == 0, behind_wall.err
    # The same without a wall sees it: the attack is one.
    text = Path("recipe.toml").read_text().replace("axle.3", "axle.4")
    Path("recipe.toml").write_text(text)
    assert build(built, "none").code == 1


def test_what_is_kept_and_nested_without_measure_is_left_out_of_json() -> None:
    content = b'{"a":' * 900 + b"1" + b"}" * 900
    told = attestation_to_json(Attestation(kind="upstream", content=content))
    assert told["document"] is None
