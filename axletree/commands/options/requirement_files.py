"""Paths on a command line -> the requirements files that are meant.

A file is taken whatever its name is. In a folder, and in those below it, what tools and
people name so is taken: see `docs/how-to/check.md`. A glob means what a shell that knows
`**` makes of it. Whoever names a path at which nothing is found is told: a mistyped path
must not let a check pass.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import TypeAlias

from axletree.commands.line.corrections import refuse_missing
from axletree.commands.options.gitignore import GitIgnore
from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.requirement_sets import (
    RequirementSet,
    lack_of_sets,
    sets_in,
)
from axletree.errors import AxletreeError
from axletree.late_dataclasses import dataclass
from axletree.reading import STDIN, is_at_rest, is_folder, is_there

MOST_FILES = 2_000
"""Of one command; more are rather another folder than the one meant."""
MOST_FOLDERS = 200_000
"""That are looked into."""
_MAGIC = re.compile(r"[*?\[]")
_NAMED = re.compile(r"(?:.*[-_.])?requirements.*\.(?:txt|in)", re.IGNORECASE)
_IN_FOLDER_OF_THAT_NAME = re.compile(r"(?!constraints).*\.(?:txt|in)", re.IGNORECASE)
_OF_TOOLS = frozenset(
    {"__pycache__", "__pypackages__", "_build", "build", "dist", "node_modules"}
    | {"site-packages", "venv"}
)
"""Folders that are made, beside those whose names begin with a dot."""
_PROJECT = "pyproject.toml"


class NothingToCheckError(AxletreeError):
    """A path at which there is no requirements file."""

    reference = "nothing-to-check"
    exit_code = 2
    usual_hint = (
        "name the files themselves; in folders requirements*.txt, requirements*.in and "
        "pyproject.toml are looked for"
    )


_Place: TypeAlias = tuple[str, int, GitIgnore | None]
"""Where a glob is, how many of its parts have matched, and what is ignored below the `**`
that it is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file in a folder that holds no requirements, and why."""

    path: str
    reason: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"{self.path} is left out: {self.reason}"


@dataclass(slots=True)
class Finder:
    """Looks for the files of one command."""

    files: InputFiles = field(default_factory=InputFiles)
    left_out: list[LeftOut] = field(default_factory=list)
    _folders: int = 0

    def sets(self, paths: Sequence[str]) -> tuple[RequirementSet, ...]:
        """List the sets that are in the files that are meant.

        :raises NothingToCheckError: as `find`.
        """
        return tuple(
            one for file in self.find(paths) for one in sets_in(file, self.files)
        )

    def find(self, paths: Sequence[str]) -> tuple[str, ...]:
        """List the files that are meant, each once, in the order given.

        :raises NothingToCheckError: there is none at one of the paths, or too many.
        """
        if len(paths) == 1 and not _MAGIC.search(paths[0]):
            # Of several the others are checked, and this one is told beside them.
            refuse_missing(paths, "file or folder")
        found: dict[str, None] = {}
        for path in paths or (os.curdir,):
            before = len(self.left_out)
            is_empty = True
            for file in self._at(path):
                is_empty = False
                found[file] = None
                if len(found) > MOST_FILES:
                    raise _too_many(path, f"{MOST_FILES:,} files")
            if is_empty:
                raise self._nothing(path, self.left_out[before:])
        return tuple(found)

    def _at(self, path: str) -> Iterator[str]:
        if path == STDIN or not _MAGIC.search(path) or is_there(path):
            yield from self._meant(path)
            return
        pattern = PurePath(path)
        for match in self._matches(pattern.anchor, pattern.relative_to(pattern.anchor)):
            yield from self._meant(match)

    def _meant(self, path: str) -> Iterator[str]:
        if path != STDIN and is_folder(path):
            yield from self._in_folder(str(PurePath(path)))
        else:
            # As written in another way it is the same file.
            yield str(PurePath(path)) if path else path

    # Folders.

    def _in_folder(self, folder: str) -> Iterator[str]:
        waiting = [folder]
        ignored = GitIgnore(folder)
        while waiting:
            current = waiting.pop()
            entries = self._entries(current)
            for entry in entries:
                path = str(PurePath(current, entry.name))
                is_meant = _is_meant(current, entry.name) and is_at_rest(path)
                if is_meant and not ignored.hides(path, is_folder=False):
                    yield from self._with_requirements(path)
            below = [e for e in entries if _is_looked_into(e, ignored)]
            waiting += [str(PurePath(current, e.name)) for e in reversed(below)]

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        self._folders += 1
        if self._folders > MOST_FOLDERS:
            raise _too_many(folder, f"{MOST_FOLDERS:,} folders")
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            raise NothingToCheckError(
                f"the folder cannot be read: {error.strerror}", where=folder
            ) from error

    def _with_requirements(self, path: str) -> Iterator[str]:
        try:
            text = self.files.text(path)
            is_project = PurePath(path).name == _PROJECT
            reason = lack_of_sets(text) if is_project else _lack_of_lines(text)
        except (OSError, ValueError):
            reason = ""  # The check will say so.
        if reason:
            self.left_out.append(LeftOut(path=path, reason=reason))
        else:
            yield path

    # Globs.

    def _matches(self, start: str, pattern: PurePath) -> Iterator[str]:
        """Yield what a glob matches, sorted, each once; links are not followed by `**`."""
        seen: set[tuple[str, int]] = set()
        waiting: list[_Place] = [(start, 0, None)]
        parts = pattern.parts
        while waiting:
            at, done, ignored = waiting.pop()
            if (at, done) in seen:
                continue
            seen.add((at, done))
            if done == len(parts):
                yield at or os.curdir
                continue
            waiting += reversed(list(self._onward(at, parts, done, ignored)))

    def _onward(
        self, at: str, parts: Sequence[str], done: int, ignored: GitIgnore | None
    ) -> Iterator[_Place]:
        part, is_last = parts[done], done == len(parts) - 1
        if part == "**":
            yield at, done + 1, None
            if is_last:  # The folder, with all below it.
                return
            ignored = ignored or GitIgnore(at or os.curdir)
            for entry in self._entries(at or os.curdir):
                if _is_looked_into(entry, ignored):
                    yield str(PurePath(at, entry.name)), done, ignored
        elif _MAGIC.search(part):
            for entry in self._entries(at or os.curdir):
                path = str(PurePath(at, entry.name))
                if _is_matched(entry, part) and (is_last or is_folder(path)):
                    yield path, done + 1, None
        elif is_there(PurePath(at, part)):
            yield str(PurePath(at, part)), done + 1, None

    # What is wrong.

    def _nothing(self, path: str, left_out: Sequence[LeftOut]) -> NothingToCheckError:
        if _MAGIC.search(path) and not is_there(path):
            what = f"nothing to check: no requirements file matches {path}"
        else:
            what = f"nothing to check: there is no requirements file in {path}"
        said = "".join(f"\n  {each}" for each in left_out[:20])
        return NothingToCheckError(f"{what}{said}", where=path)


def _too_many(path: str, most: str) -> NothingToCheckError:
    return NothingToCheckError(
        f"there are more than {most} to look at",
        where=path,
        hint="name a smaller folder, or the files themselves",
    )


def _is_meant(folder: str, name: str) -> bool:
    """Tell whether a file in a folder is taken for one of requirements."""
    if name == _PROJECT or _NAMED.fullmatch(name):
        return True
    is_of_them = os.path.basename(os.path.abspath(folder)).lower() == "requirements"  # noqa: PTH100, PTH119  pathlib has no name for `.`
    return is_of_them and _IN_FOLDER_OF_THAT_NAME.fullmatch(name) is not None


def _is_looked_into(entry: os.DirEntry[str], ignored: GitIgnore) -> bool:
    """Tell whether a folder is people's own."""
    if entry.name.startswith(".") or entry.name in _OF_TOOLS:
        return False
    # A link may lead back to where it stands.
    if not entry.is_dir(follow_symlinks=False):
        return False
    is_environment = is_there(PurePath(entry.path, "pyvenv.cfg"))
    return not (is_environment or ignored.hides(entry.path, is_folder=True))


def _is_matched(entry: os.DirEntry[str], part: str) -> bool:
    is_hidden = entry.name.startswith(".") and not part.startswith(".")
    is_of_tool = entry.name in _OF_TOOLS and is_folder(entry.path)
    return fnmatchcase(entry.name, part) and not (is_hidden or is_of_tool)


def _lack_of_lines(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    has_any = any(line and not line.startswith("#") for line in lines)
    return "" if has_any else "it holds no requirement"
