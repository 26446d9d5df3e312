"""What is kept of a specifier that has to give way."""

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from axletree.resolver.inputs.loosening import goes_back, loosened


@pytest.mark.parametrize(
    ("old", "chosen", "expected"),
    [
        (">=1,<2", "3", ">=1"),
        (">=2,<3", "1", ">=1,<3"),
        ("~=1.1", "3", ">=1.1"),
        ("==1.*", "2", ">=1"),
        ("==2", "1", ">=1,<=2"),
        ("==2+local", "3", ">=2"),
        ("!=2", "2", "<=2"),
        (">=3,<2", "2.5", "==2.5"),
        # What is no version bounds nothing.
        ("===abc", "2", "<=2"),
    ],
)
def test_one_side_of_a_specifier_stays_where_it_admits_what_works(
    old: str, chosen: str, expected: str
) -> None:
    assert loosened(SpecifierSet(old), Version(chosen)) == expected


@pytest.mark.parametrize(
    ("old", "chosen", "expected"),
    [
        (">=1,<2", "3", False),
        (">=2,<3", "1", True),
        ("==2", "3", False),
        ("==2", "1", True),
        ("==2.*", "1", True),
        ("~=2.1", "2.0", True),
        ("<2,!=1.5", "1.5", False),
        (">1", "1", True),
        ("===abc", "1", False),
    ],
)
def test_what_is_older_than_all_that_was_asked_for_goes_back(
    old: str, chosen: str, *, expected: bool
) -> None:
    assert goes_back(SpecifierSet(old), Version(chosen)) == expected
