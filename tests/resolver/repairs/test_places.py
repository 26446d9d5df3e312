"""Which candidate is nearer to what was asked for, and what works around it."""

from typing import TYPE_CHECKING, cast

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Limits, ask
from axletree.resolver.repairs.places import Around, Places, demanding, pinned
from axletree.resolver.universe.candidates import PageCompiler, Release
from tests.support.answers import name
from tests.support.repairs import has_its_repairs

if TYPE_CHECKING:
    from axletree.resolver.engine.decisions import Decisions


def releases(*versions: str) -> tuple[Release, ...]:
    files = tuple(
        DistributionFile(
            project=name("a"),
            filename=safe_name(f"a-{version}-py3-none-any.whl"),
            version=version,
            kind="wheel",
            tag="py3-none-any",
        )
        for version in versions
    )
    compiler = PageCompiler(environment_for("3.11", "linux"), Limits())
    return compiler.compile(Page(project=name("a"), files=files)).all


@pytest.mark.parametrize(
    ("specifier", "nearest"),
    [
        ("==3", ["3", "4", "2", "5", "1"]),
        # Between two there is none: the newer one comes first.
        ("==2.5", ["3", "2", "4", "1", "5"]),
        ("==9", ["5", "4", "3", "2", "1"]),
        ("==0.1", ["1", "2", "3", "4", "5"]),
        # The same version, spelled otherwise.
        ("===3.0", ["3", "4", "2", "5", "1"]),
        ("==2+cu116", ["2", "3", "1", "4", "5"]),
        ("==2.5+cu116", ["3", "2", "4", "1", "5"]),
        (">=2,<4", ["3", "2", "4", "1", "5"]),
        (">2,<1", ["3", "2", "1", "4", "5"]),
    ],
)
def test_the_nearest_comes_first(specifier: str, nearest: list[str]) -> None:
    listed = releases("1", "2", "3", "4", "5")
    places = Places.of(SpecifierSet(specifier), listed)

    found = [str(listed[at].version) for at in places.nearest_first()]

    assert found == nearest


@pytest.mark.parametrize(
    ("specifier", "works", "cut", "run", "are_nearest"),
    [
        (">5", "3", "", "3", True),
        # Above what may be newer nothing is known, nor of that next to it.
        (">5", "3", "newest", "3", False),
        (">5", "4", "newest", "4", True),
        (">5", "4", "newest above", "4", False),
        # It works, but no bound can name it.
        (">5", "43", "", "3", False),
        ("<0.5", "3", "", "3", False),
        ("<0.5", "32", "", "32", True),
        ("<0.5", "2", "below", "2", False),
    ],
)
def test_what_is_nearer_was_refused(
    specifier: str,
    works: str,
    cut: str,
    run: str,
    are_nearest: bool,  # noqa: FBT001  a parameter
) -> None:
    places = Places.of(SpecifierSet(specifier), releases("1", "2", "3", "4", "5"))
    around = Around(
        decisions_of=dict.fromkeys(map(Version, works), cast("Decisions", None)),
        is_cut_above="above" in cut,
        is_cut_below="below" in cut,
    )

    found = places.are_nearest(
        list(map(Version, run)), around, is_newest="newest" not in cut
    )

    assert found is are_nearest


def test_what_was_only_constrained_is_asked_for() -> None:
    limit = parse_requirement("a==1")
    environment = environment_for("3.11", "linux")

    asked = demanding(ask([], environment, constraints=[limit]), name("a"))

    assert [root.text for root in asked.roots] == ["a"]
    assert demanding(asked, name("a")) == asked


@pytest.mark.parametrize(
    ("specifier", "is_pin"),
    [
        ("==1", True),
        ("===1", True),
        ("==1,!=2", True),
        ("==1.*", False),
        ("~=1.2", False),
        (">=1,<=1", False),
    ],
)
def test_a_wildcard_is_no_pin(specifier: str, is_pin: bool) -> None:  # noqa: FBT001  a parameter
    assert bool(pinned(SpecifierSet(specifier))) is is_pin


@pytest.mark.parametrize(
    "scenario",
    [
        "repairs/a_long_run_of_versions_is_cut",
        "repairs/a_run_of_versions_is_spelled_by_its_ends",
        "repairs/a_local_version_is_no_bound",
        "repairs/a_range_takes_in_what_is_for_older_pythons_only",
    ],
)
def test_what_works_around_it_is_as_the_scenario_says(scenario: str) -> None:
    has_its_repairs(scenario)
