"""The command line that was given, spelled anew: to be copied, with a change that helps."""

import os
import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence

from axletree.commands.line.table import OPTIONS
from axletree.commands.line.words import (
    NotUnderstoodError,
    Part,
    take_apart,
)
from axletree.resolver.inputs.requirement_lines import redact

_VERSION = re.compile("[=<>~!]")


def respell(
    words: Sequence[str],
    verb: str = "",
    *,
    without: Collection[str] = (),
    instead: Mapping[str, str] | None = None,
    more: Sequence[str] = (),
) -> str:
    """Spell a command: the same words, but for what changes, and without passwords.

    :param words: its verb first; none give the verb alone.
    :param verb: another one; what it does not take is left out.
    :param without: parameters whose options are left out.
    :param instead: arguments and what stands in their place.
    :param more: words at the end.
    """
    given = next(iter(words), "")
    verb = verb or given
    parts = _parts(words)
    if given == "why" and verb != given:
        # Its first argument is the project that is asked about.
        first = next((part for part in parts if part.option is None), None)
        parts = [part for part in parts if part is not first]
    kept = [
        instead.get(word, word) if instead and part.option is None else word
        for part in parts
        for word in _kept(part, verb, without)
    ]
    return " ".join(["axletree", verb, *map(_quoted, [*kept, *more])])


def spelled(words: Sequence[str]) -> str:
    """Spell a command of ours so that it can be copied, without passwords."""
    verb = [word for word in words[:1] if word in OPTIONS]
    rest = (_quoted(redact(word)) for word in words[len(verb) :])
    return " ".join(["axletree", *verb, *rest])


def _quoted(word: str) -> str:
    """Spell a word so that a shell reads it, and a terminal is not steered by it."""
    if word.isprintable():
        return shlex.quote(word)
    plain = (
        sign
        if sign.isprintable() and sign not in "'\\"
        else "".join(f"\\x{byte:02x}" for byte in os.fsencode(sign))
        for sign in word
    )
    return f"$'{''.join(plain)}'"


def _parts(words: Sequence[str]) -> list[Part]:
    try:
        return list(take_apart(words)) if words else []
    except NotUnderstoodError:
        return []


def _kept(part: Part, verb: str, without: Collection[str]) -> Iterator[str]:
    option = part.option
    if option is None:
        yield redact(part.value)
        return
    known = {name for each in OPTIONS[verb] for name in each.names}
    if option.to in without:
        return
    if not known.isdisjoint(option.names):
        yield from map(redact, part.words)
    elif option.to == "upgrade_packages" and _VERSION.search(part.value):
        # To a version it is a limit, without which there may be no conflict.
        yield part.value
