"""Versions that are far older than what was asked for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from packaging.specifiers import SpecifierSet

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Limits, Question, ask
from axletree.resolver.repairs.far_older import floor_of, floors, needs_builds
from tests.support.answers import name

BY_YEAR = (("1", 2014), ("2", 2016), ("3", 2018), ("4", 2019), ("5", 2020))
NOW = Limits()


def page_of(versions: Sequence[tuple[str, int | None]]) -> Page:
    """List one sdist a version, uploaded on a New Year's day."""
    files = tuple(
        DistributionFile(
            project=name("a"),
            filename=safe_name(f"a-{version}.tar.gz"),
            version=version,
            kind="sdist",
            upload_time=None if year is None else datetime(year, 1, 1, tzinfo=UTC),
        )
        for version, year in versions
    )
    return Page(project=name("a"), files=files)


def asked(*lines: str, constraints: Sequence[str] = ()) -> Question:
    return ask(
        list(map(parse_requirement, lines)),
        environment_for("3.9", "linux"),
        constraints=list(map(parse_requirement, constraints)),
    )


@pytest.mark.parametrize(
    ("specifier", "floor"),
    [
        ("==5", ">=3"),
        (">=4", ">=3"),
        ("==3", ">=2"),
        # Nothing fits: of the newest.
        (">=6", ">=3"),
        ("==2", ""),
        ("", ""),
    ],
)
def test_two_years_before_the_oldest_version_that_was_asked_for_is_far(
    specifier: str, floor: str
) -> None:
    assert floor_of(page_of(BY_YEAR), SpecifierSet(specifier), NOW) == floor


def test_what_a_date_hides_was_not_asked_for() -> None:
    limits = Limits(exclude_newer=datetime(2018, 6, 1, tzinfo=UTC))

    assert floor_of(page_of(BY_YEAR), SpecifierSet(">=4"), limits) == ">=2"


def test_without_times_ten_minor_releases_are_far() -> None:
    listed = [(f"1.{minor}.{micro}", None) for minor in range(30) for micro in (0, 1)]

    assert floor_of(page_of(listed), SpecifierSet("==1.25.1"), NOW) == ">=1.16.0"


def test_no_prerelease_is_a_floor() -> None:
    listed = [("1", 2010), ("2rc1", 2019), ("2", 2019), ("3", 2020)]

    assert floor_of(page_of(listed), SpecifierSet("==3"), NOW) == ">=2"


def test_of_a_page_without_files_nothing_is_left_out() -> None:
    assert floor_of(page_of([]), SpecifierSet("==3"), NOW) == ""


@pytest.mark.parametrize(
    ("specifier", "needs"), [(None, False), ("==5", False), ("==3", True)]
)
def test_a_release_without_a_wheel_counts_unless_it_is_far_older(
    specifier: str | None, *, needs: bool
) -> None:
    page = page_of(BY_YEAR)
    recent = [file for file in page.files if file.version > "2"]
    wheels = tuple(replace(file, kind="wheel") for file in recent)
    asked_for = None if specifier is None else SpecifierSet(specifier)

    with_wheels = replace(page, files=(*page.files, *wheels))

    assert needs_builds(with_wheels, asked_for, NOW) == needs
    assert needs_builds(page, asked_for, NOW)


def test_a_project_that_several_lines_ask_for_has_no_floor() -> None:
    pages = {name("a"): page_of(BY_YEAR)}

    assert floors(asked("a==5"), pages) == {name("a"): SpecifierSet(">=3")}
    assert floors(asked("a==5", constraints=["a>1"]), pages) == {}
    assert floors(asked("b==5"), pages) == {}
