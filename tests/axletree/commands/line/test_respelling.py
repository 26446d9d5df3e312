"""The command line that was given, spelled anew with a change."""

import os
import subprocess

import pytest

from axletree.commands.line.respelling import respell

WORDS = ("lock", "six>=1", "-r", "my file.txt", "-o", "out.txt", "--python-version=3.9")


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        (
            respell(WORDS),
            "axletree lock 'six>=1' -r 'my file.txt' -o out.txt --python-version=3.9",
        ),
        (
            respell(WORDS, "explain"),
            "axletree explain 'six>=1' -r 'my file.txt' --python-version=3.9",
        ),
        (
            respell(
                WORDS,
                without={"python_versions", "output_file"},
                more=["--python-version", "3.8"],
            ),
            "axletree lock 'six>=1' -r 'my file.txt' --python-version 3.8",
        ),
        (
            respell(("lock", "six>=1", "b"), instead={"six>=1": "six==1"}),
            "axletree lock six==1 b",
        ),
        (
            respell(("why", "six", "app", "-r", "r.txt"), "explain"),
            "axletree explain app -r r.txt",
        ),
        (
            respell(("lock", "a", "-i", "https://me:secret@index.example/simple/")),
            "axletree lock a -i 'https://****@index.example/simple/'",
        ),
        (respell(("lock", "a", "-P", "b==2"), "explain"), "axletree explain a b==2"),
        (respell(("lock", "a", "-P", "b"), "explain"), "axletree explain a"),
        (respell((), "collect", more=["six"]), "axletree collect six"),
    ],
)
def test_only_what_changes_is_changed(spelled: str, expected: str) -> None:
    assert spelled == expected


@pytest.mark.parametrize(
    "name", ["a\nb", "it's\x1b[0m\\n", "\udcff1", "\u202egnp", "a b\x07"]
)
def test_a_word_that_cannot_be_shown_is_read_by_a_shell_all_the_same(name: str) -> None:
    spelled = respell(("lock", "-r", name))
    assert spelled.isprintable()

    script = f"printf %s {spelled.removeprefix('axletree lock -r ')}"
    printed = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    assert printed.stdout == os.fsencode(name)
