from axletree.limits import IndexLimits
from axletree.sizes import size_words


def test_limits_are_written_as_people_read_them() -> None:
    limits = IndexLimits()

    assert size_words(limits.of("page")) == "64 MB"
    assert size_words(limits.of("metadata")) == "8 MB"
    assert size_words(limits.of("file")) == "10 GB"
    assert size_words(limits.header_bytes) == "64 kB"
