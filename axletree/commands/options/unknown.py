"""What to say to a verb or an option that does not exist: what was meant by it."""

import shlex
from collections.abc import Sequence

from axletree.commands.options import foreign
from axletree.commands.options.likeness import meant
from axletree.commands.options.table import OPTIONS
from axletree.commands.options.verb_texts import GROUPS
from axletree.console import UsageError
from axletree.errors import Step
from axletree.resolver.inputs.requirement_lines import redact


def unknown_verb(words: Sequence[str]) -> UsageError:
    """Tell of a first word that is no verb, what it may have meant."""
    word, *rest = words
    near = meant(word, OPTIONS)
    what = f"there is no verb {word}"
    others = meant(word, foreign.VERBS) if not near else ()
    other = word.lower() if word.lower() in foreign.VERBS else next(iter(others), "")
    if other:
        reason, command = foreign.VERBS[other]
        return _usage(
            what, reason, [Step(purpose="write", command=_filled(command, rest))]
        )
    if not near:
        verbs = ", ".join(verb for verbs in GROUPS.values() for verb in verbs)
        return _usage(what, f"the verbs are {verbs}; see axletree --help")
    return _usage(what, _did_you_mean(near), [_again([near[0], *rest])])


def _filled(command: str, rest: Sequence[str]) -> str:
    """Put the first argument that was given into a command of ours."""
    given = next((word for word in rest if not word.startswith("-")), None)
    words = [
        given if given is not None and word in {"FILE", "REQ"} else word
        for word in command.split()
    ]
    return shlex.join(["axletree", *map(redact, words)])


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
    near = meant(name, [each for each in own if each.startswith("--")])
    if near:
        again = _again(_replaced(words, name, near[0]))
        return _usage(what, _did_you_mean(near), [again])
    others = [other for other in OPTIONS if _has(other, name)]
    if others:
        take = "takes" if len(others) == 1 else "take"
        named = ", ".join(others)
        return _usage(what, f"{named} {take} it; see axletree {verb} --help")
    return _usage(what, f"see axletree {verb} --help, or --help-all for all options")


def _before_the_verb(words: Sequence[str], name: str) -> UsageError:
    what = f"{name} is placed before the verb"
    verbs = [word for word in words if word in OPTIONS]
    if not verbs:
        return _usage(f"there is no option {name}", "see axletree --help")
    rest = [word for word in words if word != verbs[0]]
    return _usage(what, "options go after the verb", [_again([verbs[0], *rest])])


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
    command = shlex.join(["axletree", *map(redact, words)])
    return Step(purpose="the whole command", command=command)


def _usage(what: str, hint: str, steps: Sequence[Step] = ()) -> UsageError:
    return UsageError(what, where="command line", hint=hint, steps=steps)
