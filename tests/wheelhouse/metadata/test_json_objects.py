"""Foreign JSON that is kept is an object, and bounded."""

import pytest

from axletree.wheelhouse.metadata.json_objects import read_object


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"a": [1]}', {"a": [1]}),
        (b'{"a": "' + b"x" * 100 + b'"}', "it is larger than 64 B"),
        (b"[]", "it is no JSON object"),
        (b"{", "it is no JSON object"),
        (b"\xff", "it is no JSON object"),
    ],
)
def test_what_is_no_object_is_told_in_a_clause(content: bytes, said: object) -> None:
    assert read_object(content, 64) == said


def test_what_nobody_could_write_again_is_refused() -> None:
    content = b'{"a":' + b"[" * 200 + b"]" * 200 + b"}"

    assert read_object(content, 1_000) == "it is nested too deeply"
