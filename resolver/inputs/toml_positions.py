"""On which line of a TOML text a string stands.

tomllib gives no positions, and a parser that does (tomlkit) would be a dependency for
nothing else. So a string is looked for as it is mostly spelled: in
quotes, behind the key it belongs to. One spelled with escapes has no line.
"""

import re
from collections.abc import Callable

from axletree.late_dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?s:(?P<quotes>\"{3}|'{3})\n?(?P<block>.*?)(?P=quotes))"""
    r"""|(?P<quote>["'])(?P<string>(?:\\.|[^\\\n])*?)(?P=quote)"""
    r"""|\#[^\n]*"""
)
"""A string, or a comment, in which nothing counts."""
_HEADER = re.compile(r"^[ \t]*\[+([^\]\n]+)\]", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlLines:
    """A text that is valid TOML, to be looked up."""

    text: str

    @classmethod
    def of(cls, text: str) -> "TomlLines":
        """Take a text; line breaks count as TOML has them."""
        return cls(text=text.replace("\r\n", "\n"))

    def of_key(self, table: tuple[str, ...], key: str) -> int | None:
        """Return the line of a key, from 1."""
        start = self._start(table, key)
        return None if start is None else self._line(start)

    def of_array(self, table: tuple[str, ...], key: str) -> Callable[[str], int | None]:
        """Return a function from the strings of an array, in their order, to lines."""
        start = self._start(table, key)
        place = 0 if start is None else start

        def find(value: str) -> int | None:
            nonlocal place
            for match in _TOKEN.finditer(self.text, place):
                if match["string"] == value or match["block"] == value:
                    place = match.end()
                    return self._line(match.start())
            return None

        return find

    def _start(self, table: tuple[str, ...], key: str) -> int | None:
        """Find a key: under its table's header, else as a dotted or inline key."""
        quoted = f"[\"']?{re.escape(key)}[\"']?"
        within = re.compile(rf"^[ \t]*{quoted}[ \t]*=", re.MULTILINE)
        for header in _HEADER.finditer(self.text):
            if _names(header[1]) == table:
                following = _HEADER.search(self.text, header.end())
                end = following.start() if following else len(self.text)
                match = within.search(self.text, header.end(), end)
                # A line of an array may look like a header: look on behind it.
                match = match or within.search(self.text, header.end())
                return None if match is None else self._behind_blanks(match)
        anywhere = re.compile(
            rf"\b{re.escape(table[-1])}\b.*?{quoted}[ \t]*=", re.DOTALL
        )
        match = anywhere.search(self.text)
        return None if match is None else match.end() - 1

    @staticmethod
    def _behind_blanks(match: re.Match[str]) -> int:
        return match.start() + len(match[0]) - len(match[0].lstrip())

    def _line(self, place: int) -> int:
        return self.text.count("\n", 0, place) + 1


def _names(header: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in header.split("."))
