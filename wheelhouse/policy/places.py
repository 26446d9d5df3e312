"""On which line of a policy's file something stands; tomllib gives no positions."""

import re
from collections import defaultdict

from axletree.late_dataclasses import dataclass

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*[=.]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table of the file: `blocked`, and which of them, from 0."""

    table: str = ""
    index: int = 0

    def __str__(self) -> str:
        return f"[{self.table}] " if self.table else ""


class Lines:
    """The lines of tables and their keys."""

    def __init__(self, text: str) -> None:
        """Go through the text once."""
        self._of: dict[tuple[Place, str], int] = {}
        counts: defaultdict[str, int] = defaultdict(int)
        place = Place()
        for number, line in enumerate(text.splitlines(), start=1):
            header = _HEADER.match(line)
            if header is not None:
                name = re.sub(r"\s|[\"']", "", header[2])
                place = Place(table=name, index=counts[name])
                counts[name] += 1
                self._of.setdefault((place, ""), number)
                continue
            key = _KEY.match(line)
            if key is not None:
                self._of.setdefault((place, key[1]), number)

    def of(self, place: Place, key: str = "") -> int:
        """Return the line of a key, else of its table, else where it may be written."""
        above = (Place(), place.table.partition(".")[0])
        header = (Place(table=f"{place.table}.{key}".strip(".")), "")
        for wanted in ((place, key), header, (place, ""), above):
            if wanted in self._of:
                return self._of[wanted]
        return 1
