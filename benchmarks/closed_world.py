"""A closed world: the recorded universe in every form that a resolver reads.

The universe is `tests/scenarios/universes/kubeflow-py39.json.gz` (its README says
where it comes from): 203 projects, 1,508 releases, real metadata. Here each release
becomes one `py3-none-any` wheel with that metadata and nothing else; the folder of
wheels, a snapshot, a wheelhouse and the index over it hold the same facts.
"""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypedDict

import orjson
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.universe.snapshot import FORMAT
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import IncomingFile
from benchmarks.measuring import PYTHON_VERSION, ROOT, SETS
from tests.support.wheels import escape_name, make_wheel

RECORDED = ROOT / "tests/scenarios/universes/kubeflow-py39.json.gz"
HARD10 = ("kubeflow-fairing", "kfp", "jupyterlab", "s3fs")
ALL_SETS: Mapping[str, tuple[str, ...]] = {**SETS, "hard10": HARD10}
WITHOUT_ANSWER = frozenset({"b", "hard10"})
NEWEST = 10
"""Versions of each project in the world of `hard10`."""


class Release(TypedDict, total=False):
    """One release as it was recorded; what is empty is left out."""

    requires_dist: list[str]
    requires_python: str | None
    provides_extra: list[str]


Projects = Mapping[str, Mapping[str, Release]]
"""Project -> version -> release."""


@dataclass(frozen=True)
class World:
    """One universe on disk; what is asked for first is made first."""

    folder: Path
    projects: Projects

    @cached_property
    def wheels(self) -> Path:
        """Give the folder of wheels."""
        for name, version, release in self._releases():
            _make(self.folder / "wheels", name, version, release)
        return self.folder / "wheels"

    @cached_property
    def snapshot(self) -> Path:
        """Give the same as a JSON snapshot, hashes included."""
        projects: dict[str, list[JsonObject]] = {name: [] for name in self.projects}
        for name, version, release in self._releases():
            wheel = self.wheels / wheel_name(name, version)
            form: JsonObject = {
                "filename": wheel.name,
                "hashes": {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()},
                "size_bytes": wheel.stat().st_size,
                "requires_python": release.get("requires_python"),
                "metadata": {
                    "requires_dist": release.get("requires_dist", []),
                    "requires_python": release.get("requires_python"),
                    "provides_extra": release.get("provides_extra", []),
                },
            }
            projects[name].append(form)
        path = self.folder / "universe.json"
        path.write_bytes(orjson.dumps({"format": FORMAT, "projects": projects}))
        return path

    @cached_property
    def home(self) -> Path:
        """Give a wheelhouse in which all wheels are published."""
        home = self.folder / "home"
        incoming = [
            IncomingFile(
                path=path, filename=path.name, origin="benchmark", strictness="lenient"
            )
            for path in sorted(self.wheels.iterdir())
        ]
        with Wheelhouse.open(home) as wheelhouse:
            publish(wheelhouse, incoming)
        return home

    def _releases(self) -> Iterator[tuple[str, str, Release]]:
        for name, releases in self.projects.items():
            for version, release in releases.items():
                yield name, version, release


def recorded() -> Projects:
    """Read the recorded universe."""
    document = orjson.loads(gzip.decompress(RECORDED.read_bytes()))
    projects: Projects = document["projects"]
    return projects


def newest_of(projects: Projects, most: int = NEWEST) -> Projects:
    """Keep the newest versions of each project that the target Python admits."""

    def admitted(release: Release) -> bool:
        text = release.get("requires_python")
        return not text or SpecifierSet(text).contains(f"{PYTHON_VERSION}.0")

    return {
        name: {
            version: releases[version]
            for version in sorted(
                (v for v, release in releases.items() if admitted(release)),
                key=Version,
                reverse=True,
            )[:most]
        }
        for name, releases in projects.items()
    }


def wheel_name(name: str, version: str) -> str:
    """Spell the file name of a release's wheel."""
    return f"{escape_name(name)}-{version.replace('-', '_')}-py3-none-any.whl"


def _make(folder: Path, name: str, version: str, release: Release) -> None:
    make_wheel(
        folder,
        name,
        version,
        requires_dist=release.get("requires_dist", ()),
        requires_python=release.get("requires_python"),
        provides_extra=release.get("provides_extra", ()),
        files={},
    )
