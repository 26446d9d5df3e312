"""What makes a collect the same as an earlier one, which need not be done again."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

import orjson

from axletree.config import IndexStrategy
from axletree.resolver.model.question import Question
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.model import Collection


def collection_key(
    question: Question,
    build_requirements: Iterable[str] = (),
    strategy: IndexStrategy = "first-index",
    *,
    is_closure: bool = True,
) -> str:
    """Digest everything that decides what a collect brings.

    :param is_closure: what is required comes, too.
    """
    limits, policy = question.limits, question.limits.policy
    until = limits.exclude_newer
    # What is old enough has its age, today and tomorrow.
    ages = [a for a in policy.minimum_ages if until is None or until > a.latest]
    said = {
        "roots": [root.text for root in question.roots],
        "constraints": [constraint.text for constraint in question.constraints],
        "overrides": [override.text for override in question.changes.overrides],
        "exclusions": sorted(question.changes.excluded),
        "environment": question.environment.label,
        "patches": question.environment.micros,
        "exclude-newer": limits.exclude_newer,
        "pre": limits.allow_prereleases,
        "no-binary": sorted(limits.formats.no_binary),
        "only-binary": sorted(limits.formats.only_binary),
        "hashes": sorted((h.project, *sorted(h.hashes)) for h in limits.hashes),
        "blocked": sorted((b.project, str(b.specifier)) for b in limits.policy.blocked),
        "latest": max((age.latest for age in ages), default=None),
        "reserved": sorted(each.pattern for each in limits.policy.reserved),
        "exempt": sorted(
            (e.project, str(e.version))
            for age in policy.minimum_ages
            for e in age.exemptions
        ),
        "build-requirements": sorted(build_requirements),
        "closure": is_closure,
    }
    if strategy != "first-index":
        # Not otherwise, so that what was collected before there was a choice is known.
        said["index-strategy"] = strategy
    if limits.skip_unbuildable:
        said["skip-unbuildable"] = True
    if question.prefer != "newest":
        said["prefer"] = question.prefer
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def finished_collection(
    house: Wheelhouse, key: str, exclude_newer: datetime | None
) -> Collection | None:
    """Return the same collect of an earlier time, if it still stands.

    Only a question as of a past date has the same answer later, and all the files
    must still be there, with all their bytes: each is read.
    """
    if exclude_newer is None or exclude_newer > datetime.now(UTC):
        return None
    found = house.find_collection(key)
    if found is None or len(house.intact(found.filenames)) < len(found.filenames):
        return None
    return found
