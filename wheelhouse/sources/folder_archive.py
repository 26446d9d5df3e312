"""A folder as the archive that a builder takes: the same bytes for the same content.

What no build reads is left out: the insides of version control and of environments,
caches, and what is no file. What leads out of the folder is found by who unpacks it.
"""

import gzip
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

from axletree.sizes import size_words
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.store.files import translate_storage_errors

MOST_BYTES = 1 << 30
"""Of all files in a folder."""
MOST_FILES = 100_000
_LEFT_OUT = frozenset(
    {".git", ".hg", ".svn", ".bzr", "__pycache__", ".tox", ".nox", "node_modules"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache"}
)
_TOP = "source"
_EPOCH = 315_532_800  # 1980, before which no wheel's members can be.


def archive_folder(folder: Path, archive: Path) -> None:
    """Write a folder as tar.gz with one folder at its top.

    :raises InvalidDistributionError: it holds too much.
    :raises StorageError: something of it cannot be read, or written.
    """
    with (
        translate_storage_errors(folder),
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        count = size = 0
        for path in _walk(folder):
            count, size = count + 1, size + path.lstat().st_size
            if count > MOST_FILES or size > MOST_BYTES:
                raise InvalidDistributionError(
                    f"{folder} holds over {MOST_FILES} files or "
                    f"{size_words(MOST_BYTES)}, too much for a project"
                )
            _add(tar, path, f"{_TOP}/{path.relative_to(folder).as_posix()}")


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    member = tar.gettarinfo(path, arcname=name)
    member.mtime, member.uid, member.gid = _EPOCH, 0, 0
    member.uname = member.gname = ""
    if not member.isreg():
        tar.addfile(member)
        return
    # A second name of a file is a file of its own.
    member.type, member.linkname = tarfile.REGTYPE, ""
    with path.open("rb") as content:
        tar.addfile(member, content)


def _walk(folder: Path) -> Iterator[Path]:
    """Yield what is packed, in an order of its own."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.is_file():
            yield path
        elif path.is_dir() and path.name not in _LEFT_OUT and not _is_left_out(path):
            yield path
            yield from _walk(path)


def _is_left_out(path: Path) -> bool:
    return path.name.endswith(".egg-info") or os.path.lexists(path / "pyvenv.cfg")
