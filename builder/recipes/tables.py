"""Read the tables of a recipe, typed, with every mistake named and where it stands."""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version

from axletree.builder.errors import InvalidRecipeError
from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.requirement_text import shorten
from axletree.resolver.model.bounds import (
    EARLIEST_YEAR,
    LATEST_YEAR,
)
from axletree.resolver.model.file_names import (
    SafeName,
    UnsafeNameError,
    safe_name,
)
from axletree.resolver.model.foreign_text import (
    parse_version,
    read_requirement,
)

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_ANY_TEXT = re.compile(r".+", re.DOTALL)
_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """All that is wrong with one file."""

    path: Path
    text: str
    found: list[str] = field(default_factory=list)

    def add(self, section: str, key: str, complaint: str, number: int = 1) -> None:
        """Note one mistake.

        :param number: which of the tables of that name it is in.
        """
        name = f"[{section}] {key}" if section else key
        line = self._line(section, key, number)
        self.found.append(f"line {line}: {name} {complaint}")

    def raise_if_any(self) -> None:
        """Raise once for all of them."""
        if self.found:
            raise InvalidRecipeError(
                "the recipe is not valid: " + "; ".join(self.found),
                where=str(self.path),
                hint="axletree docs recipe describes the form",
            )

    def _line(self, section: str, key: str, number: int) -> int:
        """Find the line of a key, else of its table, else the first."""
        current, line_of_table, left = "", 0, number if section else 0
        opening = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
        for at, line in enumerate(self.text.splitlines(), start=1):
            header = _HEADER.match(line)
            if header is not None:
                current = re.sub(r"\s*\.\s*", ".", header[1])
                if current == (section or key):
                    if left > 0 or not line_of_table:
                        line_of_table = at
                    left -= 1
            elif current == section and opening.match(line) and left <= 0:
                return at
        outer, _, inner = section.rpartition(".")
        if not line_of_table and outer:
            # An inline table, or a dotted key.
            return self._line(outer, inner, 1)
        return line_of_table or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table; what was asked for and is wrong becomes a problem and a stand-in."""

    values: Mapping[str, object]
    section: str
    problems: Problems
    number: int = 1
    """Of an array of tables, which."""
    _read: set[str] = field(default_factory=set)

    def problem(self, key: str, complaint: str) -> None:
        """Note that the value of `key` is wrong."""
        self.problems.add(self.section, key, complaint, self.number)

    def refuse_unread(self) -> None:
        """Note every key that nobody has asked for."""
        for key in sorted(self.values.keys() - self._read):
            near = get_close_matches(key.lower(), sorted(self._read), n=1, cutoff=0.6)
            meant = f"; {near[0]} is" if near else ""
            self.problem(key, f"is not known{meant}")

    def text(
        self, key: str, pattern: re.Pattern[str] = _ANY_TEXT, rule: str = "is empty"
    ) -> str:
        """Return a text that must be there and match."""
        found = self.optional_text(key, pattern, rule)
        if found is None:
            self.problem(key, "is missing")
        return found or ""

    def optional_text(
        self, key: str, pattern: re.Pattern[str] = _ANY_TEXT, rule: str = "is empty"
    ) -> str | None:
        """Return a text that may be missing, but must match."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.problem(key, "must be a text")
            return ""
        if "\0" in value:
            self.problem(key, "holds a NUL character")
            return ""
        if not pattern.fullmatch(value):
            found = f", not {shorten(repr(value))}" if value else ""
            self.problem(key, f"{rule}{found}")
        return value

    def flag(self, key: str) -> bool | None:
        """Return true or false; None when it is missing."""
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            self.problem(key, "must be true or false")
            return None
        return value

    def plain_file(self, key: str) -> SafeName:
        """Return the name of a file without any folder."""
        name = self.text(key)
        try:
            return safe_name(name)
        except UnsafeNameError as error:
            if name:
                self.problem(key, f"must be an sdist's file name, but {error}")
            return safe_name("none")

    def version(self, key: str) -> Version:
        """Return a PEP 440 version that must be there."""
        text = self.text(key)
        version = parse_version(text)
        if version is None and text:
            self.problem(key, f"must be a version, not {shorten(text)!r}")
        # Not 0, of which more would be said.
        return version or Version("1")

    def time(self, key: str) -> datetime:
        """Return a time with its offset from UTC that must be there."""
        value = self._take(key)
        if (
            isinstance(value, datetime)
            and value.tzinfo is not None
            and EARLIEST_YEAR <= value.year <= LATEST_YEAR
        ):
            return value
        kind = "a time with an offset, such as 2022-01-26T02:57:36Z"
        self.problem(key, f"is missing: {kind}" if value is None else f"must be {kind}")
        return _NO_TIME

    def texts(self, key: str, pattern: re.Pattern[str], rule: str) -> tuple[str, ...]:
        """Return a list of texts that all match; empty when it is missing."""
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.problem(key, "must be a list of texts")
            return ()
        for item in value:
            if not (
                isinstance(item, str) and "\0" not in item and pattern.fullmatch(item)
            ):
                self.problem(key, f"{rule}, not {shorten(repr(item))}")
        return tuple(map(str, value))

    def requirements(self, key: str) -> tuple[Requirement, ...]:
        """Return a list of PEP 508 requirements; empty when it is missing."""
        texts = self.texts(key, _ANY_TEXT, "must be a requirement")
        found = (self.as_requirement(key, text) for text in texts)
        return tuple(requirement for requirement in found if requirement is not None)

    def as_requirement(self, key: str, text: str) -> Requirement | None:
        """Parse a requirement that stands at `key`; None when it is none."""
        try:
            return read_requirement(text)
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            self.problem(key, f"has a bad requirement {shorten(text)!r}: {reason}")
            return None

    def table(self, key: str, *, is_required: bool = True) -> "Table":
        """Return the table of that name, an empty one when it is missing."""
        value = self._take(key)
        if value is None and is_required:
            self.problem(key, "is missing: a table of that name")
            # What it lacks within goes without saying.
            unsaid = Problems(path=self.problems.path, text=self.problems.text)
            return Table(values={}, section=key, problems=unsaid)
        return self._below(key, {} if value is None else value)

    def tables(self, key: str) -> tuple["Table", ...]:
        """Return the array of tables of that name."""
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.problem(key, f"must be an array of tables, [[{key}]]")
            return ()
        return tuple(
            self._below(key, item, number) for number, item in enumerate(value, start=1)
        )

    def _below(self, key: str, value: object, number: int = 1) -> "Table":
        if not isinstance(value, dict):
            self.problem(key, "must be a table")
            value = {}
        section = f"{self.section}.{key}" if self.section else key
        return Table(
            values=value, section=section, problems=self.problems, number=number
        )

    def _take(self, key: str) -> object:
        self._read.add(key)
        return self.values.get(key)
