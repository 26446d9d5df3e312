"""Whole builds of the small projects, without a wall unless said otherwise."""

import dataclasses
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.builder.checks.trying import Closure, try_closure
from axletree.builder.errors import (
    BuildFailedError,
    BuildLimitError,
    CheckFailedError,
    MetadataDiffersError,
    StampMissingError,
    UnsafeOutputError,
)
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import BuiltWheel
from axletree.builder.jobs.job import build_recipe
from axletree.builder.jobs.sdist_job import Pinned
from axletree.builder.jobs.sdist_job import make_sdist as make_wheels
from axletree.builder.jobs.sdists import SandboxedSdistBuilder
from axletree.builder.recipes.recipe import load_recipe
from axletree.builder.reporter import SilentBuildReporter
from axletree.builder.sandbox.bubblewrap import SandboxLimits
from axletree.builder.sandbox.isolation import Isolation
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.builder.conftest import PROJECTS, LocalWheels
from tests.support.many_builds import small_sdist
from tests.support.repositories import make_repository
from tests.support.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.slow

RECIPE = """
[project]
name = "Small-Thing"
version = "{version}"
local = "axle.3"

[source]
git = "./repository"
ref = "patched"
commit = "{commit}"
committed = 2022-01-15T10:20:30Z

[expect]
requires-dist = ["other", "wanted <3,>=2"]
"""


def build(  # noqa: PLR0913 - what varies from test to test
    tmp_path: Path,
    project: str,
    environment: Environment,
    workshop: Workshop,
    *,
    version: str = "1.0",
    extra: str = "",
    text: str = RECIPE,
) -> BuiltWheel:
    repository = tmp_path / "repository"
    shutil.rmtree(repository, ignore_errors=True)
    commit = make_repository(repository, PROJECTS / project)
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(text.format(commit=commit, version=version) + extra)
    return build_recipe(load_recipe(recipe), environment, workshop, tmp_path / "built")


def test_a_build_is_stamped_and_tells_how_it_came_about(
    tmp_path: Path, environment: Environment, workshop: Workshop
) -> None:
    built = build(tmp_path, "good", environment, workshop)
    assert built.filename == "small_thing-1.0+axle.3-py3-none-any.whl"
    assert built.build_requirements == ("tiny-backend==1",)
    assert built.isolation == "none"
    assert built.source_time == datetime(2022, 1, 15, 10, 20, 30, tzinfo=UTC)
    with zipfile.ZipFile(built.path) as wheel:
        metadata = wheel.read("small_thing-1.0+axle.3.dist-info/METADATA")
    assert b"\nVersion: 1.0+axle.3\n" in metadata


def test_it_declares_what_the_recipe_exchanges(
    tmp_path: Path, environment: Environment, workshop: Workshop
) -> None:
    expected = 'requires-dist = ["other", "wanted <3,>=2"]'
    table = '\n[requires-dist]\n"wanted>=2,<3" = "wanted>=2"\n'
    changed = RECIPE.replace(expected, 'requires-dist = ["other", "wanted>=2"]')

    built = build(tmp_path, "good", environment, workshop, text=changed + table)

    with zipfile.ZipFile(built.path) as wheel:
        metadata = wheel.read("small_thing-1.0+axle.3.dist-info/METADATA")
    assert b"\nRequires-Dist: wanted>=2\n" in metadata
    assert b"<3" not in metadata


@pytest.mark.parametrize("second", ["none", "full"])
def test_building_twice_gives_the_same_bytes(
    second: Isolation,
    tmp_path: Path,
    environment: Environment,
    workshop: Workshop,
    request: pytest.FixtureRequest,
) -> None:
    if second == "full":
        request.getfixturevalue("full")
    one = build(tmp_path, "good", environment, workshop)
    other = build(
        tmp_path,
        "good",
        environment,
        dataclasses.replace(workshop, isolation=second),
    )
    assert one.sha256 == other.sha256


def test_requirements_that_only_the_backend_knows_are_provided(
    tmp_path: Path,
    environment: Environment,
    workshop: Workshop,
    local_wheels: LocalWheels,
) -> None:
    built = build(tmp_path, "asks-for-more", environment, workshop)
    assert built.build_requirements == ("tiny-backend==1", "tiny-extra==2")
    assert local_wheels.asked[-1] == ("tiny-backend", "tiny-extra")


