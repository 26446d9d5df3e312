"""The lines of a lock that pip reads."""

import pytest

from axletree.resolver.locks.lines import LockLine, header, lock_text, shown_command
from axletree.resolver.model.origins import Origin, Requirer

ASKERS = (Requirer("b", "2"), Origin("r.in", 9), Origin(), Origin("r.in", 3))


def test_a_line_says_what_holds_where_and_who_asked() -> None:
    line = LockLine(
        name="a",
        version="1",
        extras=("x", "y"),
        marker="python_version >= '3.9'",
        hashes=("sha256:1", "sha256:2"),
        requested_by=ASKERS,
    )

    assert lock_text((), [line]).splitlines() == [
        "a[x,y]==1 ; python_version >= '3.9' \\",
        "    --hash=sha256:1 \\",
        "    --hash=sha256:2",
        "    # via",
        "    #   -r r.in",
        "    #   b",
        "    #   command line",
    ]


def test_a_line_with_nothing_beside_it_is_a_pin() -> None:
    bare = LockLine(name="a", version="1", requested_by=())
    asked = LockLine(name="b", version="2", requested_by=ASKERS[1::2])

    text = lock_text(["# head"], [bare, asked])

    assert text == "# head\na==1\nb==2\n    # via -r r.in\n"


def test_the_header_names_environments_command_and_notes() -> None:
    labels = ("Python 3.8 on linux", "Python 3.9 on linux", "Python 3.10 on linux")

    assert list(header(labels, ["lock", "a"], ["one\nmore"])) == [
        "#",
        "# This file was made by axletree for Python 3.8 on linux,",
        "# Python 3.9 on linux,",
        "# Python 3.10 on linux",
        "# with the following command:",
        "#",
        "#    lock a",
        "#",
        "# note: one",
        "# more",
        "#",
    ]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["lock", "a>=1"], "lock 'a>=1'"),
        (["lock", "--index-url", "public", "a"], "lock --index-url public a"),
        (["lock", "-i", "https://h/", "a"], "lock a"),
        (["lock", "--extra-index-url=https://h/", "a"], "lock a"),
        (["lock", "--find-links", "wheels"], "lock --find-links wheels"),
        (["lock", "--index-url"], "lock --index-url"),
        (["lock", "-vv", "--json", "-U", "--check", "a"], "lock a"),
        (["lock", "-P", "a", "-Pb", "--upgrade-package=c", "d"], "lock d"),
        (["lock", "", "-o", "a b"], "lock '' -o 'a b'"),
    ],
)
def test_the_command_is_shown_without_addresses(words: list[str], shown: str) -> None:
    assert shown_command(words) == shown
