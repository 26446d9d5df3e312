"""Tags of wheels, taken apart and held against a target."""

import pytest

from axletree.resolver.conflicts.wheel_tags import (
    PlatformWords,
    Target,
    platform_words,
    single_tags,
)
from axletree.resolver.model.environment import environment_for


@pytest.mark.parametrize(
    ("platform", "system", "processors", "version"),
    [
        ("any", "", (), ()),
        ("manylinux1_i686", "Linux", ("32-bit x86",), (2, 5)),
        ("manylinux2014_ppc64le", "Linux", ("ppc64le",), (2, 17)),
        ("manylinux_2_34_aarch64", "Linux", ("aarch64",), (2, 34)),
        ("linux_armv7l", "Linux", ("armv7l",), ()),
        ("musllinux_1_2_x86_64", "musl Linux", ("x86-64",), (1, 2)),
        ("macosx_10_9_universal2", "macOS", ("arm64", "x86-64"), (10, 9)),
        ("win32", "Windows", ("32-bit x86",), ()),
        ("win_amd64", "Windows", ("x86-64",), ()),
        ("win_arm64", "Windows", ("arm64",), ()),
        ("android_24_arm64_v8a", "Android", ("arm64_v8a",), (24,)),
        ("ios_13_0_arm64_iphoneos", "iOS", ("arm64_iphoneos",), (13, 0)),
        ("solaris_2_sparc", "solaris_2_sparc", (), ()),
    ],
)
def test_a_platform_is_taken_apart(
    platform: str, system: str, processors: tuple[str, ...], version: tuple[int, ...]
) -> None:
    words = PlatformWords(system=system, processors=processors, version=version)

    assert platform_words(platform) == words


@pytest.mark.parametrize(
    ("tag", "misfits"),
    [
        ("py3-none-any", set()),
        ("cp39-cp39-manylinux_2_17_x86_64", set()),
        ("cp39-cp39-manylinux_2_34_x86_64", {"version"}),
        ("cp38-cp38-manylinux_2_34_x86_64", {"python", "version"}),
        ("cp38-cp38-manylinux_2_34_aarch64", {"python", "processor"}),
        ("cp39-cp39-win_amd64", {"system"}),
        ("py2-none-any", {"python"}),
        ("cp36-abi3-musllinux_1_2_x86_64", {"system"}),
    ],
)
def test_a_wheel_is_held_against_a_target(tag: str, misfits: set[str]) -> None:
    assert Target(environment_for("3.9", "linux").tags).misfits(tag) == misfits


def test_a_compressed_set_is_expanded_and_each_tag_comes_once() -> None:
    tags = ["py2.py3-none-any", "py3-none-any"]

    assert list(single_tags(tags)) == ["py2-none-any", "py3-none-any"]
