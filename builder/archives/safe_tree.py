"""Judge the members of a foreign archive: what may be unpacked, and where links lead.

Each member is judged by its name alone, in a tree that is kept in memory and never
looked up on a disk. Links come last, and only those that stay inside, however the
others are followed: each starts at a folder that is none itself, so that it is enough
to follow every single one.

Like `archive_members.py` this runs inside sandboxes, under any Python from 3.6 on.
"""

from axletree.wheelhouse.archives.members import (
    MOST_MEMBERS,
    Member,
)
from axletree.wheelhouse.archives.streams import ArchiveError

TYPE_CHECKING = False  # typing takes longer to import than all the rest.
if TYPE_CHECKING:  # Annotations stand in quotes: Python 3.6 could not evaluate them.
    from collections.abc import Iterable, Iterator
    from typing import Protocol, TypeAlias

    TreePath: TypeAlias = "tuple[bytes, ...]"

    class Sink(Protocol):
        """What the files of a tree are put into."""

        def folder(self, path: TreePath) -> None:
            """Make a folder, and those above it."""
            ...

        def file(self, path: TreePath, member: Member) -> None:
            """Take a file's content."""
            ...

        def same(self, path: TreePath, member: Member) -> None:
            """Hold a file that is there already against a second one of its name.

            :raises ArchiveError: when they differ.
            """
            ...

        def copy(self, path: TreePath, original: TreePath, *, is_program: bool) -> None:
            """Take a file's content from another."""
            ...

        def link(self, path: TreePath, target: bytes) -> None:
            """Make a link."""
            ...


DEPTH = 128
"""Folders within each other."""
LINK_HOPS = 40
"""Links behind one link; Linux follows no more."""
NAME_BYTES = 255
PATH_BYTES = 4095


class TreeRules:
    """What an archive may unpack to."""

    def __init__(
        self,
        size_bytes: int,
        entries: int = MOST_MEMBERS,
        *,
        allows_links: bool = False,
        has_top: bool = False,
    ) -> None:
        self.size_bytes = size_bytes
        self.entries = entries
        self.allows_links = allows_links
        self.has_top = has_top
        """One folder holds all that counts, as in an sdist; no link leads out of it."""

    @property
    def stream_bytes(self) -> int:
        """Return what a tar of so much may come to, headers and all."""
        return self.size_bytes + 4096 * self.entries


class Folder:
    """A folder of the tree."""

    __slots__ = ("entries", "parent")

    def __init__(self, parent: "Folder | None") -> None:
        self.parent = parent
        self.entries: dict[bytes, Folder | File | Link] = {}


class File:
    """A file of the tree."""

    __slots__ = ("is_program", "path", "size_bytes")

    def __init__(self, path: "TreePath", size_bytes: int, *, is_program: bool) -> None:
        self.path = path
        """Of the first of those that a hard link joins."""
        self.size_bytes = size_bytes
        self.is_program = is_program


class Link:
    """A symbolic link of the tree."""

    __slots__ = ("end", "folder", "hops", "path", "target")

    def __init__(self, path: "TreePath", folder: Folder, target: bytes) -> None:
        self.path = path
        self.folder = folder
        self.target = target
        self.hops = 0
        """Links that are followed to its end, itself as well; 0: not followed yet."""
        self.end: _Place | None = None


class _Place:
    """Where a path leads: an entry that is there, and names below it that are not."""

    __slots__ = ("absent", "entry")

    def __init__(self, entry: "Folder | File", absent: int = 0) -> None:
        self.entry = entry
        self.absent = absent


def unpack(members: "Iterable[Member]", sink: "Sink", rules: TreeRules) -> "Tree":
    """Judge the members and give them to `sink`, links last.

    :raises ArchiveError: for the first one that is not let in.
    """
    tree = Tree(rules)
    for member in members:
        tree.add(member, sink)
    if rules.has_top:
        tree.top = (tree.only_folder(),)
    for link in tree.settled_links():
        sink.link(link.path, link.target)
    return tree


