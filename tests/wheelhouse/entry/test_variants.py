"""A listing of variants is bounded JSON that maps labels."""

from pathlib import Path

import pytest

from axletree.wheelhouse.entry.variants import VARIANTS_LIMIT_BYTES, variants_at
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.gate import Kind

NAME = "demo-1.0-variants.json"


def write(folder: Path, content: bytes, filename: str = NAME) -> Path:
    path = folder / filename
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b'{"$schema": "", "variants": {}}',
        b'{"$schema": "x", "default-priorities": [], "variants": {"x.1_a": {"b": 1}}}',
        b'{"$schema": "", "variants": {}}' + b" " * (VARIANTS_LIMIT_BYTES - 31),
    ],
)
def test_what_installers_may_judge_enters(tmp_path: Path, content: bytes) -> None:
    name, kept = variants_at(write(tmp_path, content))
    assert (name.project, name.version, kept) == ("demo", "1.0", content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is no JSON object"),
        (b"[]", "it is no JSON object"),
        (b"\xff{}", "it is no JSON object"),
        (b'{"variants": {}, "a": NaN}', "it is no JSON object"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "it is nested too deeply"),
        (b"[" * 100_000, "it is no JSON object"),
        (b'{"$schema": ""}', "it has no object `variants`"),
        (b"{}", "it names no `$schema`"),
        (b'{"$schema": 5, "variants": {}}', "it names no `$schema`"),
        (b'{"$schema": "", "variants": []}', "it has no object `variants`"),
        (b'{"$schema": "", "variants": {"../x": {}}}', "'../x' is no variant label"),
        (b'{"$schema": "", "variants": {"": {}}}', "'' is no variant label"),
        (b'{"$schema": "", "variants": {"a\\n": {}}}', "is no variant label"),
        (
            b'{"$schema": "", "variants": {"%s": {}}}' % (b"a" * 17),
            "is no variant label",
        ),
        (
            b'{"$schema": "", "variants": {"null": 1}}',
            "what it says of the label null is no object",
        ),
        (b'{"variants": {}}' + b" " * VARIANTS_LIMIT_BYTES, "it is larger than"),
    ],
)
def test_anything_else_is_refused_with_one_finding(
    tmp_path: Path, content: bytes, why: str
) -> None:
    with pytest.raises(InvalidDistributionError) as caught:
        variants_at(write(tmp_path, content))
    [finding] = caught.value.findings
    assert finding.kind is Kind.INVALID_VARIANTS
    assert why in finding.text
    assert finding.text.isprintable()


def test_a_name_that_is_not_normalised_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDistributionError) as caught:
        variants_at(write(tmp_path, b'{"variants": {}}', "Demo-1.0-variants.json"))
    [finding] = caught.value.findings
    assert finding.kind is Kind.FILE_NAME
    assert "not a valid listing of variants" in caught.value.what
