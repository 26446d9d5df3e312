"""The checker on tables accepts what brute force calls a solution, and nothing else."""

from dataclasses import replace

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.overrides import Changes
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import FrozenUniverse
from tests.property.brute_force import World
from tests.property.choices import OnTables, exchanges
from tests.support.scenarios import NAMES, Scenario, load_scenario

MOST_SOLUTIONS = 6
UNDEFINED = "candidates/undefined_markers"
"""Brute force knows fewer markers that packaging does not evaluate."""
DEFINED = [name for name in NAMES if name != UNDEFINED]


@pytest.mark.parametrize("name", DEFINED)
def test_it_refuses_what_only_looks_like_a_solution(name: str) -> None:
    scenario = load_scenario(name)
    assert isinstance(scenario.universe, FrozenUniverse)
    [world, *_] = World(scenario.universe, scenario.question).pythons()
    assert world.micro is not None
    checker = OnTables.of(scenario.universe, scenario.question)
    solutions = world.solutions()[:MOST_SOLUTIONS] or [{}]
    for solution in solutions:
        for choice in (solution, *exchanges(world, solution)):
            found = checker.violations(choice, world.micro)

            assert (not found) is world.is_solution(choice), (choice, found)


@pytest.mark.parametrize("name", DEFINED)
def test_what_it_reads_of_specifiers_is_what_packaging_says(name: str) -> None:
    scenario = load_scenario(name)
    assert isinstance(scenario.universe, FrozenUniverse)
    tables = OnTables.of(scenario.universe, scenario.question).tables
    texts = {str(root.requirement.specifier) for root in scenario.question.roots}
    for project_name in scenario.universe.page_of:
        project = tables.project(project_name)
        if project is None:  # As of the date it is not there yet.
            continue
        for position, version in enumerate(project.versions):
            for text in texts:
                said = SpecifierSet(text).contains(Version(version), prereleases=True)
                assert tables.verdict(project, position, text) is said


@pytest.mark.parametrize("name", DEFINED)
def test_what_it_reads_of_markers_is_what_packaging_says(name: str) -> None:
    scenario = load_scenario(name)
    assert isinstance(scenario.universe, FrozenUniverse)
    read = OnTables.of(scenario.universe, replace(scenario.question, changes=Changes()))
    for releases in read.knowledge.releases.values():
        for release in releases.all if releases is not None else ():
            if not read.knowledge.is_fallen(release):
                assert_lines(scenario, read, release)


def assert_lines(scenario: Scenario, read: OnTables, release: Release) -> None:
    """Evaluate every marker again, for extras that lines may name."""
    file = read.knowledge.file_of(release)
    metadata = scenario.universe.metadata([file])[file]
    project = read.tables.project(release.project)
    assert isinstance(metadata, FileMetadata)
    assert project is not None
    lines = read.tables.release(project, release.position)[0]
    for extra in ("", *metadata.provides_extra):
        told = [
            line[0]
            for line in lines
            if (line[3] is None or extra in line[3])
            and (not line[4] or line[4] >> read.tables.newest_python & 1)
        ]
        assert told == [
            canonicalize_name(requirement.name)
            for requirement in map(Requirement, metadata.requires_dist)
            if is_true(requirement.marker, scenario, "")
            or is_true(requirement.marker, scenario, extra)
        ]


def is_true(marker: Marker | None, scenario: Scenario, extra: str) -> bool:
    environment = scenario.question.environment
    markers = {**environment.markers_at(environment.micros[-1]), "extra": extra}
    return marker is None or marker.evaluate(markers)
