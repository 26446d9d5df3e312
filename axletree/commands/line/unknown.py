"""What to say to a verb or an option that does not exist: what was meant by it."""

from collections.abc import Sequence
from pathlib import Path

from axletree.commands.line import foreign
from axletree.commands.line.corrections import (
    corrected,
    is_requirement,
)
from axletree.commands.line.respelling import spelled
from axletree.commands.line.table import OPTIONS
from axletree.commands.line.verb_texts import (
    FAMILIES,
    GROUPS,
    family_verbs,
)
from axletree.commands.line.words import (
    NotUnderstoodError,
    joined,
    take_apart,
)
from axletree.console import UsageError
from axletree.environ import PREFIX, SETTINGS, variable_of
from axletree.errors import Step
from axletree.likeness import meant

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"
"""As keyboards have them, and as word processors make them."""


def unknown_verb(words: Sequence[str]) -> UsageError:
    """Tell of a first word that is no verb, what it may have meant."""
    word, *rest = words
    if word in FAMILIES:
        return _unknown_in_family(word, rest)
    seconds = [verb for verb in OPTIONS if verb.partition(" ")[2] == word]
    firsts = dict.fromkeys(verb.partition(" ")[0] for verb in OPTIONS)
    near = seconds or meant(word, firsts)
    what = f"there is no verb {word}"
    if word == "pip" and rest[:1] and rest[0] in foreign.VERBS:
        word, *rest = rest  # As in `uv pip compile`.
    others = meant(word, foreign.VERBS) if not near else ()
    asked = joined(rest)[:1]
    if word == "help" and asked and asked[0] in {*OPTIONS, *FAMILIES}:
        return _usage(what, foreign.VERBS[word][0], [_again([*asked, "--help"])])
    other = word.lower() if word.lower() in foreign.VERBS else next(iter(others), "")
    if other:
        reason, command = foreign.VERBS[other]
        return _usage(
            what, reason, [Step(purpose="use", command=_filled(command, rest))]
        )
    if not near:
        verbs = ", ".join(verb for verbs in GROUPS.values() for verb in verbs)
        return _usage(
            what, f"the verbs are {verbs}; see axletree --help", _pinning(words)
        )
    return _usage(what, _did_you_mean(near), [_again([near[0], *rest])])


def _unknown_in_family(family: str, rest: Sequence[str]) -> UsageError:
    own = {verb.partition(" ")[2]: verb for verb in family_verbs(family)}
    word, *more = rest
    what = f"axletree {family} has no verb {word}"
    near = meant(word, own)
    if not near:
        return _usage(what, f"its verbs are {', '.join(own)}")
    return _usage(what, _did_you_mean(near), [_again([own[near[0]], *more])])


def _pinning(words: Sequence[str]) -> list[Step]:
    """Give the command that pins what somebody has named without a verb."""
    word = words[0]
    if Path(word).suffix in {".txt", ".in", ".toml"}:
        again = ["lock", "-r", *words]
    elif is_requirement(word):
        again = ["lock", *words]
    else:
        return []
    command = spelled(again)
    return [Step(purpose=f"to pin {word}", command=command)]


def mistyped_dashes(words: Sequence[str]) -> UsageError | None:
    """Tell of `-pre` and of dashes that a word processor has made, what was meant."""
    verb = next(iter(words), "")
    own = {name for option in OPTIONS.get(verb, ()) for name in option.spellings}
    for word in words[1:]:
        if word == "--":
            break
        name = word.partition("=")[0].lstrip(_DASHES)
        right = f"--{name}" if len(name) > 1 else f"-{name}"
        if word[:1] not in _DASHES or word.startswith(right) or right not in own:
            continue
        _, equals, value = word.partition("=")
        return _usage(
            f"{word} is not an option",
            f"did you mean {right}?",
            corrected(word, f"{right}{equals}{value}", words),
        )
    return None


def swallowed(words: Sequence[str], file: str) -> UsageError | None:
    """Tell that the shell took a part of a requirement for where output goes.

    None: somebody may want a file of that name.
    """
    try:
        asked = [part.value for part in take_apart(words) if part.option is None]
    except NotUnderstoodError:
        asked = []
    if not asked and not file.startswith("="):
        return None
    if len(asked) == 1:
        again = [f"{word}>{file}" if word == asked[0] else word for word in words]
    else:
        again = [*words, f"NAME>{file}"]
    command = spelled(again)
    return _usage(
        f"the shell took > for a redirection: the output would go into a file "
        f"named {file}",
        f"write quotes around what has < or > in it, and remove the file {file}",
        [Step(purpose="the same with quotes", command=command)],
    )


