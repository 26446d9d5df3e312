"""The command line once more, with the word in it that was most likely meant.

Where a value, a file or an address is mistyped, the answer names the right one and gives
the whole command to copy.
"""

import re
from collections.abc import Sequence
from itertools import islice
from os.path import splitext
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

import click
from packaging.requirements import InvalidRequirement

from axletree.commands.line.arguments import ARGUMENTS
from axletree.commands.line.respelling import spelled
from axletree.commands.line.table import (
    OPTIONS,
)
from axletree.commands.line.words import (
    NotUnderstoodError,
    take_apart,
)
from axletree.console import UsageError
from axletree.errors import AxletreeError, Step
from axletree.likeness import count_slips, meant
from axletree.reading import STDIN, is_folder, is_there
from axletree.resolver.model.foreign_text import read_requirement
from axletree.terminal import current_words

Error = TypeVar("Error", bound=AxletreeError)
PathKind: TypeAlias = Literal["file", "folder", "file or folder"]

_OF_ALL = frozenset({"list", "log", "du", "verify"})
"""Verbs that tell of the whole wheelhouse."""
_MOST_LISTED = 2_000
"""Names in a folder that are compared."""
_MOST_PARTS = 20
_SCHEME = re.compile(
    r"([A-Za-z][A-Za-z0-9+-]*)(?::(?!\d)/{0,3}|;/{1,3}|/{2,3})(?=[^/])|//"
)
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?(?:/\S*)?|localhost\S*")


def corrected(wrong: str, right: str, words: Sequence[str] = ()) -> list[Step]:
    """Give the running command with one word exchanged; nothing if it has it not."""
    words = words or current_words()
    again = [_exchanged(word, wrong, right) for word in words]
    if again == list(words):
        return []
    command = spelled(again)
    return [Step(purpose="the whole command", command=command)]


def _exchanged(word: str, wrong: str, right: str) -> str:
    option, equals, value = word.partition("=")
    if word == wrong:
        return right
    if equals and value == wrong and option.startswith("--"):
        return f"{option}={right}"
    return word


def did_you_mean(error: Error, wrong: str, right: str | None) -> Error:
    """Let an error end with what was most likely meant, if anybody can say that."""
    if right is None:
        return error
    hint = f"did you mean {right}?"
    steps = corrected(wrong, right)
    return type(error)(error.what, where=error.where, hint=hint, steps=steps)


def is_requirement(text: str) -> bool:
    """Tell whether a word may be a requirement."""
    try:
        read_requirement(text)
    except InvalidRequirement:
        return False
    return True


# Files.


def path_meant(path: str, kind: PathKind = "file or folder") -> str | None:
    """Name what is called almost as a missing file or folder, beside it."""
    given = Path(path)
    if len(given.name) > 100 or len(given.parts) > _MOST_PARTS:
        return None
    if given.name and not is_there(given.parent):
        # Its folder may be what is mistyped.
        folder = path_meant(str(given.parent), "folder")
        right = None if folder is None else Path(folder, given.name)
        return str(right) if right is not None and is_there(right) else None
    near = sorted(
        (slips, name)
        for name in _names(given.parent, kind)
        if (slips := _slips(given.name, name)) <= 2
    )
    return str(given.with_name(near[0][1])) if near else None


def _names(folder: Path, kind: PathKind) -> list[str]:
    try:
        entries = list(islice(folder.iterdir(), _MOST_LISTED))
    except (OSError, ValueError):
        return []
    unlike = {"file": True, "folder": False, "file or folder": None}[kind]
    return [entry.name for entry in entries if is_folder(entry) is not unlike]


def _slips(name: str, other: str) -> int:
    """Count mistakes; another ending of the same name is one. 3: it is another name."""
    if name.casefold() == other.casefold():
        return 0
    (stem, ending), (other_stem, other_ending) = map(splitext, (name, other))
    if stem == other_stem:
        return 1
    if ending == other_ending:
        # What many files end with says little.
        name, other = stem, other_stem
    slips = count_slips(name, other)
    return slips if min(len(name), len(other)) > 2 * slips else 3


def refuse_missing(paths: Sequence[str], kind: PathKind = "file") -> None:
    """Tell of what is not there, where something else is almost called so.

    :param kind: what is asked for.
    :raises UsageError: the path is that of nothing.
    """
    for path in paths:
        near = None if path == STDIN or is_there(path) else path_meant(path, kind)
        if near is not None:
            raise UsageError(
                f"there is no {kind} {path}",
                where="command line",
                hint=f"did you mean {near}?",
                steps=corrected(path, near),
            )


# Addresses.


