"""The scenarios of `as_pip`, held against pip itself: its pins, and what it asked for."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clients import client_environment
from tests.support.live_server import LiveServer, live_server
from tests.support.pip_forked import run_pip
from tests.support.pip_scenarios import PipScenario, load_scenarios
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

SCENARIOS = load_scenarios()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve the releases of all scenarios, which share no project."""
    folder = tmp_path_factory.mktemp("made")
    home = tmp_path_factory.mktemp("wheelhouse") / "home"
    for release in (one for scenario in SCENARIOS for one in scenario.releases):
        wheel = make_wheel(
            folder,
            release.project,
            release.version,
            requires_dist=release.requires_dist,
            requires_python=release.requires_python,
            provides_extra=release.provides_extra,
        )
        publish_all(home, [wheel], yanked=release.yanked)
    with live_server(home) as server:
        yield server


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_pip_does_what_the_scenario_says(
    scenario: PipScenario, index: LiveServer, tmp_path: Path
) -> None:
    before = len(index.requests())

    pins = _run_pip(scenario, index.index_url, tmp_path)

    asked = [line.rpartition("/")[2] for line in index.requests()[before:]]
    fetched = Counter(
        name.partition("-")[0].replace("_", "-")
        for name in asked
        if name.endswith(".metadata")
    )
    assert pins == scenario.pins
    assert fetched == scenario.fetched


def _run_pip(scenario: PipScenario, index_url: str, folder: Path) -> dict[str, str]:
    report = folder / "report.json"
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(scenario.constraints))
    options = ["--dry-run", "--ignore-installed", "--no-cache-dir", "--quiet"]
    options += ["--pre"] if scenario.is_pre else []
    options += ["--index-url", index_url, "--constraint", str(constraints)]
    words = ["install", "--report", str(report), *options, *scenario.requirements]
    run_pip(words, folder, client_environment(folder))
    if not report.exists():
        return {}
    installed = json.loads(report.read_text())["install"]
    return {one["metadata"]["name"]: one["metadata"]["version"] for one in installed}