class Tree:
    """The names, kinds and links of what was let in so far."""

    def __init__(self, rules: TreeRules) -> None:
        self.root = Folder(None)
        self.top: TreePath = ()
        """Path of the folder that no link leads out of."""
        self._rules = rules
        self._left_bytes = rules.size_bytes
        self._left_entries = rules.entries
        self._links: list[Link] = []

    def add(self, member: Member, sink: "Sink") -> None:
        """Let one member in.

        :raises ArchiveError: when it is not let in.
        """
        path = split_name(member.name)
        if member.kind == "folder":
            self._folder(path, member)
            sink.folder(path)
            return
        if not path:
            raise ArchiveError("has no name", member.name)
        folder = self._folder(path[:-1], member)
        there = folder.entries.get(path[-1])
        if there is None:
            self._spend(member, 1, member.size_bytes)
            folder.entries[path[-1]] = self._made(path, folder, member, sink)
        elif member.kind == "file" and isinstance(there, File):
            self._spend(member, 1, member.size_bytes)
            sink.same(path, member)
        elif not (isinstance(there, Link) and there.target == member.target):
            raise ArchiveError("is there twice", member.name)

    def _made(
        self, path: "TreePath", folder: Folder, member: Member, sink: "Sink"
    ) -> "File | Link":
        if member.kind == "file":
            sink.file(path, member)
            return File(path, member.size_bytes, is_program=member.is_program)
        if not self._rules.allows_links:
            raise ArchiveError("is a link, not a regular file", member.name)
        if member.kind == "hard link":
            original = self._original(member)
            self._spend(member, 0, original.size_bytes)
            sink.copy(path, original.path, is_program=original.is_program)
            return original
        link = Link(path, folder, member.target)
        self._links.append(link)
        return link

    def _original(self, member: Member) -> File:
        """Return the file that a hard link joins."""
        entry: Folder | File | Link | None = self.root
        for name in split_name(member.target):
            entry = entry.entries.get(name) if isinstance(entry, Folder) else None
        if not isinstance(entry, File):
            raise ArchiveError("is a hard link to no file before it", member.name)
        return entry

    def _folder(self, path: "TreePath", member: Member) -> Folder:
        folder = self.root
        for name in path:
            entry = folder.entries.get(name)
            if entry is None:
                self._spend(member, 1, 0)
                entry = folder.entries[name] = Folder(folder)
            if not isinstance(entry, Folder):
                raise ArchiveError(
                    "is below something that is not a folder", member.name
                )
            folder = entry
        return folder

    def _spend(self, member: Member, entries: int, size_bytes: int) -> None:
        self._left_entries -= entries
        self._left_bytes -= size_bytes
        if self._left_entries < 0 or self._left_bytes < 0:
            raise ArchiveError(
                f"is beyond the {self._rules.entries} entries or "
                f"{self._rules.size_bytes} bytes that may be unpacked",
                member.name,
            )

    def only_folder(self) -> bytes:
        """Return the name of the one folder at the top.

        :raises ArchiveError: when there is not one.
        """
        entries = self.root.entries.items()
        names = [name for name, entry in entries if isinstance(entry, Folder)]
        if len(names) != 1:
            raise ArchiveError(f"it holds {len(names)} folders at its top, not one")
        return names[0]

    def settled_links(self) -> "Iterator[Link]":
        """Yield the links, each followed to its end.

        :raises ArchiveError: when one leads out of the tree, or to itself.
        """
        for link in self._links:
            self._follow(link, 0)
        yield from self._links

    def _follow(self, link: Link, depth: int) -> "_Place":
        if link.end is not None:
            return link.end
        if link.hops or depth > LINK_HOPS:
            raise ArchiveError("is a link to itself, or to too many", link.path[-1])
        link.hops = 1
        place = self._walk(link, depth)
        if link.hops > LINK_HOPS:
            raise ArchiveError("is a link to too many others", link.path[-1])
        link.end = place
        return place

    def _walk(self, link: Link, depth: int) -> "_Place":
        """Follow a link as the kernel will: from its own folder, name by name."""
        check_target(link)
        place = _Place(link.folder)
        for name in link.target.split(b"/"):
            if name == b"..":
                place = self._above(place, link)
            elif name not in (b"", b"."):
                found = _below(place, name)
                if isinstance(found, Link):
                    place = self._follow(found, depth + 1)
                    link.hops += found.hops
                else:
                    place = found
        return place

    def _above(self, place: "_Place", link: Link) -> "_Place":
        if place.absent:
            return _Place(place.entry, place.absent - 1)
        folder, parent = place.entry, getattr(place.entry, "parent", None)
        if parent is None or (self.top and folder is self.root.entries[self.top[0]]):
            raise ArchiveError("is a link that leads out of the tree", link.path[-1])
        return _Place(parent)

    def find(self, path: "TreePath") -> "Folder | File | None":
        """Return what `path` leads to, links followed; None if it is not there."""
        place = _Place(self.root)
        for name in path:
            found = _below(place, name)
            place = self._follow(found, 0) if isinstance(found, Link) else found
        return None if place.absent else place.entry


def _below(place: "_Place", name: bytes) -> "_Place | Link":
    entry = place.entry
    if place.absent or not isinstance(entry, Folder):
        return _Place(entry, place.absent + 1)
    found = entry.entries.get(name)
    if found is None:
        return _Place(entry, 1)
    return found if isinstance(found, Link) else _Place(found)


def check_target(link: Link) -> None:
    """Judge a link's text by itself.

    :raises ArchiveError: when it is absolute, or no path.
    """
    target = link.target
    if not target or b"\0" in target or len(target) > PATH_BYTES:
        raise ArchiveError("is a link to no path", link.path[-1])
    if target.startswith(b"/"):
        raise ArchiveError("is a link that leads out of the tree", link.path[-1])


def split_name(name: bytes) -> "TreePath":
    """Split a member's name; empty for the tree itself.

    :raises ArchiveError: when it leads elsewhere, or is no name for a file here.
    """
    parts = tuple(part for part in name.split(b"/") if part not in (b"", b"."))
    if name.startswith(b"/") or b".." in parts:
        raise ArchiveError("has a name that leads out of the tree", name)
    if b"\0" in name or b"\\" in name:
        raise ArchiveError("has a name with a NUL or a backslash", name)
    if len(name) > PATH_BYTES or len(parts) > DEPTH:
        raise ArchiveError("has a name that is too long", name[-NAME_BYTES:])
    if any(len(part) > NAME_BYTES for part in parts):
        raise ArchiveError("has a name that is too long", name[-NAME_BYTES:])
    return parts
