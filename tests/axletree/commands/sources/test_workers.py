"""Workers are spread, lost and stopped, and none is left behind."""

import errno
import multiprocessing
from pathlib import Path

import pytest

from axletree.commands.sources import workers
from axletree.commands.sources.workers import WorkerLostError, spread
from tests.support import tasks


def test_every_part_is_done_in_no_more_processes_than_asked() -> None:
    with spread(tasks.double, (1, 2, 3, 4, 5), 2) as results:
        done = list(results)

    assert sorted(value for _, value in done) == [2, 4, 6, 8, 10]
    assert 1 <= len({process for process, _ in done}) <= 2
    assert not multiprocessing.active_children()


def test_nothing_to_do_starts_no_process() -> None:
    with spread(tasks.double, (), 2) as results:
        assert not list(results)
        assert not multiprocessing.active_children()


def test_a_part_larger_than_any_pipe_arrives() -> None:
    with spread(tasks.length, (bytes(1 << 22),), 1) as results:
        assert list(results) == [1 << 22]


@pytest.mark.parametrize("task", [tasks.kill_oneself, tasks.DiesOnArrival()])
def test_a_worker_that_dies_is_told_even_before_it_has_read(task: object) -> None:
    assert callable(task)
    with (
        pytest.raises(WorkerLostError, match="ended from outside"),
        spread(task, (bytes(1 << 22),) * 3, 2) as results,
    ):
        list(results)

    assert not multiprocessing.active_children()


def test_what_a_task_raises_is_raised_here() -> None:
    with (
        pytest.raises(OSError, match="No space left") as raised,
        spread(tasks.fail, ("disk", "disk"), 2) as results,
    ):
        list(results)

    assert raised.value.errno == errno.ENOSPC
    assert "in fail" in "".join(raised.value.__notes__)
    assert not multiprocessing.active_children()


def test_an_error_that_cannot_travel_is_told_by_its_text() -> None:
    with (
        pytest.raises(RuntimeError, match="WordlessError: one two"),
        spread(tasks.fail, ("wordless",), 1) as results,
    ):
        list(results)


@pytest.mark.parametrize("wait", ["without end", "look whether it is over", "be deaf"])
def test_who_is_busy_is_stopped_even_if_deaf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait: str
) -> None:
    monkeypatch.setattr(workers, "GRACE_S", 0.2 if wait == "be deaf" else 60)
    monkeypatch.chdir(tmp_path)
    parts = (wait, "be done when another has begun")

    with pytest.raises(KeyboardInterrupt):
        interrupt_after_one_of(parts)

    assert not multiprocessing.active_children()


def interrupt_after_one_of(parts: tuple[str, ...]) -> None:
    with spread(tasks.wait_on_purpose, parts, len(parts)) as results:
        next(results)
        raise KeyboardInterrupt
