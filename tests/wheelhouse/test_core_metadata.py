import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axletree.resolver.distribution import FileMetadata, UnusableMetadata
from axletree.wheelhouse.core_metadata import parse_metadata, read_headers

WHOLE = b"""\
Metadata-Version: 2.1
Name: demo
Version: 1.0
Requires-Python: >=3.6
Provides-Extra: s3
Requires-Dist: six
Requires-Dist: boto3 (>=1.9) ; extra == 's3'

Requires-Dist: not-a-header
"""


def test_reads_requirements_in_order_and_stops_at_the_description() -> None:
    assert parse_metadata(WHOLE) == FileMetadata(
        requires_dist=("six", "boto3 (>=1.9) ; extra == 's3'"),
        requires_python=">=3.6",
        provides_extra=("s3",),
    )


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_line_ends_do_not_matter(end: bytes) -> None:
    assert parse_metadata(WHOLE.replace(b"\n", end)) == parse_metadata(WHOLE)


def test_a_folded_line_is_one_value() -> None:
    raw = b"Name: demo\nVersion: 1\nRequires-Dist: six\n    >=1.0\n"

    assert read_headers(raw)["requires-dist"] == ("six >=1.0",)


def test_a_name_in_another_encoding_keeps_the_requirements() -> None:
    raw = b"Name: demo\nVersion: 1\nAuthor: Ren\xe9\nRequires-Dist: six\n"

    found = parse_metadata(raw)

    assert isinstance(found, FileMetadata)
    assert found.requires_dist == ("six",)


def test_an_empty_requires_python_demands_nothing() -> None:
    found = parse_metadata(b"Name: demo\nVersion: 1\nRequires-Python: \n")

    assert isinstance(found, FileMetadata)
    assert found.requires_python is None


@pytest.mark.parametrize("raw", [b"", b"Name: demo\n", b"Version: 1\n", b"\x00\xff"])
def test_without_name_or_version_it_is_unusable(raw: bytes) -> None:
    assert isinstance(parse_metadata(raw), UnusableMetadata)


LINES = st.lists(
    st.sampled_from(
        [
            "Name: demo",
            "Requires-Dist: six>=1",
            "Requires-Dist:six",
            "License: of: two colons",
            "unindented text",
            "text : with a colon",
            "",
            "Empty:",
            "UPPER: x ",
        ]
    )
)


@given(LINES)
def test_headers_are_split_as_the_standard_library_does(lines: list[str]) -> None:
    text = "\n".join(lines)
    message = email.message_from_string(text, policy=email.policy.compat32)
    expected: dict[str, list[str]] = {}
    for name, value in message.items():
        expected.setdefault(name.lower(), []).append(value.strip())

    found = read_headers(text.encode())

    assert {name: list(values) for name, values in found.items()} == expected
