"""No file name that others chose is joined to a path, but by `below`."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.support.checkout import CODE, ROOT, tracked_files

JOINING = {"Path", "PurePath", "PurePosixPath", "joinpath", "join", "with_name"}
FOREIGN = {"filename", "orig_filename"}
"""Names of what comes from outside, wherever it stands."""


def joins(source: str) -> list[int]:
    """Return the lines at which a file name becomes a part of a path."""
    if not any(name in source for name in FOREIGN):
        return []
    return sorted(node.lineno for node in _joins(ast.parse(source)))


def _joins(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.Div(), right=right) if _is_foreign(right):
                yield node
            case ast.Call(func=function, args=arguments) if _last_name(
                function
            ) in JOINING and any(map(_is_foreign, arguments)):
                yield node


def _is_foreign(node: ast.expr) -> bool:
    """Tell whether a value is a file name, alone or within a text."""
    return any(
        _last_name(part) in FOREIGN
        for part in ast.walk(node)
        if isinstance(part, ast.expr)
    ) and not isinstance(node, ast.Call)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


@pytest.mark.parametrize(
    "source",
    [
        "folder / file.filename",
        "folder / filename",
        "folder / f'{file.filename}.part'",
        "Path(folder, file.filename)",
        "folder.joinpath(file.filename)",
        "os.path.join(folder, file.filename)",
        "path.with_name(stored.filename)",
    ],
)
def test_a_join_is_found(source: str) -> None:
    assert joins(source) == [1]


def test_no_file_name_is_joined_to_a_path_but_by_below() -> None:
    sources = (
        path
        for path in tracked_files()
        if path.parts[0] in CODE and path.suffix == ".py" and _is_file(path)
    )
    found = [
        f"{path}:{line}"
        for path in sources
        for line in joins((ROOT / path).read_text(encoding="utf-8"))
    ]

    assert found == [], "use axletree.resolver.model.file_names.below"


def _is_file(path: PurePosixPath) -> bool:
    return not (ROOT / path).is_symlink()
