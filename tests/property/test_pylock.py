"""What packaging selects from a pylock.toml against what was resolved."""

import tomllib
from dataclasses import replace
from pathlib import PurePath

import pytest
from hypothesis import HealthCheck, assume, given, settings
from packaging.markers import Environment as Markers
from packaging.pylock import PackageSdist, PackageWheel, Pylock
from packaging.tags import Tag

from axletree.resolver.locks.locked import lay_together
from axletree.resolver.locks.pylock import (
    Addresses,
    to_pylock,
)
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.environment import Environment, environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.property.case import Case
from tests.property.strategies import cases

ENVIRONMENTS = tuple(
    environment_for(*pair)
    for pair in (("3.8.1", "windows"), ("3.9.7", "linux"), ("3.10.2", "linux"))
)
ADDRESSES = Addresses(folder=PurePath("/"), with_index_urls=True)


def located(file: DistributionFile) -> DistributionFile:
    return replace(
        file,
        url=f"https://index.invalid/{file.filename}",
        hashes={"sha256": "a" * 64},
    )


def resolve(case: Case, environment: Environment) -> Resolution | None:
    asked = case.question
    question = ask(
        (*asked.roots, *asked.other_roots),
        environment,
        constraints=(*asked.constraints, *asked.other_constraints),
        limits=asked.limits,
        changes=asked.changes,
    )
    answer = Resolver(MemoUniverse(case.universe)).resolve(question)
    if not isinstance(answer, Resolution):
        return None
    pins = [
        replace(pin, file=located(pin.file), files=tuple(map(located, pin.files)))
        for pin in answer.pins
    ]
    return replace(answer, pins=tuple(pins))


def selected(pylock: Pylock, environment: Environment) -> dict[str, str]:
    tags = [Tag(*tag.split("-")) for tag in environment.tags]
    markers = Markers(**environment.markers)  # type: ignore[typeddict-item]  # all are there
    chosen = pylock.select(environment=markers, tags=tags)
    return {
        package.name: file.filename
        for package, file in chosen
        if isinstance(file, PackageSdist | PackageWheel)
    }


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(case=cases())
def test_each_environment_selects_the_files_that_were_resolved_for_it(
    case: Case,
) -> None:
    answers = [resolve(case, environment) for environment in ENVIRONMENTS]
    resolutions = [answer for answer in answers if answer is not None]
    assume(resolutions)

    text = to_pylock(lay_together(resolutions), ["axletree", "lock"], ADDRESSES)

    pylock = Pylock.from_dict(tomllib.loads(text))
    for resolution in resolutions:
        resolved = {pin.name: pin.file.filename for pin in resolution.pins}
        assert selected(pylock, resolution.environment) == resolved
