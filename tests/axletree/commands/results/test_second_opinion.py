"""`explain --engine pip-compile`, with the pip-tools of this very environment."""

import platform
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, snapshot_file, write_universe
from tests.support.index_server import Index, serving
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.slow

ENGINE = ("--engine", "pip-compile")


@pytest.fixture
def index() -> Iterator[Index]:
    with serving() as served:
        yield served


@pytest.fixture
def races(tmp_path: Path) -> Path:
    """Write a universe in which the newest `first` holds `second` far back."""
    releases = {f"second {version}": ["shared==1"] for version in range(2, 7)}
    # Without a time lags are counted in releases, not in days.
    newest = snapshot_file("first", "2", ["shared==2"])
    del newest["upload_time"]
    return write_universe(
        tmp_path / "races.json",
        {
            "first 1": ["shared==1"],
            "second 1": ["shared==2"],
            **releases,
            "shared 1": [],
            "shared 2": [],
        },
        first=[newest],
    )


def test_both_find_the_same(axletree: CommandLine, clash: Path) -> None:
    ran = axletree("explain", "left", "shared<2", "--universe", clash, *ENGINE)

    python = platform.python_version()
    lines = ran.out.splitlines()
    assert ran.code == 0, ran.err
    assert lines[0].startswith("pip-compile ")
    assert f", Python {python}) finds a solution for Python {python} on " in lines[0]
    assert lines[1:] == [
        "The exact engine agrees, pin by pin.",
        "What pip-compile pins:",
        "  left 1",
        "  shared 1",
    ]


def test_both_refuse(axletree: CommandLine, clash: Path) -> None:
    words = ("left==1", "right==2", "--universe", clash, *ENGINE)
    ran = axletree("explain", *words)

    assert ran.code == 1
    assert "    left 1 depends on shared==1\n" in ran.out
    assert ran.out.endswith("The exact engine agrees: there is none.\n")
    document = axletree("explain", *words, "--json").document("second-opinion")
    assert (document["outcome"], document["agree"]) == ("conflict", True)


def test_pins_that_differ_are_listed_and_no_failure(
    axletree: CommandLine, races: Path
) -> None:
    words = ("first", "second", "--prefer", "balanced", "--universe", races, *ENGINE)
    ran = axletree("explain", *words)

    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[1:5] == [
        "The exact engine agrees that there is one; 3 pins differ:",
        "  first: pip-compile 2, exact 1",
        "  second: pip-compile 1, exact 6",
        "  shared: pip-compile 2, exact 1",
    ]


def test_it_is_told_of_constraints_pre_releases_and_changes(
    axletree: CommandLine, tmp_path: Path
) -> None:
    universe = write_universe(
        tmp_path / "u.json",
        {
            "app 1": ["lib==1", "gone", "other"],
            "lib 1": [],
            "lib 2": [],
            "other 1": [],
            "other 2": [],
            "other 3a1": [],
        },
    )
    Path("limits.txt").write_text("other!=2\n")
    changes = ("--override", "lib>=2", "--exclude", "gone", "-c", "limits.txt")

    words = ("app", *changes, "--universe", universe, *ENGINE, "--json")
    document = axletree("explain", *words).document("second-opinion")
    eager = axletree("explain", "--pre", *words).document("second-opinion")

    assert document["differences"] == eager["differences"] == []
    assert document["pins"] == [
        {"name": "app", "version": "1"},
        {"name": "lib", "version": "2"},
        {"name": "other", "version": "1"},
    ]
    assert {"name": "other", "version": "3a1"} in eager["pins"]  # type: ignore[operator]  # plain JSON
    assert document["notes"] == [
        "pip-compile was shown requirements as you changed them"
    ]


@pytest.mark.slow
def test_all_sources_will_do(
    axletree: CommandLine, tmp_path: Path, index: Index
) -> None:
    files = [
        make_wheel(tmp_path / "links", "app", "1", requires_dist=["lib"]),
        make_sdist(tmp_path / "links", "lib", "2"),
        make_wheel(tmp_path / "links", "lib", "1"),
    ]
    for file in files:
        index.publish(file.name.partition("-")[0], file)
    publish_all(tmp_path / "house", files)

    for source in ((), ("-f", tmp_path / "links"), ("-i", index.url)):
        ran = axletree("explain", "app", *source, *ENGINE)
        assert ran.out.endswith("  app 1\n  lib 2\n"), ran.err


def test_the_login_of_an_index_does_not_reach_it(
    axletree: CommandLine, tmp_path: Path, index: Index
) -> None:
    index.login = "me:hunter2"
    index.publish("app", make_wheel(tmp_path, "app", "1"))
    url = index.url.replace("://", "://me:hunter2@")

    ran = axletree("explain", "app", "absent", "-i", url, *ENGINE, "-v")

    assert ran.code == 1
    assert "absent (from versions: none)" in ran.out
    assert "hunter2" not in ran.out + ran.err


def test_an_index_that_fails_meanwhile_is_an_outage(
    axletree: CommandLine, tmp_path: Path, index: Index
) -> None:
    index.publish("app", make_wheel(tmp_path, "app", "1", requires_dist=["lib"]))
    index.misdeeds["/simple/lib/"].append(503)

    ran = axletree("explain", "app", "-i", index.url, *ENGINE)

    assert ran.code == 3
    assert "unreachable-index" in ran.err


def test_another_platform_is_refused(axletree: CommandLine, clash: Path) -> None:
    words = ("--universe", clash, "--python-platform", "windows", *ENGINE)
    ran = axletree("explain", "left", *words)

    assert ran.code == 2
    assert "windows is another platform" in ran.err
    assert "hint: leave out --python-platform" in ran.err


def test_a_python_that_is_not_here_is_named(axletree: CommandLine, clash: Path) -> None:
    words = ("--universe", clash, "--python-version", "3.15", *ENGINE)
    ran = axletree("explain", "left", *words)

    assert ran.code == 3
    assert "hint: install it with: uv python install 3.15" in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("--why", "left"),
        ("--if", "left<2"),
        ("--repair", "1"),
        ("--python-version", "3.9", "--python-version", "3.10"),
    ],
)
def test_what_needs_facts_or_one_target_is_wrong_usage(
    axletree: CommandLine, clash: Path, words: tuple[str, ...]
) -> None:
    assert axletree("explain", "left", "--universe", clash, *ENGINE, *words).code == 2
