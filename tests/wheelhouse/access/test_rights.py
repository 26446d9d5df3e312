"""Rights say what they cover, and are refused where they say nothing."""

import pytest
from packaging.utils import canonicalize_name

from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.errors import InvalidRightError


@pytest.mark.parametrize(
    ("right", "covered", "not_covered"),
    [
        ("upload:acme-*", ["acme", "acme-tools", "acme-a-b"], ["acmetools", "acm"]),
        ("upload:Acme_Tools", ["acme-tools"], ["acme", "acme-tools-x"]),
        ("upload:Acme.*", [], ["acme"]),
        ("upload", ["acme", "numpy"], []),
        ("upload:*", ["acme", "numpy"], []),
        ("read:a.b-*", ["a-b", "a-b-c"], ["a"]),
    ],
)
def test_right_covers_its_projects(
    right: str, covered: list[str], not_covered: list[str]
) -> None:
    if right == "upload:Acme.*":
        with pytest.raises(InvalidRightError):
            Right.parse(right)
        return
    parsed = Right.parse(right)
    assert all(parsed.covers(canonicalize_name(name)) for name in covered)
    assert not any(parsed.covers(canonicalize_name(name)) for name in not_covered)
    assert Right.parse(str(parsed)) == parsed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "uplod",
        "upload:",
        "upload:-*",
        "upload:a*",
        "upload:*a",
        "upload:a/b",
        "upload:Acme.*",
        "x:y",
    ],
)
def test_what_is_no_right_is_refused(text: str) -> None:
    with pytest.raises(InvalidRightError):
        Right.parse(text)