def test_a_failing_backend_is_shown_with_its_last_lines(
    tmp_path: Path, environment: Environment, workshop: Workshop
) -> None:
    with pytest.raises(BuildFailedError) as caught:
        build(tmp_path, "fails-to-build", environment, workshop)
    assert "no compiler here" in caught.value.hint
    assert "no compiler here" in Path(caught.value.where).read_text()
    assert not (tmp_path / "built").exists()


def test_a_link_instead_of_a_wheel_is_refused(
    tmp_path: Path, environment: Environment, workshop: Workshop
) -> None:
    with pytest.raises(UnsafeOutputError, match="not a regular file"):
        build(tmp_path, "leaves-a-link", environment, workshop)


def test_another_version_than_the_recipe_says_is_refused(
    tmp_path: Path, environment: Environment, workshop: Workshop
) -> None:
    with pytest.raises(StampMissingError, match=r"1\.0\+axle\.3, not"):
        build(tmp_path, "good", environment, workshop, version="1.1")


def test_other_requirements_than_expected_are_refused(
    tmp_path: Path, environment: Environment, workshop: Workshop
) -> None:
    patch = tmp_path / "more.patch"
    patch.write_text(
        "--- a/pyproject.toml\n+++ b/pyproject.toml\n@@ -7,3 +7,3 @@\n"
        ' name = "small-thing"\n version = "1.0"\n'
        '-dependencies = ["wanted>=2,<3", "other"]\n'
        '+dependencies = ["wanted>=2,<4", "third"]\n'
    )
    with pytest.raises(MetadataDiffersError) as caught:
        build(
            tmp_path,
            "good",
            environment,
            workshop,
            extra='[[patch]]\nfile = "more.patch"\n',
        )
    assert caught.value.what.endswith(
        "lacks other, wanted<3,>=2; has besides third, wanted<4,>=2"
    )


@pytest.fixture
def sdist(tmp_path: Path) -> Path:
    project = PROJECTS / "asks-for-more"
    files = {path.name: path.read_text() for path in project.iterdir()}
    return make_sdist(tmp_path, "small-thing", "1.0", files=files)


def test_an_sdist_is_asked_for_its_metadata_once(
    sdist: Path,
    environment: Environment,
    workshop: Workshop,
    local_wheels: LocalWheels,
) -> None:
    builder = SandboxedSdistBuilder(workshop=workshop)
    first = builder.metadata(sdist, environment)
    asked = len(local_wheels.asked)
    assert b"Requires-Dist: wanted>=2,<3" in first
    assert builder.metadata(sdist, environment) == first
    assert len(local_wheels.asked) == asked


def test_what_a_build_asks_on_its_way_may_take_as_long_as_the_build(
    environment: Environment, workshop: Workshop, tmp_path: Path
) -> None:
    sdist = small_sdist(tmp_path, "small-thing", tiny='thinks = ["1"]')
    limits = SandboxLimits(hook_wall_s=0.5)
    hasty = dataclasses.replace(workshop, limits=limits)

    with pytest.raises(
        BuildLimitError, match=r"0\.5 seconds that .* \(question-time in"
    ):
        SandboxedSdistBuilder(workshop=hasty).metadata(sdist, environment)
    with Wheelhouse.open(tmp_path / "house") as house:
        made = make_wheels(
            sdist,
            [environment],
            house,
            hasty,
            tmp_path / "out",
            release=(canonicalize_name("small-thing"), Version("1.0")),
        )
    assert made.wheels
    own = hasty.for_build(tmp_path, time_s=7).limits
    assert own is not None
    assert (own.wall_s, own.hook_wall_s) == (7, 7)


