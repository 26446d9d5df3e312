"""The quick reader declines a command line, or reads it as click does."""

from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from axletree.cli import VERBS, group
from axletree.commands.fast.arguments import PlainWords, understand
from axletree.commands.options.table import OPTIONS
from axletree.commands.options.words import NotUnderstoodError, take_apart

QUICK = ("lock", "explain")
VALUES = ("3.9", "linux", "six", "u.json", "=", "a=b", "-x", "")
TARGET = ("--python-version", "3.9", "--python-platform", "linux")


@st.composite
def command_lines(draw: st.DrawFn, verbs: tuple[str, ...] = VERBS) -> list[str]:
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
    except click.UsageError:
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


def values_of(plain: PlainWords) -> dict[str, object]:
    """Return the parameters that a quick command line stands for, defaults included."""
    values: dict[str, object] = {"requirements": tuple(plain.requirements)}
    for option in OPTIONS[plain.verb]:
        given_ = plain.values.get(option.to)
        if option.kind == "flag":
            values[option.to] = given_ is not None
        elif option.kind == "count":
            values[option.to] = 0
        elif option.is_repeated:
            values[option.to] = tuple(given_ or ())
        else:
            values[option.to] = given_[-1] if given_ else option.default
    return values


@given(command_lines(QUICK))
def test_the_quick_reader_declines_or_agrees_with_click_to_the_value(
    words: list[str],
) -> None:
    plain = understand(words)
    if plain is None:
        return
    assert values_of(plain) == parsed(words)


@pytest.mark.parametrize(
    "words",
    [
        ("lock", *TARGET, "six"),
        ("lock", *TARGET, "-rasked.in", "--format=constraints"),
        ("lock", "--python-version=3.9", "--python-platform=linux", "-f", "wheels"),
        ("lock", *TARGET, *TARGET, "six", "--universe", "a", "--universe", "b"),
        ("explain", *TARGET, "--no-repairs", "--cache-dir", "here", "six"),
    ],
)
def test_what_is_plain_is_understood(words: tuple[str, ...]) -> None:
    assert understand(words) is not None


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("check", *TARGET, "six"),
        ("lock", "six", "--python-version", "3.9"),
        ("lock", *TARGET, "six", "--python-version", "3.8"),
        ("lock", *TARGET, "six", "--pre"),
        ("lock", *TARGET, "six", "--format", "pylock"),
        ("lock", *TARGET, "six", "-f", "a", "-f", "b"),
        ("lock", *TARGET, "-r", "pyproject.toml"),
        ("lock", *TARGET, "six", "--universe", "-v"),
        ("lock", *TARGET, "six", "--universe="),
        ("explain", *TARGET, "six"),
        ("explain", *TARGET, "six", "--no-repairs=1"),
    ],
)
def test_what_is_not_plain_is_declined(words: tuple[str, ...]) -> None:
    assert understand(words) is None
