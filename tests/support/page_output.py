"""Whether a command printed what its page shows.

Compared line by line. What a page leaves out it marks: a line `…`, and nothing else in
it, stands for any number of lines. A block that is marked
`varies=versions,dates,sizes,times,hashes,generations` (some of them) may differ in
these: paths, ports and the name of the machine are replaced before
(tests/support/page_sandboxes.py).
"""

import re
from collections.abc import Collection, Sequence

LEFT_OUT = "…"
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
VARYING = {
    "versions": re.compile(r"(?<![\w.])v?\d+(?:\.\d+)+(?:[+.]?[a-z]+\.?\d*)?"),
    "dates": re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?"),
    "sizes": re.compile(rf"{_NUMBER} (?:B|kB|MB|GB)\b"),
    "generations": re.compile(r"\bgeneration \d+\b"),
    "hashes": re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b"),
    "times": re.compile(rf"{_NUMBER} (?:ms|s|min|seconds|minutes)\b|\b\d+:\d\d\b"),
}
"""What may be marked as varying, and how it looks."""


def varying(marks: Collection[str]) -> tuple[str, ...]:
    """Read from a block's marks what of its output varies."""
    [listed] = [mark for mark in marks if mark.startswith("varies=")] or ["="]
    return tuple(filter(None, listed.partition("=")[2].split(",")))


def is_as_shown(
    shown: Sequence[str],
    printed: Sequence[str],
    *,
    varies: Collection[str] = (),
    by_words: bool = False,
) -> bool:
    """Compare an output with what a page shows of it.

    :param by_words: where lines break is no matter: a path of this machine stood in it.
    """
    expected, found = _normal(shown, varies), _normal(printed, varies)
    if by_words:
        expected, found = _words(expected), _words(found)
    return _matches(expected, found)


def _normal(lines: Sequence[str], varies: Collection[str]) -> list[str]:
    normal = [line.rstrip() for line in lines]
    for kind in varies:
        normal = [VARYING[kind].sub(f"<{kind}>", line) for line in normal]
    while normal and not normal[-1]:
        normal.pop()
    return normal


def _words(lines: Sequence[str]) -> list[str]:
    """Take lines apart; only what is a line of its own leaves something out."""
    return [
        word if line.strip() == LEFT_OUT else word.replace(LEFT_OUT, "...")
        for line in lines
        for word in line.split()
    ]


def _matches(expected: Sequence[str], found: Sequence[str]) -> bool:
    """Match as file names are matched by `*`: the first place that fits will do."""
    at = 0
    groups = _between(expected)
    for number, group in enumerate(groups):
        last = len(found) - len(group)
        is_last = number == len(groups) - 1
        starts = (
            range(at, at + 1)
            if number == 0
            else range(max(at, last), last + 1)
            if is_last
            else range(at, last + 1)
        )
        start = next((each for each in starts if _stands(group, found, each)), None)
        if start is None:
            return False
        at = start + len(group)
    return at == len(found)


def _between(expected: Sequence[str]) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    for line in expected:
        if line.strip() == LEFT_OUT:
            groups.append([])
        else:
            groups[-1].append(line)
    return groups


def _stands(group: Sequence[str], found: Sequence[str], start: int) -> bool:
    there = found[start : start + len(group)]
    return there == list(group)
