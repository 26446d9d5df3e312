"""`axletree collect` killed, and several at once: nothing is lost, nothing is taken."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.collecting import (
    APP,
    BACKEND,
    BASE,
    BUILT,
    LARGE,
    OTHER,
    SDIST,
    WANTED,
    downloads,
    hold,
    kill,
    parts_in,
    running,
    wait_until,
)
from tests.support.command_line import TIMEOUT_S, CommandLine, run_process
from tests.support.index_server import Index, serving
from tests.support.sources import (
    publish_on,
)
from tests.support.upstream import make_large_wheel
from tests.support.wheelhouses import generation_of, published_in


@pytest.mark.slow
def test_killed_within_a_download_the_old_state_stays_and_the_rest_comes_later(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    house = tmp_path / "house"
    axletree("collect", "base", "-i", index.url)
    old = published_in(house)
    hold(index, LARGE)
    incoming = house / "incoming"

    kill(
        *("collect", "app", "-i", index.url),
        when=lambda: LARGE in downloads(index) and any(incoming.glob(f"*/{APP}")),
    )

    assert published_in(house) == old
    assert generation_of(house) == 1
    index.asked.clear()
    ran = run_process("collect", "app", "-i", index.url)
    assert ran.code == 0, ran.err
    assert downloads(index) == [LARGE]
    assert published_in(house).keys() == {APP, BASE, LARGE}
    assert generation_of(house) == 2


@pytest.mark.slow
def test_killed_between_two_steps_what_was_published_is_not_brought_again(
    axletree: CommandLine, sdist_index: Index, tmp_path: Path, wall: None
) -> None:
    del axletree, wall
    house = tmp_path / "house"
    hold(sdist_index, BACKEND)
    words = ("collect", "small-thing", "-i", sdist_index.url)

    kill(*words, when=lambda: BACKEND in downloads(sdist_index))

    before = published_in(house)
    assert {SDIST, OTHER, WANTED} <= before.keys()
    assert BACKEND not in before
    sdist_index.asked.clear()
    ran = run_process(*words)
    assert ran.code == 0, ran.err
    assert downloads(sdist_index) == [BACKEND]
    after = published_in(house)
    assert before.items() <= after.items()
    assert {BACKEND, BUILT} <= after.keys()


@pytest.mark.slow
def test_the_next_collect_removes_what_a_killed_one_has_half_downloaded(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    hold(index, LARGE)
    words = ("collect", "app", "-i", index.url)
    kill(*words, when=lambda: LARGE in downloads(index))

    assert axletree(*words).code == 0

    assert list((tmp_path / "house/incoming").iterdir()) == []


@pytest.mark.slow
def test_two_collects_at_once_leave_each_other_in_peace(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    incoming = tmp_path / "house/incoming"
    hold(index, LARGE)
    del axletree
    with running("collect", "large", "-i", index.url) as one:
        wait_until(lambda: any(part.stat().st_size for part in parts_in(incoming)), one)
        part, *_ = parts_in(incoming)

        other = run_process("collect", "base", "-i", index.url)

        assert other.code == 0, other.err
        assert parts_in(incoming) == [part]
        index.released.set()
        _, err = one.communicate(timeout=TIMEOUT_S)
    assert one.returncode == 0, err
    assert published_in(tmp_path / "house").keys() == {BASE, LARGE}


@pytest.mark.slow
def test_collects_that_begin_one_after_the_other_take_nothing_from_each_other(
    axletree: CommandLine, tmp_path: Path
) -> None:
    # Once four at a time, staggered, removed each other's downloads in most rounds.
    del axletree
    folder = tmp_path / "up"
    projects = [f"project{number}" for number in range(6)]
    with serving() as index:
        publish_on(index, *(make_large_wheel(folder, name, "1") for name in projects))
        index.delay_s = 0.02
        for number in range(2):
            house = tmp_path / f"house{number}"
            with ExitStack() as stack:
                runs = []
                for start in range(4):
                    wanted = projects[start : start + 3]
                    ran = running("collect", *wanted, "-i", index.url, home=house)
                    runs.append(stack.enter_context(ran))
                    time.sleep(0.1)
                errors = [run.communicate(timeout=TIMEOUT_S)[1] for run in runs]
            assert [run.returncode for run in runs] == [0] * 4, errors
            assert len(published_in(house)) == len(projects)
            assert list((house / "incoming").iterdir()) == []
