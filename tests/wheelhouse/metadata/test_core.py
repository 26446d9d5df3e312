import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    UnusableMetadata,
)
from axletree.resolver.model.file_names import SafeName
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.wheelhouse.metadata.core import (
    parse_metadata,
    read_headers,
    unknown_format,
)

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


def parse(raw: bytes, version: str = "1.0", name: str = "demo") -> MetadataAnswer:
    """Parse what is in a file of this name."""
    file = DistributionFile(
        project=canonicalize_name(name),
        filename=SafeName("demo.whl"),
        version=version,
        kind="wheel",
    )
    return parse_metadata(raw, file)


def test_reads_requirements_in_order_and_stops_at_the_description() -> None:
    assert parse(WHOLE) == FileMetadata(
        requires_dist=("six", "boto3 (>=1.9) ; extra == 's3'"),
        requires_python=">=3.6",
        provides_extra=("s3",),
    )


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_line_ends_do_not_matter(end: bytes) -> None:
    assert parse(WHOLE.replace(b"\n", end)) == parse(WHOLE)


def test_a_folded_line_is_one_value() -> None:
    raw = b"Name: demo\nVersion: 1\nRequires-Dist: six\n    >=1.0\n"

    assert read_headers(raw)["requires-dist"] == ("six >=1.0",)


def test_a_name_in_another_encoding_keeps_the_requirements() -> None:
    raw = b"Name: demo\nVersion: 1\nAuthor: Ren\xe9\nRequires-Dist: six\n"

    found = parse(raw)

    assert isinstance(found, FileMetadata)
    assert found.requires_dist == ("six",)


def test_behind_a_byte_order_mark_there_is_no_header() -> None:
    found = parse(b"\xef\xbb\xbf" + WHOLE.replace(b"Name", b"Summary: x\nName"))

    assert found == UnusableMetadata(reason="its metadata says Name: (none), not demo")


def test_an_empty_requires_python_demands_nothing() -> None:
    found = parse(b"Name: demo\nVersion: 1\nRequires-Python: \n")

    assert isinstance(found, FileMetadata)
    assert found.requires_python is None


@pytest.mark.parametrize("raw", [b"", b"Name: demo\n", b"Version: 1\n", b"\x00\xff"])
def test_without_name_or_version_it_is_unusable(raw: bytes) -> None:
    assert isinstance(parse(raw), UnusableMetadata)


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [
        ("demo", "1.0", None),
        ("demo", "1", None),
        ("demo", "1.0.0", None),
        ("demo", "v1.0", None),
        ("demo", "1.0.post1", "its metadata says Version: 1.0, not 1.0.post1"),
        ("demo", "1.0+local", "its metadata says Version: 1.0, not 1.0+local"),
        ("demo", "1.0rc1", "its metadata says Version: 1.0, not 1.0rc1"),
        ("demo", "2", "its metadata says Version: 1.0, not 2"),
        ("demo-thing", "1.0", "its metadata says Name: demo, not demo-thing"),
        ("demo", "legacy", None),
    ],
)
def test_metadata_of_another_project_or_version_is_unusable(
    name: str, version: str, said: str | None
) -> None:
    found = parse(WHOLE, version, name)

    assert (found.reason if isinstance(found, UnusableMetadata) else None) == said


@pytest.mark.parametrize("spelled", ["Demo_Thing", "demo.thing", "DEMO--thing"])
def test_the_spelling_of_a_name_does_not_matter(spelled: str) -> None:
    raw = f"Name: {spelled}\nVersion: 1.0\n".encode()

    assert isinstance(parse(raw, name="demo-thing"), FileMetadata)


def test_a_version_that_is_none_is_another() -> None:
    found = parse(b"Name: demo\nVersion: 1.0-final-build\n")

    assert isinstance(found, UnusableMetadata)


@pytest.mark.parametrize(
    ("version", "is_known"),
    [("1.0", True), ("1.9.1", True), ("1", False), ("1.x", False), ("2.0", False)],
)
def test_a_version_of_the_wheel_format_is_one_that_pip_and_uv_both_know(
    version: str, *, is_known: bool
) -> None:
    said = unknown_format({"wheel-version": (version,)})

    assert (said is None) is is_known


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