def unknown_variable(name: str) -> str | None:
    """Say which setting a variable may be that is none; None: nobody knows."""
    known = [variable_of(key).removeprefix(PREFIX).lower() for key in SETTINGS]
    near = meant(name.removeprefix(PREFIX), known)
    if not near:
        return None
    return f"{name} is not a setting and is ignored: did you mean {PREFIX}{near[0].upper()}?"


def _filled(command: str, rest: Sequence[str]) -> str:
    """Put the argument that was given into a command of ours.

    Beside options of another tool nobody knows which word is one.
    """
    has_options = any(word.startswith("-") for word in rest)
    given = None if has_options else next(iter(rest), None)
    words = [
        given if given is not None and word in {"FILE", "REQ"} else word
        for word in command.split()
    ]
    return spelled(words)


def unknown_option(words: Sequence[str], name: str) -> UsageError:
    """Tell of an option that the verb does not have, what it may have meant.

    :param words: the whole command line.
    :param name: the option as click has taken it apart, without a value.
    """
    verb = next(iter(words), "")
    if verb not in OPTIONS:
        return _before_the_verb(words, name)
    what = f"axletree {verb} has no option {name}"
    reason = foreign.OF_VERBS.get((verb, name)) or foreign.OPTIONS.get(name)
    if reason is not None:
        return _usage(what, reason)
    own = [each for option in OPTIONS[verb] for each in option.spellings]
    own += ["--help", "--help-all"]
    near = meant(name, [each for each in own if each.startswith("--")])
    if near:
        again = _again(_replaced(words, name, near[0]))
        return _usage(what, _did_you_mean(near), [again])
    if name.swapcase() in own and len(name) == len("-r"):
        right = name.swapcase()
        return _usage(
            what, _did_you_mean([right]), [_again(_replaced(words, name, right))]
        )
    others = [other for other in OPTIONS if _has(other, name)]
    if others:
        take = "takes" if len(others) == 1 else "take"
        named = ", ".join(others)
        return _usage(what, f"{named} {take} it; see axletree {verb} --help")
    return _usage(what, f"see axletree {verb} --help, or --help-all for all options")


def _before_the_verb(words: Sequence[str], name: str) -> UsageError:
    at, last = _verb_in(words)
    family = words[at] if words[at] in FAMILIES else ""
    if words[last] not in OPTIONS and last == at:
        own = [verb.partition(" ")[2] for verb in family_verbs(family)]
        if not own:
            return _usage(f"there is no option {name}", "see axletree --help")
        return _usage(
            f"axletree {family} has no option {name}",
            f"its verbs are {', '.join(own)}; see axletree {family} --help",
        )
    verb = [words[place] for place in dict.fromkeys((at, last))]
    rest = [word for place, word in enumerate(words) if place not in {at, last}]
    return _usage(
        f"{name} is placed before the verb",
        "options go after the verb",
        [_again([*verb, *rest])],
    )


def _verb_in(words: Sequence[str]) -> tuple[int, int]:
    """Find a verb behind options: where it begins and ends; twice the same: one word."""
    known = (at for at, word in enumerate(words) if word in {*OPTIONS, *FAMILIES})
    first = next(known, 0)
    own = {verb.partition(" ")[2] for verb in family_verbs(words[first])}
    later = (at for at in range(first + 1, len(words)) if words[at] in own)
    return first, next(later, first)


def _has(verb: str, name: str) -> bool:
    return any(name in option.spellings for option in OPTIONS[verb])


def _did_you_mean(near: Sequence[str]) -> str:
    return f"did you mean {' or '.join(near)}?"


def _replaced(words: Sequence[str], name: str, right: str) -> list[str]:
    def spell(word: str) -> str:
        given, equals, value = word.partition("=")
        return f"{right}{equals}{value}" if given == name else word

    return list(map(spell, words))


def _again(words: Sequence[str]) -> Step:
    return Step(purpose="the whole command", command=spelled(words))


def _usage(what: str, hint: str, steps: Sequence[Step] = ()) -> UsageError:
    return UsageError(what, where="command line", hint=hint, steps=steps)