def test_a_pinned_sdist_becomes_a_wheel_of_its_own_time_which_is_kept(
    sdist: Path,
    environment: Environment,
    workshop: Workshop,
    local_wheels: LocalWheels,
    tmp_path: Path,
) -> None:
    release = (canonicalize_name("small-thing"), Version("1.0"))
    pinned = Pinned(release=release, source_time=datetime(2019, 5, 6, tzinfo=UTC))

    def built() -> BuiltWheel:
        with Wheelhouse.open(tmp_path / "house") as house:
            made = make_wheels(
                sdist,
                [environment],
                house,
                workshop,
                tmp_path / "made",
                release=release,
                pinned=pinned,
            )
        [wheel] = made.wheels
        return wheel

    first = built()
    wheel, asked = first.path, len(local_wheels.asked)
    assert wheel.name == "small_thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {
            (2019, 5, 6, 0, 0, 0)
        }
    again = built()
    assert again == first
    assert len(local_wheels.asked) == asked


# What a backend leaves is judged before it is written anew.


@pytest.mark.parametrize(
    ("spoils", "said"),
    [
        ("record-lists", "RECORD lists gone.py, not in the archive"),
        ("record-differs", "another hash or size for small_thing.py"),
        ("link", "is a link or special file"),
    ],
)
def test_a_wheel_that_lies_is_refused_and_not_mended(
    tmp_path: Path,
    environment: Environment,
    workshop: Workshop,
    spoils: str,
    said: str,
) -> None:
    patch = tmp_path / "spoils.patch"
    patch.write_text(
        "--- a/pyproject.toml\n+++ b/pyproject.toml\n@@ -7,3 +7,5 @@\n"
        ' name = "small-thing"\n version = "1.0"\n'
        ' dependencies = ["wanted>=2,<3", "other"]\n'
        f'+[tool.tiny]\n+spoils = ["{spoils}"]\n'
    )
    with pytest.raises(CheckFailedError) as caught:
        build(
            tmp_path,
            "good",
            environment,
            workshop,
            extra='[[patch]]\nfile = "spoils.patch"\n',
        )
    assert said in caught.value.what
    assert not (tmp_path / "built").exists()


def test_what_record_leaves_out_is_told(
    tmp_path: Path, environment: Environment, workshop: Workshop
) -> None:
    (note,) = build(tmp_path, "good", environment, workshop).notes
    assert "RECORD has no hash for" in note
    assert note.endswith("; mended")


def test_a_closure_that_is_larger_than_the_room_is_not_installed_and_said_so(
    tmp_path: Path, environment: Environment, workshop: Workshop
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0", files={"demo.py": "#" * 100_000})
    closure = Closure(wheels=[wheel], built=frozenset({canonicalize_name("demo")}))
    small = dataclasses.replace(workshop, limits=SandboxLimits(room_bytes=50_000))

    (note,) = try_closure(closure, environment, small).notes

    assert note.startswith("demo: not installed to be checked, since with all that")
    assert try_closure(closure, environment, workshop).notes == ()


def test_a_closure_of_another_platform_is_not_installed_and_said_so(
    tmp_path: Path, environment: Environment, workshop: Workshop
) -> None:
    wheels = [
        make_wheel(tmp_path, "demo", "1.0", requires_dist=["lib"]),
        make_wheel(tmp_path, "lib", "1.0", tag="cp311-cp311-win_amd64"),
    ]
    closure = Closure(wheels=wheels, built=frozenset({canonicalize_name("demo")}))
    (note,) = try_closure(closure, environment, workshop).notes
    assert note == (
        "demo: not installed to be checked, since lib-1.0-cp311-cp311-win_amd64.whl is "
        "for another platform than this machine"
    )


class Announced(SilentBuildReporter):
    def __init__(self) -> None:
        self.said: list[str] = []

    def announce(self, text: str) -> None:
        self.said.append(text)


@pytest.mark.parametrize(
    ("pythons", "said"),
    [
        ("[{own}]", "building Small-Thing 1.0+axle.3"),
        ('[{own}, "3.6"]', "building Small-Thing 1.0+axle.3 for Python {minor}"),
    ],
)
def test_builds_with_several_pythons_are_told_apart(
    tmp_path: Path,
    environment: Environment,
    workshop: Workshop,
    pythons: str,
    said: str,
) -> None:
    reporter = Announced()
    told = dataclasses.replace(workshop, reporter=reporter)
    own = f'"{environment.python}"'
    extra = f"[build]\npythons = {pythons.format(own=own)}\n".replace("3.6", "3.6")
    build(tmp_path, "good", environment, told, extra=extra)
    assert reporter.said == [said.format(minor=environment.python)]
