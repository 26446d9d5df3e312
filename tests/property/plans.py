"""What is drawn before the rest: names, versions, and what is odd about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TypeVar, cast

from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

T = TypeVar("T")
PROJECTS = ("a", "b", "c", "d", "e")
MISSING = "zz"
FINALS = ("1", "2", "3", "2.1", "4")
GATED = ("2a1", "3.dev1", "3rc1", "4b2", "1.5a2")
ODD = ("2.post1", "2+axle.1", "1.0", "3+axle.1", "2.1+axle.2")
DIGESTS = (("sha256", "a" * 64), ("sha512", "b" * 128))
DAY = datetime(2022, 2, 1, tzinfo=UTC)
QUIRKS = (
    *("pre-release", "yank", "odd", "extra", "marker", "python", "page-python"),
    *("tag", "date", "metadata", "missing", "constraint", "format", "twin"),
    *("times", "patch"),
    *("override", "exclusion", "hash", "policy"),
)
"""What makes a universe hard; each has some of them, so that most can be solved."""
MARKERS = (
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
_PROJECT_COUNTS = (2, 3, 4, 4, 5, 5)


_MOST_KEPT = 2000
_SAMPLED: dict[tuple[object, ...], st.SearchStrategy[object]] = {}


def sampled(values: tuple[T, ...]) -> st.SearchStrategy[T]:
    """Draw one of some values: to make that strategy costs more than to draw by it."""
    if values not in _SAMPLED:
        if len(_SAMPLED) >= _MOST_KEPT:
            _SAMPLED.clear()
        _SAMPLED[values] = st.sampled_from(values)
    return cast("st.SearchStrategy[T]", _SAMPLED[values])


def specifiers(versions: Sequence[str]) -> st.SearchStrategy[str]:
    """Draw a specifier, often none, that seldom excludes all of some versions."""
    return sampled(_around(tuple(versions)))


def limits_on(versions: Sequence[str]) -> st.SearchStrategy[str]:
    """Draw a specifier that is one, likewise."""
    return sampled(tuple(filter(None, _around(tuple(versions)))))


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
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
        markers: tuple[str, ...] = MARKERS if "marker" in self.quirks else ("",)
        if "patch" in self.quirks:
            markers += PATCH_MARKERS
            markers += _EXTRA_PATCH_MARKERS if "extra" in self.quirks else ()
        return _EXTRA_MARKERS + markers if "extra" in self.quirks else markers

    def pythons(self, quirk: str) -> tuple[str | None, ...]:
        return _PYTHONS if quirk in self.quirks else (None,)


@st.composite
def plans(
    draw: st.DrawFn, *, most_projects: int, among: Sequence[str] = QUIRKS
) -> Plan:
    quirks = draw(_some_quirks(tuple(among)))
    listed: tuple[str, ...] = FINALS
    listed += GATED if "pre-release" in quirks else ()
    listed += ODD if "odd" in quirks else ()
    counts = tuple(count for count in _PROJECT_COUNTS if count <= most_projects)
    versions = {}
    for project in PROJECTS[: draw(sampled(counts))]:
        least = 0 if "missing" in quirks else 1
        count = draw(sampled((least, 1, 2, 3, 3, 3, 4)))
        versions[project] = draw(_some_versions(listed, count))
    return Plan(versions=versions, quirks=quirks)


@cache
def _some_quirks(among: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(among), min_size=1, max_size=6)


@cache
def _some_versions(
    listed: tuple[str, ...], count: int
) -> st.SearchStrategy[Sequence[str]]:
    return st.lists(
        st.sampled_from(listed),
        min_size=count,
        max_size=count,
        unique_by=lambda version: version.removesuffix(".0"),
    )


@lru_cache(maxsize=8)
@st.composite
def requirements(draw: st.DrawFn, plan: Plan) -> str:
    name = draw(sampled(plan.names))
    extras = draw(sampled(plan.extras))
    return f"{name}{extras}{draw(specifiers(plan.versions.get(name, ())))}"
