"""Real pip and real uv on random universes: the same questions have answers.

Which answer differs (docs/explanation/differences.md), but what either of them installs
must be a solution by our reading of the rules, and where one finds none, there is none.
"""

import json
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.universe.metadata_wheel import TinyWheel
from tests.property.brute_files import Candidate
from tests.property.brute_force import World
from tests.property.case import Case
from tests.property.strategies import cases
from tests.support.clients import client_environment
from tests.support.pip_forked import run_pip

UV = Path(sysconfig.get_path("scripts")) / "uv"
SHARED = ("extra", "missing", "constraint", "odd")
"""What all of us agree about; where we do not is said in the documentation."""
SEEDED = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
Pins: TypeAlias = Mapping[NormalizedName, Version]
Client: TypeAlias = Callable[[Path], tuple[Pins | None, str]]


@pytest.mark.slow
def test_uv_finds_a_solution_where_there_is_one(tmp_path: Path) -> None:
    # It keeps there what the one Python is that it is given, and would else ask each of
    # this machine, every time; each example has a folder of its own.
    ask = partial(uv_pins, cache=tmp_path)

    @settings(SEEDED, max_examples=100)
    @given(case=cases(has_twins=False, quirks=SHARED))
    def agree(case: Case) -> None:
        assert_agrees(case, ask)

    agree()


@pytest.mark.slow
@settings(SEEDED, max_examples=20)
@given(case=cases(has_twins=False, quirks=SHARED))
def test_pip_finds_a_solution_where_there_is_one(case: Case) -> None:
    assert_agrees(case, pip_pins)


def assert_agrees(case: Case, ask: Client) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(case, folder)
        pins, said = ask(folder)
    world = World(case.universe, case.question)
    if pins is None:
        assert not world.solutions(), said
        return
    choice = {project: candidate(world, project, v) for project, v in pins.items()}
    assert world.is_solution(choice), (pins, said)


def candidate(world: World, project: NormalizedName, version: Version) -> Candidate:
    [found] = [c for c in world.candidates[project] if c.version == version]
    return found


def write(case: Case, folder: Path) -> None:
    (folder / "wheels").mkdir()
    for page in case.universe.page_of.values():
        for file in page.files:
            metadata = case.universe.metadata_of[file.filename]
            assert isinstance(metadata, FileMetadata)
            wheel = TinyWheel(
                project=file.project,
                version=file.version,
                requires_dist=metadata.requires_dist,
                provides_extra=metadata.provides_extra,
            )
            (folder / "wheels" / wheel.filename).write_bytes(wheel.content())
    question = case.question
    for name, lines in (
        ("requirements.txt", question.roots),
        ("constraints.txt", question.constraints),
    ):
        (folder / name).write_text("".join(f"{line.text}\n" for line in lines))


def uv_pins(folder: Path, *, cache: Path) -> tuple[Pins | None, str]:
    words = [
        *(str(UV), "pip", "compile", "--offline", "--no-index", "--no-config"),
        *(
            "--python",
            sys.executable,
            "--cache-dir",
            str(cache),
            "--no-header",
            "--no-annotate",
            "--python-version",
            "3.9",
        ),
        *("--python-platform", "linux", "--find-links", "wheels"),
        *("-c", "constraints.txt", "requirements.txt"),
    ]
    done = subprocess.run(
        words,
        cwd=folder,
        env=client_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        assert "No solution found" in done.stderr, done.stderr
        return None, done.stderr
    lines = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[.*\])?==(\S+)", done.stdout, re.MULTILINE
    )
    return {canonicalize_name(n): Version(v) for n, v in lines}, done.stdout


def pip_pins(folder: Path) -> tuple[Pins | None, str]:
    words = [
        *("install", "--dry-run", "--ignore-installed"),
        *("--quiet", "--report", "report.json", "--no-index", "--find-links", "wheels"),
        *("-c", "constraints.txt", "-r", "requirements.txt"),
    ]
    done = run_pip(words, folder, client_environment(folder))
    if done.returncode:
        signs = ("ResolutionImpossible", "No matching distribution found")
        assert any(sign in done.stderr for sign in signs), done.stderr
        return None, done.stderr
    report = json.loads((folder / "report.json").read_text())
    found = (entry["metadata"] for entry in report["install"])
    return {
        canonicalize_name(each["name"]): Version(each["version"]) for each in found
    }, done.stderr
