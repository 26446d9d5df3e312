"""The answer no, as the verbs show it that do not explain: the core alone."""

import re
import shlex
from collections.abc import Iterator, Sequence

from axletree.console import Console
from axletree.resolver.model import Conflict
from axletree.resolver.report import conflict_report
from axletree.resolver.report_json import conflict_to_json
from axletree.resolver.requirement_lines import redact

NO_SOLUTION = 1

_OUTPUT = re.compile(r"(-o|--output-file|--format)(=.*)?|-o.+")
"""Options of `lock` that `explain` has not."""


def show_core(console: Console, conflict: Conflict, words: Sequence[str]) -> None:
    """Show the core, and the command that explains it.

    :param words: the command line that met the conflict, its verb first.
    """
    if console.is_json:
        console.document(conflict_to_json(conflict))
        return
    width, is_ascii = console.width, console.is_ascii
    console.report(conflict_report(conflict, width=width, is_ascii=is_ascii))
    explain = shlex.join(["axletree", "explain", *_kept(words[1:])])
    console.say(f"\nFor what would help: {explain}", style="green")


def _kept(words: Sequence[str]) -> Iterator[str]:
    """Leave out what `explain` does not take, and passwords."""
    rest = iter(words)
    for word in rest:
        match = _OUTPUT.fullmatch(word)
        if match is None:
            yield redact(word)
        elif match[1] and match[2] is None:
            next(rest, None)
