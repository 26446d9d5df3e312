"""How outputs are compared with what pages show (tests/support/page_output.py)."""

import pytest

from tests.support.page_output import LEFT_OUT, is_as_shown, varying
from tests.support.pages import PAGES, Command, blocks, commands_in

PRINTED = ("wrote 3 pins (1.2 MB, 0.5 s)", "six==1.16.0", "", "as of 2022-02-01")


@pytest.mark.parametrize(
    ("shown", "is_so"),
    [
        (PRINTED, True),
        ((*PRINTED, ""), True),
        (PRINTED[1:], False),
        (PRINTED[:-1], False),
        ((*PRINTED, "more"), False),
        (("…",), True),
        (("…", "six==1.16.0", "…"), True),
        (("…", "six==1.15.0", "…"), False),
        ((PRINTED[0], "…"), True),
        (("…", PRINTED[-1]), True),
        (("…", PRINTED[0], "…", PRINTED[0]), False),
        (("wrote …", "six…", "…"), False),
        ((PRINTED[0], "six…", "…"), False),
    ],
)
def test_lines_are_compared_but_for_what_is_left_out(
    shown: tuple[str, ...], *, is_so: bool
) -> None:
    assert is_as_shown(shown, PRINTED) is is_so


@pytest.mark.parametrize(
    ("other", "varies"),
    [
        ("wrote 3 pins (31 kB, 0.5 s)", "sizes"),
        ("wrote 3 pins (1.2 MB, 12 s)", "times"),
        ("wrote 3 pins (8 B, 0.25 s)", "sizes,times"),
    ],
)
def test_what_is_marked_may_vary_and_nothing_else(other: str, varies: str) -> None:
    printed = (other, *PRINTED[1:])
    marks = frozenset({"exit=1", f"varies={varies}"})
    assert not is_as_shown(PRINTED, printed)
    assert is_as_shown(PRINTED, printed, varies=varying(marks))
    assert not is_as_shown(PRINTED, ("", *printed), varies=varying(marks))


def test_versions_and_dates_vary_whole() -> None:
    printed = (PRINTED[0], "six==1.17.0.post1", "", "as of 2026-11-27")
    assert is_as_shown(PRINTED, printed, varies=("versions", "dates"))
    assert not is_as_shown(PRINTED, printed, varies=("versions",))


def test_hashes_vary_whole() -> None:
    shown = (f"six --hash=sha256:{'a' * 64}",)
    assert is_as_shown(shown, (f"six --hash=sha256:{'b' * 64}",), varies=("hashes",))
    assert not is_as_shown(shown, ("six --hash=sha256:bb",), varies=("hashes",))
    assert not is_as_shown(shown, (f"six --hash=sha256:{'b' * 64}",))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_leaves_out_whole_lines_only(page: str) -> None:
    """A rest of a line that is not shown would be compared with nothing."""
    shown = [
        line
        for block in blocks(page)
        for command in block.commands
        for line in (*(command.output or ()), *block.printed)
    ]
    assert [e for e in shown if e.endswith(LEFT_OUT) and e.strip() != LEFT_OUT] == []


def test_lines_may_break_elsewhere_where_a_path_stands() -> None:
    shown = ("there is a wheelhouse at", "/home/you/wheels: it stays", "…", "end")
    printed = ("there is a wheelhouse", "at /home/you/wheels: it", "stays", "x", "end")
    assert not is_as_shown(shown, printed)
    assert is_as_shown(shown, printed, by_words=True)
    assert not is_as_shown(("there is …",), printed, by_words=True)


def test_commands_are_read_with_their_output() -> None:
    content = "$ a \\\n    b\nsaid\n\n$ cat > f <<'EOF'\n$ not one\nEOF\n$ c\n"
    assert list(commands_in(content, has_output=True)) == [
        Command(text="a \\\n    b", output=("said", "")),
        Command(text="cat > f <<'EOF'\n$ not one\nEOF", output=()),
        Command(text="c", output=()),
    ]


def test_commands_without_output_are_one_a_line() -> None:
    content = "# first\na \\\n  b\n\nc    # and this\n"
    assert list(commands_in(content, has_output=False)) == [
        Command(text="a \\\n  b", output=None),
        Command(text="c    # and this", output=None),
    ]
