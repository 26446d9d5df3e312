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
from axletree.resolver.repairs.places import pinned

FAR = timedelta(days=2 * 365 + 1)
"""Two years older than the oldest version that was asked for."""
FAR_MINORS = 10
"""The same in minor releases, where times are not known."""
_OF_NONE = SpecifierSet("<0.dev0")


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

    :param specifier: what was asked for. Where no version fits it, that is the public
        one of a local version that is missing, else the newest.
    """
    times = _times(page, limits.exclude_newer)
    asked = _asked_for(times, specifier)
    near = list(_near(times, asked)) if asked is not None else []
    finals = [version for version in times if not version.is_prerelease]
    if not near or min(near) == min(finals):
        return ""
    return f">={min(near).public}"


def is_far_older(
    page: Page, specifier: SpecifierSet, limits: Limits, chosen: Version
) -> bool:
    """Tell whether a version is far older than what was asked for; parameters alike."""
    times = _times(page, limits.exclude_newer)
    asked = _asked_for(times, specifier)
    if asked is None or chosen not in times or chosen >= asked:
        return False
    return _is_far(chosen, asked, times)


def needs_builds(page: Page, specifier: SpecifierSet | None, limits: Limits) -> bool:
    """Tell whether a release without a wheel is not far older; parameters alike.

    :param specifier: None: nobody asks for any, and the newest counts.
    """
    of_newest = _OF_NONE if specifier is None else specifier
    floor = SpecifierSet(floor_of(page, of_newest, limits))
    have_wheels = {file.version for file in page.files if file.kind == "wheel"}
    return any(
        file.version not in have_wheels
        and (version := parse_version(file.version)) is not None
        and floor.contains(version, prereleases=True)
        for file in page.files
    )


def _asked_for(
    times: Mapping[Version, datetime | None], specifier: SpecifierSet
) -> Version | None:
    """Return the oldest version that was asked for."""
    named = [v for v in times if specifier.contains(v, prereleases=True)]
    if any(not version.is_prerelease for version in named):
        named = [version for version in named if not version.is_prerelease]
    publics = {version.public for version in pinned(specifier) if version.local}
    named = named or [version for version in times if str(version) in publics]
    finals = (version for version in times if not version.is_prerelease)
    return min(named) if named else max(finals, default=None)


def _near(
    times: Mapping[Version, datetime | None], asked: Version
) -> Iterator[Version]:
    """Yield the final versions, that one among them, that are not far older."""
    for version in times:
        if not version.is_prerelease and not _is_far(version, asked, times):
            yield version


def _is_far(
    version: Version, asked: Version, times: Mapping[Version, datetime | None]
) -> bool:
    time, then = times[version], times[asked]
    if time is not None and then is not None:
        return time < then - FAR
    minors = sorted({v.release[:2] for v in times if v <= asked})
    return version.release[:2] < minors[-FAR_MINORS:][0]


def _times(page: Page, limit: datetime | None) -> dict[Version, datetime | None]:
    """Return when each version was uploaded that a date does not hide."""
    times: dict[Version, datetime | None] = {}
    for file in page.files:
        version, time = parse_version(file.version), file.upload_time
        if version is None:
            continue
        if limit is None or (time is not None and time < limit):
            times.setdefault(version, time)
    return times
