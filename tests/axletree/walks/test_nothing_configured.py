"""The first minute: no setting, no wheelhouse, only the name of the command."""

import pytest

from tests.support.command_line import commands_in
from tests.support.walking import Walk, widest, without_sizes

pytestmark = pytest.mark.slow


def test_the_first_command_shows_where_to_start(walk: Walk) -> None:
    bare = walk.type("axletree", code=2)
    assert "Start here:" in bare.err
    assert widest(bare.err) <= 80

    assert walk.type("axletree --version").out == "axletree, version 0.1.0\n"
    assert walk.type("axletree --help").out == bare.err


def test_the_commands_that_help_do_so_as_they_are_printed(walk: Walk) -> None:
    lost = walk.type("axletree lock numpy", code=2)
    publicly, filling = commands_in(lost.err)
    assert (publicly, filling) == (
        "axletree lock numpy --index-url public",
        "axletree collect numpy",
    )
    assert list(walk.home.iterdir()) == []

    assert "\nnumpy==2.0 \\\n    --hash=sha256:" in walk.type(publicly).out

    brought = walk.type(filling)
    assert without_sizes(brought.out) == (
        "1 new of 1 file (SIZE) is in the wheelhouse; 1 project, generation 1\n"
    )
    home = walk.home / ".local/share/axletree"
    assert f"made a wheelhouse at {home}\n" in brought.err

    assert "\nnumpy==2.0 \\\n" in walk.type("axletree lock numpy").out


def test_an_explanation_needs_no_setting_either(walk: Walk) -> None:
    lost = walk.type("axletree explain numpy", code=2)

    publicly, _ = commands_in(lost.err)

    assert walk.type(publicly).out.startswith("There is a solution for Python 3.")


@pytest.mark.parametrize("verb", ["serve", "audit", "check requirements.txt"])
def test_what_only_reads_says_how_to_fill_a_wheelhouse(walk: Walk, verb: str) -> None:
    (walk.folder / "requirements.txt").write_text("numpy\n")

    lost = walk.type(f"axletree {verb}", code=2)

    assert "axletree collect -r requirements.txt" in commands_in(lost.err)
    assert not (walk.home / ".local").exists()


def test_an_empty_wheelhouse_says_that_it_is_empty(walk: Walk) -> None:
    home = walk.home / ".local/share/axletree"
    assert walk.type("axletree init").err == f"made a wheelhouse at {home}\n"

    lost = walk.type("axletree lock numpy", code=1)

    assert "which is empty" in lost.out
    first, *_ = commands_in(lost.err)
    assert first == "axletree collect numpy"
    walk.type(first)
    walk.type("axletree lock numpy")


def test_a_mistyped_home_is_told_with_the_one_that_is_there(walk: Walk) -> None:
    walk.type("axletree collect numpy")
    home = walk.home / ".local/share/axletree"

    lost = walk.type(f"AXLETREE_HOME={home}x axletree serve --port 0", code=2)

    assert f"did you mean {home}?" in lost.err
    assert commands_in(lost.err)[0] == f"AXLETREE_HOME={home} axletree serve --port 0"
