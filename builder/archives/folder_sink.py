"""Write the files of a foreign archive below one folder, and nowhere else.

All is opened by name in the descriptor of a folder that was made here, so that neither
a link nor a path that is too long for the kernel can lead elsewhere. The names were
judged before (`safe_tree.py`); nothing here depends on that.

Like `archive_members.py` this runs inside sandboxes, under any Python from 3.6 on.
"""

import contextlib
import os

from axletree.builder.archives.safe_tree import (
    Tree,
    TreeRules,
    unpack,
)
from axletree.wheelhouse.archives.members import Member
from axletree.wheelhouse.archives.streams import (
    CHUNK_BYTES,
    ArchiveError,
)

TYPE_CHECKING = False  # typing takes longer to import than all the rest.
if TYPE_CHECKING:  # Annotations stand in quotes: Python 3.6 could not evaluate them.
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from axletree.builder.archives.safe_tree import TreePath


def unpack_into(
    root: int,
    members: "Iterable[Member]",
    rules: TreeRules,
    time_s: "int | None" = None,
) -> Tree:
    """Unpack an archive's members into an empty folder.

    :param root: its descriptor.
    :param time_s: of each file; None: now.
    :raises ArchiveError: for the first member that is not let in.
    """
    sink = FolderSink(root, time_s)
    try:
        return unpack(members, sink, rules)
    finally:
        sink.close()


class FolderSink:
    """Write a tree below one folder that was empty."""

    def __init__(self, root: int, time_s: "int | None") -> None:
        self._time_s = time_s
        self._names: list[bytes] = []
        self._open = [root]
        """Descriptors of the root and the folders that `_names` leads through."""

    def close(self) -> None:
        """Close all descriptors but the root's."""
        self._leave(0)

    def folder(self, path: "TreePath") -> None:
        """Make a folder, and those above it."""
        self._enter(path)

    def file(self, path: "TreePath", member: Member) -> None:
        """Write a file."""
        self._write(path, _content(member), is_program=member.is_program)

    def same(self, path: "TreePath", member: Member) -> None:
        """Compare a file with what is there."""
        with self._reading(path) as there:
            for part in _content(member):
                if there.read(len(part)) != part:
                    raise ArchiveError("is there twice, and differs", member.name)
            if there.read(1):
                raise ArchiveError("is there twice, and differs", member.name)

    def copy(self, path: "TreePath", original: "TreePath", *, is_program: bool) -> None:
        """Copy a file: a hard link could be written through."""
        with self._reading(original) as there:
            content = iter(lambda: there.read(CHUNK_BYTES), b"")
            self._write(path, content, is_program=is_program)

    def link(self, path: "TreePath", target: bytes) -> None:
        """Make a symbolic link."""
        os.symlink(target, path[-1], dir_fd=self._enter(path[:-1]))

    def _write(
        self, path: "TreePath", content: "Iterable[bytes]", *, is_program: bool
    ) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path[-1], flags, 0o600, dir_fd=self._enter(path[:-1]))
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            for part in content:
                left = memoryview(part)
                while left:
                    left = left[file.write(left) :]
            os.fchmod(descriptor, 0o755 if is_program else 0o644)
            if self._time_s is not None:
                os.utime(descriptor, (self._time_s, self._time_s))

    def _reading(self, path: "TreePath") -> "BinaryIO":
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.fdopen(os.open(path[-1], flags, dir_fd=self._enter(path[:-1])), "rb")

    def _enter(self, path: "TreePath") -> int:
        """Return the descriptor of a folder, which is made if need be."""
        common = 0
        while common < len(self._names) and (*path, b"")[common] == self._names[common]:
            common += 1
        self._leave(common)
        for name in path[common:]:
            self._open.append(_folder_in(self._open[-1], name))
            self._names.append(name)
        return self._open[-1]

    def _leave(self, count: int) -> None:
        while len(self._names) > count:
            self._names.pop()
            os.close(self._open.pop())


def _folder_in(folder: int, name: bytes) -> int:
    # Whatever is there already: the last line opens a folder, or fails.
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, 0o755, dir_fd=folder)
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(name, flags, dir_fd=folder)


def _content(member: Member) -> "Iterator[bytes]":
    return iter(lambda: member.read(CHUNK_BYTES), b"")
