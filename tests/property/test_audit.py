"""An audit against the resolver, asked for each release and each two of them.

The resolver itself is held against brute force in test_answers.
"""

from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, given, settings
from packaging.utils import NormalizedName

from axletree.resolver.audits.auditor import (
    Auditor,
    Verdicts,
)
from axletree.resolver.audits.findings import audit
from axletree.resolver.audits.queries import pin
from axletree.resolver.model.distribution import FileMetadata, Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import (
    Limits,
    ask,
)
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.knowledge import Knowledge
from tests.property.case import Case
from tests.property.strategies import cases
from tests.support.answers import make_file

SLOW = settings(suppress_health_check=[HealthCheck.too_slow])


def auditor_of(case: Case) -> Auditor:
    question = case.question
    return Auditor(
        universe=MemoUniverse(case.universe),
        environment=question.environment,
        limits=limits_of(case),
    )


def limits_of(case: Case) -> Limits:
    """Take the limits without hashes, which are those of requirement lines."""
    return replace(case.question.limits, hashes=())


def usable(case: Case) -> dict[NormalizedName, tuple[Release, ...]]:
    """List the releases that have a file for the environment, valid or not."""
    question = case.question
    universe = MemoUniverse(case.universe)
    knowledge = Knowledge(universe, question.environment, limits_of(case))
    knowledge.read_pages(case.universe.projects())
    return {
        name: tuple(r for r in releases.all if r.files) if releases is not None else ()
        for name, releases in knowledge.releases.items()
    }


def is_solved(case: Case, *releases: Release) -> bool:
    question = ask(
        map(pin, releases), case.question.environment, limits=limits_of(case)
    )
    resolver = Resolver(MemoUniverse(case.universe))
    return resolver.run(resolver.search(question)) is not None


def run(case: Case) -> Verdicts:
    return auditor_of(case).run(case.universe.projects())


@pytest.mark.slow
@SLOW
@given(cases())
def test_broken_is_what_no_exact_pin_installs(case: Case) -> None:
    verdicts = run(case)
    unfit = {release.label for release in verdicts.unfit}
    broken = {release.label for release in verdicts.broken}

    refused = {
        release.label
        for releases in usable(case).values()
        for release in releases
        if not is_solved(case, release)
    }

    # Whether a file that only its own metadata keeps out of this Python is for the
    # environment is known once it is read, which the page alone does not tell.
    assert broken <= refused
    assert refused - broken <= unfit


@pytest.mark.slow
@SLOW
@given(cases())
def test_apart_is_what_no_two_pins_install(case: Case) -> None:
    apart = set(run(case).apart)
    releases = usable(case)
    alone = sorted(
        name
        for name, own in releases.items()
        if any(is_solved(case, release) for release in own)
    )
    # Not only of the releases that are installable alone: pinning the other one, too,
    # may open the gate that they lack.

    expected = {
        (one, other)
        for one, other in combinations(alone, 2)
        if not any(
            is_solved(case, *both) for both in product(releases[one], releases[other])
        )
    }

    assert apart == expected


@pytest.mark.slow
@SLOW
@given(cases())
def test_all_that_is_found_is_explained(case: Case) -> None:
    auditor = auditor_of(case)
    found = audit(auditor, case.universe.projects())
    verdicts = run(case)

    members = [member.label for finding in found.broken for member in finding.members]
    assert sorted(members) == sorted(release.label for release in verdicts.broken)
    pairs = [pair for finding in found.apart for pair in finding.members]
    assert sorted(pairs) == sorted(verdicts.apart)
    assert all(f.core.facts and f.example in f.members for f in found.broken)
    assert all(f.core.facts and f.example in f.members for f in found.apart)


def test_two_may_be_together_by_a_third_that_lets_in_what_both_lack() -> None:
    # `a` and `d` are apart: `a 2` clashes with `d`, and `a 1` needs what is yanked. `b`
    # cannot do without `a`, and lets that in. Seed 1354 of the long run.
    lines = {
        "a-1": ("c",),
        "a-2": ("x==1",),
        "b-1": ("a", "c==1"),
        "c-1": (),
        "d-1": ("x==2",),
        "x-1": (),
        "x-2": (),
    }
    file_of = {
        stem: replace(
            make_file(f"{stem}-py3-none-any.whl"),
            yanked="broken" if stem in {"a-2", "c-1", "d-1"} else None,
        )
        for stem in lines
    }
    files = tuple(file_of.values())
    universe = FrozenUniverse(
        page_of={
            name: Page(project=name, files=tuple(f for f in files if f.project == name))
            for name in {file.project for file in files}
        },
        metadata_of={
            file_of[stem].filename: FileMetadata(requires_dist=requires)
            for stem, requires in lines.items()
        },
    )
    auditor = Auditor(
        universe=MemoUniverse(universe),
        environment=environment_for("3.9", "linux"),
        limits=Limits(),
    )

    apart = auditor.run(universe.projects()).apart

    assert set(apart) == {("a", "d")}
