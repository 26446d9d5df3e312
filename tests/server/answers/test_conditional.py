import pytest

from axletree.server.answers.conditional import (
    ByteRange,
    UnsatisfiableRangeError,
    choose_range,
    is_unchanged,
)

ETAG = '"abc"'


@pytest.mark.parametrize(
    ("if_none_match", "expected"),
    [
        (None, False),
        ("", False),
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", "abc"', True),
        ('"x",W/"abc"', True),
        ("*", True),
        ('"x"', False),
        ("abc", False),
    ],
)
def test_unchanged_is_what_the_client_holds(
    if_none_match: str | None, *, expected: bool
) -> None:
    assert is_unchanged(if_none_match, ETAG) is expected


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=2-5", 2, 6),
        ("bytes=2-", 2, 10),
        ("bytes=9-", 9, 10),
        ("bytes=5-99", 5, 10),
        ("bytes=-3", 7, 10),
        ("bytes=-10", 0, 10),
        ("bytes=-99", 0, 10),
        ("bytes=-99999999999999999999", 0, 10),
        ("Bytes=1-2", 1, 3),
        ("bytes= 1 - 2 ", 1, 3),
    ],
)
def test_single_range_is_understood(header: str, start: int, stop: int) -> None:
    chosen = choose_range(header, None, etag=ETAG, size_bytes=10)
    assert chosen == ByteRange(start=start, stop=stop)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-2",
        "bytes=0-1,3-4",
        "items=0-1",
        "bytes=--3",
        "bytes=1-2\u0663",
    ],
)
def test_range_not_understood_gives_the_whole_file(header: str | None) -> None:
    assert choose_range(header, None, etag=ETAG, size_bytes=10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_range_after_the_end_is_unsatisfiable(header: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        choose_range(header, None, etag=ETAG, size_bytes=10)


def test_range_of_another_content_gives_the_whole_file() -> None:
    assert choose_range("bytes=0-1", '"old"', etag=ETAG, size_bytes=10) is None


def test_range_of_this_content_is_honoured() -> None:
    assert choose_range("bytes=0-1", ETAG, etag=ETAG, size_bytes=10) is not None
