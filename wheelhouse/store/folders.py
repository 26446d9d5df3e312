"""Folders that are written whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from axletree.wheelhouse.errors import StorageError
from axletree.wheelhouse.store.files import translate_storage_errors

_NEW_FOLDER = 0o755


def is_free(path: Path) -> bool:
    """Tell whether a new folder can be put here: nothing is, or an empty folder.

    :raises StorageError: it cannot be looked at.
    """
    with translate_storage_errors(path):
        if not path.is_symlink() and not path.exists():
            return True
        return path.is_dir() and not any(path.iterdir())


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files, by their paths with slashes, into a new or an empty folder.

    :raises StorageError: there is something else, or it cannot be written.
    """
    if not is_free(path):
        raise StorageError(
            "there is something already, and it is not an empty folder",
            where=str(path),
            hint="name a new folder",
        )
    path = path.resolve()
    with translate_storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=path.parent, prefix=".", suffix=".new"))
        try:
            for name, content in files.items():
                file = made / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            made.chmod(_NEW_FOLDER)
            # On Windows a folder does not even replace an empty one.
            if path.exists() and os.name == "nt":
                path.rmdir()
            made.replace(path)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
