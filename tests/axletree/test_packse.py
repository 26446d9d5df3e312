"""The scenarios of packse, and those that come out otherwise here with their rules."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.checkout import ROOT
from tests.support.command_line import CommandLine
from tests.support.packse import Scenario, load, universe_of

pytestmark = pytest.mark.slow
SCENARIOS = {scenario.name: scenario for scenario in load()}
DIFFERENCES = (ROOT / "docs/explanation/differences.md").read_text()
MANY = "transitive-prerelease-and-stable-dependency-many-versions"
OURS: Mapping[str, str | None] = {
    "package-only-prereleases-in-range": "a 1.0.0a1",
    "transitive-package-only-prereleases-in-range": "b 1.0.0a1",
    "package-prereleases-specifier-boundary": "a 0.1.0",
    "transitive-prerelease-and-stable-dependency": "c 2.0.0b1",
    MANY: "c 2.0.0b9",
    f"{MANY}-holes": "c 2.0.0b4",
    "transitive-yanked-and-unyanked-dependency": "c 2.0.0",
    "python-less-than-current": None,
    "python-patch-override-no-patch": "a 1.0.0",
}
"""A pin that is ours alone; None: there is no solution."""


def locked(axletree: CommandLine, folder: Path, scenario: Scenario) -> list[str] | None:
    """List what is pinned; None: there is no solution."""
    universe = folder / "universe.json"
    universe.write_text(json.dumps(universe_of(scenario)))
    words = (*scenario.requires, *scenario.options, "--json")
    ran = axletree("lock", *words, "--universe", universe)
    assert ran.code in {0, 1}, ran.err
    pins = ran.document().get("pins")
    if ran.code:
        return None
    assert isinstance(pins, list)
    return sorted(f"{pin['name']} {pin['version']}" for pin in pins)


def test_all_of_them_are_here() -> None:
    assert len(SCENARIOS) == 106
    assert OURS.keys() <= SCENARIOS.keys()


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in OURS])
def test_it_comes_out_as_packse_says(
    axletree: CommandLine, tmp_path: Path, name: str
) -> None:
    scenario = SCENARIOS[name]

    found = locked(axletree, tmp_path, scenario)

    assert (found is not None) is scenario.has_solution
    if scenario.pins is not None:
        assert found == list(scenario.pins)


@pytest.mark.parametrize("name", OURS)
def test_what_comes_out_otherwise_is_documented_by_name(
    axletree: CommandLine, tmp_path: Path, name: str
) -> None:
    scenario, ours = SCENARIOS[name], OURS[name]

    found = locked(axletree, tmp_path, scenario)

    assert (found is None) if ours is None else (found is not None and ours in found)
    assert (found is not None) is not scenario.has_solution or list(
        scenario.pins or ()
    ) != found
    assert f"| `{name}` |" in DIFFERENCES
