"""Ready answers stay within their bytes, and what is asked for stays longest."""

from hypothesis import given
from hypothesis import strategies as st

from axletree.server.ready import Ready, ReadyAnswers
from axletree.server.rendering import Variant, render_project_list


def answer(size: int) -> Ready:
    body = Variant(body=bytes(size), etag='"x"', headers=[], unchanged_headers=[])
    return Ready(answer=body, project=None)


def test_what_is_asked_for_stays_and_the_rest_makes_room() -> None:
    kept = ReadyAnswers(most_bytes=30)
    for path in ("a", "b", "c"):
        kept.put(path, answer(10))
    kept.get("a")
    kept.put("d", answer(10))

    assert [path for path in "abcd" if kept.get(path)] == ["a", "c", "d"]


def test_too_large_an_answer_is_not_kept_and_drives_nothing_out() -> None:
    kept = ReadyAnswers(most_bytes=30)
    kept.put("a", answer(10))
    kept.put("b", answer(31))

    assert kept.get("b") is None
    assert kept.get("a") is not None


def test_page_counts_each_body_once() -> None:
    page = render_project_list([])
    bodies = {
        id(v.body): v.body for v in (*page.plain.values(), *page.compressed.values())
    }
    assert len(bodies) == 4
    assert page.size_bytes == sum(map(len, bodies.values()))


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.integers(0, 40), st.booleans()),
        max_size=60,
    )
)
def test_bytes_are_never_above_the_limit(
    steps: list[tuple[str, int, bool]],
) -> None:
    kept = ReadyAnswers(most_bytes=60)
    for path, size, is_asked in steps:
        if is_asked:
            kept.get(path)
        kept.put(path, answer(size))
        found = [kept.get(each) for each in "abcdef"]
        assert kept.size_bytes == sum(each.answer.size_bytes for each in found if each)
        assert kept.size_bytes <= 60
        assert kept.get(path) is not None
