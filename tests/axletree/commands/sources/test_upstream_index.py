"""`axletree explain --upstream`: files that would help, and the command for them."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.resolver.model.json_types import JsonObject
from tests.support.command_line import CommandLine
from tests.support.index_server import Index, serving
from tests.support.live_server import live_server
from tests.support.sources import (
    build_requirements,
    publish_on,
    runtime_requirements,
    sdist_of,
)
from tests.support.wheelhouses import publish_all, published_in
from tests.support.wheels import make_wheel

TARGET = ("--python-version", "3.9", "--python-platform", "linux")
ASKED = ("explain", "app>=2", *TARGET)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Make the wheels of a small world."""
    releases = {
        "app 1": ["tool"],
        "app 2": ["tool>=2"],
        "tool 1": [],
        "tool 2": ["deep"],
        "deep 1": [],
    }
    return {
        release: make_wheel(
            tmp_path / "files", *release.split(), requires_dist=requires
        )
        for release, requires in releases.items()
    }


@pytest.fixture
def index(files: dict[str, Path]) -> Iterator[Index]:
    """Serve all of them."""
    with serving() as served:
        publish_on(served, *files.values())
        yield served


@pytest.fixture(autouse=True)
def _house(axletree: CommandLine, files: dict[str, Path], tmp_path: Path) -> None:
    """Fill a wheelhouse in which `app` 2 cannot be installed."""
    del axletree
    there = [files[release] for release in ("app 1", "app 2", "tool 1")]
    publish_all(tmp_path / "house", there)


def collecting(document: JsonObject) -> JsonObject:
    """Return the first repair by files."""
    repairs = document["repairs"]
    assert isinstance(repairs, list)
    found = [r for r in repairs if isinstance(r, dict) and r["kind"] == "collect"]
    return found[0]


@pytest.mark.slow
def test_the_command_of_the_repair_makes_it_solvable(
    axletree: CommandLine, files: dict[str, Path], tmp_path: Path
) -> None:
    publish_all(tmp_path / "outside", files.values())
    with live_server(tmp_path / "outside") as server:
        words = (*ASKED, "--upstream", server.index_url, "--json")
        repair = collecting(axletree(*words).document("conflict"))
        command = shlex.split(str(repair["command"]))
        collected = axletree(*command[1:])

    assert repair["changes"] == ["deep-1-py3-none-any.whl", "tool-2-py3-none-any.whl"]
    assert command[0] == "axletree"
    assert collected.code == 0, collected.err
    assert collected.out.startswith("2 new of 2 files ")
    again = axletree(*ASKED)
    assert again.code == 0
    assert again.out.splitlines()[1:] == ["  app 2", "  deep 1", "  tool 2"]


@pytest.mark.slow
def test_an_sdist_is_built_by_that_command(
    axletree: CommandLine, wall: None, tmp_path: Path
) -> None:
    del wall
    folder = tmp_path / "up"
    sdist = sdist_of(folder, "good", "small-thing", is_static=True)
    brought = [*build_requirements(folder), *runtime_requirements(folder)]
    words = ("explain", "small-thing", "--exclude-newer", "2022-02-01")
    with serving() as served:
        publish_on(served, sdist, *brought)
        ran = axletree(*words, "--upstream", served.url)
        [command] = [
            line.strip()
            for line in ran.out.splitlines()
            if line.startswith("     axletree collect")
        ]
        collected = axletree(*shlex.split(command)[1:])

    assert "collect builds a wheel of small_thing-1.0.tar.gz" in ran.out
    assert "small-thing==1.0" in command
    assert collected.code == 0, collected.err
    assert axletree(*words).code == 0


def test_the_index_is_asked_for_nothing_unless_it_could_help(
    axletree: CommandLine, index: Index
) -> None:
    solved = axletree("explain", "app", *TARGET, "--upstream", index.url)
    asked_before = index.paths()
    refused = axletree(*ASKED, "--upstream", index.url)

    assert (solved.code, refused.code) == (0, 1)
    assert asked_before == []
    assert {path for path in index.paths() if path.startswith("/simple/")} == {
        "/simple/app/",
        "/simple/deep/",
        "/simple/tool/",
    }


def test_an_outage_of_the_index_stops_the_run_and_leaves_the_cause(
    axletree: CommandLine, index: Index
) -> None:
    index.misdeeds["/simple/tool/"].append(503)

    ran = axletree(*ASKED, "--upstream", index.url)

    assert ran.code == 3
    assert ran.out.startswith("No solution for Python 3.9 on linux")
    assert "bring" not in ran.out
    assert "/simple/tool/" in ran.err


def test_where_no_file_of_the_index_helps_that_is_said(
    axletree: CommandLine, index: Index
) -> None:
    ran = axletree("explain", "nothing-such", *TARGET, "--upstream", index.url)

    assert ran.code == 1
    assert f"by files of {index.url}" in " ".join(ran.out.split())


def test_into_a_folder_the_files_are_brought_by_hand(
    axletree: CommandLine, files: dict[str, Path], index: Index, tmp_path: Path
) -> None:
    links = tmp_path / "links"
    links.mkdir()
    for release in ("app 2", "tool 1"):
        links.joinpath(files[release].name).write_bytes(files[release].read_bytes())
    words = (*ASKED, "-f", links, "--upstream", index.url)

    ran = axletree(*words)
    repair = collecting(axletree(*words, "--json").document("conflict"))

    said = " ".join(ran.out.split())
    assert "changes: deep-1-py3-none-any.whl, tool-2-py3-none-any.whl" in said
    assert f"note: download these 2 files into {links} yourself" in said
    assert repair["command"] is None


def test_a_login_of_the_index_is_not_shown(axletree: CommandLine, index: Index) -> None:
    index.login = "me:secret"
    url = index.url.replace("://", "://me:secret@")

    ran = axletree(*ASKED, "--upstream", url)

    assert "download deep 1 and tool 2 from http://****@127" in " ".join(
        ran.out.split()
    )
    assert "secret" not in ran.out + ran.err


def test_it_is_not_written_but_its_command_is_named(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    words = (*ASKED, "--upstream", index.url, "--json")
    repairs = axletree(*words).document("conflict")["repairs"]
    assert isinstance(repairs, list)
    kinds = [repair["kind"] for repair in repairs if isinstance(repair, dict)]
    number = str(1 + kinds.index("collect"))

    ran = axletree(*words[:-1], "--repair", number, "--write")

    assert ran.code == 2
    assert "use this command:" in ran.err
    assert "      axletree collect --no-deps deep==1 tool==2" in ran.err
    assert len(published_in(tmp_path / "house")) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--no-repairs",), "leave out --no-repairs"),
        (("-i", "http://127.0.0.1:9/simple/"), "come from an index already"),
        (("--universe", "u.json"), "nothing can be added to a snapshot"),
        (("--engine", "resolvelib"), "need facts"),
    ],
)
def test_what_it_cannot_stand_beside(
    axletree: CommandLine, clash: Path, words: tuple[str, ...], said: str
) -> None:
    Path("u.json").write_bytes(clash.read_bytes())

    ran = axletree(*ASKED, "--upstream", "http://127.0.0.1:9/simple/", *words)

    assert ran.code == 2
    assert said in ran.err
