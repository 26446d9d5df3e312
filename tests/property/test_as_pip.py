"""What resolvelib finds with pip's preferences, against the independent checker.

Only where pip's rules are ours: its gates, patch releases of Python and direct URLs are
others (docs/explanation/differences.md). Where it finds nothing, there may be something
all the same: it misses answers (tests/scenarios/as_pip/misses_an_answer.toml).
"""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.resolver.engine.checked_files import violations
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.queries.as_pip import as_pip
from axletree.resolver.universe.composed import MemoUniverse
from tests.property.brute_force import World
from tests.property.case import Case
from tests.property.choices import chosen_files
from tests.property.strategies import cases

SLOW = settings(suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@SLOW
@given(case=cases())
def test_what_resolvelib_finds_is_a_solution(case: Case) -> None:
    world = World(case.universe, case.question)
    assume(has_pips_rules(world))

    found = as_pip(MemoUniverse(case.universe), case.question)

    assume(found.outcome == "resolved")
    # Faults of pip's, which are told.
    assume(" without " not in found.text and ", though " not in found.text)
    pins = {canonicalize_name(name): Version(version) for name, version in found.pins}
    choice = {
        name: candidate
        for name, version in pins.items()
        for candidate in world.candidates[name]
        if candidate.version == version
    }
    assert choice.keys() == pins.keys()
    # Of the patch releases of Python, pip runs on the newest.
    newest = case.question.environment.micros[-1]
    assert violations(case.question, chosen_files(world, choice), newest) == ()


def has_pips_rules(world: World) -> bool:
    """Tell whether nothing is there of which pip thinks otherwise."""
    universe = world.universe
    candidates = [c for listed in world.candidates.values() for c in listed]
    return (
        not any(c.is_yanked or c.version.is_prerelease for c in candidates)
        and not any(line.url for c in candidates for line in c.lines)
        # pip leaves a version whose metadata is invalid, other files and all.
        and all(isinstance(a, FileMetadata) for a in universe.metadata_of.values())
        and not any(
            "metadata" in world.files.reasons(file)
            for page in universe.page_of.values()
            for file in page.files
        )
    )
