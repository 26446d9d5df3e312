from pathlib import Path

import pytest

from axletree.builder.checks.platform_needs import PlatformNeeds
from axletree.builder.checks.platform_tag import (
    check_compiled,
    check_fit,
    true_platforms,
)
from axletree.builder.errors import CheckFailedError
from axletree.resolver.model.environment import environment_for


def named(platform: str, tag: str = "cp311-cp311") -> Path:
    return Path(f"demo-1.0-{tag}-{platform}.whl")


def needs(platform: str, *symbols: str, foreign: tuple[str, ...] = ()) -> PlatformNeeds:
    return PlatformNeeds(platform=platform, symbols=symbols, foreign=foreign)


OLD = needs("manylinux_2_17_x86_64", "GLIBC_2.14")
NEW = needs("manylinux_2_34_x86_64", "GLIBC_2.34")
LINKED = needs("linux_x86_64", "GLIBC_2.34", foreign=("libssl.so.3",))


@pytest.mark.parametrize(
    ("platform", "found", "true"),
    [
        ("linux_x86_64", OLD, ("manylinux_2_17_x86_64", "manylinux2014_x86_64")),
        ("linux_x86_64", NEW, ("manylinux_2_34_x86_64",)),
        ("linux_x86_64", LINKED, ("linux_x86_64",)),
        (
            "linux_x86_64",
            needs("musllinux_1_2_x86_64"),
            ("musllinux_1_2_x86_64",),
        ),
    ],
)
def test_a_linux_wheel_becomes_what_is_true(
    platform: str, found: PlatformNeeds, true: tuple[str, ...]
) -> None:
    assert true_platforms(named(platform), found) == {platform: true}


@pytest.mark.parametrize(
    ("platform", "found"),
    [
        ("manylinux_2_17_x86_64", OLD),
        ("manylinux2014_x86_64", OLD),
        ("manylinux_2_28_x86_64", OLD),
        ("manylinux_2_17_x86_64.manylinux2014_x86_64", OLD),
        ("musllinux_1_2_x86_64", needs("musllinux_1_1_x86_64")),
    ],
)
def test_a_promise_that_holds_stays(platform: str, found: PlatformNeeds) -> None:
    assert true_platforms(named(platform), found) == {}


@pytest.mark.parametrize(
    ("platform", "found", "said"),
    [
        ("manylinux_2_17_x86_64", NEW, "GLIBC_2.34"),
        ("manylinux2014_x86_64", NEW, "GLIBC_2.34"),
        ("manylinux1_x86_64", OLD, "GLIBC_2.14"),
        ("manylinux_2_34_x86_64.manylinux_2_17_x86_64", NEW, "manylinux_2_17_x86_64,"),
        ("manylinux_2_39_x86_64", LINKED, "libssl.so.3"),
        ("manylinux_2_17_aarch64", OLD, "manylinux_2_17_x86_64"),
        ("musllinux_1_2_x86_64", OLD, "manylinux_2_17_x86_64"),
    ],
)
def test_a_promise_that_does_not_hold_is_refused(
    platform: str, found: PlatformNeeds, said: str
) -> None:
    with pytest.raises(CheckFailedError) as caught:
        true_platforms(named(platform), found)
    assert said in caught.value.what


def test_a_python_extension_in_a_wheel_for_any_platform_is_refused() -> None:
    wheel = named("any", "py3-none")
    for name in ("x.cpython-311-x86_64-linux-gnu.so", "p/x.abi3.so"):
        with pytest.raises(CheckFailedError, match="any platform"):
            check_compiled(wheel, [name])
    (note,) = check_compiled(wheel, ["p/attach_linux_amd64.so"])
    assert "attach_linux_amd64.so" in note
    assert check_compiled(wheel, []) == ()
    assert check_compiled(named("linux_x86_64"), ["x.abi3.so"]) == ()


@pytest.mark.parametrize(
    ("platform", "found", "target"),
    [
        ("manylinux_2_34_x86_64", NEW, "x86_64-manylinux_2_34"),
        ("linux_x86_64", LINKED, "x86_64-manylinux_2_36"),
        ("any", None, "linux"),
    ],
)
def test_a_wheel_that_fits_passes(
    platform: str, found: PlatformNeeds | None, target: str
) -> None:
    tag = "py3-none" if platform == "any" else "cp311-cp311"
    check_fit(named(platform, tag), found, environment_for("3.11", target))


def test_a_wheel_that_needs_a_newer_c_library_than_the_target_has_is_refused() -> None:
    target = environment_for("3.11", "x86_64-manylinux_2_17")
    # Its name fits every Linux; what it needs does not.
    for wheel, found in (("manylinux_2_34_x86_64", NEW), ("linux_x86_64", LINKED)):
        with pytest.raises(CheckFailedError) as caught:
            check_fit(named(wheel), found, target)
        assert caught.value.what == (
            "the built wheel needs GLIBC_2.34, and Python 3.11 on "
            "x86_64-manylinux_2_17 has glibc 2.17"
        )
        assert "--python-platform x86_64-manylinux_2_34" in caught.value.hint


def test_a_wheel_for_another_python_or_machine_is_refused() -> None:
    target = environment_for("3.12", "linux")
    for wheel in (named("manylinux_2_17_x86_64"), named("win_amd64", "cp312-cp312")):
        with pytest.raises(CheckFailedError, match="cannot use"):
            check_fit(wheel, None, target)
