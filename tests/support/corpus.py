"""Every conflict that we have: the scenarios', and those of the recorded universe."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import (
    DistributionFile,
    Page,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.facts import Core
from axletree.resolver.model.question import (
    Question,
    ask,
)
from axletree.resolver.queries.reproduce import (
    Reproduction,
    reproduce,
)
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.snapshot import universe_from_json
from tests.support.scenarios import FOLDER, load_scenario, scenario_names

RECORDED = FOLDER / "universes" / "kubeflow-py39.json.gz"
REAL = {
    "fairing": ("kubeflow-fairing==1.0.2", "kfserving==0.6.1"),
    "deep": ("kubeflow-fairing>=1.0", "awscli>=1.20.2"),
    "hard10": ("kubeflow-fairing", "kfp", "jupyterlab", "s3fs"),
}
"""ANCHORS.md 1; in `hard10` each project has its newest 10 versions."""
NO_INSTALLER_CAN = {
    "candidates/all_files_share_a_patch_release",
    "conflicts/a_fallen_file_has_its_own_python_too",
    "conflicts/a_python_for_some_patch_releases_is_no_cause_alone",
    "conflicts/a_url_that_a_dependency_names",
    "conflicts/a_witness_reads_the_page_of_what_it_requires",
    "conflicts/every_patch_release_has_its_cause",
    "conflicts/two_lines_for_two_pythons_are_one_fact",
}
"""Installers are told one patch release of Python, never any that fits, and they go
and fetch a URL."""


def corpus_names() -> list[str]:
    """Name the conflicts: `folder/scenario`, or a key of `REAL`."""
    refused = [n for n in scenario_names() if load_scenario(n).expected.pins is None]
    return [*REAL, *refused]


@cache
def refusal(name: str) -> Refusal:
    """Refuse the question of that name."""
    universe, question = _asked(name)
    outcome = Resolver(MemoUniverse(universe)).resolve(question)
    assert isinstance(outcome, Refusal)
    return outcome


def reproductions(name: str) -> Iterator[tuple[Core, Reproduction]]:
    """Reproduce each conflict of that question."""
    refused = refusal(name)
    for core, written in zip(refused.cores, refused.conflict.conflicts, strict=True):
        yield written, reproduce(refused.explanation, core, written)


def _asked(name: str) -> tuple[Universe, Question]:
    if name not in REAL:
        scenario = load_scenario(name)
        return scenario.universe, scenario.question
    universe = recorded_universe()
    if name == "hard10":
        universe = _newest(universe, 10)
    return universe, recorded_question(REAL[name])


def recorded_question(requirements: Sequence[str]) -> Question:
    """Ask for requirements where the recorded universe was recorded for."""
    return ask(map(parse_requirement, requirements), environment_for("3.9", "linux"))


@cache
def recorded_universe() -> FrozenUniverse:
    """Read the recorded universe."""
    universe = universe_from_json(json.loads(gzip.decompress(RECORDED.read_bytes())))
    assert isinstance(universe, FrozenUniverse)
    return universe


def _newest(universe: FrozenUniverse, count: int) -> FrozenUniverse:
    """Cut a universe to the newest versions that Python 3.9 admits."""
    return replace(
        universe,
        page_of={
            name: replace(page, files=tuple(_fitting(page)[:count]))
            for name, page in universe.page_of.items()
        },
    )


def _fitting(page: Page) -> list[DistributionFile]:
    fitting = [
        file
        for file in page.files
        if SpecifierSet(file.requires_python or "").contains("3.9.0")
    ]
    return sorted(fitting, key=lambda file: Version(file.version), reverse=True)
