"""Ready answers stay within their bytes, and what is asked for stays longest."""

import gc
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from axletree.server.answers.rendering import render_project, render_project_list
from axletree.server.answers.variants import Variant
from axletree.server.live.ready import (
    BESIDES_BYTES,
    Ready,
    ReadyAnswers,
)

MOST = 60 + 3 * BESIDES_BYTES


def answer(size: int) -> Ready:
    body = Variant.of(bytes(size), '"x"', [], [])
    return Ready(answer=body, project=None)


def test_what_is_asked_for_stays_and_the_rest_makes_room() -> None:
    kept = ReadyAnswers(most_bytes=30 + 3 * BESIDES_BYTES)
    for path in ("a", "b", "c"):
        kept.put(path, answer(10))
    kept.get("a")
    kept.put("d", answer(10))

    assert [path for path in "abcd" if kept.get(path)] == ["a", "c", "d"]


def test_too_large_an_answer_is_not_kept_and_drives_nothing_out() -> None:
    kept = ReadyAnswers(most_bytes=30 + 3 * BESIDES_BYTES)
    kept.put("a", answer(10))
    kept.put("b", answer(31 + 2 * BESIDES_BYTES))

    assert kept.get("b") is None
    assert kept.get("a") is not None


def test_page_counts_each_body_once() -> None:
    page = render_project_list([])
    bodies = {
        id(v.body): v.body for v in (*page.plain.values(), *page.compressed.values())
    }
    assert len(bodies) == 4
    assert page.size_bytes == sum(map(len, bodies.values()))


@pytest.mark.slow
def test_many_small_pages_take_no_more_memory_than_is_said() -> None:
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = ReadyAnswers(most_bytes=2_000_000)
        for number in range(400):
            name = canonicalize_name(f"p{number}")
            page = Ready(answer=render_project(name, ()), project=name)
            kept.put(f"/g/{number}/simple/{name}/", page)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 2_500_000


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.integers(0, 40), st.booleans()),
        max_size=60,
    )
)
def test_bytes_are_never_above_the_limit(
    steps: list[tuple[str, int, bool]],
) -> None:
    kept = ReadyAnswers(most_bytes=MOST)
    for path, size, is_asked in steps:
        if is_asked:
            kept.get(path)
        kept.put(path, answer(size))
        found = [kept.get(each) for each in "abcdef"]
        assert kept.size_bytes == sum(each.kept_bytes for each in found if each)
        assert kept.size_bytes <= MOST
        assert kept.get(path) is not None
