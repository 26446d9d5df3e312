"""What a long check has found sound, so that one that was stopped goes on.

A line for each blob, as it was on disk then: what was changed since is checked again.
Whatever is wrong with the file, its lines count for nothing.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self, TextIO

from axletree.house_place import HousePlace, place_at
from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.store.blobs import StoredBlob
from axletree.wheelhouse.store.files import translate_storage_errors

_LONGEST_LINE = 200
_FLUSHED_EVERY = 64


class ProgressFile:
    """Remembers blobs that were found sound, until the check is through."""

    def __init__(self, path: Path, known: set[str], stream: TextIO) -> None:
        """Go on where the file ends."""
        self._path = path
        self._known = known
        self._stream = stream
        self._unflushed = 0

    @classmethod
    @contextmanager
    def open(
        cls, folder: Path, place: Path | HousePlace, *, is_fresh: bool
    ) -> Iterator[Self]:
        """Open the one of a wheelhouse.

        :param is_fresh: forget what an earlier check has found.
        """
        place = place_at(place)
        named = replace(place, home=place.home.resolve())
        name = hashlib.sha256(os.fsencode(str(named))).hexdigest()[:16]
        path = folder / f"{name}.verified"
        with translate_storage_errors(path):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if is_fresh:
                path.unlink(missing_ok=True)
            known = set(_lines(path))
            with path.open("a", encoding="ascii") as stream:
                yield cls(path, known, stream)

    @property
    def count(self) -> int:
        """Count what was known when it was opened, or has been added."""
        return len(self._known)

    def has(self, blob: StoredBlob) -> bool:
        """Tell whether a blob was found sound as it lies there."""
        return _line(blob) in self._known

    def add(self, blob: StoredBlob) -> None:
        """Remember a blob."""
        self._known.add(_line(blob))
        self._stream.write(_line(blob) + "\n")
        self._unflushed += 1
        if self._unflushed >= _FLUSHED_EVERY:
            self._unflushed = 0
            self._stream.flush()

    def end(self) -> None:
        """Forget it all: the check is through."""
        self._path.unlink(missing_ok=True)


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="ascii", errors="replace") as stream:
            for line in stream:
                # The last one may have been cut off.
                if line.endswith("\n") and len(line) < _LONGEST_LINE:
                    yield line.rstrip("\n")
    except FileNotFoundError:
        return


def _line(blob: StoredBlob) -> str:
    stamp = " ".join(map(str, blob.stamp))
    return f"{Sha256(blob.sha256)} {stamp}"
