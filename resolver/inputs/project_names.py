"""The name of the project in a folder, by what its files say; nothing of it is run."""

import ast
import os.path
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from axletree.resolver.inputs.foreign_toml import ForeignTomlError, parse_toml

_Read: TypeAlias = Callable[[str], str]
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_MOST_CHARACTERS = 200_000
"""Of a setup.py that is looked at."""


class ProjectNameError(ValueError):
    """A clause that says why there is no name."""


def name_in_folder(folder: str, read: _Read) -> str:
    """Return the name.

    :raises ProjectNameError: no file says it, or there are none.
    """
    found = False
    for file, find in _PLACES:
        try:
            text = read(os.path.join(folder, file))  # noqa: PTH118  `read` takes texts
        except (OSError, ValueError):
            continue
        found = True
        name = find(text)
        if name is not None and _NAME.fullmatch(name):
            return name
    if not found:
        raise ProjectNameError(
            "there is no project in it (no pyproject.toml, setup.py or setup.cfg)"
        )
    raise ProjectNameError("its name is not known without running its code")


def _in_pyproject(text: str) -> str | None:
    try:
        document = parse_toml(text)
    except ForeignTomlError:
        return None
    tool = _table(document, "tool")
    for table in (_table(document, "project"), _table(tool, "poetry")):
        name = table.get("name")
        if isinstance(name, str):
            return name
    return None


def _table(parent: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = parent.get(name)
    return found if isinstance(found, Mapping) else {}


def _in_setup_cfg(text: str) -> str | None:
    import configparser  # noqa: PLC0415  late: few projects have no more than that

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return parser.get("metadata", "name", fallback="").strip() or None


def _in_setup_py(text: str) -> str | None:
    if len(text) > _MOST_CHARACTERS:
        return None
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for word in node.keywords:
                value = word.value
                if word.arg == "name" and isinstance(value, ast.Constant):
                    return value.value if isinstance(value.value, str) else None
    return None


def _in_pkg_info(text: str) -> str | None:
    found = re.search(r"^Name:[ \t]*(\S+)", text, re.MULTILINE)
    return None if found is None else found[1]


_PLACES: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("pyproject.toml", _in_pyproject),
    ("PKG-INFO", _in_pkg_info),
    ("setup.cfg", _in_setup_cfg),
    ("setup.py", _in_setup_py),
)
