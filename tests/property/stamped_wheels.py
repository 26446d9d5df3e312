"""What a repair claims that overrides metadata, by brute force."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import combinations

from packaging.version import Version

from axletree.resolver.model.answers import (
    Repair,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.repairs.costs import OVERRIDE, cost_of, with_skipping
from axletree.resolver.universe.composed import FrozenUniverse
from tests.property.asking import files, pins
from tests.property.brute_force import World
from tests.property.brute_rule import answer
from tests.property.case import Case


def assert_override(case: Case, repair: Repair) -> None:
    """Resolve with the stamped wheels once more, and with a part of their changes."""
    expected = answer(World(with_wheels(case, repair.wheels), case.question))

    assert expected is not None
    chosen = {candidate.file for candidate in expected.values()}
    assert pins(repair.resolution) == files(expected)
    assert chosen.issuperset(repair.wheels)
    # A line that stands there twice is one.
    changed = {
        (file, text)
        for file, metadata in repair.wheels.items()
        for place, text in enumerate(original(case, file).requires_dist)
        if text != metadata.requires_dist[place]
    }
    # How far it goes back comes behind the kinds.
    back = repair.cost[-1]
    cost = cost_of([OVERRIDE] * len(changed), back)
    assert repair.cost in {cost, with_skipping(cost)}
    assert back >= 0
    for size in range(len(changed)):
        for part in combinations(changed, size):
            wheels = {
                file: part_of(original(case, file), metadata, file, part)
                for file, metadata in repair.wheels.items()
            }
            solutions = World(with_wheels(case, wheels), case.question).solutions()
            assert not any(
                {file.filename for file in wheels}
                <= {candidate.file.filename for candidate in solution.values()}
                for solution in solutions
            ), part


def original(case: Case, stamped: DistributionFile) -> FileMetadata:
    """Find the metadata of the release that a stamped wheel was made from."""
    base = re.sub(r"[.+]axle\.\d+$", "", stamped.version)
    page = case.universe.page_of[stamped.project]
    found = {
        case.universe.metadata_of[file.filename]
        for file in page.files
        if Version(file.version) == Version(base)
    }
    [metadata] = found
    assert isinstance(metadata, FileMetadata)
    return metadata


def part_of(
    old: FileMetadata,
    new: FileMetadata,
    file: DistributionFile,
    part: Collection[tuple[DistributionFile, str]],
) -> FileMetadata:
    texts = [
        new.requires_dist[place] if (file, text) in part else text
        for place, text in enumerate(old.requires_dist)
    ]
    return replace(old, requires_dist=tuple(texts))


def with_wheels(
    case: Case, wheels: Mapping[DistributionFile, FileMetadata]
) -> FrozenUniverse:
    pages = dict(case.universe.page_of)
    answers = dict(case.universe.metadata_of)
    for file, metadata in wheels.items():
        page = pages[file.project]
        assert page is not None
        pages[file.project] = replace(page, files=(*page.files, file))
        answers[file.filename] = metadata
    return FrozenUniverse(page_of=pages, metadata_of=answers)
