"""`axletree collect` of several sdists: jobs, in order, one failure for itself."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.resolver.model.json_types import Json
from tests.support.collecting import running, wait_until
from tests.support.command_line import TIMEOUT_S, CommandLine
from tests.support.index_server import Index, serving
from tests.support.many_builds import small_sdist
from tests.support.processes import all_end, family
from tests.support.sources import PROJECTS, build_requirements, publish_on
from tests.support.wheelhouses import published_in
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

NONE = ("--isolation", "none")
BACKEND_WAITS = "== building slow-1.0.tar.gz\nbuilding, config_settings="


@pytest.fixture
def built_index(
    axletree: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Index]:
    """Serve what builds need."""
    del axletree
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    with serving() as index:
        publish_on(index, *build_requirements(tmp_path / "up"))
        yield index


def wheel(name: str) -> str:
    return f"{name}-1.0-py3-none-any.whl"


def lines_of(out: str) -> dict[str, str]:
    """Map what was built to its line of the table."""
    rows = [
        line for line in out.splitlines() if ": " in line and " for Python " in line
    ]
    return {row.split()[1]: row for row in rows}


def test_sdists_are_built_in_order_and_what_fails_stops_only_who_needs_it(
    axletree: CommandLine, built_index: Index, tmp_path: Path
) -> None:
    """`one` is needed to build `two`; `three` and `four` need each other to run."""
    folder = tmp_path / "up"
    publish_on(
        built_index,
        small_sdist(folder, "two", to_build=["one"], is_static=True),
        small_sdist(folder, "one", is_static=True),
        small_sdist(folder, "three", requires=["four", "one"], is_static=True),
        small_sdist(folder, "four", requires=["three"], is_static=True),
        small_sdist(folder, "bad", tiny='fails = "no luck"', is_static=True),
        small_sdist(folder, "after", requires=["bad"], is_static=True),
    )
    words = ("two", "one", "three", "after", "-i", built_index.url, *NONE)

    ran = axletree("collect", *words)

    house = tmp_path / "house"
    assert ran.code == 1
    assert "bad-1.0.tar.gz: build_wheel of bad-1.0.tar.gz failed" in ran.err
    assert "which came to nothing" in ran.err
    lines = lines_of(ran.out)
    assert {name for name in lines if "published" in lines[name]} == {
        *("one", "two", "three", "four")
    }
    assert all(" failed " in lines[name] for name in ("bad", "after"))
    there = published_in(house)
    assert {wheel(name) for name in ("one", "two", "three", "four")} <= set(there)
    listed = axletree("jobs", "list", "--json").document()["jobs"]
    together = {job_of(listed, name)["generation"] for name in ("three", "four")}
    assert len(together) == 1

    again = lines_of(axletree("collect", *words).out)
    assert set(again) == {"bad", "after"}
    assert "failed before" in again["bad"]

    number = lines["bad"].split(":")[0].strip()
    retried = axletree("jobs", "retry", number)
    assert retried.code == 1
    assert "no luck" in retried.err
    backend = (PROJECTS / "tiny_backend.py").read_text()
    newer = make_wheel(folder, "tiny-backend", "2", files={"tiny_backend.py": backend})
    publish_on(built_index, newer)
    # It is built with something else now.
    newly = lines_of(axletree("collect", *words, "--refresh").out)
    assert "failed before" not in newly["bad"]


def job_of(listed: Json, name: str) -> dict[str, Json]:
    assert isinstance(listed, list)
    for job in listed:
        if isinstance(job, dict) and str(job["label"]).startswith(f"{name} "):
            assert isinstance(job["result"], dict)
            return job["result"]
    raise AssertionError(name)


def test_sdists_that_need_each_other_to_be_built_begin_with_what_the_index_has(
    axletree: CommandLine, built_index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "up"
    publish_on(
        built_index,
        small_sdist(folder, "hen", to_build=["egg"], is_static=True),
        small_sdist(folder, "egg", to_build=["hen"], is_static=True),
    )
    words = ("collect", "hen==1.0", "egg==1.0", "-i", built_index.url, *NONE)

    alone = axletree(*words)
    publish_on(built_index, make_wheel(folder, "hen", "0.9"))
    begun = axletree(*words, "--refresh")

    assert alone.code == 1
    assert "hen needs egg to be built" in alone.err
    assert begun.code == 0, begun.err
    assert {wheel("hen"), wheel("egg")} <= set(published_in(tmp_path / "house"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_collect_that_ends_while_it_builds_leaves_nothing_and_goes_on(
    axletree: CommandLine, built_index: Index, tmp_path: Path, how: signal.Signals
) -> None:
    waits = f'waits-for = ["{tmp_path / "go-on"}"]'
    publish_on(
        built_index,
        small_sdist(tmp_path / "up", "slow", tiny=waits, is_static=True),
        small_sdist(tmp_path / "up", "quick", is_static=True),
    )
    words = ("collect", "slow", "quick", "-i", built_index.url, *NONE)
    house = tmp_path / "house"
    logs = tmp_path / "cache/builds/logs/jobs"

    def is_waiting() -> bool:
        texts = [path.read_text() for path in logs.glob("*.log")]
        is_built = (house / "wheelhouse.sqlite").exists() and wheel(
            "quick"
        ) in published_in(house)
        return is_built and any(BACKEND_WAITS in text for text in texts)

    with running(*words) as collecting:
        wait_until(is_waiting, collecting)
        started = family(collecting.pid)
        collecting.send_signal(how)
        _, err = collecting.communicate(timeout=TIMEOUT_S)
    assert all_end(started), err
    if how == signal.SIGINT:
        assert "1 built from sdists" in err
    assert wheel("slow") not in published_in(house)

    (tmp_path / "go-on").touch()
    ran = axletree(*words)

    assert ran.code == 0, ran.err
    assert wheel("slow") in published_in(house)
    assert list(tmp_path.glob("cache/builds/running/*")) == []
