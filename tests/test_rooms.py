"""The resolver's rooms: other packages come in through the doors that each names."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.support.checkout import CODE, ROOT, tracked_files

RESOLVER = "axletree.resolver"
ROOMS = tuple(
    sorted(
        path.parent.name
        for path in tracked_files()
        if path.match("resolver/*/__init__.py")
    )
)
MOST_FILES = 20


def modules(room: str) -> set[str]:
    return {
        path.stem
        for path in tracked_files()
        if path.parent == PurePosixPath("resolver", room)
        and path.suffix == ".py"
        and path.stem != "__init__"
    }


def doors(room: str) -> set[str]:
    """Return the modules that a room's docstring names after `Doors:`."""
    text = (ROOT / "resolver" / room / "__init__.py").read_text()
    said = ast.get_docstring(ast.parse(text)) or ""
    _, _, listed = said.partition("Doors: ")
    return set(re.findall(r"`(\w+)`", listed))


def imported(source: str) -> Iterator[str]:
    """Yield what a file imports, late or not, as dotted names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def entered() -> set[tuple[str, str, str]]:
    """Return who comes in where: file, room, module."""
    found = set()
    for path in tracked_files():
        if path.parts[0] not in CODE or path.parts[0] == "resolver":
            continue
        if path.suffix != ".py":
            continue
        for name in imported((ROOT / path).read_text()):
            parts = name.removeprefix(f"{RESOLVER}.").split(".")
            if name.startswith(f"{RESOLVER}.") and len(parts) > 1:
                room, module = parts[:2]
                if module in modules_of[room]:
                    found.add((str(path), room, module))
    return found


modules_of = {room: modules(room) for room in (*ROOMS, "resolve")}


def test_other_packages_come_in_through_the_doors_that_a_room_names() -> None:
    named = {room: doors(room) for room in ROOMS}
    past = [each for each in sorted(entered()) if each[2] not in named[each[1]]]
    assert past == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_door_is_a_module_of_its_room(room: str) -> None:
    assert doors(room)
    assert doors(room) <= modules(room)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_not_larger_than_anybody_oversees(room: str) -> None:
    assert len(modules(room)) <= MOST_FILES
