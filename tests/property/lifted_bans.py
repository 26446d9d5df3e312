"""What a repair claims that lifts bans, by brute force."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.model.answers import (
    Repair,
)
from axletree.resolver.model.limits import (
    Exemption,
    hash_limits,
)
from axletree.resolver.model.question import Question
from axletree.resolver.repairs.costs import LATER_DATE
from tests.property.asking import files, pins
from tests.property.brute_force import World
from tests.property.brute_rule import answer
from tests.property.case import Case, root


def assert_lifted(case: Case, repair: Repair) -> None:
    """Lift the bans that a repair speaks of, by hand, and a part of them."""
    expected = answer(World(case.universe, lifted(case.question, repair.changes)))

    assert pins(repair.resolution) == files(expected)
    assert (repair.kind == "date") is (repair.cost[0] == LATER_DATE)
    for size in range(len(repair.changes)):
        for part in combinations(repair.changes, size):
            question = lifted(case.question, part)
            assert not World(case.universe, question).solutions(), part
    if any(change.startswith("--exclude-newer") for change in repair.changes):
        # All was read, so that nothing is left unsaid.
        assert DAY_BEFORE in repair.text
        assert_day_before(case, repair)


DAY_BEFORE = "(the day before does not work)"


def assert_day_before(case: Case, repair: Repair) -> None:
    earlier = [
        re.sub(r"\d{4}-.*", lambda day: the_day_before(day[0]), change)
        if change.startswith("--exclude-newer")
        else change
        for change in repair.changes
    ]
    question = lifted(case.question, earlier)
    assert not World(case.universe, question).solutions(), earlier


def ban_of(change: str) -> str:
    return "the date" if "--exclude-newer" in change else change


def the_day_before(day: str) -> str:
    return str(date.fromisoformat(day) - timedelta(days=1))


def lifted(question: Question, changes: Iterable[str]) -> Question:
    for change in changes:
        question = one_lifted(question, change)
    return question


def one_lifted(question: Question, change: str) -> Question:
    """Do what a change of a lift says."""
    limits = question.limits
    if change == "no --exclude-newer":
        limits = replace(limits, exclude_newer=None)
    elif change.startswith("--exclude-newer "):
        day = datetime.fromisoformat(change.split()[1]).replace(tzinfo=UTC)
        limits = replace(limits, exclude_newer=day + timedelta(days=1))
    elif change.startswith("no --only-binary"):
        project = canonicalize_name(change.rsplit(maxsplit=1)[-1])
        formats = limits.formats.without_limits(project)
        limits = replace(limits, formats=formats)
    elif " --hash=" in change:
        release, _, value = change.partition(" --hash=")
        project = canonicalize_name(release.partition("==")[0])
        return with_hash(question, project, value)
    elif " [[" in change:
        name, _, version = change.partition(" ")[0].partition("==")
        exemption = Exemption(project=canonicalize_name(name), version=Version(version))
        exemptions = (*limits.policy.exemptions, exemption)
        policy = replace(limits.policy, exemptions=exemptions)
        limits = replace(limits, policy=policy)
    else:
        return replace(question, constraints=(*question.constraints, root(change)))
    return replace(question, limits=limits)


def with_hash(question: Question, project: NormalizedName, value: str) -> Question:
    roots, constraints = (
        tuple(
            replace(line, hashes=(*line.hashes, value))
            if canonicalize_name(line.requirement.name) == project and line.hashes
            else line
            for line in lines
        )
        for lines in (question.roots, question.constraints)
    )
    limits = replace(question.limits, hashes=hash_limits((*roots, *constraints)))
    return replace(question, roots=roots, constraints=constraints, limits=limits)
