"""`axletree check` over snapshots, an index that is down, and many processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from axletree.commands.options.matrix import Matrix
from axletree.commands.options.requirement_sets import RequirementSet
from axletree.commands.options.shared import (
    InputOptions,
    SourceOptions,
    TargetOptions,
)
from axletree.commands.sources.batches import check
from axletree.console import Console
from axletree.resolver.queries.check import Cell
from axletree.resolver.reports.check_json import check_to_json
from tests.support.checkout import ROOT
from tests.support.command_line import (
    TIMEOUT_S,
    CommandLine,
    command,
    write_universe,
)

KUBEFLOW = ROOT / "tests/scenarios/universes/kubeflow-py39.json.gz"
EXPECTED_SEMICOLON = (
    "'right = 1' is not a requirement: "
    "expected semicolon (after name with no version specifier) or end"
)
LINUX = ("--python-platform", "linux")


def requirements(name: str, *lines: str) -> str:
    Path(name).write_text("\n".join(lines) + "\n")
    return name


@pytest.fixture
def files(axletree: CommandLine) -> tuple[str, ...]:
    del axletree
    return (
        requirements("one.txt", "left==1", "right==1"),
        requirements("two.txt", "# a clash", "left==1", "right==2"),
        requirements("three.txt", "right>=2", "left<2"),
    )


def test_every_file_has_a_line_for_each_python_and_platform(
    axletree: CommandLine, clash: Path, files: tuple[str, ...]
) -> None:
    targets = ("--python-version", "3.9", "--python-version", "3.8", *LINUX)
    ran = axletree("check", *files, "--universe", clash, *targets, "--jobs", "1")

    assert ran.code == 1
    assert [line.split("  ")[0] for line in ran.out.splitlines()[:6]] == (
        ["ok", "ok", "no", "no", "no", "no"]
    )
    table = [line.split() for line in ran.out.splitlines()[:6]]
    assert [(row[1], row[3]) for row in table] == [
        (file, python) for file in files for python in ("3.9", "3.8")
    ]
    assert "left 1 requires shared==1, but right 2 requires shared>=2" in ran.out
    assert ran.out.count("1. you require left==1  (two.txt, line 2)") == 1
    assert ran.out.splitlines()[-1] == "2 of 6 have a solution; 4 have none"


def test_a_bad_file_is_told_after_the_others_were_checked(
    axletree: CommandLine, clash: Path, files: tuple[str, ...]
) -> None:
    broken = requirements("bad.txt", "left==1", "right = 1")
    empty = requirements("empty.txt", "# nothing")
    names = (broken, *files, empty, "gone.txt")
    more = (*LINUX, "--junit", "check.xml", "--json")
    ran = axletree("check", *names, "--universe", clash, *more)

    document = ran.document("check")
    assert ran.code == 2
    assert document["summary"] == {"cells": 6, "ok": 1, "conflicts": 2, "errors": 3}
    suites = fromstring(Path("check.xml").read_bytes())  # noqa: S314  our own
    errors = [str(error.get("message")) for error in suites.iter("error")]
    assert errors == [
        EXPECTED_SEMICOLON,
        "there is nothing to resolve: no requirement was given",
        "there is no file gone.txt",
    ]


def test_an_index_that_is_down_fails_what_needs_it_alone(
    axletree: CommandLine, tmp_path: Path, files: tuple[str, ...]
) -> None:
    (tmp_path / "empty").mkdir()
    offline = requirements("off.txt", "--no-index", "--find-links ../empty", "left")
    down = "http://127.0.0.1:9/simple/"
    online = requirements("on.txt", f"--index-url {down}", "left")
    ran = axletree("check", online, offline, *LINUX, "--json")
    del files

    document = ran.document("check")
    assert ran.code == 3
    assert document["summary"] == {"cells": 2, "ok": 0, "conflicts": 1, "errors": 1}


def test_a_python_that_does_not_exist_stops_the_run(
    axletree: CommandLine, clash: Path, files: tuple[str, ...]
) -> None:
    ran = axletree(
        "check", *files, "--universe", clash, "--python-version", "2.7",
        "--junit", "check.xml",
    )  # fmt: skip
    assert ran.code == 2
    assert ran.out == ""
    assert not Path("check.xml").exists()


def test_constraints_and_limits_hold_for_every_file(axletree: CommandLine) -> None:
    universe = write_universe(Path("u.json"), {"a 1": [], "a 2": []})
    one = requirements("one.txt", "a")
    two = requirements("two.txt", "a>1")
    limits = requirements("limits.txt", "a<2")
    ran = axletree(
        "check", one, two, "-c", limits, "--universe", universe, *LINUX, "--json"
    )

    cells = ran.document("check")["cells"]
    assert [(cell["outcome"], cell["pins"]) for cell in cells] == [  # type: ignore[union-attr,index,call-overload]  # plain JSON
        ("ok", {"a": "1"}),
        ("conflict", None),
    ]


def matrix(universe: Path, *files: str, pythons: tuple[str, ...] = ("3.9",)) -> Matrix:
    return Matrix(
        sets=tuple(RequirementSet(file=file) for file in files),
        target=TargetOptions(
            python_versions=pythons, python_platforms=("linux",), exclude_newer=None
        ),
        inputs=InputOptions(),
        source=SourceOptions(
            index_url=None, extra_index_urls=(), index_strategy=None, find_links=(),
            universe=universe, cache_dir=None, refresh=False, isolation="full",
        ),
    )  # fmt: skip


def answers(cells: tuple[Cell, ...]) -> object:
    """Give what does not depend on how much one process had read before."""
    form = check_to_json(cells)
    for cell in form["cells"]:  # type: ignore[union-attr]  # plain JSON
        if cell["conflict"]:  # type: ignore[index,call-overload]  # as above
            del cell["conflict"]["counters"]  # type: ignore[index,call-overload,union-attr]  # as above
    return form


@pytest.mark.slow
def test_many_processes_give_what_one_gives(axletree: CommandLine) -> None:
    del axletree
    names = [
        requirements("a.txt", "kubeflow-fairing==1.0.2"),
        requirements("b.txt", "kubeflow-fairing==1.0.2", "kfserving==0.6.1"),
        requirements("d.txt", "kfp==1.8.10", "kfserving==0.6.1"),
        requirements("e.txt", "jupyterlab", "pandas"),
        requirements("g.txt", "boto3", "botocore", "awscli", "s3fs"),
        requirements("bad.txt", "left ="),
    ]
    asked = matrix(KUBEFLOW, *names, pythons=("3.9", "3.9.7"))

    alone = check(asked, Console().progress(), jobs=1)
    spread = check(asked, Console().progress(), jobs=3, head_start_s=0)
    mixed = check(asked, Console().progress(), jobs=2, head_start_s=0.2)

    assert answers(spread) == answers(alone)
    assert answers(mixed) == answers(alone)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes by /proc")
def test_a_process_that_is_killed_is_no_bug_of_ours(axletree: CommandLine) -> None:
    del axletree
    with large_check() as process:
        workers = filter(is_worker, wait_for_workers(process.pid))
        os.kill(next(workers), signal.SIGKILL)
        _, err = process.communicate(timeout=TIMEOUT_S)

    assert process.returncode == 3
    assert "axletree docs worker-lost" in err
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes by /proc")
def test_ctrl_c_ends_every_process_without_a_word(axletree: CommandLine) -> None:
    del axletree
    with large_check() as process:
        workers = wait_for_workers(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=TIMEOUT_S)

    assert process.returncode == 130
    assert out == ""
    assert err.strip().startswith("error: interrupted")
    assert "Traceback" not in err
    wait_until(lambda: not any(map(is_running, workers)))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes by /proc")
def test_no_process_outlives_a_check_that_is_killed(axletree: CommandLine) -> None:
    del axletree
    with large_check() as process:
        workers = wait_for_workers(process.pid)

    wait_until(lambda: not any(map(is_running, workers)))


@contextmanager
def large_check() -> Iterator[subprocess.Popen[str]]:
    """Start one, and kill it where it has not ended when the block is left."""
    names = [
        requirements(f"{number}.txt", "kubeflow-fairing>=1.0", f"boto3!=1.{number}")
        for number in range(400)
    ]
    with subprocess.Popen(
        command("check", *names, "--universe", KUBEFLOW, *LINUX, "--jobs", "2"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def wait_for_workers(parent: int) -> list[int]:
    """Wait until three children run: two workers and their tracker."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    wait_until(lambda: len(children.read_text().split()) == 3)
    return list(map(int, children.read_text().split()))


