"""`axletree build` of several, and `axletree jobs`: order, failures, memory, ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from axletree.resolver.model.json_types import Json
from tests.support.command_line import CommandLine, Ran, command
from tests.support.many_builds import small_sdist
from tests.support.processes import all_end, family
from tests.support.sources import build_requirements
from tests.support.wheelhouses import generation_of, publish_all, published_in
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

NONE = ("--isolation", "none")
MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    publish_all(tmp_path / "house", build_requirements(tmp_path / "wheels"))
    return tmp_path / "house"


def ends(ran: Ran) -> dict[str, Json]:
    """Map what was built to what became of it."""
    jobs = ran.document()["jobs"]
    assert isinstance(jobs, list)
    found = {}
    for job in jobs:
        assert isinstance(job, dict)
        found[str(job["label"]).partition(" ")[0]] = job["result"]
    return found


def wheel(name: str) -> str:
    return f"{name}-1.0-py3-none-any.whl"


def test_all_are_built_in_their_order_and_a_cycle_comes_in_at_once(
    axletree: CommandLine, house: Path, tmp_path: Path
) -> None:
    """`one` is needed to build `two`, `three` and `four` need each other to run."""
    sdists = [
        small_sdist(tmp_path, "four", requires=["three"]),
        small_sdist(tmp_path, "two", requires=["four"], to_build=["one"]),
        small_sdist(tmp_path, "three", requires=["four", "one"]),
        small_sdist(tmp_path, "one"),
    ]

    ran = axletree("build", *sdists, *NONE, "--json")

    assert ran.code == 0, ran.err
    assert set(ends(ran).values()) == {"published"}
    assert {wheel(name) for name in ("one", "two", "three", "four")} <= set(
        published_in(house)
    )
    jobs = ran.document()["jobs"]
    assert isinstance(jobs, list)
    generations = {
        str(job["label"]).partition(" ")[0]: job["generation"]
        for job in jobs
        if isinstance(job, dict)
    }
    assert generations["three"] == generations["four"]
    again = axletree("build", *sdists, *NONE, "--json")
    assert again.code == 0
    assert set(ends(again).values()) == {"there"}
    assert axletree("jobs", "list").out.count("published") == 4


def test_one_failure_stops_who_needs_it_and_nobody_else(
    axletree: CommandLine, house: Path, tmp_path: Path
) -> None:
    sdists = [
        small_sdist(tmp_path, "bad", tiny='fails = "no luck today"'),
        small_sdist(tmp_path, "after", requires=["bad"]),
        small_sdist(tmp_path, "aside"),
    ]

    ran = axletree("build", *sdists, *NONE, "--jobs", "2")

    assert ran.code == 1
    lines = {line.split()[1]: line for line in ran.out.splitlines()}
    assert "failed" in lines["bad"]
    assert "which came to nothing" in lines["after"]
    assert "published" in lines["aside"]
    assert wheel("aside") in published_in(house)

    again = axletree("build", *sdists, *NONE, "--json")

    assert ends(again) == {"bad": "known", "after": "failed", "aside": "there"}
    number = lines["bad"].split(":")[0].strip()
    shown = axletree("jobs", "show", number)
    assert "until what it is made from changes" in shown.out
    assert axletree("jobs", "follow", number).code == 1
    retried = axletree("jobs", "retry", number)
    assert retried.code == 1
    assert "attempt 1" in axletree("jobs", "show", number).out


def test_what_failed_is_tried_again_once_the_wheelhouse_has_what_it_lacked(
    axletree: CommandLine, house: Path, tmp_path: Path
) -> None:
    sdist = small_sdist(tmp_path, "late", requires=["missing"])
    first = axletree("build", sdist, *NONE)
    assert first.code == 1
    before = generation_of(house)
    known = axletree("build", sdist, *NONE)
    assert "nothing that it is made from has changed" in known.err
    assert generation_of(house) == before
    aside = small_sdist(tmp_path, "aside")
    assert axletree("build", aside, *NONE).code == 0
    # What has nothing to do with it changes nothing.
    assert "has changed: axletree" in axletree("build", sdist, *NONE).err

    missing = small_sdist(tmp_path, "missing")
    assert axletree("build", missing, *NONE).code == 0
    ran = axletree("build", sdist, *NONE)

    assert ran.code == 0, ran.err
    assert wheel("late") in published_in(house)


def test_what_a_set_has_as_sdists_only_is_built_for_its_environments(
    axletree: CommandLine, house: Path, tmp_path: Path
) -> None:
    sdists = [
        small_sdist(tmp_path, "one", requires=["two"], is_static=True),
        small_sdist(tmp_path, "two", is_static=True),
    ]
    publish_all(house, sdists)
    (tmp_path / "app.txt").write_text("one\n")
    added = axletree(
        "set", "add", "app", "-r", tmp_path / "app.txt", "--python-version", MINOR
    )
    assert added.code == 0, added.err

    ran = axletree("build", "--set", "app", *NONE, "--json")

    assert ran.code == 0, ran.err
    assert ends(ran) == {"one": "published", "two": "published"}
    assert {wheel("one"), wheel("two")} <= set(published_in(house))
    again = axletree("build", "--set", "app", *NONE)
    assert again.out == "nothing to build: all that the set app needs is a wheel\n"
    assert axletree("build", "--set", "none", *NONE).code != 0
    assert axletree("build").code == 2


def test_a_view_decides_what_is_built_and_checked_with_but_for_what_is_built_beside(
    axletree: CommandLine, house: Path, tmp_path: Path
) -> None:
    """All is as old as the view, but for lib 2; `one` is new, as its sdist comes now."""
    publish_all(house, [make_wheel(tmp_path / "wheels", "lib", "1.0")])
    new = make_wheel(tmp_path / "wheels", "lib", "2.0")
    assert axletree("add", new).code == 0
    axletree("view", "make", "old", "--exclude-newer", "2022-06-01")
    needs_new = small_sdist(tmp_path, "needs", requires=["lib>=2"])
    built_by_new = small_sdist(tmp_path, "builds", to_build=["lib>=2"])
    one = small_sdist(tmp_path, "one", requires=["lib"])
    two = small_sdist(tmp_path, "two", requires=["one"], to_build=["one"])
    all_four = (needs_new, built_by_new, one, two)

    ran = axletree("build", *all_four, *NONE, "--view", "old", "--json")

    assert ends(ran) == {
        "needs": "failed",
        "builds": "failed",
        "one": "published",
        "two": "published",
    }
    text = ran.out
    assert "requires is not all in the view old" in text
    assert (
        "the build requirements lib>=2, tiny-backend are not available in the" in text
    )
    # Of the wheelhouse the failures of a view say nothing.
    again = axletree("build", needs_new, built_by_new, *NONE, "--json")
    assert set(ends(again).values()) == {"published"}
    assert axletree("build", one, *NONE, "--view", "none").code == 1


def test_builds_that_need_each_other_begin_with_a_wheel_that_is_at_hand(
    axletree: CommandLine, house: Path, tmp_path: Path
) -> None:
    sdists = [
        small_sdist(tmp_path, "hen", to_build=["egg"]),
        small_sdist(tmp_path, "egg", to_build=["hen"]),
    ]
    publish_all(house, [make_wheel(tmp_path / "old", "hen", "0.9")])

    ran = axletree("build", *sdists, *NONE, "--json")

    assert ran.code == 0, ran.err
    assert ends(ran) == {"hen": "published", "egg": "published"}
    jobs = ran.document()["jobs"]
    assert isinstance(jobs, list)
    built_with = {
        str(job["label"]).split()[0]: str(job["wheels"])
        for job in jobs
        if isinstance(job, dict)
    }
    assert "hen==0.9" in built_with["egg"]
    assert "egg==1.0" in built_with["hen"]
    assert "egg 1.0 for Python" in ran.err
    assert "is first, with what is at hand" in ran.err


def test_builds_that_need_each_other_to_build_are_named(
    axletree: CommandLine, house: Path, tmp_path: Path
) -> None:
    sdists = [
        small_sdist(tmp_path, "hen", to_build=["egg"]),
        small_sdist(tmp_path, "egg", to_build=["hen"]),
    ]
    before = published_in(house)

    ran = axletree("build", *sdists, *NONE)

    assert ran.code == 1
    assert "hen needs egg to be built" in ran.out
    assert published_in(house) == before


def start(*words: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for(axletree: CommandLine, state: str) -> str:
    """Wait until a job is in a state; return its number."""
    listed = ""
    for _ in range(600):
        listed = axletree("jobs", "list").out
        for line in listed.splitlines():
            if f" {state} " in line:
                return line.split()[0]
        time.sleep(0.1)
    raise AssertionError(listed)


def slow_sdist(folder: Path) -> Path:
    """Pack a project whose build waits until a file appears."""
    return small_sdist(folder, "slow", tiny=f'waits-for = ["{folder / "go-on"}"]')


def test_two_who_build_the_same_get_one_wheel(
    axletree: CommandLine, house: Path, tmp_path: Path
) -> None:
    sdist = slow_sdist(tmp_path)
    first = start("build", sdist, *NONE)
    wait_for(axletree, "running")
    second = start("build", sdist, *NONE, "--json")
    assert second.stderr is not None
    heard = second.stderr.readline()
    (tmp_path / "go-on").touch()
    out, err = second.communicate(timeout=60)
    said = first.communicate(timeout=60)

    assert (first.returncode, second.returncode) == (0, 0), (*said, err)
    assert "is being built by process" in heard
    assert '"is_new": false' in out
    assert wheel("slow") in published_in(house)


@pytest.mark.parametrize("isolation", ["none", "full"])
def test_a_cancelled_build_ends_with_all_that_it_started(
    axletree: CommandLine,
    house: Path,
    tmp_path: Path,
    isolation: str,
    request: pytest.FixtureRequest,
) -> None:
    if isolation == "full":
        request.getfixturevalue("wall")
    sdist = slow_sdist(tmp_path)
    building = start("build", sdist, "--isolation", isolation)
    number = wait_for(axletree, "running")
    started = building_now(axletree, number, building.pid)

    ran = axletree("jobs", "cancel", number)

    _, err = building.communicate(timeout=60)
    assert ran.code == 0, ran.err
    assert building.returncode == 1
    assert "was cancelled by" in err
    assert wheel("slow") not in published_in(house)
    assert all_end(started)
    again = axletree("jobs", "cancel", number)
    assert (again.code, "was cancelled before" in again.err) == (0, True)


def test_who_was_killed_leaves_nothing_and_the_next_builds_at_once(
    axletree: CommandLine, house: Path, tmp_path: Path
) -> None:
    sdist = slow_sdist(tmp_path)
    building = start("build", sdist, *NONE)
    number = wait_for(axletree, "running")
    started = building_now(axletree, number, building.pid)
    building.send_signal(signal.SIGKILL)
    building.communicate()
    assert all_end(started)
    assert wait_for(axletree, "abandoned") == number
    (tmp_path / "go-on").touch()

    ran = axletree("build", sdist, *NONE)

    assert ran.code == 0, ran.err
    assert wheel("slow") in published_in(house)


def building_now(axletree: CommandLine, job: str, process: int) -> set[int]:
    """Wait until the backend is at work; list all that was started for it."""
    log = Path()
    for _ in range(600):
        log = Path(str(axletree("jobs", "show", job, "--json").document()["log"]))
        if log.is_file() and "config_settings=" in log.read_text():
            return family(process)
        time.sleep(0.1)
    raise AssertionError(log)
