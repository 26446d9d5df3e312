"""The words of a command line, taken apart as click does, before click is there.

Nothing is imported but the table of options (`axletree.start`).
"""

from __future__ import annotations

from axletree.commands.line.table import OPTIONS

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from axletree.commands.line.option import Option


class NotUnderstoodError(ValueError):
    """Words that click would refuse, or that only click can read."""


class Part:
    """An argument, or an option with its value."""

    __slots__ = ("option", "value", "words")

    def __init__(
        self, option: Option | None, value: str, words: tuple[str, ...]
    ) -> None:
        self.option = option
        """None: an argument."""
        self.value = value
        """Empty: an option that takes none."""
        self.words = words
        """That say just this."""


def joined(words: Sequence[str]) -> tuple[str, ...]:
    """Make one word of a verb of two: `token make`, as the table has it."""
    verb = " ".join(words[:2])
    return (verb, *words[2:]) if verb in OPTIONS else tuple(words)


def take_apart(words: Sequence[str]) -> Iterator[Part]:
    """Yield the parts of a command line that begins with a verb.

    :raises NotUnderstoodError: there is no such verb or option, or a value is missing.
    """
    if not words or words[0] not in OPTIONS:
        raise NotUnderstoodError
    options = {
        name: option for option in OPTIONS[words[0]] for name in option.spellings
    }
    rest = iter(words[1:])
    for word in rest:
        if word == "--":
            yield from (Part(None, each, (each,)) for each in rest)
        elif word.startswith("--"):
            yield _long(word, options, rest)
        elif word.startswith("-") and word != "-":
            yield from _short(word, options, rest)
        else:
            yield Part(None, word, (word,))


def _long(word: str, options: dict[str, Option], rest: Iterator[str]) -> Part:
    name, equals, value = word.partition("=")
    option = _known(name, options)
    if not option.takes_value:
        if equals:
            raise NotUnderstoodError
        return Part(option, "", (word,))
    if equals:
        return Part(option, value, (word,))
    value = _next(rest)
    return Part(option, value, (word, value))


def _short(
    word: str, options: dict[str, Option], rest: Iterator[str]
) -> Iterator[Part]:
    """Yield the flags of `-Uv`, of which the last may have a value: `-Uofile`."""
    for place, letter in enumerate(word[1:], start=2):
        name = f"-{letter}"
        option = _known(name, options)
        if option.takes_value:
            value = word[place:] or _next(rest)
            yield Part(option, value, (name, value))
            return
        yield Part(option, "", (name,))


def _known(name: str, options: dict[str, Option]) -> Option:
    if name not in options:
        raise NotUnderstoodError
    return options[name]


def _next(rest: Iterator[str]) -> str:
    for word in rest:
        return word
    raise NotUnderstoodError
