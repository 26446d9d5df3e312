"""Lines into a pipe are what rich would write, without rich."""

import sys
from io import BytesIO, TextIOWrapper

import pytest
from rich.console import Console as RichConsole
from rich.file_proxy import FileProxy
from rich.text import Text

from axletree.drawing import Drawing


@pytest.mark.parametrize(
    "text", ["", "\tx\ty", "a  ", "a\n\tb\n", "é 漢 [b]:smile:", "y" * 99]
)
def test_a_line_into_a_pipe_is_what_rich_writes(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    RichConsole(width=80, highlight=False, soft_wrap=True).print(Text(text, "bold"))
    drawn = capsys.readouterr().out

    drawing = Drawing()
    drawing.line(text, "bold")

    assert capsys.readouterr().out == drawn
    assert not drawing.is_terminal
    assert "rich" not in vars(drawing)


def test_where_colour_is_wanted_rich_draws(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)

    Drawing(stderr=True).line("text", head=("error: ", "bold red"))

    assert capsys.readouterr().err == "\x1b[1;31merror: \x1b[0mtext\n"


def test_what_can_be_shown_is_known_while_rich_draws_progress(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = TextIOWrapper(BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", FileProxy(RichConsole(), terminal))

    assert Drawing().is_ascii


def test_a_stream_that_is_closed_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", None)

    Drawing(stderr=True).line("text")
