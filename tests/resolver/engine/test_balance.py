"""`--prefer balanced` on real metadata, against trying every pair of versions."""

import gzip
import json
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.engine.lazy import Search
from axletree.resolver.inputs.requirements_files import parse_requirement
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.snapshot import universe_from_json

RECORDED = Path(__file__).parents[2] / "scenarios/universes/kubeflow-py39.json.gz"


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
    search = resolver.search(question)
    read_all(search)
    boto3, s3fs = (listed(search, name) for name in ("boto3", "s3fs"))
    chosen = search.encoding.chosen
    vectors = [
        sorted((behind(one, boto3), behind(other, s3fs)), reverse=True)
        for one in boto3
        for other in s3fs
        if search.encoding.sat.solve([chosen[one], chosen[other]])
    ]
    assert min(vectors) == sorted(
        (
            behind_version(pins[NormalizedName("boto3")], boto3),
            behind_version(pins[NormalizedName("s3fs")], s3fs),
        ),
        reverse=True,
    )
    assert min(vectors)[0] > 0


def read_all(search: Search) -> None:
    """Read every release that the recorded universe holds of what can be reached."""
    knowledge = search.knowledge
    names = [NormalizedName("boto3"), NormalizedName("s3fs")]
    while names:
        knowledge.read_pages(names)
        found = [r for name in names for r in listed(search, name)]
        knowledge.read_metadata(found)
        named = dict.fromkeys(
            line.target
            for release in found
            for line in knowledge.dependencies[release].all_lines
        )
        names = [name for name in named if name not in knowledge.releases]
    search.encoding.sync()


def listed(search: Search, name: str) -> list[Release]:
    releases = search.knowledge.releases[NormalizedName(name)]
    return list(releases.all) if releases is not None else []


def behind(release: Release, releases: list[Release]) -> int:
    return behind_version(release.version, releases)


def behind_version(version: Version, releases: list[Release]) -> int:
    """Count newer final releases: the recorded universe has no upload times."""
    return sum(
        other.version > version for other in releases if not other.version.is_prerelease
    )
