"""The commands that an installer makes of `entry_points.txt`.

Source: entry points specification; pip refuses one without a function, uv one that is
a path.
"""

import re
from collections.abc import Iterator

from packaging.utils import NormalizedName

from axletree.wheelhouse.entry.landing import replaces_python
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.gate import Kind

_COMMANDS = frozenset({"console_scripts", "gui_scripts"})
_is_path = re.compile(r"[/\\]|^\.*$").search
_has_function = re.compile(r"[\w.]+\s*:\s*[\w.]+\s*(\[.*\]\s*)?").fullmatch
_MOST_SHOWN = 80


def check_entry_points(
    raw: bytes, where: str, project: NormalizedName, findings: Findings
) -> None:
    """Look at each command: its name, and what it calls."""
    for number, name, value in _commands(raw.decode("utf-8", "replace")):
        shown = ascii(name[:_MOST_SHOWN])
        place = f"{where}, line {number}"
        if _is_path(name) or not name.isprintable():
            text = f"its entry point {shown} is not the name of a command"
            findings.found(Kind.BAD_ENTRY_POINT, text, place)
        elif not _has_function(value):
            text = f"its entry point {shown} names no function"
            findings.found(Kind.BAD_ENTRY_POINT, text, place)
        if replaces_python(name, project):
            text = f"its entry point would replace {name}"
            findings.found(Kind.REPLACES_PYTHON, text, place)


def _commands(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield number of the line, name and value, of what becomes a command."""
    section = ""
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            section = stripped[1:-1].strip()
        elif section in _COMMANDS and stripped and stripped[0] not in "#;":
            name, equals, value = stripped.partition("=")
            if equals:
                yield number, name.strip(), value.strip()
