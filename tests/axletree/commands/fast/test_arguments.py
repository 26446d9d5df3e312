"""The quick reader declines a command line, or reads it as click does."""

import pytest
from hypothesis import given

from axletree.commands.fast.arguments import PlainWords, understand
from axletree.commands.line.table import OPTIONS
from tests.axletree.commands.line.test_words import TARGET, command_lines, parsed

QUICK = ("lock", "explain")


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
        ("explain", *TARGET, "six"),
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
        ("explain", *TARGET, "six", "--json"),
        ("explain", *TARGET, "six", "--no-repairs=1"),
    ],
)
def test_what_is_not_plain_is_declined(words: tuple[str, ...]) -> None:
    assert understand(words) is None
