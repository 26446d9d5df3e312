"""Columns and lines, whatever the variables hold that name them."""

import os

import pytest

from axletree.terminal import size_of


def see(monkeypatch: pytest.MonkeyPatch, *size: int) -> None:
    def look(_: int) -> os.terminal_size:
        if not size:
            raise OSError
        return os.terminal_size(size)

    monkeypatch.setattr(os, "get_terminal_size", look)


@pytest.mark.parametrize("text", ["", "0", "-1", "²", "٣", "1e3", "99999", "9" * 5000])
def test_what_is_no_number_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    see(monkeypatch, 100, 40)
    assert size_of({"COLUMNS": text, "LINES": text}) == (100, 40)


def test_variables_come_before_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    see(monkeypatch, 100, 40)
    assert size_of({"COLUMNS": "60"}) == (60, 40)
    assert size_of({"COLUMNS": "60", "LINES": "7"}) == (60, 7)


def test_without_a_terminal_there_is_the_usual_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    see(monkeypatch)
    assert size_of({}) == (80, 25)
    see(monkeypatch, 0, 0)
    assert size_of({}) == (80, 25)
