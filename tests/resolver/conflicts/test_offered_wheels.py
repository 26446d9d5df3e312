"""Why no wheel fits, said shortly and by those that come nearest."""

import pytest

from axletree.resolver.conflicts.offered_wheels import offered_wheels


def cp(*minors: int, on: str) -> list[str]:
    """Name the wheels of one release for several Pythons."""
    return [f"cp3{minor}-cp3{minor}-{on}" for minor in minors]


@pytest.mark.parametrize(
    ("platform", "tags", "said"),
    [
        ("linux", [], "it has other files"),
        ("linux", ["py2-none-any"], "only for Python 2"),
        ("linux", ["pp39-pypy39_pp73-linux_x86_64"], "only for Python PyPy 3.9"),
        ("linux", ["graalpy38-graalpy38_native-any"], "only for Python graalpy 3.8"),
        (
            "linux",
            ["cp310-abi3-win_amd64"],
            "only for Python 3.10 and newer on Windows",
        ),
        (
            "linux",
            ["cp313-cp313t-linux_x86_64"],
            "only for Python 3.13 free-threaded",
        ),
        (
            "linux",
            ["cp315-abi3t-linux_x86_64"],
            "only for Python 3.15 free-threaded and newer",
        ),
        (
            "linux",
            ["cp27-cp27m-solaris_2_sparc"],
            "only for Python 2.7 on solaris_2_sparc",
        ),
        ("linux", cp(10, 9, 8, on="linux_x86_64"), "only for Python 3.8 to 3.10"),
        (
            "linux",
            cp(9, 6, on="linux_x86_64") + cp(9, on="win32"),
            "only for Python 3.6 and 3.9",
        ),
        # What is said of the target's own system is not true of the others.
        (
            "linux",
            cp(9, on="manylinux1_x86_64.manylinux2010_x86_64") + cp(10, on="win32"),
            "on x86-64 Linux only for Python 3.9",
        ),
        (
            "aarch64-unknown-linux-gnu",
            cp(7, 8, 9, 10, 11, on="manylinux2014_x86_64"),
            "only x86-64 has wheels",
        ),
        (
            "aarch64-unknown-linux-gnu",
            cp(11, on="manylinux2014_x86_64")
            + cp(11, on="manylinux2014_i686")
            + cp(11, on="macosx_11_0_arm64"),
            "on Linux only 32-bit x86 and x86-64 have wheels",
        ),
        (
            "aarch64-unknown-linux-gnu",
            cp(9, on="manylinux2014_x86_64"),
            "only for Python 3.9 on x86-64 Linux",
        ),
        (
            "x86_64-manylinux_2_17",
            cp(11, 12, on="manylinux_2_34_x86_64"),
            "needs glibc 2.34, the target has 2.17",
        ),
        (
            "x86_64-manylinux_2_17",
            cp(11, on="manylinux_2_34_x86_64") + cp(11, on="manylinux_2_28_x86_64"),
            "needs glibc 2.28, the target has 2.17",
        ),
        (
            "x86_64-manylinux_2_17",
            cp(12, on="manylinux_2_34_x86_64"),
            "only for Python 3.12, and it needs glibc 2.34",
        ),
        (
            "x86_64-unknown-linux-musl",
            cp(11, on="manylinux_2_17_x86_64") + cp(11, on="win_amd64"),
            "its Linux wheels are for glibc, and the target has musl",
        ),
        (
            "linux",
            cp(11, on="musllinux_1_2_x86_64"),
            "its Linux wheels are for musl, and the target has glibc",
        ),
        (
            "aarch64-unknown-linux-musl",
            cp(11, on="musllinux_1_2_x86_64"),
            "only x86-64 has wheels",
        ),
        (
            "x86_64-musllinux_1_1",
            cp(11, on="musllinux_1_2_x86_64"),
            "needs musl 1.2, the target has 1.1",
        ),
        (
            "macos",
            cp(11, on="macosx_14_0_arm64"),
            "needs macOS 14.0, the target has 13.0",
        ),
        ("macos", cp(11, on="macosx_11_0_x86_64"), "only x86-64 has wheels"),
        (
            "x86_64-apple-darwin",
            cp(9, on="macosx_11_0_universal2"),
            "only for Python 3.9",
        ),
        (
            "windows",
            cp(11, on="macosx_14_0_arm64") + cp(11, on="manylinux_2_28_x86_64"),
            "only for Python 3.11 on Linux and macOS",
        ),
        (
            "windows",
            cp(8, on="manylinux1_x86_64") + cp(11, on="macosx_14_0_arm64"),
            "only for Python 3.8 on Linux, Python 3.11 on macOS",
        ),
        ("aarch64-pc-windows-msvc", cp(11, on="win32"), "only 32-bit x86 has wheels"),
        (
            "aarch64-unknown-linux-gnu",
            cp(9, on="manylinux2014_x86_64") + cp(11, on="win_amd64"),
            "on Linux only for Python 3.9 on x86-64",
        ),
        (
            "aarch64-unknown-linux-gnu",
            cp(9, on="manylinux_2_34_aarch64") + cp(11, on="manylinux2014_x86_64"),
            "for Python 3.11 only x86-64 has wheels",
        ),
        (
            "x86_64-manylinux_2_17",
            cp(8, on="manylinux1_x86_64") + cp(11, on="manylinux_2_34_x86_64"),
            "needs glibc 2.34, the target has 2.17",
        ),
        (
            "x86_64-manylinux_2_12",
            cp(11, on="manylinux2014_x86_64") + cp(11, on="manylinux2014_aarch64"),
            "needs glibc 2.17, the target has 2.12",
        ),
        # As near as each other.
        (
            "aarch64-unknown-linux-gnu",
            cp(9, on="manylinux2014_aarch64") + cp(11, on="manylinux2014_x86_64"),
            "for Python 3.11 only x86-64 has wheels; on aarch64 Linux only for Python 3.9",
        ),
    ],
)
def test_it_is_said_by_what_comes_nearest(
    platform: str, tags: list[str], said: str
) -> None:
    assert offered_wheels([tags], "3.11", platform) == said


def test_releases_are_told_together() -> None:
    releases = [cp(11, on="manylinux_2_34_x86_64"), cp(11, on="manylinux_2_31_x86_64")]
    needed = "need glibc 2.31 to 2.34, the target has 2.17"
    platform = "x86_64-manylinux_2_17"

    assert offered_wheels(releases, "3.11", platform) == needed
    others = [*releases, cp(8, on="manylinux1_x86_64")]
    old = "on x86-64 Linux with glibc 2.17 only for Python 3.8"
    assert offered_wheels(others, "3.11", platform) == f"{needed}; {old}"
