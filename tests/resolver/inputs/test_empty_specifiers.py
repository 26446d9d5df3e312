"""Requirements that are empty by themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from axletree.resolver.inputs.empty_specifiers import is_empty

VERSIONS = [
    f"{epoch}{release}{suffix}"
    for epoch in ("", "1!")
    for release in ("0", "1", "1.0.1", "1.1", "1.2", "2", "2.1", "3")
    for suffix in ("", ".dev0", "a1", "rc2", ".post1", "+cu116", ".post1+x")
]
PUBLIC = [version for version in VERSIONS if "+" not in version]


@pytest.mark.parametrize(
    "text",
    [
        *(">2,<1", ">=2,<2", ">2,<=2", ">2,<2", "==1,==2", "==1,>1", "==1,!=1"),
        *("==1.*,==2.*", "~=1.2,>=2", "==1.*,>=2", "~=1.2.0,<1.2", ">=1!1,<3"),
        *("==1+cu116,!=1", "==2,<1,>3"),
    ],
)
def test_what_no_version_can_meet_is_empty(text: str) -> None:
    assert is_empty(SpecifierSet(text))


@pytest.mark.parametrize(
    "text",
    [
        *("", "==1", ">2", ">=2,<=2", "==1,>=1", "==1.*,>=1.5", "~=1.2,<2"),
        # Some pre-releases of 2 are in between.
        *(">1,<2", ">=2.dev0,<2rc1", "==1,==1+cu116", "===1,<1", ">=1,!=1"),
    ],
)
def test_what_some_version_may_meet_is_not(text: str) -> None:
    assert not is_empty(SpecifierSet(text))


PARTS = st.one_of(
    st.builds(str.__add__, st.sampled_from(("==", "!=")), st.sampled_from(VERSIONS)),
    st.builds(
        str.__add__,
        st.sampled_from((">=", "<=", ">", "<")),
        st.sampled_from(PUBLIC),
    ),
    st.sampled_from(("==1.*", "==1.1.*", "!=2.*", "~=1.1", "~=1.0.1", "~=2.1rc1")),
)


@given(parts=st.lists(PARTS, min_size=2, max_size=4))
def test_no_version_meets_what_is_said_to_be_empty(parts: list[str]) -> None:
    specifier = SpecifierSet(",".join(parts))
    if is_empty(specifier):
        assert not [
            version
            for version in map(Version, VERSIONS)
            if specifier.contains(version, prereleases=True)
        ]
