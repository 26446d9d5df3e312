"""Words are taken apart as click does it."""

from pathlib import Path

import click
from hypothesis import given
from hypothesis import strategies as st

from axletree.cli import VERBS, group
from axletree.commands.line.table import OPTIONS
from axletree.commands.line.words import (
    NotUnderstoodError,
    take_apart,
)
from axletree.console import UsageError

VALUES = ("3.9", "linux", "six", "u.json", "=", "a=b", "-x", "")
TARGET = ("--python-version", "3.9", "--python-platform", "linux")


TAKING_OPTIONS = tuple(verb for verb in VERBS if verb != "docs")
"""The other takes options of all of them as topics."""


@st.composite
def command_lines(
    draw: st.DrawFn, verbs: tuple[str, ...] = TAKING_OPTIONS
) -> list[str]:
    """Draw a verb and words after it, most of which it takes, however they are put."""
    verb = draw(st.sampled_from(verbs))
    words = [verb]
    quick = [option for option in OPTIONS[verb] if option.is_quick]
    options = draw(st.sampled_from((OPTIONS[verb], quick or OPTIONS[verb])))
    for _ in range(draw(st.integers(0, 6))):
        option = draw(st.sampled_from(options))
        name = draw(st.sampled_from(option.names))
        value = draw(st.sampled_from((*VALUES, *option.choices)))
        words += draw(
            st.sampled_from(
                ([name], [name, value], [f"{name}={value}"], [name + value], [value])
                if draw(st.integers(0, 5)) == 0
                else ([name, value] if option.takes_value else [name],)
            )
        )
    if draw(st.booleans()):
        words[1:1] = TARGET
    words += draw(
        st.lists(st.sampled_from(("six", "left==1", "--", "-", "-vU")), max_size=2)
    )
    if verb == "explain" and draw(st.booleans()):
        words.append("--no-repairs")
    return words


def parsed(words: list[str]) -> dict[str, object] | None:
    """Return what click hands the verb, paths as texts; None: it refuses."""
    command = group.get_command(click.Context(group), words[0])
    assert command is not None
    try:
        params = command.make_context(words[0], words[1:]).params
    except (click.UsageError, UsageError):
        return None
    return {k: str(v) if isinstance(v, Path) else v for k, v in params.items()}


@given(command_lines())
def test_words_are_taken_apart_as_click_does(words: list[str]) -> None:
    try:
        parts = list(take_apart(words))
    except NotUnderstoodError:
        assert parsed(words) is None
        return
    options = [word for part in parts if part.option for word in part.words]
    arguments = [part.value for part in parts if part.option is None]
    assert parsed([words[0], *options, "--", *arguments]) == parsed(words)
