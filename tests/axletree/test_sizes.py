import pytest

from axletree.sizes import parse_size, size_words


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("64 MB", 64 * 10**6),
        ("64MB", 64 * 10**6),
        ("1.5 GB", 15 * 10**8),
        ("100 kb", 10**5),
        ("8M", 8 * 10**6),
        (" 17 ", 17),
        ("0", 0),
    ],
)
def test_a_size_is_a_number_with_a_unit(text: str, size_bytes: int) -> None:
    assert parse_size(text) == size_bytes


@pytest.mark.parametrize("text", ["", "MB", "-1", "1e9", "much", "1 TB", "٣", "9" * 99])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (0, "0 B"),
        (17, "17 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (31_415, "31.4 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (612_345_678, "612 MB"),
        (999_999_999, "1 GB"),
        (1_234 * 10**9, "1,234 GB"),
        (2_500.5, "2.5 kB"),
    ],
)
def test_a_size_is_written_in_three_digits(size_bytes: float, words: str) -> None:
    assert size_words(size_bytes) == words
