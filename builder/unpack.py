"""Unpack foreign archives into a tree that no link or name leads out of."""

import os
import tarfile
import zipfile
from pathlib import Path
from typing import IO

from axletree.builder.errors import UnsafeSourceError
from axletree.errors import FAULTS_OF_THE_SYSTEM

LIMIT_BYTES = 4 << 30
LIMIT_ENTRIES = 200_000


def unpack_sdist(sdist: Path, folder: Path) -> Path:
    """Unpack a `.tar.*` or `.zip` sdist; return the one folder inside it.

    :raises UnsafeSourceError: also for a file that is no archive.
    """
    try:
        if sdist.name.endswith(".zip"):
            _unpack_zip(sdist, folder)
        else:
            with sdist.open("rb") as file:
                unpack_tree(file, folder)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno in FAULTS_OF_THE_SYSTEM:
            raise
        raise UnsafeSourceError(
            f"the sdist cannot be unpacked: {error}", where=str(sdist)
        ) from error
    roots = [entry for entry in folder.iterdir() if entry.is_dir()]
    if len(roots) != 1:
        raise UnsafeSourceError(
            f"the sdist holds {len(roots)} folders at its top, not one",
            where=str(sdist),
        )
    return roots[0]


def unpack_tree(file: IO[bytes], folder: Path) -> None:
    """Unpack a tar archive of any compression into `folder`, made here.

    :raises UnsafeSourceError: when an entry leads out of it, or is a device.
    """
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=file) as archive:
        left_bytes, left_entries = LIMIT_BYTES, LIMIT_ENTRIES
        for member in archive:
            left_bytes, left_entries = left_bytes - member.size, left_entries - 1
            _refuse_bomb(left_bytes, left_entries)
            try:
                archive.extract(member, folder, filter="data")
            except tarfile.FilterError as error:
                raise UnsafeSourceError(
                    f"the source holds an unsafe entry: {error}", where=member.name
                ) from error
    refuse_leaving_links(folder)


def refuse_leaving_links(folder: Path) -> None:
    """Look at every link of a tree.

    :raises UnsafeSourceError: when one leads out of it.
    """
    root = folder.resolve()
    for place, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(place, name)
            if path.is_symlink() and not _stays(path, root):
                raise UnsafeSourceError(
                    "the source holds a link that leads out of its tree",
                    where=str(path.relative_to(root)),
                )


def _stays(link: Path, root: Path) -> bool:
    try:
        return link.resolve().is_relative_to(root)
    except (OSError, RuntimeError):
        return False  # A loop leads nowhere.


def _unpack_zip(sdist: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    with zipfile.ZipFile(sdist) as archive:
        entries = archive.infolist()
        _refuse_bomb(
            LIMIT_BYTES - sum(entry.file_size for entry in entries),
            LIMIT_ENTRIES - len(entries),
        )
        for entry in entries:
            # zipfile drops absolute starts and `..` itself; such a name is no mishap.
            if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
                raise UnsafeSourceError(
                    "the source holds an unsafe name", where=entry.filename
                )
        archive.extractall(folder)  # noqa: S202 - names and sizes are checked above


def _refuse_bomb(left_bytes: int, left_entries: int) -> None:
    if left_bytes < 0 or left_entries < 0:
        raise UnsafeSourceError(
            f"the source unpacks to more than {LIMIT_BYTES} bytes or "
            f"{LIMIT_ENTRIES} entries"
        )
