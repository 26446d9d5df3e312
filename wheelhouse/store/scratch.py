"""Folders of one run: nobody else touches them while it lives, and none outlives it.

A run holds a lock on a file beside its folder. The system frees the lock when the
process ends, however it ends, so a lock that can be had means that its folder is
nobody's: process numbers, which are used again, play no part.
"""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from axletree.wheelhouse.store.files import translate_storage_errors
from axletree.wheelhouse.store.removal import remove_tree

_PREFIX, _LOCK = "run-", ".lock"


@contextmanager
def own_folder(
    parent: Path, *, adopt: Callable[[Path, Path], None] | None = None
) -> Iterator[Path]:
    """Make a folder in `parent`, and remove it with all that is in it at the end.

    What dead runs have left in `parent` goes first.

    :param adopt: given a dead run's folder and the new one, before the first goes. A
        run that fails then leaves what is in its folder to the next one, as one that
        was killed.
    :raises StorageError: the folder cannot be made.
    """
    with translate_storage_errors(parent):
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock, name = _locked_name(parent)
    folder = name.with_suffix("")
    is_left = False
    try:
        with translate_storage_errors(folder):
            folder.mkdir(mode=0o700)
        _sweep(parent, lambda dead: adopt(dead, folder) if adopt else None)
        yield folder.resolve()
    except BaseException:
        is_left = adopt is not None and any(folder.iterdir())
        raise
    finally:
        if not is_left:
            with suppress(OSError):
                remove_tree(folder)
                name.unlink(missing_ok=True)
        os.close(lock)


def _locked_name(parent: Path) -> tuple[int, Path]:
    while True:
        lock, name = tempfile.mkstemp(dir=parent, prefix=_PREFIX, suffix=_LOCK)
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Before the lock was ours a sweep may have taken its file for a dead run's.
        if os.fstat(lock).st_nlink:
            return lock, Path(name)
        os.close(lock)


def _sweep(parent: Path, adopt: Callable[[Path], None]) -> None:
    for name in sorted(parent.glob(f"{_PREFIX}*{_LOCK}")):
        # Another run may be faster; what cannot be removed stands in nobody's way.
        with suppress(OSError), _held(name) as is_dead:
            if is_dead:
                folder = name.with_suffix("")
                if folder.is_dir():
                    adopt(folder)
                    remove_tree(folder)
                name.unlink()


@contextmanager
def _held(name: Path) -> Iterator[bool]:
    """Take the lock of a run, if that run is dead."""
    lock = os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield bool(os.fstat(lock).st_nlink)
    finally:
        os.close(lock)
