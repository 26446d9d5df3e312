"""A source as one archive, of which nothing is unpacked where it is not built.

Here it is only looked through, by the same reader and the same rules as inside: what
is unsafe is known before anything runs, and the one file that we need, pyproject.toml,
is kept in memory.
"""

from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from axletree.builder.archives.safe_tree import (
    File,
    Folder,
    Tree,
    TreeRules,
    unpack,
)
from axletree.builder.errors import UnsafeSourceError
from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.foreign_toml import LIMIT_BYTES as PYPROJECT_LIMIT_BYTES
from axletree.wheelhouse.archives.members import (
    Member,
    read_members,
)
from axletree.wheelhouse.archives.rules import unpacked_limit_bytes
from axletree.wheelhouse.archives.streams import (
    CHUNK_BYTES,
    ArchiveError,
)
from axletree.wheelhouse.store.files import translate_storage_errors

if TYPE_CHECKING:
    from axletree.builder.archives.safe_tree import TreePath

LIMIT_BYTES = 4 << 30
"""What a source may unpack to, however large its archive is."""

_PYPROJECT = b"pyproject.toml"
_PROJECT_FILES = (_PYPROJECT, b"setup.py")
_MOST_NAMED = 5

GitState: TypeAlias = Literal["none", "clean", "altered"]
"""Whether a source has a `.git` of ours, whose commit is its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceArchive:
    """A tar or zip of a source tree, looked through."""

    path: Path
    name: str
    """For messages."""
    has_top: bool
    """One folder holds the tree, as in an sdist; else the archive is the tree."""
    unpacked_limit_bytes: int
    pyproject: bytes | None
    """One too large is cut off behind the limit of those who read it."""
    has_setup: bool
    """There is a setup.py."""
    folder: str = ""
    """Folder of the tree that is built, with slashes; empty: the tree itself."""
    has_folder: bool = True
    git: GitState = "none"
    projects: tuple[str, ...] = ()
    """Some of the folders that could be built: `sdk/python`."""


def look_into(
    path: Path, *, name: str, has_top: bool, folder: str = "", git: GitState = "none"
) -> SourceArchive:
    """Look through an archive.

    :param folder: the folder that is built, of an archive without a top.
    :raises UnsafeSourceError: when it is none, or something in it is not let in.
    :raises StorageError: when it cannot be read from the disk.
    """
    rules = source_rules(path, has_top=has_top)
    inner = tuple(folder.encode().split(b"/")) if folder else ()
    glance = _Glance(depth=2) if has_top else _Glance(wanted=(*inner, _PYPROJECT))
    try:
        tree = _walk(path, rules, glance)
        projects = glance.projects
        start = (*tree.top, *inner)
        pyproject = tree.find((*start, _PYPROJECT))
        if isinstance(pyproject, File) and pyproject.path not in glance.contents:
            # A link to a file elsewhere in the tree: rare enough to look twice.
            glance = _Glance(wanted=pyproject.path)
            _walk(path, rules, glance)
    except ArchiveError as error:
        raise UnsafeSourceError(
            f"the source is not unpacked: {error}", where=str(path)
        ) from error
    return SourceArchive(
        path=path,
        name=name,
        has_top=has_top,
        unpacked_limit_bytes=rules.size_bytes,
        pyproject=glance.contents[pyproject.path]
        if isinstance(pyproject, File)
        else None,
        has_setup=isinstance(tree.find((*start, b"setup.py")), File),
        folder=folder,
        git=git,
        has_folder=isinstance(tree.find(start), Folder),
        projects=_below_top(projects, tree),
    )


def source_rules(path: Path, *, has_top: bool) -> TreeRules:
    """Return what the archive of a source may hold."""
    limit_bytes = min(unpacked_limit_bytes(path.stat().st_size), LIMIT_BYTES)
    return TreeRules(limit_bytes, allows_links=True, has_top=has_top)


def _below_top(projects: Sequence[str], tree: Tree) -> tuple[str, ...]:
    """Return some of the folders, as seen from the folder that counts."""
    top = b"".join(tree.top).decode("utf-8", "replace")
    names = {name.removeprefix(top).lstrip("/") for name in projects}
    return tuple(sorted(filter(None, names))[:_MOST_NAMED])


def _walk(path: Path, rules: TreeRules, glance: "_Glance") -> Tree:
    with translate_storage_errors(path), path.open("rb") as file:
        return unpack(read_members(file, rules.stream_bytes), glance, rules)


@dataclass(slots=True, kw_only=True)
class _Glance:
    """Keep one file in memory, and write nothing."""

    depth: int = 0
    """Of the pyproject.toml that is kept; 0: the one `wanted` is."""
    wanted: "TreePath" = ()
    contents: "dict[TreePath, bytes]" = field(default_factory=dict)
    """At most one."""
    projects: list[str] = field(default_factory=list)
    """Folders with a file that makes them a project."""

    def folder(self, path: "TreePath") -> None:
        """Make none."""

    def file(self, path: "TreePath", member: Member) -> None:
        """Keep it if it is the one."""
        if path[-1] in _PROJECT_FILES:
            self.projects.append(b"/".join(path[:-1]).decode("utf-8", "replace"))
        if path == self.wanted or (len(path) == self.depth and path[-1] == _PYPROJECT):
            content = b""
            while len(content) <= PYPROJECT_LIMIT_BYTES and (
                part := member.read(CHUNK_BYTES)
            ):
                content += part
            self.contents = {path: content}

    def same(self, path: "TreePath", member: Member) -> None:
        """Leave that to the unpacking inside."""

    def copy(self, path: "TreePath", original: "TreePath", *, is_program: bool) -> None:
        """Copy nothing: who finds it finds the original."""

    def link(self, path: "TreePath", target: bytes) -> None:
        """Make none."""
