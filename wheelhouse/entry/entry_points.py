"""The commands that an installer makes of `entry_points.txt`.

Source: entry points specification. Its readers differ: pip reads each line by itself, and
what it does not understand ends it or is no command; uv reads it as Python's configparser
does, and refuses what is there twice. What both read alike is let in.
"""

import re
from collections.abc import Iterator
from dataclasses import field

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.entry.landing import replaces_python
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.gate import Kind

_COMMANDS = frozenset({"console_scripts", "gui_scripts"})
_is_path = re.compile(r"[/\\]|^\.*$").search
_has_function = re.compile(r"[\w.]+\s*:\s*[\w.]+\s*(\[.*\]\s*)?").fullmatch
_odd_end = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]").search
"""What ends a line for Python, and for no other reader."""
_MOST_SHOWN = 80
_FILE = "entry_points.txt"


def check_entry_points(
    raw: bytes, where: str, project: NormalizedName, findings: Findings
) -> None:
    """Look at each line; of a command at its name, and at what it calls."""
    checking = _Checking(where=where, project=project, findings=findings)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        checking.line = raw.count(b"\n", 0, error.start) + 1
        checking.found(f"its {_FILE} is not UTF-8")
        text = raw.decode("utf-8", "replace")
    checking.line = 1
    if text.startswith("\ufeff"):
        checking.found(f"its {_FILE} begins with a byte order mark")
        text = text.removeprefix("\ufeff")
    odd = _odd_end(text)
    if odd:
        checking.line = text.count("\n", 0, odd.start()) + 1
        checking.found(f"its {_FILE} has {odd[0]!a}, which ends a line for some")
    for number, line in enumerate(text.splitlines(), start=1):
        checking.line = number
        checking.read(line)


@dataclass(slots=True, kw_only=True)
class _Checking:
    """Reads one file from its first line to its last."""

    where: str
    project: NormalizedName
    findings: Findings
    line: int = 1
    _section: str = ""
    """Empty: before the first."""
    _depth: int | None = None
    """How far the entry above is indented; None: there is none in this section."""
    _sections: set[str] = field(default_factory=set)
    _names: set[tuple[str, str]] = field(default_factory=set)
    """Sections and names of entries."""
    _target_of: dict[str, str] = field(default_factory=dict)
    """What the commands call."""

    def found(self, text: str, kind: Kind = Kind.BAD_ENTRY_POINT) -> None:
        """Keep what is wrong with the line that is read."""
        self.findings.found(kind, text, f"{self.where}, line {self.line}")

    def read(self, line: str) -> None:
        """Read a line, and say what installers would not make of it alike."""
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            return
        shown = ascii(stripped[:_MOST_SHOWN])
        is_section = stripped.startswith("[") and stripped.endswith("]")
        depth = len(line) - len(line.lstrip())
        is_deeper = self._depth is not None and depth > self._depth
        if is_deeper and (is_section or self._section in _COMMANDS):
            self.found(f"{shown} of its {_FILE} is indented more than the entry above")
        if is_section:
            self._begin(stripped[1:-1], shown)
            return
        name, equals, value = stripped.partition("=")
        if stripped.startswith(";"):
            self.found(f"{shown} of its {_FILE} is a comment for some: # begins one")
        elif not self._section:
            self.found(f"{shown} of its {_FILE} stands before the first section")
        elif not equals:
            self.found(f"{name[:_MOST_SHOWN]!a} of its {_FILE} has no =")
        else:
            self._depth = depth
            for text in self._faults(name.strip(), value.strip()):
                self.found(text)
        if self._section in _COMMANDS and replaces_python(name.strip(), self.project):
            text = f"its entry point would replace {name.strip()}"
            self.found(text, Kind.REPLACES_PYTHON)

    def _begin(self, section: str, shown: str) -> None:
        if not section or section in self._sections:
            said = "begins twice" if section else "names no section"
            self.found(f"{shown} of its {_FILE} {said}")
        self._sections.add(section)
        self._section, self._depth = section, None

    def _faults(self, name: str, value: str) -> Iterator[str]:
        """Say what is wrong with an entry."""
        shown = ascii(name[:_MOST_SHOWN])
        if (self._section, name) in self._names:
            yield f"its entry point {shown} is there twice"
        elif self._section in _COMMANDS and self._target_of.get(name, value) != value:
            yield f"its entry point {shown} calls two functions"
        self._names.add((self._section, name))
        if self._section not in _COMMANDS:
            return
        self._target_of[name] = value
        if _is_path(name) or not name.isprintable():
            yield f"its entry point {shown} is not the name of a command"
        elif not _has_function(value):
            yield f"its entry point {shown} names no function"
