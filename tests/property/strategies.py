"""Small universes, with everything in them that makes resolving hard."""

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from tests.property.case import Case
from tests.property.plans import (
    DAY,
    DIGESTS,
    QUIRKS,
    Plan,
    plans,
    requirements,
    sampled,
)
from tests.property.questions import questions

EXTRAS = ("x", "y")
_TAGS = (
    *("py3-none-any", "py2.py3-none-any", "cp39-cp39-manylinux_2_17_x86_64"),
    *("py3-none-any", "cp38-cp38-win_amd64"),
)
_FILE_HASHES = st.sampled_from((DIGESTS, DIGESTS[:1], DIGESTS[1:], ())).map(dict)
_LINE_COUNTS = st.sampled_from((0, 1, 1, 1, 2, 2, 3))


@lru_cache(maxsize=8)
@st.composite
def _lines(draw: st.DrawFn, plan: Plan) -> str:
    if "metadata" in plan.quirks and draw(st.integers(0, 9)) == 0:
        return draw(sampled(("b ==", "c @ https://index.invalid/c.whl")))
    requirement = draw(requirements(plan))
    marker = draw(sampled(plan.markers))
    return f"{requirement}; {marker}" if marker else requirement


@lru_cache(maxsize=8)
@st.composite
def _metadata(draw: st.DrawFn, plan: Plan) -> MetadataAnswer:
    if "metadata" in plan.quirks and draw(st.integers(0, 9)) == 0:
        return UnusableMetadata(reason="its METADATA is broken")
    return FileMetadata(
        requires_dist=tuple(draw(_lines(plan)) for _ in range(draw(_LINE_COUNTS))),
        requires_python=draw(sampled(plan.pythons("python"))),
        provides_extra=EXTRAS,
    )


@st.composite
def _files(
    draw: st.DrawFn,
    plan: Plan,
    release: tuple[str, str],
    yanked: str | None,
    place: int,
) -> DistributionFile:
    project, version = release
    is_sdist = bool({"format", "twin"} & plan.quirks) and draw(st.booleans())
    tag = "" if is_sdist else "py3-none-any"
    if "tag" in plan.quirks and not is_sdist:
        tag = draw(sampled(_TAGS))
    build = "" if is_sdist else str(place or "")
    stem = f"{project}-{version}" + (f"-{build}" if build else "")
    days: int | None = 0
    if {"date", "policy"} & plan.quirks:
        days = draw(sampled((0, 0, 0, 5, None)))
    elif "times" in plan.quirks:
        days = draw(sampled((0, -1, -2, -3, -5, -8, -13, None)))
    return DistributionFile(
        project=canonicalize_name(project),
        filename=safe_name(f"{stem}.tar.gz" if is_sdist else f"{stem}-{tag}.whl"),
        version=version,
        kind="sdist" if is_sdist else "wheel",
        build=build,
        tag=tag,
        requires_python=draw(sampled(plan.pythons("page-python"))),
        upload_time=None if days is None else DAY + timedelta(days=days),
        hashes=draw(_FILE_HASHES) if "hash" in plan.quirks else {},
        yanked=yanked,
    )


@st.composite
def _releases(
    draw: st.DrawFn, plan: Plan, release: tuple[str, str], *, has_twins: bool
) -> dict[DistributionFile, MetadataAnswer]:
    yanks = sampled(
        (None, None, None, "", "broken") if "yank" in plan.quirks else (None,)
    )
    yanked = draw(yanks)
    metadata = draw(_metadata(plan))
    files = {draw(_files(plan, release, yanked, 0)): metadata}
    for place in range(1, draw(st.integers(1, 3)) if "twin" in plan.quirks else 1):
        if has_twins:
            yanked, metadata = draw(yanks), draw(_metadata(plan))
        file = draw(_files(plan, release, yanked, place))
        if file.filename not in {other.filename for other in files}:
            files[file] = metadata
    return files


@st.composite
def _universes(draw: st.DrawFn, plan: Plan, *, has_twins: bool) -> FrozenUniverse:
    pages = {}
    metadata: dict[str, MetadataAnswer] = {}
    for project, versions in plan.versions.items():
        files: dict[DistributionFile, MetadataAnswer] = {}
        for version in versions:
            files |= draw(_releases(plan, (project, version), has_twins=has_twins))
        name = canonicalize_name(project)
        pages[name] = Page(project=name, files=tuple(files))
        metadata |= {file.filename: answer for file, answer in files.items()}
    return FrozenUniverse(page_of=pages, metadata_of=metadata)


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    has_twins: bool = True,
    most_projects: int = 5,
    quirks: Sequence[str] = QUIRKS,
) -> Case:
    """Draw a universe and a question.

    :param has_twins: the files of one release may differ in metadata and yanks.
    :param quirks: what it may be hard by.
    """
    plan = draw(plans(most_projects=most_projects, among=quirks))
    universe = draw(_universes(plan, has_twins=has_twins))
    return Case(universe=universe, question=draw(questions(plan)))
