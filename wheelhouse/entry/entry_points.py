"""The commands that an installer makes of `entry_points.txt`.

Source: entry points specification; pip refuses one without a function, uv one that is
a path. What is not UTF-8, and a line without `=` in any section, end pip and uv alike.
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
_FILE = "entry_points.txt"


def check_entry_points(
    raw: bytes, where: str, project: NormalizedName, findings: Findings
) -> None:
    """Look at each command: its name, and what it calls."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        place = f"{where}, line {number}"
        findings.found(Kind.BAD_ENTRY_POINT, f"its {_FILE} is not UTF-8", place)
        text = raw.decode("utf-8", "replace")
    for section, number, name, value in _lines(text):
        shown = ascii(name[:_MOST_SHOWN])
        place = f"{where}, line {number}"
        if value is None:
            said = f"{shown} of its {_FILE} has no ="
            findings.found(Kind.BAD_ENTRY_POINT, said, place)
            continue
        if section not in _COMMANDS:
            continue
        if _is_path(name) or not name.isprintable():
            text = f"its entry point {shown} is not the name of a command"
            findings.found(Kind.BAD_ENTRY_POINT, text, place)
        elif not _has_function(value):
            text = f"its entry point {shown} names no function"
            findings.found(Kind.BAD_ENTRY_POINT, text, place)
        if replaces_python(name, project):
            text = f"its entry point would replace {name}"
            findings.found(Kind.REPLACES_PYTHON, text, place)


def _lines(text: str) -> Iterator[tuple[str, int, str, str | None]]:
    """Yield section, number of the line, name, and value if any, of what installers read.

    Those before the first section are read by none.
    """
    section = ""
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            section = stripped[1:-1].strip()
        elif section and stripped and stripped[0] not in "#;":
            name, equals, value = stripped.partition("=")
            yield section, number, name.strip(), value.strip() if equals else None
