"""Which files and folders git ignores: what tools have made, and not people.

Read are the `.gitignore` of each folder from the top of the repository down, and its
`.git/info/exclude`; what a user's own git ignores everywhere is not looked at. git itself
is not asked: the settings of a repository can make it run programs.

Source: gitignore(5). Work is linear: names are matched by `fnmatch`, whose patterns do
not go back behind a `*` that has matched.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeAlias

from axletree.reading import current_folder, is_there, read_bytes

_MOST_BYTES = 10**6
_MOST_RULES = 5_000
"""Of one file; the rest of it is not looked at."""
_ESCAPED = re.compile(r"\\(.)")
_NEGATED_SET = re.compile(r"\[\^")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line that says what is ignored."""

    parts: tuple[str, ...]
    """Patterns of names, from the folder of the file down; `**` is any folders."""
    is_negated: bool
    is_of_folders: bool

    @classmethod
    def parse(cls, line: str) -> "Rule | None":
        """Read a line; None: it says nothing."""
        line = re.sub(r"(?<!\\) +$", "", line.rstrip("\r\n"))
        is_negated = line.startswith("!")
        line = line.removeprefix("!")
        if not line.strip("/") or (line.startswith("#") and not is_negated):
            return None
        is_of_folders = line.endswith("/")
        line = line.removesuffix("/")
        # Without a slash in it, it holds in all folders below.
        anywhere = ("**",) if "/" not in line else ()
        names = line.removeprefix("/").split("/")
        return cls(
            parts=(*anywhere, *map(_as_fnmatch, names)),
            is_negated=is_negated,
            is_of_folders=is_of_folders,
        )

    def matches(self, path: Sequence[str], *, is_folder: bool) -> bool:
        """Tell whether it is about a path, from the folder of the file down."""
        if self.is_of_folders and not is_folder:
            return False
        places = {0}
        for number, part in enumerate(self.parts):
            if part == "**":
                # At the end it is all that is below, and not the folder itself.
                least = min(places) + (number == len(self.parts) - 1)
                places = set(range(least, len(path) + 1))
            else:
                places = {
                    place + 1
                    for place in places
                    if place < len(path) and fnmatchcase(path[place], part)
                }
            if not places:
                return False
        return len(path) in places


def _as_fnmatch(name: str) -> str:
    return _NEGATED_SET.sub("[!", _ESCAPED.sub(r"[\1]", name))


_Below: TypeAlias = tuple[int, tuple[Rule, ...]]
"""How many folders below the top a folder is, and its rules."""


@dataclass(slots=True)
class GitIgnore:
    """What is ignored in a folder that somebody has named, and in all below."""

    start: str
    _top: str = field(init=False)
    _known: dict[str, tuple[_Below, ...]] = field(init=False, default_factory=dict)
    """By folder: what is said in it, and above it."""

    def __post_init__(self) -> None:
        """Look upwards for the repository; who names an ignored folder means it."""
        self.start = _absolute(self.start)
        self._top = _top_around(self.start)
        above = self.start
        while above != self._top:
            if self.hides(above, is_folder=True):
                self._top = self.start
                self._known.clear()
                return
            above = os.path.dirname(above)  # noqa: PTH120  as above

    def hides(self, path: str, *, is_folder: bool) -> bool:
        """Tell whether a file or folder is ignored; those around it are not asked."""
        path = _absolute(path)
        names = self._names(path)
        if not names:
            return False
        for depth, rules in reversed(self._said_at(os.path.dirname(path))):  # noqa: PTH120
            below = names[depth:]
            for rule in reversed(rules):
                if rule.matches(below, is_folder=is_folder):
                    return not rule.is_negated
        return False

    def _names(self, path: str) -> list[str]:
        """Give the names on the way down from the top."""
        below = path.removeprefix(self._top).strip("/")
        return below.split("/") if below else []

    def _said_at(self, folder: str) -> tuple[_Below, ...]:
        """Gather the rules of a folder and of those above it, the top's first.

        Kept for each folder, and only of those that say anything: in a deep tree the way
        up is gone once.
        """
        unread = []
        while folder not in self._known:
            unread.append(folder)
            above = os.path.dirname(folder)  # noqa: PTH120  as above
            if folder in {self._top, above}:
                break
            folder = above
        said = self._known.get(folder, ())
        for each in reversed(unread):
            rules = self._rules_in(each)
            said = (*said, (len(self._names(each)), rules)) if rules else said
            self._known[each] = said
        return said

    def _rules_in(self, folder: str) -> tuple[Rule, ...]:
        files = [os.path.join(folder, ".gitignore")]  # noqa: PTH118  as above
        if folder == self._top:
            files.insert(0, os.path.join(folder, ".git", "info", "exclude"))  # noqa: PTH118
        return tuple(rule for file in files for rule in _read(file))


def _absolute(path: str) -> str:
    return os.path.normpath(os.path.join(current_folder(), path))  # noqa: PTH118  as above


def _top_around(folder: str) -> str:
    """Return where the repository begins; a folder in none is its own top."""
    above = folder
    while not is_there(os.path.join(above, ".git")):  # noqa: PTH118  as above
        above, below = os.path.dirname(above), above  # noqa: PTH120  as above
        if above == below:
            return folder
    return above


def _read(file: str) -> list[Rule]:
    try:
        lines = read_bytes(file, _MOST_BYTES).decode(errors="surrogateescape")
    except (OSError, ValueError):
        return []
    rules = map(Rule.parse, lines.split("\n")[:_MOST_RULES])
    return [rule for rule in rules if rule is not None]
