"""Small universes, with everything in them that makes resolving hard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.inputs.override_files import (
    OverrideFile,
    parse_overrides,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.environment import Environment, environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.limits import (
    Block,
    FormatControl,
    MinimumAge,
    Policy,
)
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import (
    Limits,
    Question,
    ask,
)
from axletree.resolver.model.requirements import (
    Exclusion,
    Override,
    RootRequirement,
)
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.protocol import MetadataAnswer

PROJECTS = ("a", "b", "c", "d", "e")
MISSING = "zz"
FINALS = ("1", "2", "3", "2.1", "4")
GATED = ("2a1", "3.dev1", "3rc1", "4b2", "1.5a2")
ODD = ("2.post1", "2+axle.1", "1.0", "3+axle.1", "2.1+axle.2")
EXTRAS = ("x", "y")
DIGESTS = (("sha256", "a" * 64), ("sha512", "b" * 128))
DAY = datetime(2022, 2, 1, tzinfo=UTC)

QUIRKS = (
    *("pre-release", "yank", "odd", "extra", "marker", "python", "page-python"),
    *("tag", "date", "metadata", "missing", "constraint", "format", "twin"),
    *("times", "patch"),
    *("override", "exclusion", "hash", "policy"),
)
"""What makes a universe hard; each has some of them, so that most can be solved."""

_MARKERS = (
    *("", "", 'python_version < "3.8"', 'python_version >= "3.8"'),
    'implementation_name === "cpython"',
    'implementation_name === "pypy"',
    'platform_machine ~= "x86_64"',
)
PATCH_MARKERS = (
    *('python_full_version < "3.9.5"', 'python_full_version >= "3.9.5"'),
    *('python_full_version <= "3.9.8"', 'implementation_version != "3.9.9"'),
)
_EXTRA_PATCH_MARKERS = (
    'extra == "x" and python_full_version >= "3.9.5"',
    'extra == "y" or python_full_version < "3.9.8"',
    '(extra == "x" and python_full_version != "3.9.9") or extra == "y"',
)
_EXTRA_MARKERS = (
    *("", "", 'extra == "x"', 'extra == "x"', 'extra == "y"', 'extra == "X"'),
    'extra == "x" or extra == "y"',
    'extra == "x" and python_version >= "3.8"',
    'extra != "x"',
)
_PYTHONS = (
    *(None, None, ">=3.6", ">=3.10", "nonsense!", ">=3.9.5", "<3.9.5"),
    *(">=3.9.8,<4", "!=3.9.7"),
)
_TAGS = (
    *("py3-none-any", "py2.py3-none-any", "cp39-cp39-manylinux_2_17_x86_64"),
    *("py3-none-any", "cp38-cp38-win_amd64"),
)
_FILE_HASHES: tuple[dict[str, str], ...] = (
    dict(DIGESTS),
    dict(DIGESTS[:1]),
    dict(DIGESTS[1:]),
    {},
)
_ENVIRONMENT = environment_for("3.9", "linux")
ANY_PATCH = replace(_ENVIRONMENT, micros=tuple(range(10)))
ONE_PATCH = environment_for("3.9.7", "linux")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A universe and a question about it."""

    universe: FrozenUniverse
    question: Question

    @property
    def has_twins(self) -> bool:
        """Tell whether files of one release differ in metadata or yanks."""
        said: dict[tuple[str, str], set[tuple[MetadataAnswer, str | None]]] = {}
        for page in self.universe.page_of.values():
            for file in page.files:
                answer = self.universe.metadata_of[file.filename]
                release = (file.project, file.version)
                said.setdefault(release, set()).add((answer, file.yanked))
        return any(len(different) > 1 for different in said.values())

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: bool) -> None:  # noqa: FBT001  hypothesis calls it
        printer.text(repr(self))

    def __repr__(self) -> str:
        """Spell it so that a failing example can be read and written down."""
        files = [
            f"  {file.filename}"
            + (f" python {file.requires_python!r}" if file.requires_python else "")
            + (" yanked" if file.yanked is not None else "")
            + (f" {file.upload_time:%m-%d}" if file.upload_time else "")
            + (f" {'+'.join(file.hashes)}" if file.hashes else "")
            + f": {_spell(self.universe.metadata_of[file.filename])}"
            for page in self.universe.page_of.values()
            for file in page.files
        ]
        question = self.question
        return "\n".join(
            (
                "",
                f"roots {[' '.join((r.text, *r.hashes)) for r in question.roots]}",
                f"constraints {[c.text for c in question.constraints]}",
                f"overrides {[o.text for o in question.changes.overrides]}",
                f"excluded {sorted(question.changes.excluded)}",
                f"{question.limits} {question.environment.python_version}",
                *(
                    f"  empty page {n}"
                    for n, p in self.universe.page_of.items()
                    if not p.files
                ),
                *files,
                "",
            )
        )


