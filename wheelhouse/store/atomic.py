"""Files that are written whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axletree.wheelhouse.errors import NoSpaceError, StorageError

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NEW_FILE = 0o644


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` with `content`; a failure leaves what was there.

    A link stays a link, to the new content. What is no regular file (`/dev/stdout`,
    a pipe) cannot be replaced and is written to.

    :raises StorageError: no space left, no such folder, or not allowed.
    """
    with _writing(path):
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        _replace(path.resolve(), content)


def _replace(path: Path, content: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else _NEW_FILE
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kind, mend = StorageError, "check that the folder exists and is writable"
        if error.errno in _NO_SPACE:
            kind, mend = NoSpaceError, "free some space"
        raise kind(
            f"the file cannot be written: {error.strerror}",
            where=str(path),
            hint=f"{mend}, then run the same command again",
        ) from error
