"""Which candidate is nearer to what was asked for."""

import pytest
from packaging.specifiers import SpecifierSet

from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Limits
from axletree.resolver.repairs.places import Places, pinned
from axletree.resolver.universe.candidates import PageCompiler, Release
from tests.support.answers import name


def releases(*versions: str) -> tuple[Release, ...]:
    files = tuple(
        DistributionFile(
            project=name("a"),
            filename=safe_name(f"a-{version}-py3-none-any.whl"),
            version=version,
            kind="wheel",
            tag="py3-none-any",
        )
        for version in versions
    )
    compiler = PageCompiler(environment_for("3.11", "linux"), Limits())
    return compiler.compile(Page(project=name("a"), files=files)).all


@pytest.mark.parametrize(
    ("specifier", "nearest"),
    [
        ("==3", ["3", "4", "2", "5", "1"]),
        # Between two there is none: the newer one comes first.
        ("==2.5", ["3", "2", "4", "1", "5"]),
        ("==9", ["5", "4", "3", "2", "1"]),
        ("==0.1", ["1", "2", "3", "4", "5"]),
        # The same version, spelled otherwise.
        ("===3.0", ["3", "4", "2", "5", "1"]),
        ("==2+cu116", ["2", "3", "1", "4", "5"]),
        ("==2.5+cu116", ["3", "2", "4", "1", "5"]),
        (">=2,<4", ["3", "2", "4", "1", "5"]),
        (">2,<1", ["3", "2", "1", "4", "5"]),
    ],
)
def test_the_nearest_comes_first(specifier: str, nearest: list[str]) -> None:
    listed = releases("1", "2", "3", "4", "5")
    places = Places.of(SpecifierSet(specifier), listed)

    found = [str(listed[at].version) for at in places.nearest_first()]

    assert found == nearest


@pytest.mark.parametrize(
    ("specifier", "is_pin"),
    [
        ("==1", True),
        ("===1", True),
        ("==1,!=2", True),
        ("==1.*", False),
        ("~=1.2", False),
        (">=1,<=1", False),
    ],
)
def test_a_wildcard_is_no_pin(specifier: str, is_pin: bool) -> None:  # noqa: FBT001  a parameter
    assert bool(pinned(SpecifierSet(specifier))) is is_pin