def url_meant(text: str) -> str | None:
    """Spell an index URL that is none as one; None: nobody can say how."""
    if text.lower() == "pypi" or (
        len(text) < 20 and count_slips(text.lower(), "public") <= 2
    ):
        return "public"
    found = _SCHEME.match(text)
    rest = text[found.end() :] if found else text
    if "@" in rest or not _HOST.fullmatch(rest):
        # What may be a login is not guessed at.
        return None
    usual = "http" if rest.startswith(("localhost", "127.")) else "https"
    scheme = (found[1] or usual).lower() if found else usual
    if scheme not in {"http", "https"}:
        near = meant(scheme, ["https", "http"])
        if not near:
            return None
        scheme = near[0]
    return f"{scheme}://{rest}"


# Values of options.


def too_many_arguments(words: Sequence[str]) -> UsageError | None:
    """Tell of an argument that is one too many; None: there is none."""
    try:
        parts = [*take_apart(words)]
    except NotUnderstoodError:
        return None
    verb = words[0]
    if any(argument.is_repeated for argument in ARGUMENTS[verb]):
        return None
    given = [part for part in parts if part.option is None]
    more = given[len(ARGUMENTS[verb]) :]
    if not more:
        return None
    first = more[0].value
    if verb in _OF_ALL and is_requirement(first) and not first.isdigit():
        hint, again = "axletree show takes a project", ["show", first]
    else:
        kept = [word for part in parts if part not in more for word in part.words]
        hint, again = "leave it out", [verb, *kept]
    takes = "nothing" if not ARGUMENTS[verb] else "nothing more"
    return UsageError(
        f"axletree {verb} takes {takes}: what is {first}?",
        where="command line",
        hint=f"{hint}; see axletree {verb} --help",
        steps=[Step(purpose="the whole command", command=spelled(again))],
    )


def wrong_value(words: Sequence[str], error: click.BadParameter) -> UsageError | None:
    """Tell of a value that its option does not take, which one was meant.

    :param words: the whole command line.
    """
    param = error.param
    if not isinstance(param, click.Option):
        return None
    name = max(param.opts, key=len)
    value = _value_of(words, param.opts)
    if value is None:
        return None
    if isinstance(param.type, click.Choice):
        return _wrong_choice(words, name, value, [*map(str, param.type.choices)])
    if isinstance(param.type, click.IntRange):
        return UsageError(
            f"{name} {value} is not a whole number {_bounds(param.type)}",
            where="command line",
            hint=f"write {name} N; see axletree {words[0]} --help",
        )
    what, _, hint = error.message.partition("; ")
    return UsageError(
        f"{name}: {what}",
        where="command line",
        hint=hint or f"see axletree {words[0]} --help",
    )


def _wrong_choice(
    words: Sequence[str], name: str, value: str, choices: Sequence[str]
) -> UsageError:
    near = meant(value, choices)
    takes = f"it is {', '.join(choices[:-1])} or {choices[-1]}"
    hint = f"did you mean {near[0]}?" if near else takes
    steps = corrected(value, near[0], words) if near else []
    what = f"{name} has no {value}: {takes}" if near else f"{name} has no {value}"
    return UsageError(what, where="command line", hint=hint, steps=steps)


def _bounds(kind: click.IntRange) -> str:
    if kind.max is None:
        return f"from {kind.min} upwards"
    return f"from {kind.min} to {kind.max}"


def _value_of(words: Sequence[str], names: Sequence[str]) -> str | None:
    """Find what the command line gives an option, the last if it is there twice."""
    found = None
    for word, after in zip(words, [*words[1:], None], strict=True):
        option, equals, value = word.partition("=")
        if option in names:
            found = value if equals else after
    return found


def no_value(words: Sequence[str], name: str) -> UsageError:
    """Tell of an option that lacks its value, or of one that takes none and has one."""
    verb = next(iter(words), "")
    option = next((o for o in OPTIONS.get(verb, ()) if name in o.spellings), None)
    if option is not None and not option.takes_value:
        given = next((w for w in words if w.startswith(f"{name}=")), name)
        return UsageError(
            f"{name} takes no value",
            where="command line",
            hint=f"leave out what follows it; see axletree {verb} --help",
            steps=corrected(given, name, words),
        )
    value = "VALUE" if option is None else option.metavar or "|".join(option.choices)
    return UsageError(
        f"{name} needs a value",
        where="command line",
        hint=f"write {name} {value or 'N'}; see axletree {verb} --help",
    )


def no_argument(words: Sequence[str], param: click.Parameter) -> UsageError:
    """Tell of an argument that a verb cannot do without."""
    verb = next(iter(words), "")
    name = param.make_metavar(click.Context(click.Command(verb))).strip("[].")
    return UsageError(
        f"axletree {verb} needs {name}",
        where="command line",
        hint=f"write axletree {verb} {name}; see axletree {verb} --help",
    )
