"""Questions about a planned universe, with all that limits an answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.model.environment import Environment, environment_for
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
)
from tests.property.case import Case, override, root
from tests.property.plans import (
    DAY,
    DIGESTS,
    MARKERS,
    PATCH_MARKERS,
    Plan,
    limits_on,
    requirements,
    sampled,
    specifiers,
)

_ENVIRONMENT = environment_for("3.9", "linux")
ANY_PATCH = replace(_ENVIRONMENT, micros=tuple(range(10)))
ONE_PATCH = environment_for("3.9.7", "linux")


@st.composite
def questions(draw: st.DrawFn, plan: Plan) -> Question:
    count = draw(st.integers(1, 3))
    roots = [
        root(draw(_with_patch(plan, draw(requirements(plan)))), *draw(_hashes(plan)))
        for _ in range(count)
    ]
    constraints: list[str] = []
    if "constraint" in plan.quirks:
        names = draw(st.lists(sampled(plan.names), min_size=1, max_size=2))
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


def _with_patch(plan: Plan, text: str) -> st.SearchStrategy[str]:
    """Let a root or constraint hold for some patch releases of Python, seldom."""
    markers = PATCH_MARKERS if "patch" in plan.quirks else ()
    return sampled((*[text] * 8, *(f"{text}; {m}" for m in markers)))


@st.composite
def preferences(draw: st.DrawFn, case: Case) -> Mapping[NormalizedName, Version]:
    """Draw a version of some projects, seldom one that there is not."""
    found = {}
    for name, page in case.universe.page_of.items():
        versions = [Version(file.version) for file in page.files]
        choices = (None, *versions, *versions, Version("9"))
        version = draw(sampled(choices))
        if version is not None:
            found[name] = version
    return found


def _hashes(plan: Plan) -> st.SearchStrategy[tuple[str, ...]]:
    listed: tuple[tuple[str, ...], ...] = ((),)
    if "hash" in plan.quirks:
        one, two = (f"{kind}:{digest}" for kind, digest in DIGESTS)
        listed = ((), (), (one,), (one.upper().replace("SHA", "sha"), two))
    return sampled(listed)


@st.composite
def _changes(draw: st.DrawFn, plan: Plan) -> Changes:
    projects = tuple(plan.versions)
    overrides: list[Override] = []
    if "override" in plan.quirks:
        for _ in range(draw(st.integers(1, 3))):
            target = draw(sampled(projects))
            requirer = draw(sampled((None, None, *projects)))
            versions = draw(specifiers(plan.versions[target]))
            marker = draw(sampled(("", "", "", *MARKERS)))
            overrides.append(override(requirer, f"{target}{versions}", marker))
    excluded: list[str] = []
    if "exclusion" in plan.quirks:
        excluded = draw(st.lists(sampled(projects), min_size=1, max_size=2))
    return Changes(
        overrides=tuple(overrides),
        exclusions=tuple(
            Exclusion(project=canonicalize_name(name), origin=Origin())
            for name in excluded
        ),
    )


def environments() -> st.SearchStrategy[Environment]:
    """Draw Python 3.9, or one patch release of it."""
    return st.sampled_from((ANY_PATCH, ANY_PATCH, ONE_PATCH))


@st.composite
def _limits(draw: st.DrawFn, plan: Plan) -> Limits:
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
def _policies(draw: st.DrawFn, plan: Plan) -> Policy:
    blocked: list[Block] = []
    for _ in range(draw(st.integers(0, 2))):
        name = draw(sampled(tuple(plan.versions)))
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
    return Policy(blocked=tuple(blocked), minimum_ages=draw(sampled(((), (age,)))))
