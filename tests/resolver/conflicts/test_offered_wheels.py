"""What wheels are there for, said shortly."""

import pytest

from axletree.resolver.conflicts.offered_wheels import offered_wheels


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ([], "it has other files"),
        (["py3-none-any"], "only for Python 3"),
        (["py2.py3-none-any"], "only for Python 2 and 3"),
        (["cp39-cp39-manylinux2014_x86_64"], "only for Python 3.9 on Linux"),
        (["cp39-abi3-win_amd64"], "only for Python 3.9 and newer on Windows"),
        (["cp313-cp313t-linux_x86_64"], "only for Python 3.13 free-threaded on Linux"),
        (["pp39-pypy39_pp73-win32"], "only for Python PyPy 3.9 on Windows"),
        (["graalpy38-graalpy38_native-any"], "only for Python graalpy 3.8"),
        (["cp27-cp27m-solaris_2_sparc"], "only for Python 2.7 on solaris_2_sparc"),
        (
            [f"cp3{minor}-cp3{minor}-musllinux_1_1_x86_64" for minor in (10, 9, 8, 6)],
            "only for Python 3.6 and 3.8 to 3.10 on musl Linux",
        ),
        (
            [
                "cp38-cp38-manylinux1_x86_64.manylinux2010_x86_64",
                "cp38-cp38-macosx_10_9_x86_64",
                "cp38-cp38-win_amd64",
            ],
            "only for Python 3.8 on Linux, Windows and macOS",
        ),
        (
            ["cp38-cp38-linux_x86_64", "cp37-cp37m-win32"],
            "only for Python 3.8 on Linux, Python 3.7 on Windows",
        ),
        (
            ["cp36-abi3-win32", "cp38-cp38-win32", "cp39-cp39-win32"],
            "only for Python 3.6 and newer and 3.8 to 3.9 on Windows",
        ),
    ],
)
def test_wheels_are_named_by_python_and_system(tags: list[str], said: str) -> None:
    assert offered_wheels(tags) == said
