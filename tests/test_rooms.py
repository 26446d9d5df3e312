"""The rooms of a package: others come in through the doors that each room names."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath

import pytest

from tests.support.checkout import CODE, LINKED, ROOT, tracked_files

MOST_FILES = 20
MOST_LINES = 400
FOLDERS = {
    **{each: PurePosixPath(each) for each in LINKED},
    "commands": PurePosixPath("axletree", "commands"),
}
"""Package of rooms -> where it lies."""
ROOMS = tuple(
    sorted(
        f"{package}.{path.parent.name}"
        for package, folder in FOLDERS.items()
        for path in tracked_files()
        if path.name == "__init__.py" and path.parent.parent == folder
    )
)


def folder_of(place: str) -> PurePosixPath:
    """Return where a package lies, or a room of it."""
    package, _, room = place.partition(".")
    return FOLDERS.get(package, PurePosixPath(package)) / room


@cache
def modules(place: str) -> set[str]:
    folder = folder_of(place)
    return {
        path.stem
        for path in tracked_files()
        if path.parent == folder and path.suffix == ".py" and path.stem != "__init__"
    }


@cache
def doors(room: str) -> set[str]:
    """Return the modules that a room's docstring names after `Doors:`."""
    text = (ROOT / folder_of(room) / "__init__.py").read_text()
    said = ast.get_docstring(ast.parse(text)) or ""
    _, _, listed = said.partition("Doors: ")
    return set(re.findall(r"`(\w+)`", listed))


def imported(source: str) -> Iterator[str]:
    """Yield what a file imports, late or not, as dotted names."""
    for node in statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Walk without the expressions, which are most of a tree."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr):
            yield child
            yield from statements(child)


def strangers(room: str) -> PurePosixPath:
    """Return outside of which folder a room is known by its doors alone.

    The rooms of the resolver are one engine, those of the command line one program:
    they know each other's modules.
    """
    package = room.partition(".")[0]
    return folder_of(package if package in {"resolver", "commands"} else room)


def entered(room: str, outside: PurePosixPath) -> set[tuple[str, str]]:
    """Return who comes in where, from outside of a folder: file, module."""
    inside = modules(room)
    return {
        (str(path), module)
        for path, names in imports_of().items()
        if outside not in path.parents
        for name in names
        if name.startswith(f"axletree.{room}.")
        for module in [name.split(".")[3]]
        if module in inside
    }


@cache
def imports_of() -> Mapping[PurePosixPath, tuple[str, ...]]:
    return {
        path: tuple(imported((ROOT / path).read_text()))
        for path in tracked_files()
        if path.suffix == ".py" and path.parts[0] in CODE
    }


def test_others_come_in_through_the_doors_that_a_room_names() -> None:
    assert [
        f"{path} imports {room}.{module}"
        for room in ROOMS
        for path, module in sorted(entered(room, strangers(room)))
        if module not in doors(room)
    ] == []


def test_through_each_door_somebody_comes_in() -> None:
    used = {
        (room, module) for room in ROOMS for _, module in entered(room, folder_of(room))
    }
    named = {(room, module) for room in ROOMS for module in doors(room)}
    assert named - used == set()


def test_a_room_is_not_larger_than_anybody_oversees() -> None:
    sizes = {room: len(modules(room)) for room in ("axletree", *ROOMS)}
    assert {room for room, size in sizes.items() if size > MOST_FILES} == set()


def test_a_file_is_not_longer_than_anybody_reads() -> None:
    lines = {
        str(path): (ROOT / path).read_bytes().count(b"\n")
        for path in tracked_files()
        if path.suffix == ".py"
    }
    assert {path for path, count in lines.items() if count > MOST_LINES} == set()


@pytest.mark.parametrize("package", ["builder", "wheelhouse"])
def test_a_package_of_rooms_keeps_only_its_words_outside_of_them(package: str) -> None:
    words = {"errors", "findings", "gate", "model", "reporter", "sdist_builder"}
    assert modules(package) <= words
