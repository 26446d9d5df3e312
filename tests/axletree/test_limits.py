import pytest

from axletree.limits import IndexLimits, parse_size, size_words


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


def test_limits_are_written_as_people_read_them() -> None:
    limits = IndexLimits()

    assert size_words(limits.of("page")) == "64 MB"
    assert size_words(limits.of("metadata")) == "8 MB"
    assert size_words(limits.of("file")) == "10 GB"
    assert size_words(limits.header_bytes) == "64 kB"
    assert size_words(17) == "17 bytes"
