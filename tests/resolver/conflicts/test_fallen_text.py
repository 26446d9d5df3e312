"""Why releases cannot be chosen: what is said holds for each of their files."""

from typing import TYPE_CHECKING

import pytest

from axletree.resolver.conflicts.asked import Asked
from axletree.resolver.conflicts.fallen_text import why_fallen
from axletree.resolver.universe.particulars import Particulars

if TYPE_CHECKING:
    from axletree.resolver.universe.particulars import FallenFiles

ASKED = Asked(
    roots=(),
    python_version="3.9",
    platform="x86_64-manylinux_2_17",
    last_day="2022-01-01",
)
NEWER = "cp39-cp39-manylinux_2_34_x86_64"
FITS = "cp39-cp39-manylinux_2_17_x86_64"


def release(files: "FallenFiles") -> Particulars:
    """Tell of a release that has just these files."""
    return Particulars((("a-1.whl", None, False, False), (), (files, (), (), (), ())))


@pytest.mark.parametrize(
    ("reason", "releases", "said"),
    [
        (
            "tag",
            [((NEWER, ("tag",)), ("", ("metadata",)))],
            (
                "has no wheel for Python 3.9 on x86_64-manylinux_2_17 (needs glibc 2.34, "
                "the target has 2.17)"
            ),
        ),
        (
            "tag",
            [((NEWER, ("tag", "no-time")), (FITS, ("no-time",)))],
            (
                "has wheels that do not fit Python 3.9 on x86_64-manylinux_2_17 (needs "
                "glibc 2.34, the target has 2.17)"
            ),
        ),
        (
            "no-time",
            [((FITS, ("no-time",)),)],
            "has no upload time, so --exclude-newer 2022-01-01 hides it",
        ),
        (
            "no-time",
            [((FITS, ("no-time",)), ("", ("metadata",)))],
            (
                "has files that have no upload time, so --exclude-newer 2022-01-01 hides "
                "them"
            ),
        ),
        (
            "binary-policy",
            [(("", ("binary-policy",)),)],
            "has only an sdist, and --only-binary refuses it",
        ),
        (
            "binary-policy",
            [(("", ("binary-policy",)),), (("", ("binary-policy",)),)],
            "have only sdists, and --only-binary refuses them",
        ),
        (
            "binary-policy",
            [(("", ("binary-policy",)), (NEWER, ("tag",)))],
            "has an sdist, and --only-binary refuses it",
        ),
        (
            "binary-policy",
            [((FITS, ("binary-policy",)), (NEWER, ("binary-policy", "tag")))],
            "has only wheels, and --no-binary refuses them",
        ),
        (
            "binary-policy",
            [((FITS, ("binary-policy",)), ("", ("metadata",)))],
            "has wheels, and --no-binary refuses them",
        ),
        (
            "hash",
            [((FITS, ("hash",)), ("", ("hash",)))],
            "has no file with a hash that you give",
        ),
        (
            "hash",
            [((FITS, ("hash",)), ("", ("metadata",)))],
            "has files with none of the hashes that you give",
        ),
    ],
)
def test_it_is_said_of_the_files_that_it_holds_for(
    reason: str, releases: "list[FallenFiles]", said: str
) -> None:
    assert why_fallen(reason, list(map(release, releases)), ASKED) == said
