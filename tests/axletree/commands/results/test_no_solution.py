"""A refusal names the explain command for the same question."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

ASKED = ("left==1", "right==2")


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (("-o", "out.txt", "--format=constraints"), ()),
        (("-oout.txt", "-Uv"), ("-v",)),
        (("-Uoout.txt",), ()),
        (("--output-file=out.txt", "--emit-index-url", "--upgrade"), ()),
        (("-P", "left", "--upgrade-package=right==2"), ("right==2",)),
        (("-Pright==2",), ("right==2",)),
        (("--pre", "--exclude=six"), ("--pre", "--exclude=six")),
    ],
)
def test_the_explain_command_has_no_option_that_only_a_lock_has(
    axletree: CommandLine, clash: Path, words: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    ran = axletree("lock", *ASKED, "--universe", clash, *words)

    assert ran.code == 1
    [_, told] = " ".join(ran.err.split()).split("To see what would help: axletree ")
    expected = ["explain", *ASKED, "--universe", str(clash), *kept]
    assert told.split() == expected
    assert axletree(*expected).code == 1


def test_a_verb_may_stand_behind_two_dashes(axletree: CommandLine, clash: Path) -> None:
    words: tuple[str | Path, ...] = ("lock", *ASKED, "--universe", clash)

    assert axletree("--", *words) == axletree(*words)


def test_a_lock_stops_at_an_irreducible_cause(
    axletree: CommandLine, clash: Path
) -> None:
    ran = axletree("lock", *ASKED, "--universe", clash)
    [document] = [axletree("lock", *ASKED, "--universe", clash, "--json").document()]

    assert "none of them can be left out" in " ".join(ran.out.split())
    assert "What helps" not in ran.out
    assert document["repairs_stopped"] == "not-searched"
    assert not document["complete"]
