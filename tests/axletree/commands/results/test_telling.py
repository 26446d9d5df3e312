"""What is said while repairs are still looked for."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from tests.support.command_line import TIMEOUT_S, command
from tests.support.index_server import Index, serving
from tests.support.terminal import on_a_terminal
from tests.support.wheels import make_wheel

CAUSE = "These 3 facts cannot hold together"
FIRST = "1. use dep 1 instead of dep==2"
SECOND = "2. change what app 2 requires"
HELD_FOR_FIRST = "/files/early-1-py3-none-any.whl"
HELD_FOR_SECOND = "/files/late-1-py3-none-any.whl"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """Serve a conflict that the first files tell, and its repairs by two more."""
    with serving() as index:
        for name, version, *requires in (
            ("app", "2", "dep<2"),
            ("dep", "2", "late"),
            ("dep", "1", "early"),
            ("early", "1"),
            ("late", "1"),
            # Guessed in its place, and in vain: that one is read when its turn comes.
            ("late", "2", "gone"),
        ):
            wheel = make_wheel(tmp_path, name, version, requires_dist=requires)
            index.publish(name, wheel)
        for path in (HELD_FOR_FIRST, HELD_FOR_SECOND):
            index.held[path] = Event()
        yield index


def explaining(index: Index, tmp_path: Path, *words: str) -> list[str]:
    options = ("--index-url", index.url, "--cache-dir", tmp_path / "cache")
    target = ("--python-version", "3.9", "--python-platform", "linux")
    return command("explain", "app==2", "dep==2", *options, *target, *words)


def wait_for_second(index: Index) -> None:
    """Wait until the second repair is being looked for, and go no further."""
    deadline = time.monotonic() + TIMEOUT_S
    while HELD_FOR_SECOND not in index.paths():
        assert time.monotonic() < deadline, index.paths()
        time.sleep(0.01)


def test_the_cause_comes_first_and_then_each_repair(
    index: Index, tmp_path: Path
) -> None:
    with on_a_terminal(explaining(index, tmp_path)) as terminal:
        assert FIRST not in terminal.wait_for(CAUSE)
        index.held[HELD_FOR_FIRST].set()
        assert SECOND not in terminal.wait_for(FIRST)
        index.held[HELD_FOR_SECOND].set()
        terminal.wait_for(SECOND)
        assert terminal.end() == 1
        assert "pip would" in terminal.text


def test_results_stand_on_lines_of_their_own(index: Index, tmp_path: Path) -> None:
    for event in index.held.values():
        event.set()
    with on_a_terminal(explaining(index, tmp_path)) as terminal:
        assert terminal.end() == 1
    results = [line for line in terminal.text.splitlines() if FIRST in line]
    assert [line.split("\r")[-1].strip() for line in results] == [FIRST]


@pytest.mark.slow
def test_ctrl_c_leaves_what_was_printed_and_says_what_was_cut_off(
    index: Index, tmp_path: Path
) -> None:
    index.held[HELD_FOR_FIRST].set()
    with on_a_terminal(explaining(index, tmp_path)) as terminal:
        terminal.wait_for(FIRST)
        wait_for_second(index)
        terminal.press(b"\x03")
        assert terminal.end() == 130
    assert "the search for repairs was cut off" in terminal.text
    assert SECOND not in terminal.text


def test_ctrl_c_at_the_cause_says_that_nothing_was_looked_for(
    index: Index, tmp_path: Path
) -> None:
    with on_a_terminal(explaining(index, tmp_path)) as terminal:
        terminal.wait_for(CAUSE)
        terminal.press(b"\x03")
        assert terminal.end() == 130
    assert "the search for repairs was cut off" in terminal.text


@pytest.mark.slow
def test_ctrl_c_leaves_one_document_that_says_why_it_stopped(
    index: Index, tmp_path: Path
) -> None:
    index.held[HELD_FOR_FIRST].set()
    process = subprocess.Popen(
        explaining(index, tmp_path, "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_for_second(index)
    os.kill(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    document = json.loads(out)
    assert process.returncode == 130
    assert [repair["changes"] for repair in document["repairs"]] == [["dep==1"]]
    assert not document["repairs_complete"]
    assert document["repairs_stopped"] == "interrupted"


def test_a_whole_search_is_said_to_be_one(index: Index, tmp_path: Path) -> None:
    for event in index.held.values():
        event.set()
    done = subprocess.run(
        explaining(index, tmp_path, "--json"), capture_output=True, check=False
    )
    document = json.loads(done.stdout)
    assert document["repairs_complete"]
    assert document["repairs_stopped"] is None
    assert document["repair_builds"] == []
