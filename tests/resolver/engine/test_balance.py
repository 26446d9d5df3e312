"""`--prefer balanced` on real metadata, against trying every pair of versions."""

import gzip
import json
from pathlib import Path

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.engine.decisions import Inquiry
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.snapshot import universe_from_json
from tests.support.engine import decide
from tests.support.scenarios import SOLVED, load_scenario

RECORDED = Path(__file__).parents[2] / "scenarios/universes/kubeflow-py39.json.gz"


@pytest.mark.slow
def test_no_pair_of_boto3_and_s3fs_is_less_behind() -> None:
    universe = universe_from_json(json.loads(gzip.decompress(RECORDED.read_bytes())))
    resolver = Resolver(MemoUniverse(universe))
    question = ask(
        map(parse_requirement, ("boto3", "s3fs")),
        environment_for("3.9", "linux"),
        prefer="balanced",
    )

    answer = resolver.resolve(question)

    assert isinstance(answer, Resolution)
    pins = {pin.name: pin.version for pin in answer.pins}
    inquiry = resolver.search(question)
    read_all(inquiry)
    boto3, s3fs = (listed(inquiry, name) for name in ("boto3", "s3fs"))
    clauses = inquiry.search.clauses
    chosen, switch = clauses.chosen, inquiry.search.switch
    vectors = [
        sorted((behind(one, boto3), behind(other, s3fs)), reverse=True)
        for one in boto3
        for other in s3fs
        if clauses.solve(
            [switch, *(chosen[r.project][r.position] for r in (one, other))]
        )
    ]
    assert min(vectors) == sorted(
        (
            behind_version(pins[NormalizedName("boto3")], boto3),
            behind_version(pins[NormalizedName("s3fs")], s3fs),
        ),
        reverse=True,
    )
    assert min(vectors)[0] > 0


def read_all(inquiry: Inquiry) -> None:
    """Read every release that the recorded universe holds of what can be reached."""
    reading = inquiry.search.reading
    names = ["boto3", "s3fs"]
    while names:
        reading.read_ahead(names)
        found = [(n, r.position) for n in names for r in listed(inquiry, n)]
        reading.read_ahead((), found)
        named = dict.fromkeys(
            line[0]
            for name, position in found
            if (release := reading.release(name, position)) is not None
            for line in release[0]
        )
        names = [name for name in named if name not in reading.projects]


def listed(inquiry: Inquiry, name: str) -> list[Release]:
    inquiry.knowledge.read_pages([NormalizedName(name)])
    releases = inquiry.knowledge.releases[NormalizedName(name)]
    return list(releases.all) if releases is not None else []


def behind(release: Release, releases: list[Release]) -> int:
    return behind_version(release.version, releases)


def behind_version(version: Version, releases: list[Release]) -> int:
    """Count newer final releases: the recorded universe has no upload times."""
    return sum(
        other.version > version for other in releases if not other.version.is_prerelease
    )


BALANCED = [
    name for name in SOLVED if load_scenario(name).question.prefer == "balanced"
]


@pytest.mark.parametrize("name", BALANCED)
def test_no_root_of_a_scenario_is_further_behind_than_it_must_be(name: str) -> None:
    scenario = load_scenario(name)

    found = decide(scenario).releases

    pins = scenario.expected.pins or {}
    assert {name: str(release.version) for name, release in found.items()} == pins
