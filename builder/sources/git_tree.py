"""The true files of a commit: each blob as it is stored, as one tar.

`git archive` is no checkout: attributes of the tree make it leave files out and write
others anew, and a checkout converts line ends, encodings and keywords as attributes and
the user's programs say. All that is data here and changes nothing: the same commit gives
the same bytes.
"""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Literal, TypeAlias

from git import GitCommandError, Repo

from axletree.builder.archives.safe_tree import PATH_BYTES
from axletree.builder.archives.source_archive import LIMIT_BYTES
from axletree.builder.errors import UnsafeSourceError
from axletree.builder.sources.git_errors import damaged
from axletree.wheelhouse.archives.members import MOST_MEMBERS

if TYPE_CHECKING:
    from _typeshed import SupportsRead

_MOST_LISTED_BYTES = 64 << 20
"""Of all names together: a few trees within each other can list without end."""
_UNSEEN = dict.fromkeys(
    (*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF)
)
"""Characters that some file systems leave out of names."""
_CHUNK_BYTES = 1 << 16

Kind: TypeAlias = Literal["file", "program", "link", "submodule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file, link or submodule of a commit."""

    path: bytes
    kind: Kind
    object_id: str
    """Of a blob; of a submodule its commit."""
    size_bytes: int = 0

    @property
    def shown(self) -> str:
        """Return the path for messages."""
        return ascii(self.path.decode("utf-8", "replace"))[1:-1]


@dataclass(slots=True, kw_only=True)
class TarWriter:
    """Write entries of trees, of all submodules together not too many."""

    tar: tarfile.TarFile
    _left_bytes: int = field(default=LIMIT_BYTES, init=False)
    _left_entries: int = field(default=MOST_MEMBERS, init=False)

    def add(
        self, path: bytes, kind: Kind, size_bytes: int, content: "SupportsRead[bytes]"
    ) -> None:
        """Write one file.

        :param content: exactly so many bytes are read from it.
        :raises UnsafeSourceError: when that is beyond what a source may hold.
        """
        self._left_entries -= 1
        self._left_bytes -= size_bytes
        if self._left_entries < 0 or self._left_bytes < 0:
            raise UnsafeSourceError(
                f"the source holds more than {MOST_MEMBERS} files or {LIMIT_BYTES} bytes"
            )
        member = tarfile.TarInfo(path.decode("utf-8", "surrogateescape"))
        member.mode = 0o755 if kind == "program" else 0o644
        if kind == "link":
            member.type = tarfile.SYMTYPE
            target = content.read(size_bytes)
            member.linkname = target.decode("utf-8", "surrogateescape")
        elif kind == "submodule":
            member.type = tarfile.DIRTYPE
            member.mode = 0o755
        else:
            member.size = size_bytes
        self.tar.addfile(member, content)


def list_tree(repo: Repo, commit: str) -> tuple[Entry, ...]:
    """List all that a commit holds, as it is stored.

    :raises UnsafeSourceError: when a name is one that no checkout has, or there are
        too many.
    """
    entries = []
    with translated(repo):
        for record in _records(repo, commit):
            entries.append(_entry(record))
            if len(entries) > MOST_MEMBERS:
                raise _too_much()
    return tuple(entries)


def write_blob(repo: Repo, entry: Entry, path: bytes, writer: TarWriter) -> None:
    """Write a file or link of a commit under `path`."""
    if entry.kind == "link" and entry.size_bytes > PATH_BYTES:
        raise UnsafeSourceError(f"{entry.shown} is a link to no path")
    with translated(repo):
        *_, stream = repo.git.stream_object_data(entry.object_id)
        writer.add(path, entry.kind, entry.size_bytes, stream)


def read_blob(repo: Repo, entry: Entry) -> bytes:
    """Return the content of a small file."""
    with translated(repo):
        content: bytes = repo.git.get_object_data(entry.object_id)[3]
        return content


def write_folder(path: bytes, writer: TarWriter) -> None:
    """Write an empty folder."""
    writer.add(path, "submodule", 0, BytesIO())


def _records(repo: Repo, commit: str) -> Iterator[bytes]:
    process = repo.git.ls_tree("-r", "-l", "-z", "--full-tree", commit, as_process=True)
    rest, read_bytes = b"", 0
    while chunk := process.stdout.read(_CHUNK_BYTES):
        read_bytes += len(chunk)
        if read_bytes > _MOST_LISTED_BYTES:
            raise _too_much()
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    process.wait()


def _entry(record: bytes) -> Entry:
    about, _, path = record.partition(b"\t")
    mode, kind, object_id, size = about.decode("ascii").split()
    for name in path.split(b"/"):
        if name in {b"", b".", b".."} or _is_git_folder(name):
            raise UnsafeSourceError(
                f"the commit holds a name that no checkout has: {ascii(path)[2:-1]}"
            )
    return Entry(
        path=path,
        kind="submodule" if kind == "commit" else _kind(int(mode, 8)),
        object_id=object_id,
        size_bytes=0 if size == "-" else int(size),
    )


def _kind(mode: int) -> Kind:
    if mode & 0o170000 == 0o120000:
        return "link"
    return "program" if mode & 0o100 else "file"


def _is_git_folder(name: bytes) -> bool:
    """Tell whether some file system takes a name for `.git`, as git itself does."""
    text = name.decode("utf-8", "surrogateescape").translate(_UNSEEN).lower()
    return text.partition(":")[0].rstrip(" .") in {".git", "git~1"}


def _too_much() -> UnsafeSourceError:
    return UnsafeSourceError(
        f"the commit holds more than {MOST_MEMBERS} files, or {_MOST_LISTED_BYTES} "
        "bytes of names"
    )


@contextmanager
def translated(repo: Repo) -> Iterator[None]:
    """Say what goes wrong while git reads what it has fetched.

    :raises SourceUnreachableError: in place of all of it.
    """
    try:
        yield
    except (GitCommandError, ValueError, EOFError) as error:
        raise damaged(repo, error) from error
