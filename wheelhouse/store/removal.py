"""Remove a tree that foreign code has made, whatever it made of it.

A build can leave folders that may not be read or written, or a thousand within each
other, where `shutil.rmtree` gives up or runs out of stack. Here each folder is moved up
before it is emptied, so that nothing depends on how deep it was.
"""

import os
from pathlib import Path
from uuid import uuid4

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove_tree(folder: Path) -> None:
    """Remove `folder` and all below it; follows no link.

    :raises OSError: when something cannot be removed, or there is no such folder.
    """
    folder.chmod(0o700)
    root = os.open(folder, _FOLDER)
    try:
        _empty(root)
    finally:
        os.close(root)
    folder.rmdir()


def _empty(root: int) -> None:
    mark, count = uuid4().hex, 0
    pending = _clear(root)
    while pending:
        name = pending.pop()
        os.chmod(name, 0o700, dir_fd=root)
        folder = os.open(name, _FOLDER, dir_fd=root)
        try:
            for inner in _clear(folder):
                # Who moves a folder writes the name of its parent into it.
                os.chmod(inner, 0o700, dir_fd=folder)
                count += 1
                moved = f"{mark}-{count}"
                os.rename(inner, moved, src_dir_fd=folder, dst_dir_fd=root)
                pending.append(moved)
        finally:
            os.close(folder)
        os.rmdir(name, dir_fd=root)


def _clear(folder: int) -> list[str]:
    """Remove all but folders, and return these."""
    with os.scandir(folder) as entries:
        found = list(entries)
    names = {entry.name: entry.is_dir(follow_symlinks=False) for entry in found}
    for name, is_folder in names.items():
        if not is_folder:
            os.unlink(name, dir_fd=folder)
    return [name for name, is_folder in names.items() if is_folder]
