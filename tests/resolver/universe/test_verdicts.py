import pytest
from packaging.specifiers import SpecifierSet

from axletree.resolver.universe.verdicts import admits, opts_in


@pytest.mark.parametrize(
    ("specifier", "version", "expected"),
    [
        ("", "1.0", True),
        (">=1,<2", "1.5", True),
        (">=1,<2", "2", False),
        (">=1", "2.0rc1", True),
        ("==1.0", "1.0+local", True),
        ("===1.0", "1.0", True),
        ("===1.0", "1.0.0", False),
        ("===1.0RC1", "1.0rc1", True),
    ],
)
def test_a_specifier_admits_a_version_as_it_is_spelled(
    specifier: str, version: str, *, expected: bool
) -> None:
    assert admits(SpecifierSet(specifier), version) is expected


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("", False),
        (">=1.0rc1", True),
        ("~=1.0rc1", True),
        ("==1.0.dev1", True),
        ("===1.0a1", True),
        ("<2.dev0", False),
        (">=1.0", False),
        ("===odd", False),
        ("!=1.0rc1", False),
    ],
)
def test_a_prerelease_named_as_pin_or_lower_bound_opts_in(
    specifier: str, *, expected: bool
) -> None:
    assert opts_in(SpecifierSet(specifier)) is expected
