"""Files that are written whole or not at all.

A quick lock is written here, too: nothing is imported that the interpreter has not
loaded anyway.
"""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from axletree.wheelhouse.errors import StorageError

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NEW_FILE = 0o644
_OF_A_NAME = 8
"""Random bytes of a temporary file's name."""
_END = ".new"


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Replace `path` with `content`; a failure leaves what was there.

    A link stays a link, to the new content. What is no regular file (`/dev/stdout`,
    a pipe) cannot be replaced and is written to.

    :raises StorageError: no space left, no such folder, or not allowed.
    """
    place = os.fspath(path)
    try:
        mode = _mode(place)
        if mode is None or stat.S_ISREG(mode):
            rights = _NEW_FILE if mode is None else mode & 0o777
            _replace(os.path.realpath(place), content, rights)
        else:
            with open(place, "wb") as stream:  # noqa: PTH123  pathlib costs more than the answer
                stream.write(content)
    except OSError as error:
        raise _refused(place, error) from error


def is_temporary(name: str) -> bool:
    """Tell whether a file is called as one that was being written."""
    digits = name.removeprefix(".").removesuffix(_END)
    is_so = name == f".{digits}{_END}" and len(digits) == 2 * _OF_A_NAME
    return is_so and set(digits) <= set("0123456789abcdef")


def _mode(place: str) -> int | None:
    try:
        return os.stat(place).st_mode  # noqa: PTH116  as above
    except (FileNotFoundError, NotADirectoryError):
        return None


def _replace(place: str, content: bytes, rights: int) -> None:
    folder = os.path.dirname(place)  # noqa: PTH120  as above
    temporary = f"{folder}/.{os.urandom(_OF_A_NAME).hex()}{_END}"
    try:
        with open(temporary, "xb", opener=_open_for_us) as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, rights)  # noqa: PTH101  as above
        os.replace(temporary, place)  # noqa: PTH105  as above
    except BaseException:
        _remove(temporary)
        raise


def _remove(place: str) -> None:
    try:
        os.unlink(place)  # noqa: PTH108  as above
    except OSError:
        return  # It was never made; or what hindered writing hinders this, too.


def _open_for_us(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _refused(place: str, error: OSError) -> StorageError:
    from axletree.wheelhouse.errors import NoSpaceError, StorageError  # noqa: PLC0415  late: most are written

    kind, mend = StorageError, "check that the folder exists and is writable"
    if error.errno in _NO_SPACE:
        kind, mend = NoSpaceError, "free some space"
    return kind(
        f"the file cannot be written: {error.strerror}",
        where=place,
        hint=f"{mend}, then run the same command again",
    )