def is_worker(process: int) -> bool:
    """Tell a worker from the tracker of Python's own."""
    return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()


def is_running(process: int) -> bool:
    """Tell whether a process is there, and not only its exit code."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_refusal_has_one_cause_and_the_command_that_tells_more(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("left==1\nright==2\n")

    ran = axletree("check", file, "--universe", clash, *LINUX)

    assert ran.code == 1
    out = " ".join(ran.out.split())
    assert "These 4 facts cannot hold together, and none of them can be left" in out
    command = f"axletree explain --universe {clash} -r {file} --python-platform linux"
    assert ran.out.splitlines()[-3] == f"  {command}"


def test_the_patch_releases_of_python_that_an_answer_holds_for_are_told(
    axletree: CommandLine,
) -> None:
    lines = ["late; python_full_version >= '3.9.4'"]
    universe = write_universe(Path("u.json"), {"app 1": lines, "late 1": []})
    file = requirements("r.txt", "app")
    words = ("--universe", universe, *LINUX, "--python-version=3.9")

    told = axletree("check", file, *words)
    document = axletree("check", file, *words, "--json").document("check")
    why = axletree("explain", "app", "--why", "late", *words)

    assert "2 projects, only for Python 3.9.4 or newer" in told.out
    cell = document["cells"][0]  # type: ignore[index]  # plain JSON
    assert cell["environment"]["requires_python"] == ">=3.9.4"  # type: ignore[call-overload,index]  # plain JSON
    where = "Python 3.9 on linux (only Python 3.9.4 or newer)"
    assert where in " ".join(why.out.split())
