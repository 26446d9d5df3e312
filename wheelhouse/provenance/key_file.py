"""The file of the private key: its owner's alone, and never where a build could see it.

It lies in a folder of its own, which the wall around a build leaves out even where the
wheelhouse lies in something that builds are shown (`axletree.builder.sandbox`).
"""

import os
import shlex
import stat
import tempfile
from pathlib import Path

from axletree.wheelhouse.errors import UnsafeKeyError
from axletree.wheelhouse.provenance.keys import PrivateKey
from axletree.wheelhouse.store.files import fsync, translate_storage_errors

KEY_FOLDER = "key"
"""In the wheelhouse's folder."""
_FILE = "ed25519.pem"
_LIMIT_BYTES = 16 << 10
_OF_OTHERS = 0o077
_WRITE_OF_OTHERS = 0o022


def key_path(home: Path) -> Path:
    """Say where the private key of a wheelhouse lies, or would lie."""
    return home / KEY_FOLDER / _FILE


def has_key_file(home: Path) -> bool:
    """Tell whether there is something where the key should be."""
    with translate_storage_errors(key_path(home)):
        return os.path.lexists(key_path(home))


def write_key(home: Path, key: PrivateKey) -> None:
    """Write a key for good, readable by nobody else.

    :raises UnsafeKeyError: there is one; it is never replaced.
    :raises StorageError: it cannot be written.
    """
    put_key_file(key_path(home), key.written())


def put_key_file(path: Path, content: bytes) -> None:
    """Write a key's file whole, where there is none.

    :raises UnsafeKeyError: there is something.
    :raises StorageError: it cannot be written.
    """
    with translate_storage_errors(path):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        # mkstemp makes files that only their owner can read.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(name, path)
        except FileExistsError as error:
            raise UnsafeKeyError(
                "there is a key already, which is not replaced", where=str(path)
            ) from error
        finally:
            Path(name).unlink(missing_ok=True)
        fsync(path.parent)


def read_key(home: Path) -> PrivateKey | None:
    """Read the key of a wheelhouse; None: it has none here.

    :raises UnsafeKeyError: others can read the file, or put another one there, or it is
        no key.
    :raises StorageError: it cannot be read.
    """
    path = key_path(home)
    _check_folder(path.parent)
    if not has_key_file(home):
        return None
    return PrivateKey.read(read_key_file(path), str(path))


def _check_folder(folder: Path) -> None:
    """Refuse what is not the folder that builds are kept out of."""
    with translate_storage_errors(folder):
        if not os.path.lexists(folder):
            return
        mode = folder.lstat().st_mode
    if not stat.S_ISDIR(mode):
        raise UnsafeKeyError(
            "the folder of the wheelhouse's key is a link"
            if stat.S_ISLNK(mode)
            else "where the wheelhouse's key has its folder is something else",
            where=str(folder),
            hint="put a folder there that only its owner can write",
        )
    if mode & _WRITE_OF_OTHERS:
        raise UnsafeKeyError(
            "others than its owner can put another key there: the mode of the folder is "
            f"{stat.S_IMODE(mode):04o}",
            where=str(folder),
            hint=f"chmod 700 {shlex.quote(str(folder))}",
        )


def read_key_file(path: Path) -> bytes:
    """Read a key's file, if nobody else can.

    :raises UnsafeKeyError: others can, or it is no regular file.
    :raises StorageError: it cannot be read.
    """
    with translate_storage_errors(path):
        if path.is_symlink():
            raise UnsafeKeyError("the wheelhouse's key is a link", where=str(path))
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            _check(path, os.fstat(descriptor))
            return os.read(descriptor, _LIMIT_BYTES)
        finally:
            os.close(descriptor)


def _check(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UnsafeKeyError("the wheelhouse's key is no file", where=str(path))
    if found.st_mode & _OF_OTHERS:
        raise UnsafeKeyError(
            "others than its owner can read or write the wheelhouse's key: its mode is "
            f"{stat.S_IMODE(found.st_mode):04o}",
            where=str(path),
            hint=f"if nobody has read it, chmod 600 {shlex.quote(str(path))}; else move it "
            "away, and make a new one with axletree key init",
        )
    if os.geteuid() not in {0, found.st_uid}:
        raise UnsafeKeyError(
            "the wheelhouse's key is another account's", where=str(path)
        )