def _spell(answer: MetadataAnswer) -> str:
    if not isinstance(answer, FileMetadata):
        return "unusable"
    python = f" python {answer.requires_python!r}" if answer.requires_python else ""
    return f"{list(answer.requires_dist)}{python}"


def root(text: str, *hashes: str) -> RootRequirement:
    """Make a root requirement or a constraint."""
    return RootRequirement(
        requirement=Requirement(text), text=text, origin=Origin(), hashes=hashes
    )


_PROJECT_COUNTS = (2, 3, 4, 4, 5, 5)
_LINE_COUNTS = st.sampled_from((0, 1, 1, 1, 2, 2, 3))


def specifiers(versions: Sequence[str]) -> st.SearchStrategy[str]:
    """Draw a specifier, often none, that seldom excludes all of some versions."""
    return st.sampled_from(_around(tuple(versions)))


def limits_on(versions: Sequence[str]) -> st.SearchStrategy[str]:
    """Draw a specifier that is one, likewise."""
    listed = tuple(filter(None, _around(tuple(versions))))
    return st.sampled_from(listed)


@cache
def _around(versions: tuple[str, ...]) -> tuple[str, ...]:
    """List specifiers: two in five say nothing, one in thirty fits no version."""
    found = ["==2.*", "!=2.*", "~=2.0", "<3.dev0", ">=1,<3", ">=2a1", "!=9"]
    for version in versions:
        public = version.partition("+")[0]
        found += [f"=={version}", f"<={public}", f">={public}", f"!={version}"]
        found += [f"=={public}", f">={public}", f"<{public}", f">{public}"]
        found += [f"==={version}", f"==={public.removesuffix('.0')}"]
    fitting = [text for text in found if _fit_any(text, versions)]
    vain = ["==9", *(text for text in found if text not in fitting)]
    wanted = len(fitting) // 20 + 1
    empty = [""] * (2 * (len(fitting) + wanted) // 3)
    return (*empty, *fitting, *vain[:: max(1, len(vain) // wanted)][:wanted])


def _fit_any(text: str, versions: tuple[str, ...]) -> bool:
    specifier = SpecifierSet(text)
    return any(specifier.contains(version, prereleases=True) for version in versions)


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What was drawn before the rest: names, versions, and what is odd about them."""

    versions: Mapping[str, Sequence[str]]
    quirks: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        missing = (MISSING,) if "missing" in self.quirks else ()
        return (*tuple(self.versions) * 6, *missing)

    @property
    def extras(self) -> tuple[str, ...]:
        return ("", "", "[x]", "[x,y]") if "extra" in self.quirks else ("",)

    @property
    def markers(self) -> tuple[str, ...]:
        markers: tuple[str, ...] = _MARKERS if "marker" in self.quirks else ("",)
        if "patch" in self.quirks:
            markers += PATCH_MARKERS
            markers += _EXTRA_PATCH_MARKERS if "extra" in self.quirks else ()
        return _EXTRA_MARKERS + markers if "extra" in self.quirks else markers

    def pythons(self, quirk: str) -> tuple[str | None, ...]:
        return _PYTHONS if quirk in self.quirks else (None,)


@st.composite
def _plans(
    draw: st.DrawFn, *, most_projects: int, among: Sequence[str] = QUIRKS
) -> _Plan:
    quirks = draw(st.frozensets(st.sampled_from(among), min_size=1, max_size=6))
    listed: tuple[str, ...] = FINALS
    listed += GATED if "pre-release" in quirks else ()
    listed += ODD if "odd" in quirks else ()
    counts = [count for count in _PROJECT_COUNTS if count <= most_projects]
    versions = {}
    for project in PROJECTS[: draw(st.sampled_from(counts))]:
        least = 0 if "missing" in quirks else 1
        count = draw(st.sampled_from((least, 1, 2, 3, 3, 3, 4)))
        versions[project] = draw(
            st.lists(
                st.sampled_from(listed),
                min_size=count,
                max_size=count,
                unique_by=lambda version: version.removesuffix(".0"),
            )
        )
    return _Plan(versions=versions, quirks=quirks)


def with_root(question: Question, index: int, text: str) -> Question:
    """Exchange one root."""
    roots = list(question.roots)
    roots[index] = root(text)
    return ask(
        roots,
        question.environment,
        constraints=question.constraints,
        limits=question.limits,
        changes=question.changes,
    )


@st.composite
def _requirements(draw: st.DrawFn, plan: _Plan) -> str:
    name = draw(st.sampled_from(plan.names))
    extras = draw(st.sampled_from(plan.extras))
    return f"{name}{extras}{draw(specifiers(plan.versions.get(name, ())))}"


@st.composite
def _lines(draw: st.DrawFn, plan: _Plan) -> str:
    if "metadata" in plan.quirks and draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(("b ==", "c @ https://index.invalid/c.whl")))
    requirement = draw(_requirements(plan))
    marker = draw(st.sampled_from(plan.markers))
    return f"{requirement}; {marker}" if marker else requirement


@st.composite
def _metadata(draw: st.DrawFn, plan: _Plan) -> MetadataAnswer:
    if "metadata" in plan.quirks and draw(st.integers(0, 9)) == 0:
        return UnusableMetadata(reason="its METADATA is broken")
    return FileMetadata(
        requires_dist=tuple(draw(_lines(plan)) for _ in range(draw(_LINE_COUNTS))),
        requires_python=draw(st.sampled_from(plan.pythons("python"))),
        provides_extra=EXTRAS,
    )


@st.composite
def _files(
    draw: st.DrawFn,
    plan: _Plan,
    release: tuple[str, str],
    yanked: str | None,
    place: int,
) -> DistributionFile:
    project, version = release
    is_sdist = bool({"format", "twin"} & plan.quirks) and draw(st.booleans())
    tag = "" if is_sdist else "py3-none-any"
    if "tag" in plan.quirks and not is_sdist:
        tag = draw(st.sampled_from(_TAGS))
    build = "" if is_sdist else str(place or "")
    stem = f"{project}-{version}" + (f"-{build}" if build else "")
    days: int | None = 0
    if {"date", "policy"} & plan.quirks:
        days = draw(st.sampled_from((0, 0, 0, 5, None)))
    elif "times" in plan.quirks:
        days = draw(st.sampled_from((0, -1, -2, -3, -5, -8, -13, None)))
    return DistributionFile(
        project=canonicalize_name(project),
        filename=safe_name(f"{stem}.tar.gz" if is_sdist else f"{stem}-{tag}.whl"),
        version=version,
        kind="sdist" if is_sdist else "wheel",
        build=build,
        tag=tag,
        requires_python=draw(st.sampled_from(plan.pythons("page-python"))),
        upload_time=None if days is None else DAY + timedelta(days=days),
        hashes=draw(st.sampled_from(_FILE_HASHES)) if "hash" in plan.quirks else {},
        yanked=yanked,
    )


@st.composite
def _releases(
    draw: st.DrawFn, plan: _Plan, release: tuple[str, str], *, has_twins: bool
) -> dict[DistributionFile, MetadataAnswer]:
    yanks = st.sampled_from(
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
def _universes(draw: st.DrawFn, plan: _Plan, *, has_twins: bool) -> FrozenUniverse:
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
def _questions(draw: st.DrawFn, plan: _Plan) -> Question:
    count = draw(st.integers(1, 3))
    roots = [
        root(draw(_with_patch(plan, draw(_requirements(plan)))), *draw(_hashes(plan)))
        for _ in range(count)
    ]
    constraints: list[str] = []
    if "constraint" in plan.quirks:
        names = draw(st.lists(st.sampled_from(plan.names), min_size=1, max_size=2))
        limits = [limits_on(plan.versions.get(name, ())) for name in names]
        constraints = [
            draw(_with_patch(plan, f"{name}{draw(limit)}"))
            for name, limit in zip(names, limits, strict=True)
        ]
    has_python = bool({"python", "page-python", "patch"} & plan.quirks)
    return ask(
        roots,
        draw(environments()) if has_python else ANY_PATCH,
        constraints=map(root, constraints),
        limits=draw(_limits(plan)),
        changes=draw(_changes(plan)),
    )


def _with_patch(plan: _Plan, text: str) -> st.SearchStrategy[str]:
    """Let a root or constraint hold for some patch releases of Python, seldom."""
    markers = PATCH_MARKERS if "patch" in plan.quirks else ()
    return st.sampled_from((*[text] * 8, *(f"{text}; {m}" for m in markers)))


@st.composite
def preferences(draw: st.DrawFn, case: Case) -> Mapping[NormalizedName, Version]:
    """Draw a version of some projects, seldom one that there is not."""
    found = {}
    for name, page in case.universe.page_of.items():
        versions = [Version(file.version) for file in page.files]
        choices = (None, *versions, *versions, Version("9"))
        version = draw(st.sampled_from(choices))
        if version is not None:
            found[name] = version
    return found


def _hashes(plan: _Plan) -> st.SearchStrategy[tuple[str, ...]]:
    listed: tuple[tuple[str, ...], ...] = ((),)
    if "hash" in plan.quirks:
        one, two = (f"{kind}:{digest}" for kind, digest in DIGESTS)
        listed = ((), (), (one,), (one.upper().replace("SHA", "sha"), two))
    return st.sampled_from(listed)


@st.composite
def _changes(draw: st.DrawFn, plan: _Plan) -> Changes:
    projects = tuple(plan.versions)
    overrides: list[Override] = []
    if "override" in plan.quirks:
        for _ in range(draw(st.integers(1, 3))):
            target = draw(st.sampled_from(projects))
            requirer = draw(st.sampled_from((None, None, *projects)))
            versions = draw(specifiers(plan.versions[target]))
            marker = draw(st.sampled_from(("", "", "", *_MARKERS)))
            overrides.append(override(requirer, f"{target}{versions}", marker))
    excluded: list[str] = []
    if "exclusion" in plan.quirks:
        excluded = draw(st.lists(st.sampled_from(projects), min_size=1, max_size=2))
    return Changes(
        overrides=tuple(overrides),
        exclusions=tuple(
            Exclusion(project=canonicalize_name(name), origin=Origin())
            for name in excluded
        ),
    )


def override(requirer: str | None, text: str, marker: str = "") -> Override:
    """Make an override, of one requirer or of all."""
    scope = f"{requirer}:" if requirer else ""
    line = f"{scope}{text}; {marker}" if marker else f"{scope}{text}"
    [found] = parse_overrides(
        [OverrideFile(path="o.txt")], read=lambda _: line, environ={}
    )
    return found


def environments() -> st.SearchStrategy[Environment]:
    """Draw Python 3.9, or one patch release of it."""
    return st.sampled_from((ANY_PATCH, ANY_PATCH, ONE_PATCH))


@st.composite
def _limits(draw: st.DrawFn, plan: _Plan) -> Limits:
    formats = FormatControl()
    if "format" in plan.quirks:
        formats = draw(
            st.sampled_from(
                (
                    formats.with_only_binary(":all:"),
                    formats.with_only_binary("a,c"),
                    formats.without_binary("b"),
                )
            )
        )
    has_pre = "pre-release" in plan.quirks and draw(st.integers(0, 9)) == 0
    return Limits(
        exclude_newer=DAY + timedelta(days=1) if "date" in plan.quirks else None,
        allow_prereleases=has_pre,
        formats=formats,
        policy=draw(_policies(plan)) if "policy" in plan.quirks else Policy(),
    )


@st.composite
def _policies(draw: st.DrawFn, plan: _Plan) -> Policy:
    blocked: list[Block] = []
    for _ in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from(tuple(plan.versions)))
        specifier = SpecifierSet(draw(limits_on(plan.versions[name])))
        blocked.append(
            Block(
                project=canonicalize_name(name),
                specifier=specifier,
                reason="it does not work",
                origin=Origin(file="policy.toml", line=len(blocked) + 1),
            )
        )
    age = MinimumAge(
        age=timedelta(days=7), now=DAY + timedelta(days=10), origin=Origin()
    )
    return Policy(
        blocked=tuple(blocked), minimum_age=draw(st.sampled_from((None, age)))
    )


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
    plan = draw(_plans(most_projects=most_projects, among=quirks))
    universe = draw(_universes(plan, has_twins=has_twins))
    return Case(universe=universe, question=draw(_questions(plan)))
