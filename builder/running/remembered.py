"""What earlier jobs say of a new one: its wheels are there, or it would fail again."""

from collections.abc import Mapping

from axletree.builder.errors import BuildRequirementsError, CheckFailedError
from axletree.resolver.model.json_types import Json
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import WheelhouseError
from axletree.wheelhouse.jobs.records import Job


def is_there(house: Wheelhouse, result: Mapping[str, Json]) -> bool:
    """Tell whether all that came out of a job is in the wheelhouse, byte for byte."""
    wheels = result.get("wheels")
    if not isinstance(wheels, list) or not wheels:
        return False
    named = {
        str(wheel["filename"]): wheel["sha256"]
        for wheel in wheels
        if isinstance(wheel, dict)
    }
    for filename, sha256 in named.items():
        stored = house.find(filename)
        if stored is None or stored.sha256 != sha256 or stored.withdrawn is not None:
            return False
    return house.intact(list(named)) == frozenset(named)


_OF_WHAT_IS_THERE = frozenset(
    {BuildRequirementsError.reference, CheckFailedError.reference}
)
"""References of failures that come of what the wheelhouse has beside the source."""


def still_fails(house: Wheelhouse, job: Job, *, is_supplied: bool = False) -> bool:
    """Tell whether a job that failed would do so again.

    Its key has all that it is made from, but for what the wheelhouse gave it: of that
    nothing may have changed.

    :param is_supplied: what it lacked may be brought now.
    """
    failure = job.failure
    if failure is None or job.state != "failed" or not failure.is_of_source:
        return False
    if is_supplied and failure.reference in _OF_WHAT_IS_THERE:
        return False
    try:
        changed = house.changed_since(failure.generation)
    except WheelhouseError:
        return False  # A restore has lost what it saw.
    return changed.isdisjoint(failure.watched)


def known_words(job: Job) -> str:
    """Say that a job is known to fail."""
    when = f" on {job.ended_at.date().isoformat()}" if job.ended_at else ""
    return (
        f"job {job.id} failed{when}, and nothing that it is made from has changed: "
        f"axletree jobs retry {job.id}, or build --rebuild, tries it all the same"
    )
