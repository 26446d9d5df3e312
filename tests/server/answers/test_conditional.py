import pytest

from axletree.server.answers.conditional import (
    MOST_RANGES,
    ByteRange,
    UnsatisfiableRangeError,
    choose_ranges,
    is_refused,
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
    chosen = choose_ranges(header, None, etag=ETAG, size_bytes=10)
    assert chosen == (ByteRange(start=start, stop=stop),)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-1,3-4", [(0, 2), (3, 5)]),
        ("bytes=0-1, 3-4 ,-1", [(0, 2), (3, 5), (9, 10)]),
        ("bytes=3-4,0-1", [(3, 5), (0, 2)]),
        ("bytes=0-1,", [(0, 2)]),
        ("bytes=,,0-1", [(0, 2)]),
        ("bytes=0-1,50-", [(0, 2)]),
        ("bytes=50-,0-1,-0", [(0, 2)]),
        ("bytes=0-5,2-9", []),
        ("bytes=0-,0-,0-", []),
        ("bytes=0-1,5-2", []),
        ("bytes=0-1,x", []),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(MOST_RANGES + 1)), []),
        ("bytes=" + "0-0," * 100_000, []),
    ],
)
def test_several_ranges_are_understood(
    header: str, expected: list[tuple[int, int]]
) -> None:
    chosen = choose_ranges(header, None, etag=ETAG, size_bytes=10)
    assert [(part.start, part.stop) for part in chosen] == expected


@pytest.mark.parametrize(
    ("if_match", "expected"),
    [
        (None, False),
        ("", False),
        ("*", False),
        ('"abc"', False),
        ('"x", "abc"', False),
        ('W/"abc"', True),
        ('"x"', True),
    ],
)
def test_who_wants_another_content_is_refused(
    if_match: str | None, *, expected: bool
) -> None:
    assert is_refused(if_match, ETAG) is expected


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
        "items=0-1",
        "bytes=--3",
        "bytes=1-2\u0663",
    ],
)
def test_range_not_understood_gives_the_whole_file(header: str | None) -> None:
    assert choose_ranges(header, None, etag=ETAG, size_bytes=10) == ()


@pytest.mark.parametrize(
    "header", ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=-0,10-"]
)
def test_range_after_the_end_is_unsatisfiable(header: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        choose_ranges(header, None, etag=ETAG, size_bytes=10)


def test_range_of_another_content_gives_the_whole_file() -> None:
    assert choose_ranges("bytes=0-1", '"old"', etag=ETAG, size_bytes=10) == ()


def test_range_of_this_content_is_honoured() -> None:
    assert choose_ranges("bytes=0-1", ETAG, etag=ETAG, size_bytes=10)
