from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker

from axletree.resolver.locks.markers import Distinctions
from axletree.resolver.model.environment import Environment, environment_for
from axletree.resolver.model.errors import IndistinguishableEnvironmentsError

PYTHONS = ("3.8", "3.9", "3.10", "3.12")
PLATFORMS = (
    "linux",
    "aarch64-unknown-linux-gnu",
    "macos",
    "x86_64-apple-darwin",
    "windows",
)
ALL = tuple(environment_for(*pair) for pair in product(PYTHONS, PLATFORMS))


def environments(*pairs: str) -> tuple[Environment, ...]:
    """Make environments from `3.9/linux`."""
    return tuple(environment_for(*pair.split("/")) for pair in pairs)


@given(
    asked=st.lists(st.sampled_from(ALL), unique_by=lambda one: one.label, min_size=1),
    chosen=st.data(),
)
def test_a_marker_is_true_in_the_chosen_environments_only(
    asked: list[Environment], chosen: st.DataObject
) -> None:
    picks = chosen.draw(
        st.lists(st.booleans(), min_size=len(asked), max_size=len(asked))
    )
    wanted = [one for one, pick in zip(asked, picks, strict=True) if pick] or asked

    text = Distinctions(tuple(asked)).marker("six", wanted)

    where = [
        one for one in asked if not text or Marker(text).evaluate(dict(one.markers))
    ]
    assert where == wanted


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ("3.9/linux 3.12/linux", 'sys_platform == "linux"'),
        ("3.9/linux 3.9/windows", 'python_version == "3.9"'),
        ("3.12/windows", 'python_version == "3.12" and sys_platform == "win32"'),
        (
            "3.9/linux 3.12/windows",
            (
                '(python_version == "3.9" and sys_platform == "linux") or '
                '(python_version == "3.12" and sys_platform == "win32")'
            ),
        ),
        (
            "3.9/linux 3.9/windows 3.12/linux",
            'python_version == "3.9" or sys_platform == "linux"',
        ),
        ("3.9/linux 3.12/linux 3.9/windows 3.12/windows", ""),
    ],
)
def test_markers_are_short(chosen: str, text: str) -> None:
    asked = environments("3.9/linux", "3.12/linux", "3.9/windows", "3.12/windows")

    found = Distinctions(asked).marker("six", environments(*chosen.split()))

    assert found == text


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ("3.9/linux 3.10/linux", 'python_version < "3.11"'),
        ("3.10/linux 3.11/linux", 'python_version >= "3.10"'),
        ("3.9/linux 3.11/linux", 'python_version != "3.10"'),
        ("3.10/linux", 'python_version == "3.10"'),
    ],
)
def test_pythons_in_a_row_are_a_range(chosen: str, text: str) -> None:
    asked = environments("3.10/linux", "3.9/linux", "3.11/linux")

    found = Distinctions(asked).marker("six", environments(*chosen.split()))

    assert found == text


def test_machines_are_told_apart() -> None:
    asked = environments("3.9/linux", "3.9/aarch64-unknown-linux-gnu")

    found = Distinctions(asked).marker("six", asked[:1])

    assert found == 'platform_machine == "x86_64"'


def test_exact_patch_releases_are_told_apart() -> None:
    asked = environments("3.9.1/linux", "3.9.2/linux")

    found = Distinctions(asked).marker("six", asked[:1])

    assert found == 'python_full_version == "3.9.1"'


@pytest.mark.parametrize(
    "pairs",
    [
        ("3.9/x86_64-manylinux_2_17", "3.9/x86_64-manylinux_2_28"),
        ("3.9/linux", "3.9/musllinux"),
        ("3.9/linux", "3.9.7/linux"),
    ],
)
def test_what_no_marker_tells_apart_is_an_error_that_names_both(
    pairs: tuple[str, str],
) -> None:
    asked = environments(*pairs)

    with pytest.raises(IndistinguishableEnvironmentsError) as caught:
        Distinctions(asked).marker("six", asked[:1])

    assert f"six is not the same in {asked[0].label} and {asked[1].label}" in str(
        caught.value
    )
