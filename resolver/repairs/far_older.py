"""Which versions are far older than what the user asked for.

Nobody who asks for this year's release is helped by one of years before, and over an
index each of them costs reading.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.model.distribution import Page
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.question import Limits, Question

FAR = timedelta(days=2 * 365 + 1)
"""Two years older than the oldest version that was asked for."""
FAR_MINORS = 10
"""The same in minor releases, where times are not known."""


def floors(
    question: Question, page_of: Mapping[NormalizedName, Page | None]
) -> dict[NormalizedName, SpecifierSet]:
    """Return, of the projects that are asked for, what is not far older."""
    lines = Counter(
        canonicalize_name(asked.requirement.name)
        for asked in (*question.roots, *question.constraints)
    )
    found: dict[NormalizedName, SpecifierSet] = {}
    for root in question.roots:
        name = canonicalize_name(root.requirement.name)
        page = page_of.get(name)
        # Of several lines one may be moved, while another asks for what is older.
        if page is not None and lines[name] == 1:
            floor = floor_of(page, root.requirement.specifier, question.limits)
            found[name] = SpecifierSet(floor)
    return found


def floor_of(page: Page, specifier: SpecifierSet, limits: Limits) -> str:
    """Return the specifier of all that is not far older; "" if that is everything.

    :param specifier: what was asked for. Where no version fits it, that is the newest.
    """
    times = _times(page, limits.exclude_newer)
    if not times:
        return ""
    named = [version for version in times if specifier.contains(version)]
    asked = min(named) if named else max(times)
    floor = min(_near(times, asked))
    return "" if floor == min(times) else f">={floor.public}"


def _near(
    times: Mapping[Version, datetime | None], asked: Version
) -> Iterator[Version]:
    """Yield the versions, that one among them, that are not far older."""
    minors = sorted({version.release[:2] for version in times if version <= asked})
    first, then = minors[-FAR_MINORS:][0], times[asked]
    for version, time in times.items():
        if time is None or then is None:
            is_near = version.release[:2] >= first
        else:
            is_near = time >= then - FAR
        if is_near:
            yield version


def _times(page: Page, limit: datetime | None) -> dict[Version, datetime | None]:
    """Return when each final version was uploaded that a date does not hide."""
    times: dict[Version, datetime | None] = {}
    for file in page.files:
        version, time = parse_version(file.version), file.upload_time
        if version is None or version.is_prerelease:
            continue
        if limit is None or (time is not None and time < limit):
            times.setdefault(version, time)
    return times
