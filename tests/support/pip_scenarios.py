"""Scenarios of what pip does: a universe, a question, and pip's own answer."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import (
    Limits,
    Question,
)
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.snapshot import universe_from_json

FOLDER = Path(__file__).parents[1] / "scenarios" / "as_pip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release of one pure wheel."""

    project: str
    version: str
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    provides_extra: tuple[str, ...] = ()
    yanked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PipScenario:
    """One file of `tests/scenarios/as_pip/`."""

    name: str
    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    is_pre: bool
    releases: tuple[Release, ...]
    outcome: str
    pins: Mapping[str, str]
    fetched: Mapping[str, int]
    """Project -> metadata files that pip asked the index for."""

    def question(self) -> Question:
        """Ask it for a Python that no release of these universes excludes."""
        return Question(
            roots=tuple(map(parse_requirement, self.requirements)),
            constraints=tuple(map(parse_requirement, self.constraints)),
            environment=environment_for("3.11", "linux"),
            limits=Limits(allow_prereleases=self.is_pre),
        )

    def universe(self) -> FrozenUniverse:
        """Give the releases as a universe in memory."""
        projects: dict[str, list[dict[str, object]]] = {}
        for release in self.releases:
            projects.setdefault(release.project, []).append(_file(release))
        universe = universe_from_json(
            {"format": "axletree.universe/1", "projects": projects}
        )
        assert isinstance(universe, FrozenUniverse)
        return universe


def load_scenarios() -> tuple[PipScenario, ...]:
    """Read all scenarios, by name."""
    return tuple(_load(path) for path in sorted(FOLDER.glob("*.toml")))


def _load(path: Path) -> PipScenario:
    form = tomllib.loads(path.read_text())
    expected = form["expected"]
    return PipScenario(
        name=path.stem,
        requirements=tuple(form["requirements"]),
        constraints=tuple(form.get("constraints", ())),
        is_pre=form.get("pre", False),
        releases=tuple(
            Release(project=project, version=version, **facts)
            for project, versions in form["releases"].items()
            for version, facts in versions.items()
        ),
        outcome=expected["outcome"],
        pins=expected.get("pins", {}),
        fetched=expected.get("fetched", {}),
    )


def _file(release: Release) -> dict[str, object]:
    stem = f"{release.project.replace('-', '_')}-{release.version}"
    form: dict[str, object] = {
        "filename": f"{stem}-py3-none-any.whl",
        "metadata": {
            "requires_dist": list(release.requires_dist),
            "requires_python": release.requires_python,
            "provides_extra": list(release.provides_extra),
        },
    }
    if release.requires_python is not None:
        form["requires_python"] = release.requires_python
    if release.yanked is not None:
        form["yanked"] = release.yanked
    return form
