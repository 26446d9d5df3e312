"""What was typed at a terminal, and how much room it has for an answer.

Imports stay within what the interpreter has loaded anyway (`axletree.start`).
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

_TERMINAL_SETTINGS = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
"""Variables by which rich takes a pipe for a terminal."""
MOST_COLUMNS = 120
"""Longer lines are hard to read, however wide the terminal is."""
_USUAL_COLUMNS, _USUAL_LINES = 80, 25
_MOST_DIGITS = 4
"""Of a number of columns or lines; what is larger is none."""


def size_of(environ: Mapping[str, str]) -> tuple[int, int]:
    """Return columns and lines: as variables say, else as a terminal does.

    What a variable says that is no number above 0 is passed over.
    """
    columns, lines = _terminal()
    return (
        _number(environ.get("COLUMNS", "")) or columns or _USUAL_COLUMNS,
        _number(environ.get("LINES", "")) or lines or _USUAL_LINES,
    )


def _number(text: str) -> int:
    is_one = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_one else 0


def _terminal() -> tuple[int, int]:
    for descriptor in range(3):
        try:
            columns, lines = os.get_terminal_size(descriptor)
        except OSError:
            continue
        return columns, lines
    return 0, 0


def may_be_terminal(stream: TextIO | None, environ: Mapping[str, str]) -> bool:
    """Tell whether somebody may look at a stream; rich decides it."""
    if any(environ.get(name) for name in _TERMINAL_SETTINGS):
        return True
    is_terminal = getattr(stream, "isatty", None)
    try:
        return is_terminal is not None and bool(is_terminal())
    except ValueError:  # It is closed.
        return False


def swallowed_by_shell() -> str:
    """Name the file that a shell has made of `numpy>=1.2` without quotes: `=1.2`.

    Empty: the output goes elsewhere.
    """
    try:
        if not stat.S_ISREG(os.fstat(1).st_mode):
            return ""
        name = os.readlink("/proc/self/fd/1").rpartition("/")[2]  # noqa: PTH115  pathlib costs more than a quick answer
    except OSError:
        return ""
    version = name.removeprefix("=").split(".")
    is_one = all(part.isdecimal() for part in version)
    return name if is_one and (name[:1] == "=" or len(version) > 1) else ""


def current_words() -> tuple[str, ...]:
    """Return the words of the running command, its verb first; none outside of one."""
    import click  # noqa: PLC0415  late: a quick explanation needs none of it

    context = click.get_current_context(silent=True)
    words = None if context is None else context.find_root().obj
    return words if isinstance(words, tuple) else ()
